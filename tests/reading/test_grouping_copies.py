from __future__ import annotations

import gzip
import json
from itertools import combinations
from pathlib import Path

import pytest

from nlp import grouping
from nlp.training.seed import load_seed

COPY = "Нужны официантки в Анталью, сезон с апреля, проживание и питание, зарплата 600 долларов, звонить {}"


def test_a_copy_with_another_phone_and_sum_is_a_copy() -> None:
    a = grouping.fingerprint(COPY.format("+996 555 000 111"))
    b = grouping.fingerprint(COPY.format("+996 555 000 122").replace("600", "750"))
    assert grouping.same(a, b)
    assert set(a.bands) & set(b.bands)


def test_a_signature_stays_what_it_is() -> None:
    signature = grouping.fingerprint(COPY).signature
    assert len(signature) == 513
    assert signature == grouping.fingerprint(COPY).signature
    assert grouping.similarity(signature, grouping.fingerprint(COPY)) == 1.0


def test_short_texts_are_never_grouped() -> None:
    print_ = grouping.fingerprint("Кор ҳаст, занг занед")
    assert print_.bands == ()
    assert grouping.similarity(print_, print_) == 0.0


def test_unrelated_adverts_of_the_seed_corpus_do_not_join() -> None:
    texts = [t for t in load_seed("train") if t.lang in ("ky", "tg") and t.slice != "written"]
    prints = [grouping.fingerprint(text.body) for text in texts]
    assert not [pair for pair in combinations(prints, 2) if grouping.same(*pair)]


def test_slots_show_what_varies_and_mask_contacts() -> None:
    template, slots = grouping.slots(
        ["Нужны девушки в Дубай, писать Анне +996 555 000 111", "Нужны девушки в Стамбул, писать Маше +996 555 000 122"]
    )
    assert template == "Нужны девушки в {1} писать {2}"
    assert slots[0] == ("Дубай,", "Стамбул,")
    assert "555" not in str(slots)


def test_slots_of_one_or_no_text() -> None:
    assert grouping.slots([]) == ("", ())
    assert grouping.slots(["один текст"]) == ("один текст", ())


def test_real_copies_join_and_shared_boilerplate_hardly(outside_data: Path) -> None:
    adverts = {}
    with gzip.open(outside_data / "ads" / "real_ordinary.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            adverts[row["id"]] = f"{row['title'] or ''}\n{row['text']}"
    joined: dict[str, list[bool]] = {"same": [], "boilerplate": []}
    with gzip.open(outside_data / "neardup" / "adverts_ru.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["label"] in joined:
                pair = grouping.fingerprint(adverts[row["a"]]), grouping.fingerprint(adverts[row["b"]])
                joined[row["label"]].append(grouping.same(*pair))
    assert all(joined["same"])
    # one pair shares three words in five although the jobs differ; everything else stays apart
    assert sum(joined["boilerplate"]) <= 1
    assert len(joined["boilerplate"]) == pytest.approx(38)
