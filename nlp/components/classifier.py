"""The trained model's opinion of a text: the chance that a reviewer would want to see it, and who is speaking.

Two layers, one model for all languages. The first reads hashed n-grams of letters and of words (TF-IDF, logistic
regression) of the whole text, of each half and of each clause; the second (`second_layer`) takes its opinions beside
what the lexicon has found. Trained by `nlp.training.classifier` from nlp/data/seed; the file holds arrays and one JSON
text (`allow_pickle=False`).
"""

from __future__ import annotations

import json
import math
import re
import zipfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from chyrak.errors import AskOperator
from chyrak.records import State
from nlp.components.ngrams import Grams, grams
from nlp.components.second_layer import ARRAYS, SecondLayer
from nlp.components.speakers import WANTED, heard, settled_line, speaking, stances
from nlp.components.told import asked, quoted, share_within
from nlp.draft import Draft, Opinion, Passage
from nlp.lexicon.load import STANCE_WEIGHTS

MODEL_FILE = Path(str(files("nlp").joinpath("data/classifier.npz")))
FORMAT = 9
PASSAGE_FLOOR = -3.0
"""What a text without any clause like an indicator's gets, and the least any gets."""
CLAUSES = "clauses"
"""The feature that is the mean of what the clauses of a text are worth, each taken alone and weighing the same."""
_SHOWN_FROM = 0.0

