"""What is published beside the model speaks of the model that is shipped, and says where it fails."""

from __future__ import annotations

from pathlib import Path

from nlp.components.classifier import FORMAT, load_classifier
from nlp.components.risk import FLAG_FROM
from nlp.training.seed import load_seed

DOCS = Path(__file__).parents[2] / "docs"


def test_eth_37_the_model_card_is_of_the_shipped_model_and_counts_what_it_learnt_from() -> None:
    card = (DOCS / "model_card.md").read_text(encoding="utf-8")
    assert f"Version `{load_classifier().version}`, format {FORMAT}" in card
    assert f"{len(load_seed('train', 'dev'))} invented texts" in card
    assert f"begins at {FLAG_FROM:g}" in card


def test_eth_37_known_weaknesses_and_the_source_of_labels_are_published() -> None:
    reading = (DOCS / "reading.md").read_text(encoding="utf-8")
    weaknesses = reading.partition("## Known weaknesses")[2].partition("\n## ")[0]
    assert "wait for native readers" in weaknesses
    assert "invented" in weaknesses
    assert "invented" in (DOCS / "data_card.md").read_text(encoding="utf-8")


def test_eth_36_whoever_was_flagged_wrongly_is_told_where_to_write_and_when_an_answer_comes() -> None:
    policy = (DOCS.parent / "SECURITY.md").read_text(encoding="utf-8")
    objection = policy.partition("flagged wrongly")[2].partition("\n## ")[0]
    assert "within 14 days" in objection
    assert "contact address" in objection
