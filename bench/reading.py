"""Adverts read per second on one core, beside TF-IDF alone, slovnet's named entities and the encoder, in one run.

`OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python bench/reading.py [--encoder FOLDER] [--lines 10000 100000]` writes
bench/results/reading.json, which docs/make_performance.py shows. Contenders take turns, a slice of the same texts
each, and the best of several rounds counts; times are processor time, so that other work on the machine shows less.
Nothing is asserted.

slovnet is no dependency of Chyrak: `pip install --no-deps slovnet navec razdel natasha` brings it and its model.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import nlp
from nlp import grouping
from nlp.training.seed import load_seed

RESULTS = Path(__file__).parent / "results" / "reading.json"
OURS = "nlp.read, all packs, model, explanation"
Work = Callable[[Sequence[str]], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--encoder", type=Path, help="a folder made by `chyrak model import`")
    parser.add_argument("--lines", type=int, nargs="*", default=[1_000, 10_000], help="lengths for `chyrak read`")
    options = parser.parse_args()
    began = time.process_time()
    reader = nlp.load_reader()
    loaded = time.process_time() - began
    corpora = {"invented": [text.body for text in load_seed("train", "dev")], "ordinary": _ordinary()}
    long_text = ("Паспорт сдаёте прорабу, билет отработаете. " * 2400)[:100_000]
    every_new = _rate(lambda bodies: _read(reader, bodies), corpora["invented"])
    result: dict[str, Any] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"{os.getloadavg()[0]:.1f} processes running at the start",
        "load, seconds": round(loaded, 2),
        "invented texts a second, every word new": round(every_new),
        "one text of 100,000 letters, seconds": round(1 / _rate(lambda bodies: _read(reader, bodies), [long_text]), 2),
        "memory, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,  # before scikit-learn comes in
    }
    contenders: dict[str, Work] = {OURS: lambda bodies: _read(reader, bodies)}
    contenders["fingerprints for grouping"] = lambda bodies: [grouping.fingerprint(body) for body in bodies]
    contenders["TF-IDF (char 2-5) and logistic regression alone"] = _tfidf()
    if found := _slovnet():
        contenders["slovnet: Russian named entities alone"] = found
    if options.encoder:
        contenders["encoder pass (every text)"] = _encoder(options.encoder)
    for name, bodies in corpora.items():
        if bodies:
            heading = f"{len(bodies):,} {name} texts of {_letters(bodies)} letters, texts a second"
            result[heading] = _in_turns(contenders, bodies, options.rounds)
    for count in options.lines:
        result[f"chyrak read, {count:,} lines"] = _whole_command(count)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for name, value in result.items():
        rows = value.items() if isinstance(value, dict) else [("", value)]
        print("\n".join(f"{name}{': ' * bool(part)}{part}  {held}" for part, held in rows))


def _read(reader: Any, bodies: Sequence[str]) -> list[Any]:
    return list(nlp.read(reader, (nlp.text_posting(str(n), body) for n, body in enumerate(bodies))))


def _rate(work: Work, bodies: Sequence[str]) -> float:
    began = time.process_time()
    work(bodies)
    return len(bodies) / (time.process_time() - began)


def _in_turns(contenders: dict[str, Work], bodies: Sequence[str], rounds: int) -> dict[str, int]:
    """Texts a second of each, from the quickest of its rounds on every slice."""
    slices = [bodies[start : start + 100] for start in range(0, len(bodies), 100)]
    best = {name: [float("inf")] * len(slices) for name in contenders}
    for number in range(rounds):
        for place, part in enumerate(slices):
            for name, work in contenders.items():
                if "encoder" in name and (number or place % 5):
                    continue
                best[name][place] = min(best[name][place], len(part) / _rate(work, part))
    found = {}
    for name, times in best.items():
        measured = [(len(part), seconds) for part, seconds in zip(slices, times, strict=True) if seconds < 1e9]
        found[name] = round(sum(count for count, _ in measured) / sum(seconds for _, seconds in measured))
    return found


def _tfidf() -> Work:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    texts = load_seed("train", "dev")
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    model = LogisticRegression().fit(vectors.fit_transform([t.body for t in texts]), [t.label for t in texts])
    return lambda bodies: model.predict_proba(vectors.transform(bodies))


def _slovnet() -> Work | None:
    """slovnet's tagger on natasha's own model files, found without importing natasha."""
    found = importlib.util.find_spec("natasha")
    if not found or not found.submodule_search_locations or not importlib.util.find_spec("slovnet"):
        return None
    from navec import Navec
    from slovnet import NER

    data = Path(found.submodule_search_locations[0]) / "data"
    words = Navec.load(next(data.rglob("navec_news*.tar")))
    tagger = NER.load(next(data.rglob("slovnet_ner*.tar"))).navec(words)
    return lambda bodies: list(tagger.map(bodies))


def _encoder(folder: Path) -> Work:
    from chyrak.text import fold
    from nlp.components.languages import find_languages
    from nlp.encoder import load_encoder, safe_text

    encoder = load_encoder(folder)

    def work(bodies: Sequence[str]) -> object:
        views = [fold(body) for body in bodies]
        return encoder.encode([safe_text(view, find_languages(view)) for view in views])

    return work


def _ordinary() -> list[str]:
    path = Path(os.environ.get("CHYRAK_DATA", "")) / "ads" / "real_ordinary.jsonl.gz"
    if not path.is_file():
        return []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [f"{row.get('title') or ''}\n{row['text']}" for row in rows]


def _letters(bodies: Sequence[str]) -> int:
    return round(sum(map(len, bodies)) / max(1, len(bodies)))


def _whole_command(count: int) -> dict[str, int]:
    """`chyrak read` of so many different texts: how fast, and the most memory its process ever held."""
    chance = random.Random(count)
    bodies = [text.body for text in load_seed("train", "dev")]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.jsonl"
        with path.open("w", encoding="utf-8") as lines:
            for number in range(count):
                words = chance.choice(bodies).split(" ") + [f"{chance.randrange(10**9):x}" for _ in range(2)]
                cut = chance.randrange(len(words))
                lines.write(json.dumps({"id": str(number), "text": " ".join(words[cut:] + words[:cut])}) + "\n")
        child = subprocess.Popen(
            [sys.executable, "-m", "runtime", "read", "--home", folder, str(path)], stdout=subprocess.DEVNULL
        )
        most = 0
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        while child.poll() is None:  # a child's ru_maxrss begins at its parent's size, so the kernel is asked
            most = max(most, _most_memory(child.pid))
            time.sleep(0.1)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"lines a second": round(count / seconds), "most memory, MB": most}


def _most_memory(process: int) -> int:
    """The most megabytes the process has held so far."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0)


if __name__ == "__main__":
    main()