_CUES = tuple((name, f"cue:{name}") for name in ("OFFER", "SEEK", "WARN", "NEWS", "SERVICE", "DISCUSS", "OTHER"))
_NO_OFFER = ("SEEK", "WARN", "NEWS", "DISCUSS", "OTHER")
"""Stances that quote a lure: where none of their cues stands beside one, the text is most likely the lure itself."""
_SAID_BY_OFFERS = ("I14", "I32", "I35", "I36", "I37", "I39")
"""Indicators whose phrases hold words that else are cues of warnings, small advertisements or requests."""
_PASSED_OVER = dict.fromkeys(_NO_OFFER, _SAID_BY_OFFERS) | {"OTHER": (*_SAID_BY_OFFERS, "I24", "I34")}
"""By stance, the indicators within whose phrases its cues do not count: flats are handed over and let too."""
_ASKED_ABOUT = frozenset(f"I{number}" for number in (24, 25, 26, 27, 28, 29, 30, 31, 34, 35, 38))
"""What whoever offers does not put as a question."""
_GRINS = "\U0001f600-\U0001f606\U0001f923\U0001f638\U0001f639"
_LAUGHS = re.compile(  # a set of first signs, so that the search skips to them
    rf"[{_GRINS})хxХXhHlL](?:(?<=[{_GRINS}])|(?<=\))\)\)|(?<=[хxХX])[аА][хxХX][аА]|(?<=[hH])[aA][hH][aA]"
    r"|(?<=\b[lL])[oO][lL]\b)"
)
"""Grinning faces and written laughter: jokes quote adverts too."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Calibration:
    """Straightens the log odds of a chance; `languages` holds what is added for a text written in each."""

    slope: float
    offset: float
    languages: Mapping[str, float]

    def __call__(self, chance: float, written: Collection[str]) -> float:
        """The calibrated chance."""
        chance = min(max(chance, 1e-6), 1.0 - 1e-6)
        room = math.fsum(self.languages.get(name, 0.0) for name in written) / max(1, len(written))
        odds = self.slope * math.log(chance / (1.0 - chance)) + self.offset + room
        return 1.0 / (1.0 + math.exp(-odds))


@dataclass(frozen=True)
class Classifier:
    """First layer: a row per hash bucket, a column per outcome, each weight times the bucket's idf.

    A row of `table` holds the weights of a text (the label among all texts, the label among offers, then `stances`),
    those of a clause (`passages`, indicator ids, then the label), and last the square of the idf: together, since
    fetching rows from memory is most of the work. Texts and clauses are rows of one sparse matrix, multiplied in one
    step. Each half of a text is weighed by itself, as the sum of its clauses: who warns quotes a lure first and turns
    then, or the reverse. The label of the clauses, each alone, is told as their mean.
    """

    version: str
    table: Floats
    idf: Floats
    whole_scale: Floats
    whole_bias: Floats
    parts_scale: Floats
    parts_bias: Floats
    stances: tuple[str, ...]
    passages: tuple[str, ...]
    types: tuple[str, ...]
    calibration: Calibration
    second: SecondLayer
    _log: Floats = field(default_factory=lambda: (1.0 + np.log(np.maximum(1, np.arange(64)))).astype(np.float32))

    @cached_property
    def _text_places(self) -> tuple[NDArray[np.int64], ...]:
        """Where the outcomes of the whole text, of its first half and of its second half stand."""
        return tuple(self.second.places_of(names) for names in text_features(self.stances))

    @cached_property
    def _like_places(self) -> NDArray[np.int64]:
        return self.second.places_of(f"like:{name}" for name in self.passages)

    @cached_property
    def _clauses_place(self) -> int:
        return int(self.second.places_of([CLAUSES])[0])

    def opinion(self, draft: Draft) -> Opinion:
        """The opinion of one text whose findings and indicators are there."""
        return self.opinions([draft])[0]

    def opinions(self, drafts: Sequence[Draft]) -> list[Opinion]:
        """The opinions of several such texts, in order."""
        values = np.zeros((len(drafts), len(self.second.rows) + 1), np.float32)
        shown = self._opine(drafts, values)
        rows = self.second.rows
        found = [found_features(draft) for draft in drafts]
        for row, features in zip(values, found, strict=True):
            for name, value in features.items():
                if (column := rows.get(name)) is not None:
                    row[column] = value
        logits, types = self.second(values)
        speakers = (WANTED, *self.stances)
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        kinds = 1.0 / (1.0 + np.exp(-types))
        told = zip(drafts, found, shares.tolist(), kinds.tolist(), shown, strict=True)
        return [
            self._opinion(draft, features, dict(zip(speakers, row, strict=True)), chances, passages)
            for draft, features, row, chances, passages in told
        ]

    def _opinion(
        self,
        draft: Draft,
        features: Mapping[str, float],
        shares: Mapping[str, float],
        kinds: list[float],
        passages: tuple[Passage, ...],
    ) -> Opinion:
        line = settled_line(draft, features, shares)
        shares = speaking(shares, draft.kind, line)
        met = self.second.rows
        unmet = math.fsum(
            item.weight
            for item in draft.indicators
            if item.weight and item.id not in met and item.id not in draft.uncounted
        )
        wanted = self.calibration(shares[WANTED], written_in(draft))
        return Opinion(wanted, stances(shares), passages, unmet, dict(zip(self.types, kinds, strict=True)), line=line)

    def _opine(self, drafts: Sequence[Draft], values: Floats) -> list[tuple[Passage, ...]]:
        """Writes what the first layer makes of the texts into `values`; the clauses most like an indicator's."""
        found = grams([heard(draft) for draft in drafts], len(self.table))
        for places in self._text_places:
            values[:, places] = self.whole_bias
        values[:, self._like_places] = PASSAGE_FLOOR
        told = np.flatnonzero(np.diff(found.firsts))
        shown: list[tuple[Passage, ...]] = [()] * len(drafts)
        if not len(told):
            return shown
        weighed, parts = self._weigh(found, told)
        for places, outcomes in zip(self._text_places, weighed, strict=True):
            values[np.ix_(told, places)] = outcomes
        strongest = np.maximum.reduceat(parts[:, :-1], found.firsts[told], axis=0)
        counts = np.diff(found.firsts)[told]
        values[told, self._clauses_place] = np.add.reduceat(parts[:, -1], found.firsts[told]) / counts
        values[np.ix_(told, self._like_places)] = np.maximum(PASSAGE_FLOOR, strongest)
        for number, best in zip(told.tolist(), strongest, strict=True):
            first, last = found.firsts[number : number + 2].tolist()
            like = []
            for column in np.flatnonzero(best > _SHOWN_FROM).tolist():
                at = found.places[first + int(parts[first:last, column].argmax())]
                like.append(Passage(self.passages[column], float(best[column]), *at))
            like.sort(key=lambda passage: -passage.strength)
            shown[number] = tuple(like[:3])
        return shown

    def _weigh(self, found: Grams, told: NDArray[np.intp]) -> tuple[tuple[Floats, Floats, Floats], Floats]:
        """Outcomes of the texts `told`, of their first halves and of their second halves; of all clauses."""
        every, starts = found.all, found.starts
        counts = np.diff(np.append(starts.ravel(), len(every))).reshape(starts.shape)
        size = len(self.table)
        wide = np.int32 if len(told) * size <= np.iinfo(np.int32).max else np.int64  # sorted twice as fast when narrow
        owners: NDArray[Any] = np.repeat(np.arange(0, len(told) * size, size, dtype=wide), np.diff(found.firsts)[told])
        keys = np.sort(np.repeat(np.tile(owners, len(starts)), counts.ravel()) + every)
        fresh = np.empty(len(keys), np.bool_)
        fresh[0] = True
        np.not_equal(keys[1:], keys[:-1], out=fresh[1:])
        firsts = np.flatnonzero(fresh)
        keys = keys[firsts]
        repeats = np.diff(np.append(firsts, len(fresh)))
        buckets = (keys & (size - 1)).astype(np.int32)
        texts = np.searchsorted(keys, np.arange(len(told) + 1) * size)
        logs = self._log[np.minimum(repeats, len(self._log) - 1)]
        values = logs * self.idf[buckets]
        weights = np.concatenate((np.ones(len(every), np.float32), logs))
        rows = np.concatenate((starts.ravel(), texts.astype(np.int32) + np.int32(len(every))))
        matrix = csr_array((weights, np.concatenate((every, buckets)), rows), shape=(len(rows) - 1, size))
        weighed = matrix @ self.table
        first, clauses = len(self.whole_scale), starts.size
        norms = np.sqrt(np.add.reduceat(values * values, texts[:-1]))
        norms[norms == 0.0] = 1.0
        whole = weighed[clauses:, :first] * (self.whole_scale / norms[:, None]) + self.whole_bias
        sums = weighed[:clauses].reshape(*starts.shape, -1).sum(axis=0)
        squares = sums[:, -1:]
        parts = sums[:, first:-1] * self.parts_scale / np.sqrt(np.maximum(squares, 1e-12)) + self.parts_bias
        clauses_of_text = np.hstack((sums[:, :first] * self.whole_scale, squares))
        starts_of_text, ends_of_text = (
            _sum_within(clauses_of_text, half[told]) + self.whole_bias for half in halves(found.firsts)
        )
        return (whole, starts_of_text, ends_of_text), parts


