"""How fast the index answers, beside bare tantivy, SQLite FTS5 and Elasticsearch, interleaved in one run.

    python bench/search.py                                 50,000 adverts, some minutes on two cores
    python bench/search.py --adverts 500000                the size of a busy year: 4 GB and some twenty minutes
    python bench/search.py --adverts 50000 --elasticsearch 127.0.0.1:9200 --percolator 127.0.0.1:9201

Queries are asked at a tenth of the adverts and at all of them. `--elasticsearch` names a server of version 8 or 9
(`make elasticsearch`), `--percolator` an OpenSearch, which has a percolator; both are asked over HTTP without a
password. Results go to bench/results as JSON; docs/make_performance.py makes the page of them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from search_percolator import Percolator
from search_servers import RawElasticsearch
from search_systems import Bare, Fts5, Ours
from search_town import KINDS, Town, asked, watches

from indexer import parse
from indexer.analysis import FORMS
from indexer.engines.tantivy_engine.matching import match

BATCH = 8000  # adverts to a commit, as `chyrak reindex` does it
BATCHES = 25  # given to one system before the next has its turn
MATCHED_BEFORE = 30_000  # adverts with the watches before those that are timed
RESULTS = Path(__file__).parent / "results"
System = Ours | Bare | Fts5 | RawElasticsearch


def main() -> None:
    """Builds the indexes, asks them the same questions in turn and keeps the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--adverts", type=int, default=50_000)
    options.add_argument("--queries", type=int, default=100, help="of each class")
    options.add_argument("--watches", type=int, default=10_000)
    options.add_argument("--batch", type=int, default=1_000, help="adverts matched with the watches at once")
    options.add_argument("--elasticsearch", metavar="HOST:PORT")
    options.add_argument("--percolator", metavar="HOST:PORT")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--name", default="search", help="of the file in bench/results")
    given = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="chyrak-bench-"))
    try:
        report = run(folder, given)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(report, indent=1)
    (RESULTS / f"{given.name}.json").write_text(text + "\n", encoding="utf-8")
    print(text)


def run(folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    """Every figure of one run. Each size has indexes of its own, and only the last is told of as filled."""
    report: dict[str, Any] = {"machine": machine(), "queries of each class": given.queries, "build": {}, "sizes": {}}
    for size in (given.adverts // 10, given.adverts):
        systems = opened(folder / str(size), given)
        town = Town(given.seed)
        seconds = filled(systems, town, size)
        report["sizes"][str(size)] = latencies(systems, town, given.queries)
        report["build"] = {
            system.name: {
                "adverts a second": size / seconds[system.name],
                "index MB": megabytes(system.folder) if system.folder else None,
            }
            for system in systems
        }
        report["memory MB"] = memory()
        for system in systems:
            system.close()
        shutil.rmtree(folder / str(size))
    report["watches"] = percolation(town, given)
    report["load at the end"] = os.getloadavg()[0]
    return report


def opened(folder: Path, given: argparse.Namespace) -> list[System]:
    """Every system that is compared, empty."""
    systems: list[System] = [Ours(f"tantivy://{folder / 'ours'}", "chyrak", folder / "ours")]
    systems += [Bare(folder / "bare"), Fts5(folder / "fts5")]
    if given.elasticsearch:
        url = f"elasticsearch+http://{given.elasticsearch}/bench{time.time_ns():x}"
        systems += [Ours(url, "chyrak on Elasticsearch"), RawElasticsearch(given.elasticsearch)]
    return systems


def filled(systems: Sequence[System], town: Town, size: int) -> dict[str, float]:
    """Seconds each system takes to index `size` adverts; all take turns, as the machine is not always as fast."""
    seconds = {system.name: 0.0 for system in systems}
    adverts = town.adverts(size)
    while some := list(islice(adverts, BATCH * BATCHES)):
        batches = [some[start : start + BATCH] for start in range(0, len(some), BATCH)]
        for system in systems:
            seconds[system.name] += timed(lambda s=system, b=batches: s.add(b)) / 1000
    for system in systems:
        seconds[system.name] += timed(system.finish) / 1000
    return seconds


def latencies(systems: Sequence[System], town: Town, count: int) -> dict[str, Any]:
    """p50 and p95 in ms by class of query and system; each question is asked of every system in turn."""
    found: dict[str, Any] = {}
    for kind in KINDS:
        times: dict[str, list[float]] = {system.name: [] for system in systems}
        for question in [asked(town, kind) for _ in range(count)]:
            for system in systems:
                system.prepare(question)
                answers: list[Any] = []
                spent = timed(lambda s=system, q=question, a=answers: a.append(s.ask(q)))
                if answers[0] is not None:
                    times[system.name].append(spent)
        found[kind] = {
            name: {"p50": statistics.median(spent), "p95": share(spent, 0.95)} for name, spent in times.items() if spent
        }
    return found


def percolation(town: Town, given: argparse.Namespace) -> dict[str, Any]:
    """Saved searches against one batch: the first compiles the queries and meets every word for the first time; the
    process that sends alerts has met most words that there are, so that many batches are matched before the others."""
    queries = {key: parse(text) for key, text in watches(town, given.watches).items()}
    first = timed(lambda: match(list(town.adverts(given.batch)), queries))
    for _ in range(MATCHED_BEFORE // given.batch):
        match(list(town.adverts(given.batch)), queries)
    known = len(FORMS)
    batches = [list(town.adverts(given.batch)) for _ in range(5)]
    found: list[set[tuple[str, str]]] = []
    spent = [timed(lambda b=batch: found.append(match(b, queries))) for batch in batches]
    report: dict[str, Any] = {
        "watches": given.watches,
        "batch": given.batch,
        "first batch ms": first,
        "ms an advert": statistics.median(spent) / given.batch,
        "words never met an advert": (len(FORMS) - known) / (given.batch * len(batches)),
        "matches": len(found[-1]),
    }
    if given.percolator:
        percolator = Percolator(given.percolator)
        percolator.add(queries)
        theirs: list[set[tuple[str, str]]] = []
        few = batches[-1][: min(100, given.batch)]
        took = timed(lambda: theirs.append(percolator.match(few)))
        ids = {advert.id for advert in few}
        assert theirs[0] == {pair for pair in found[-1] if pair[1] in ids}, "the percolator finds others"
        report["percolator"] = {"name": percolator.name, "ms an advert": took / len(few), "adverts": len(few)}
    return report


def machine() -> dict[str, Any]:
    """What it ran on; `load` is how much else ran when it began."""
    return {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()[0]}


def megabytes(folder: Path) -> float:
    """The size of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def memory() -> float:
    """Resident memory of this process in MB; 0 where the system does not say."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith("VmRSS"))


def timed(call: Callable[[], object]) -> float:
    """Milliseconds a call takes."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def share(times: Sequence[float], part: float) -> float:
    """The time that `part` of the calls did not exceed."""
    return sorted(times)[min(len(times) - 1, int(len(times) * part))]


if __name__ == "__main__":
    main()
