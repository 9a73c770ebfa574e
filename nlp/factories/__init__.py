"""The components as spaCy factories, for notebooks: importing this registers them. `nlp.load` puts them in order."""

from nlp.factories import finding, judging

__all__ = ["finding", "judging"]
