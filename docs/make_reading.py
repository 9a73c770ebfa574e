# ruff: noqa: E501 - prose of the pages
"""Writes reading.md, reading.png, model_card.md and data_card.md from the code, the data and evaluations.

`python docs/make_reading.py` takes some minutes (cross-validation trains five models). Set CHYRAK_DATA to the folder of
outside data to have the figures on real ordinary adverts too. The picture needs Chromium.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright
from spacy import displacy

from chyrak.records import Reading
from nlp import definitions, load, load_reader, read, text_posting
from nlp.components.classifier import MODEL_FILE
from nlp.components.risk import DENIES, FLAG_FROM, SURE
from nlp.evaluation import as_markdown, evaluate, measure, ordinary_adverts
from nlp.evaluation.cross import FOLDS, cross_read
from nlp.lexicon import load_lexicon
from nlp.training.second import NETWORKS, UNITS
from nlp.training.seed import PARTS, SeedText, load_seed, read_file

FOLDER = Path(__file__).parent
HELD_FOLDER = FOLDER.parent / "tests" / "reading" / "data"
MOST_BYTES = 150_000
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
SHOWN = (
    "Девушки 18-25, хостес в Стамбул, 2500$ в месяц. Билет за наш счёт, отработаете за два месяца. "
    "Паспорт хранится у менеджера. Договор не нужен."
)
NOTEBOOK = f'''```python
import nlp
from spacy import displacy

pipe = nlp.load()
doc = pipe("{SHOWN[:48]}...")
doc._.level, doc._.score, doc._.stance  # also .indicators, .protective, .pay, .places, .contacts, .reasons
displacy.render(doc, style="span")  # the indicators, each on the words that show it
```

![An invented advert with its indicators marked](reading.png)
'''
HOW_WELL = """## How well

The same figures for any labelled file, as a page with plots: `chyrak evaluate FILE --html page.html`.
"""
INTRODUCTION = f"""# Reading an advert

Made by `docs/make_reading.py`; do not edit by hand.

`nlp.read` turns a posting into a reading: languages, who is speaking, which of forty indicators are present, denied or
not stated and where, protective cues, pay, places, contacts, a level 0-4 and the reasons for it. "Risk indicators
present" is all a reading says; it never says what anybody is.

How a level comes about: indicators add points, capped per dimension; protective cues take some away; the trained model,
which has weighed the same findings and the wording, moves the sum to where its own chance lies; rules then raise or cap
it. To the model, whoever offers what a reviewer should see is a speaker of its own among those that offer, seek, warn,
report, serve, discuss: what marks a lure marks the warning that quotes it too. The chance of that speaker, calibrated on
texts held out from it, is the model's chance; at {FLAG_FROM:g} level 2 begins, and a rule lifts no text below {SURE:g}
further than level 1, or than level 2 where two signs stand that are grave alone and the chance is {DENIES:g} or more.
The reasons of a reading add up to the points, the points fall into a band, the band is the level
(`nlp.components.risk.recompute`). A text that does not offer work or a service is never scored. What is not stated is
said: every indicator of a reading has one of three states.
"""
HELD = {
    "fresh_dev.jsonl": "by a hand that knew nothing of the reader; then its errors were looked at",
    "check.jsonl": "written before the work on terse lures; every second text was never looked at",
    "unseen.jsonl": "by a hand that knew nothing of the reader; never looked at",
    "held_out.jsonl": "by another such hand; one text was looked at, a campaign: it gave words that campaigns use",
    "held_out_second.jsonl": "by a third, many lures disguised or terse; two false flags were looked at: a warning, a news "
    "item; they gave texts and words of ours",
    "held_out_third.jsonl": "by a fourth, as hard; its figures chose between two sets of texts to learn from",
    "held_out_fourth.jsonl": "by six, whose other texts train; the others as near to a lure as can be; figures looked at",
    "held_out_fifth.jsonl": "by 39 hands, whose other texts train; half of the others are campaigns and warnings that "
    "quote a lure; figures looked at",
    "held_out_sixth.jsonl": "by 46 more, whose other texts train; a third of the others are campaigns and warnings; figures "
    "looked at",
    "held_out_seventh.jsonl": "by nine hands of whom nothing trains, the nearest to writers the reader has not met; figures "
    "of two of them, among sixteen others, chose that clauses teach",
    "held_out_eighth.jsonl": "by six more of whom nothing trains, one of them on money and identity alone",
    "held_out_ninth.jsonl": "by four more of whom nothing trains: one wrote campaigns and warnings, one errands of money and "
    "identity in a line or two, one look-alikes, one a mixture like the seed corpus's",
    "held_out_tenth.jsonl": "by four more of whom nothing trains: one wrote look-alikes, one small tasks for strangers, one "
    "pieces of vacancies, one a mixture like the seed corpus's",
    "held_out_eleventh.jsonl": "by five more of whom nothing trains: two wrote mixtures like the seed corpus's, one "
    "look-alikes, one quiet lures of hard work, one vacancies and look-alikes of which every one is disguised",
    "held_out_chat.jsonl": "what chats are full of and no one recruits with (goods, services, jokes, loans, news of the "
    "street), by two hands of whom nothing trains",
    "held_out_adversarial.jsonl": "by two who had the reader before them as they wrote, to find what it gets wrong; nothing of "
    "theirs trains",
}
"""Files of tests/reading/data that no training reads, and how far they are untouched."""
HIDDEN = ("disguised", "short", "terse")
NOT_MET = tuple(f"held_out_{name}.jsonl" for name in ("seventh", "eighth", "ninth", "tenth", "eleventh", "adversarial"))
"""Files by hands of whom nothing trains."""
BARS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75)
BAR = f"""
Where level 2 begins is a judgement by these texts; the test part has no say in it. No less than 92 % of the lures, no more
than 4 % of the look-alikes and no campaign at all are asked for. With hands not met (the seventh to the eleventh file
and the adversarial one) the first two have something to spare, campaigns nothing, and at {FLAG_FROM:g} the bar gives a
little of it away: the step up to there costs more lures than it saves of other texts, but of the adverts in the field
perhaps one in a thousand is a lure, of these texts two in five. Texts that a rule lifts or caps are flagged, or not, at any bar.
"""

WEAKNESSES = """
## Known weaknesses

