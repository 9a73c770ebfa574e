"""Trains the language model: `python -m nlp.training.languages` writes `nlp/data/languages.npz`.

Learns from texts whose licence allows it, and from nothing else: Common Voice prompts (CC0), KazNERD (CC BY 4.0), the
project's invented adverts (their training part only) and `invented.toml`. Copies made by rule teach what such texts do
not show: letters typed plainly, Uzbek in Cyrillic, Russian, Kyrgyz and Kazakh in Latin letters. Share-alike sets (UD,
SIB-200) are for measuring (`measure`), never for learning. Needs the folder named by CHYRAK_DATA.
"""

from __future__ import annotations

import argparse
import gzip
import os
import random
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import f1_score

from chyrak.errors import AskOperator
from chyrak.scripts import to_cyrillic_uzbek
from chyrak.text import fold, lazy
from nlp.components.language_model import hashed, words_of
from nlp.components.languages import OURS
from nlp.training.seed import load_seed

LABELS = ("ru", "ky", "kk", "uz", "tg", "tk", "en", "tr", "tt", "uk", "mn")
BUCKETS = 1 << 16
SCALE = 8.0
_LINES_A_LANGUAGE = 9_000
_CUTS_A_LINE = 6
_LENGTHS = (10, 12, 14, 16, 18, 20, 20, 22, 25, 30, 40, 60)
_WHOLE_LINES = 0.12
_NEIGHBOURS_WEIGH = 0.3
"""Adverts in languages that are not ours are rarer than such a training set has them."""
_SEED = 20261124


def main(arguments: Sequence[str] | None = None) -> int:
    """Trains, measures and writes; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("CHYRAK_DATA"), help="folder with lang/ and ner/")
    parser.add_argument("--out", type=Path, default=Path("nlp/data/languages.npz"))
    options = parser.parse_args(arguments)
    if options.data is None or not (options.data / "lang").is_dir():
        raise AskOperator("No outside data. Set CHYRAK_DATA (or --data) to the folder that holds lang/ and ner/.")
    texts = training_texts(options.data)
    weights, bias = train(texts)
    unit = np.float32(np.abs(weights).max() / 60_000)
    np.savez_compressed(
        options.out,
        labels=np.array(LABELS),
        weights=(weights / unit).astype(np.float16),
        unit=unit,
        bias=bias.astype(np.float32),
        scale=np.float32(SCALE),
    )
    sys.stdout.write(f"{options.out}: {options.out.stat().st_size / 1e6:.2f} MB\n")
    return 0


def training_texts(data: Path) -> list[tuple[str, str]]:
    """(label, folded words) of every text to learn from, cut to lengths as in adverts."""
    chance = random.Random(_SEED)  # noqa: S311 - the same texts every time, no secret
    invented = tomllib.loads(files("nlp").joinpath("training/invented.toml").read_text(encoding="utf-8"))
    whole: dict[str, list[str]] = defaultdict(list)
    for label in LABELS:
        whole[label] += _common_voice(data, label)
    whole["kk"] += _kaznerd(data)[:5_000]
    for advert in load_seed("train"):
        if advert.lang[:2] in LABELS and advert.slice not in ("obfuscated", "code_switch"):
            whole[advert.lang[:2]] += [line for line in advert.body.split("\n") if line.strip()]
    for label in ("tg", "tk"):
        whole[label] += _invented(invented[label], chance)
    made: list[tuple[str, str]] = []
    for label in LABELS:
        lines = list(dict.fromkeys(fold(line).text for line in whole[label]))
        for i in range(_LINES_A_LANGUAGE * _CUTS_A_LINE):
            line = lines[i // _CUTS_A_LINE] if i < len(lines) * _CUTS_A_LINE else chance.choice(lines)
            made += [(label, _cut(copy, chance)) for copy in _copies(label, line, invented, chance)]
    return [(label, letters) for label, text in made if len(letters := " ".join(words_of(text))) > 3]


def train(texts: Sequence[tuple[str, str]]) -> tuple[Any, Any]:
    """Weights (buckets, labels) and bias (labels) of a linear model over hashed n-grams."""
    order = np.random.default_rng(_SEED).permutation(len(texts))
    features = _features([texts[i][1] for i in order])
    labels = np.array([LABELS.index(texts[i][0]) for i in order])
    counts = np.bincount(labels, minlength=len(LABELS))
    weights = {
        number: len(labels) / len(LABELS) / count * (1.0 if LABELS[number] in OURS else _NEIGHBOURS_WEIGH)
        for number, count in enumerate(counts.tolist())
    }
    model = SGDClassifier(
        loss="log_loss", alpha=3e-7, max_iter=4, tol=None, average=True, class_weight=weights, random_state=7
    )
    model.fit(features, labels)
    return model.coef_.T.astype(np.float32), model.intercept_


def measure(predict: Any, texts: Mapping[str, Sequence[str]], length: int | None = None) -> Mapping[str, float]:
    """F1 of each label and their mean over texts by label, cut to `length` letters; `predict` gives a text's label."""
    truth, guess = [], []
    for label, lines in texts.items():
        for line in lines:
            truth.append(label)
            guess.append(predict(line[:length] if length else line))
    names = sorted(texts)
    scores = f1_score(truth, guess, labels=names, average=None, zero_division=0.0)
    return dict(zip(names, map(float, scores), strict=True)) | {"mean": float(np.mean(scores))}


