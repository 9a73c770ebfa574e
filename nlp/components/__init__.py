"""What is found in one text, each by a function of its own: languages, contacts, pay, places.

Every component is a pure function on a `chyrak.text.Folded`, and a spaCy factory for those who want a `Doc`.
"""