- Rows and texts in Kyrgyz, Kazakh, Uzbek, Tajik and Turkmen wait for native readers.
- The labelled texts are invented and were labelled with these rules in mind. Lexicon rows and the texts of
  `more_train.jsonl` were written after errors on train and dev had been read, so cross-validated figures flatter the
  lexicon. The test part's texts were never read by anybody who wrote rows; its figures were looked at twenty-two times:
  four times around the work of November 2026 on false flags and on terse lures, thirteen times on 29 November (the second
  of them made us cross-validate a new rule by itself, by which it was narrowed), and five times on 30 November: the
  second time after rows that the innocent use too had been narrowed, the third with the first model that reads words, the
  fourth with the first that learns how signs go together, the fifth with the first that has met what chats are full of.
- Who has read other texts of a writer reads the next one better. Of `fresh_dev`, the second, and
  the fourth to sixth held file, and of the seed corpus, the same hands also wrote texts to learn from: their figures
  flatter. Cross-validation keeps the hands of `more_train.jsonl` on one side, those of the seed corpus not.
- How strongly the second layer's networks are held back was chosen among six values by the files of hands not met, after
  a division of the training hands had said about the same: figures of those files flatter by a little.
- Disguised lures are the reader's weakest side: see the texts held against it, above.
- Of what chats are full of and no one recruits with it has met 1,150 texts by four hands: of texts by two others it
  still flags about one in eighty, of job boards one in a thousand.
- Two texts in five of the corpus are for review; in the field it is perhaps one in a thousand. A score is calibrated to
  the corpus: it ranks adverts well, and as a chance in the field it is far too high.