def text_features(stances: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """What the second layer calls the outcomes of a whole text, of its first half and of its second half."""
    outcomes = ("text", "offered", *(f"stance:{name}" for name in stances))
    return list(outcomes), [f"starts {name}" for name in outcomes], [f"ends {name}" for name in outcomes]


def halves(firsts: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The first and the second halves of texts: a row a text, its first clause and the one behind its last.

    The clauses of text `t` are those from `firsts[t]` to before `firsts[t + 1]`. Of an odd number the second half gets
    more; a single clause is both halves.
    """
    begins, ends = firsts[:-1], firsts[1:]
    middles = begins + (ends - begins) // 2
    stops = np.maximum(middles, np.minimum(begins + 1, ends))
    return np.column_stack((begins, stops)), np.column_stack((middles, ends))


def _sum_within(clauses: Floats, stretches: NDArray[np.intp]) -> NDArray[Any]:
    """Sums of the rows within each stretch, none of them empty, divided by the root of the last column's sum."""
    one_more = np.vstack((clauses, np.zeros((1, clauses.shape[1]), clauses.dtype)))  # a stretch may end behind the last
    sums = np.add.reduceat(one_more, stretches.ravel(), axis=0)[::2]
    weighed: NDArray[Any] = sums[:, :-1] / np.sqrt(np.maximum(sums[:, -1:], 1e-12))
    return weighed


def written_in(draft: Draft) -> frozenset[str]:
    """The languages of a text without their script."""
    return frozenset(language.partition("-")[0] for language in draft.languages)


def _table(weights: NDArray[np.int8], idf: Floats) -> Floats:
    """Weights times idf, and the square of the idf behind."""
    table = np.empty((len(weights), weights.shape[1] + 1), np.float32)
    np.multiply(weights, idf[:, None], out=table[:, :-1])
    np.multiply(idf, idf, out=table[:, -1])
    return table


def found_features(draft: Draft) -> dict[str, float]:
    """What the lexicon, the pay and the places say, as features."""
    stated = [item for item in draft.indicators if item.state is not State.NOT_STATED]
    features = {i.id: 1.0 for i in stated if i.state is State.PRESENT and i.id not in draft.uncounted}
    features |= {f"no {item.id}": 1.0 for item in stated if item.state is State.DENIED}
    features |= {cue.id: 1.0 for cue in draft.protective}
    features |= dict.fromkeys(draft.facts, 1.0)
    features["protective"] = float(len(draft.protective))
    features["length"] = float(np.log1p(len(draft.body)) - 5.5)
    if draft.findings is not None:
        for stance, feature in _CUES:
            rows = draft.findings.cues(stance, _PASSED_OVER.get(stance, ()))
            features[feature] = min(6.0, sum({row.pattern: row.weight for row in rows}.values())) if rows else 0.0
        for stance in _NO_OFFER:
            alone = features[f"cue:{stance}"] >= STANCE_WEIGHTS["strong"] and not features["cue:OFFER"]
            features[f"{stance} alone"] = 1.0 if alone else 0.0
        others = math.fsum(features[f"cue:{stance}"] for stance in _NO_OFFER)
        features["class_a alone"] = 1.0 if "class_a" in draft.facts and not others else 0.0
        features["seller"] = 1.0 if draft.findings.has("I35", "seller") else 0.0
    features["contact"] = 1.0 if draft.contacts else 0.0
    features["question"] = 1.0 if "?" in draft.folded.text else 0.0
    features["quotes"] = 1.0 if '"' in draft.folded.text else 0.0
    features["quoted"] = share_within(stated, quoted(draft.folded))
    features["asked"] = share_within((item for item in stated if item.id in _ASKED_ABOUT), asked(draft.folded))
    features["laughs"] = 1.0 if _LAUGHS.search(draft.body) else 0.0
    features["pay"] = 1.0 if draft.pay else 0.0
    return features


def load_classifier(path: Path | None = None) -> Classifier:
    """The model in `path`, or the one that comes with Chyrak; cached.

    Raises AskOperator for a file that is not such a model.
    """
    return _load(path or MODEL_FILE)


@lru_cache(maxsize=2)
def _load(path: Path) -> Classifier:
    remedy = "Make it anew with `python -m nlp.training.classifier`, or mend `reading.model`."
    try:
        with np.load(path, allow_pickle=False) as store:
            about: dict[str, Any] = json.loads(bytes(store["about"]).decode())
            arrays = {name: store[name] for name in store.files}
        if about.get("format") != FORMAT:
            raise AskOperator(f"{path}: model of format {about.get('format')}, this program reads {FORMAT}. {remedy}")
        return from_arrays(arrays, about)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as fault:
        raise AskOperator(f"{path}: not a model that can be read: {fault}. {remedy}") from fault


def from_arrays(arrays: Mapping[str, NDArray[Any]], about: Mapping[str, Any]) -> Classifier:
    """The model whose parts the file holds: weights as small integers with one scale a column."""

    count = 2 + len(about["stances"])
    idf = arrays["idf"].astype(np.float32)
    return Classifier(
        version=str(about.get("version", "")),
        table=_table(arrays["first"], idf),
        idf=idf,
        whole_scale=arrays["first_scale"][:count],
        whole_bias=arrays["first_bias"][:count],
        parts_scale=arrays["first_scale"][count:],
        parts_bias=arrays["first_bias"][count:],
        stances=tuple(about["stances"]),
        passages=tuple(about["passages"]),
        types=tuple(about["types"]),
        calibration=Calibration(**about["calibration"]),
        second=SecondLayer(
            {name: row for row, name in enumerate(about["features"])},
            **{name: arrays[f"second_{name}"] for name in ARRAYS},
        ),
    )
