"""`chyrak train`."""

from __future__ import annotations


def train() -> None:
    """Train the classifier anew from the invented seed corpus; the same corpus gives the same model."""
    from nlp.training import classifier

    classifier.main()