- The real ordinary adverts are Russian, from inside Russia.
"""


def main() -> None:
    figures = evaluate(load_reader(), load_seed("test"), ordinary_adverts())
    known = load_seed("train", "dev")
    crossed = measure(known, cross_read(known))
    picture(FOLDER / "reading.png")
    (FOLDER / "reading.md").write_text(reading(figures, crossed, held()), encoding="utf-8")
    (FOLDER / "model_card.md").write_text(model_card(figures, crossed), encoding="utf-8")
    (FOLDER / "data_card.md").write_text(data_card(), encoding="utf-8")


def held() -> str:
    """How many lures and other texts are flagged in each file that is held against the reader."""
    reader = load_reader()
    rows = []
    every: list[tuple[str, SeedText, Reading]] = []
    for name, about in HELD.items():
        texts = read_file(HELD_FOLDER / name)
        readings = list(read(reader, [text_posting(text.id, text.body) for text in texts]))
        every += [(name, text, reading) for text, reading in zip(texts, readings, strict=True)]
        pairs = [(text, reading.flagged) for text, reading in zip(texts, readings, strict=True)]
        hidden = [(text, flag) for text, flag in pairs if text.label and any(kind in text.slice for kind in HIDDEN)]
        lures, others = ([pair for pair in pairs if pair[0].label == label] for label in (1, 0))
        rows.append(
            (f"`{name}`", about, *(f"{sum(f for _, f in group)}/{len(group)}" for group in (lures, hidden, others)))
        )
    heads = ("tests/reading/data/", "texts", "lures flagged", "disguised or terse ones", "others flagged")
    told = "Invented, like all. What the first reading of each gave stands in the tests."
    return f"## Texts held against the reader\n\n{told}\n\n{_table(heads, rows)}\n{bars(every)}"


def bars(every: Sequence[tuple[str, SeedText, Reading]]) -> str:
    """What would be flagged if level 2 began elsewhere; `every` are file, text and reading."""
    new = [(text, reading) for name, text, reading in every if name in NOT_MET]
    groups = (
        [reading for text, reading in new if text.label],
        [reading for text, reading in new if text.slice == "look_alike"],
        [reading for _, text, reading in every if text.label],
        [reading for _, text, reading in every if not text.label],
    )
    rows = [
        (f"{at:g}", *(f"{sum(flagged_at(at, reading) for reading in group)}/{len(group)}" for group in groups))
        for at in BARS
    ]
    heads = ("level 2 from", "lures, hands not met", "look-alikes, hands not met", "all lures", "all others")
    return f"{BAR}\n{_table(heads, rows)}"


def flagged_at(at: float, reading: Reading) -> bool:
    """Whether it would be flagged if level 2 began at the score `at`."""
    moved = any(reason.by in definitions.rules() for reason in reading.reasons)
    return reading.flagged if moved else reading.score >= at


def reading(figures: Mapping[str, Any], crossed: Mapping[str, Any], held_against: str) -> str:
    """What a reading is, how it is used from a notebook, the figures, and all definitions."""
    rows = load_lexicon().matcher.rows
    found = sum(row.sense == "present" for row in rows)
    waiting = sum(row.sense == "present" and not row.reviewed for row in rows)
    parts = [
        INTRODUCTION,
        f"## In a notebook\n\n{NOTEBOOK}",
        HOW_WELL,
        as_markdown(figures, "Figures on the held-out test part"),
        as_markdown(
            crossed,
            f"Figures by cross-validation on train and dev ({FOLDS} folds, no hand of `more_train.jsonl` on both sides)",
            brief=True,
        ),
        held_against,
        WEAKNESSES,
        "## Indicators\n",
        _table(
            ("id", "name", "dimension", "class", "weight", "lawful adverts that show it"),
            [(i.id, i.name, i.dimension, i.cls, f"{i.weight:g}", i.lawful) for i in definitions.indicators().values()],
        ),
        "## Protective cues\n",
        _table(
            ("id", "name", "points", "beware"),
            [(c.id, c.name, f"{c.weight:g}", c.caveat) for c in definitions.protective().values()],
        ),
        "## Rules\n",
        _table(
            ("id", "says", "level"),
            [(r.id, r.says["en"], "-" if r.level is None else r.level) for r in definitions.rules().values()],
        ),
        f"The starter pack holds {found} pattern rows; {waiting} of them wait for a native reader.",
    ]
    return "\n".join(parts) + "\n"


def model_card(figures: Mapping[str, Any], crossed: Mapping[str, Any]) -> str:
    """What the shipped model is, from the model file and the evaluations."""
    with np.load(MODEL_FILE, allow_pickle=False) as store:
        about = json.loads(bytes(store["about"]).decode())
        buckets, columns = store["first"].shape
    calibration = about["calibration"]
    offsets = ", ".join(f"{name} {value:+.2f}" for name, value in calibration["languages"].items())
    baselines = [
        (name, row["area_under_curve"], row["average_precision"], row["recall_at_allowed"])
        for name, row in figures["baselines"].items()
    ]
    rates = [
        (name, _rate(part["overall"]["recall"]), _rate(part["overall"]["false_flags"]), part["reliability"]["brier"])
        for name, part in (("test part", figures), ("train and dev, cross-validated", crossed))
    ]
    card = f"""# Model card: the classifier in nlp/data/classifier.npz

Made by `docs/make_reading.py`; do not edit by hand. Version `{about["version"]}`, format {about["format"]},
{MODEL_FILE.stat().st_size:,} bytes, arrays and one JSON text (`allow_pickle=False`).

**What it is for.** Putting public job adverts in the order in which a trained human reviewer should look at them. It says
how much a text is like those that reviewers would want to see. **What it is not for:** deciding about a person, an
agency or an advert; any use without the review that follows; texts that are no adverts; other languages.