def _features(texts: Iterable[str]) -> csr_matrix:
    columns, values, ends = [], [], [0]
    known: dict[str, Any] = {}
    for letters in texts:
        words = letters.split()
        for word in words:
            if word not in known:
                known[word] = hashed([word], BUCKETS)[0].astype(np.int32)
        buckets, counts = np.unique(np.concatenate([known[word] for word in words]), return_counts=True)
        columns.append(buckets)
        values.append((counts * (SCALE / np.sqrt(len(letters) + 1))).astype(np.float32))
        ends.append(ends[-1] + len(buckets))
    shape = (len(ends) - 1, BUCKETS)
    return csr_matrix((np.concatenate(values), np.concatenate(columns), np.array(ends)), shape=shape)


def _copies(label: str, line: str, invented: Mapping[str, Any], chance: random.Random) -> list[str]:
    """The line itself, and as people without the right keyboard type it."""
    copies = [line]
    if label == "uz":
        cyrillic = to_cyrillic_uzbek(line)
        copies += [chance.choice([cyrillic, lazy(cyrillic)])]
        if chance.random() < 0.4:
            copies[0] = line.replace("'", "")
    elif label in ("ky", "kk", "tg"):
        copies += [lazy(line)] if chance.random() < 0.6 else []
    elif label == "tk" and chance.random() < 0.7:
        plain = "".join(invented["plain_tk"].get(sign, sign) for sign in line)
        copies += [chance.choice([plain, lazy(line)])]
    if label in ("ru", "ky", "kk") and chance.random() < 0.5:
        table = {sign: chance.choice(forms) for sign, forms in invented["latin"].items()}
        copies.append("".join(table.get(sign, sign) for sign in line))
    return copies


def _cut(line: str, chance: random.Random) -> str:
    """A piece of the line of a random length: windows and short adverts are no whole sentences."""
    length = chance.choice(_LENGTHS)
    if chance.random() < _WHOLE_LINES or len(line) <= length:
        return line
    start = chance.randrange(len(line) - length)
    return line[start : start + length]


def _invented(rows: Mapping[str, Any], chance: random.Random) -> list[str]:
    """The sentences, again and again, and lines of words with endings."""
    lines = list(rows["sentences"])
    for _ in range(4_000):
        words = []
        for _ in range(chance.randint(3, 9)):
            kind = chance.random()
            if kind < 0.35:
                words.append(chance.choice(rows["words"]))
            elif kind < 0.75:
                words.append(chance.choice(rows["nouns"]) + chance.choice(rows["noun_endings"]))
            else:
                beginning, ending = chance.choice(rows["verb_beginnings"]), chance.choice(rows["verb_endings"])
                words.append(f"{beginning}{chance.choice(rows['verbs'])}{ending}")
        lines.append(" ".join(words))
    sentences = list(rows["sentences"])
    for _ in range(3_000):  # other neighbours for the same words
        mixed = " ".join(chance.sample(sentences, 2)).split()
        lines.append(" ".join(chance.sample(mixed, min(len(mixed), chance.randint(4, 10)))))
    return lines


def _common_voice(data: Path, label: str) -> list[str]:
    for name, opened in ((f"{label}.txt.gz", gzip.open), (f"{label}.txt", open)):
        path = data / "lang" / "commonvoice" / name
        if path.is_file():
            with opened(path, "rt", encoding="utf-8") as lines:
                return [line.strip() for line in lines if line.strip()]
    return []


def _kaznerd(data: Path) -> list[str]:
    path = data / "ner" / "kaznerd_valid.iob2.gz"
    if not path.is_file():
        return []
    with gzip.open(path, "rt", encoding="utf-8") as rows:
        sentences: list[list[str]] = [[]]
        for row in rows:
            token = row.split()
            if token:
                sentences[-1].append(token[0])
            else:
                sentences.append([])
    return [" ".join(sentence) for sentence in sentences if sentence]


if __name__ == "__main__":
    raise SystemExit(main())