**How it works.** Two layers. The first reads hashed n-grams of letters (3 to 6), words, pairs of words and pairs with
one between, all of a text's sound skeleton ({buckets:,} buckets, {columns} outcomes, small integers): of the whole text,
of each half and of each clause. Those of whole texts and halves are fitted in units of how far each leans to one side by
itself, over texts and over hands (`nlp/training/leaning.py`). The second takes its opinions beside indicators, denials,
protective cues, stance cues, pay and places: {len(about["features"])} features in all. {NETWORKS} networks of {UNITS}
hidden units each, averaged, give the chance of whoever is speaking (an offer that is wanted,
{", ".join(about["stances"])}); kinds of exploitation are linear in the features ({", ".join(about["types"])}). Names of
the peoples and countries of origin are one word to it, and so are first names and most towns of origin.

**Trained on** {about["texts"]} invented texts (train and dev of the seed corpus, and `more_train.jsonl`); see
`data_card.md`. The second layer learns from out-of-fold opinions of the first. Anybody can make the same file again with
`chyrak train`; `chyrak train --decisions --output FILE` adds a home's own settled decisions.

**Calibration and thresholds.** Log odds are multiplied by {calibration["slope"]:.2f}, moved by
{calibration["offset"]:+.2f} and by an offset per language, learnt on texts held out from the second layer: {offsets}. A
flag begins at {FLAG_FROM:g}, so the offsets are the thresholds by language; they are shrunk where texts are few.

**Figures**, on invented texts; all of them by group in `reading.md`.

{_table(("texts", "recall", "false flags", "Brier score"), rates)}
{_table(("reader, on the test part", "area under the curve", "average precision", "recall at 4 % false flags"), baselines)}
**Fairness.** Counterfactual twins (ETH-22) and lawful look-alikes (ETH-23) are in `reading.md`, beside rates by language,
by whom an advert asks for and by destination.

**Limits.** The share of texts for review in training is far above the field's, so a score is no chance in the field.
No native reader has checked the Kyrgyz, Kazakh, Uzbek, Tajik and Turkmen texts. Adverts that only a picture or a voice
carries are not read. Those who write such adverts read public code: new words must be learnt from reviewers' decisions.
"""
    return "\n\n".join(fill(part, 120) if part.startswith("**") else part for part in card.split("\n\n")) + "\n"


def data_card() -> str:
    """What the labelled texts are, counted."""
    texts = load_seed()

    def counted(key: Callable[[SeedText], Iterable[str]]) -> list[tuple[Any, ...]]:
        groups: dict[str, list[SeedText]] = {}
        for text in texts:
            for value in key(text):
                groups.setdefault(value, []).append(text)
        return [
            (name, len(found), sum(text.label for text in found), *(Counter(t.part for t in found)[p] for p in PARTS))
            for name, found in sorted(groups.items())
        ]

    def table(name: str, key: Callable[[SeedText], Iterable[str]]) -> str:
        return _table((name, "texts", "for review", *PARTS), counted(key))

    return f"""# Data card: the labelled texts in nlp/data/seed

Made by `docs/make_reading.py`; do not edit by hand.

{len(texts)} texts, every one **invented** for this project, in the style of public adverts: nothing in them is a real
advert, person, agency or number (phones and handles are of reserved or `example` kinds). Licence: the project's own.
Texts in Kyrgyz, Kazakh, Uzbek, Tajik and Turkmen are by non-natives and wait for review. How they were made and which
shortcuts are known: `nlp/data/seed/SEED.md` and `MORE.md`.

The division into train, dev and test follows from a hash of the text. `more_train.jsonl` (slice "written") came later,
most of it with errors on train and dev in view, and only ever trains. Nobody who writes rows or texts looks at single test texts.

Outside data (real ordinary adverts, 1,004, MIT) are only ever measured on; nothing of them is in the model or here.

{table("language", lambda text: [text.lang])}
{table("slice", lambda text: [text.slice])}
{table("stance", lambda text: [text.stance])}
{table("look-alike class", lambda text: [text.hn] if text.hn else [])}
{table("exploitation", lambda text: text.exploitation)}"""


def picture(target: Path) -> None:
    """The notebook's displaCy view of an invented advert."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        sys.exit("Chromium is not installed. Debian: apt install chromium")
    page = displacy.render(load()(SHOWN), style="span", page=True, jupyter=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        view = browser.new_page(viewport={"width": 900, "height": 300})
        view.set_content(page.replace("padding: 4rem 2rem", "padding: 1rem"))
        view.locator("figure").screenshot(path=str(target))
        browser.close()
    if target.stat().st_size > MOST_BYTES:
        sys.exit(f"{target}: {target.stat().st_size:,} bytes, more than {MOST_BYTES:,}. Make the picture smaller.")


def _rate(rate: Mapping[str, Any]) -> str:
    return f"{rate['rate']:.3f} ({rate['low']:.3f}-{rate['high']:.3f})"


def _table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    return "\n".join([*lines, *(f"| {' | '.join(map(str, row))} |" for row in rows)]) + "\n"


if __name__ == "__main__":
    main()
