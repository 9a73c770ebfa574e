"""Writes docs/performance.md from the figures in bench/results: `python docs/make_performance.py`.

`bench/search.py` writes search.json, or what `--name` says: search_servers.json with the servers; `bench/reading.py`
writes reading.json. What is not there is left out and said to be so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parents[1] / "bench" / "results"
TARGET = Path(__file__).with_name("performance.md")
INTRODUCTION = """# Performance

Made by `docs/make_performance.py` from bench/results; do not edit by hand. Every figure was measured by a script in
`bench/`, on made-up adverts unless a row says ordinary; nothing here is a promise for another machine. Systems in one
table were asked the same questions in turn in one run, so that what else the machine did touched all of them alike;
ratios say more than times.
"""
REVIEW = "review page"
ENOUGH = 500_000  # adverts; what is asked of the review page is asked of a full index


def main() -> None:
    parts = [INTRODUCTION]
    for name, heading in (
        ("search", "Search in this process"),
        ("search_servers", "Search with an Elasticsearch server"),
    ):
        report = _read(name)
        parts.append(f"## {heading}\n")
        parts += _search(report) if report else [f"Not measured yet: bench/results/{name}.json is missing.\n"]
    reading = _read("reading")
    parts.append("## Reading adverts\n")
    parts += _plain(reading) if reading else ["Not measured yet: bench/results/reading.json is missing.\n"]
    TARGET.write_text("\n".join(parts).rstrip() + "\n", encoding="utf-8")


def _read(name: str) -> Mapping[str, Any] | None:
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _search(report: Mapping[str, Any]) -> Iterator[str]:
    machine = report["machine"]
    yield (
        f"{machine['cores']} cores, Python {machine['python']}, {report['queries of each class']} queries of each "
        f"class; {machine['load']:.1f} other processes were running at the start and "
        f"{report['load at the end'] - 1:.1f} at the end.\n"
    )
    if note := report.get("note"):
        yield f"{note}\n"
    systems = list(report["build"])
    for size, kinds in report["sizes"].items():
        yield f"### {int(size):,} adverts: p50 / p95 in ms\n"
        yield _row("query", *systems)
        yield _row(*["---"] * (len(systems) + 1))
        for kind, figures in kinds.items():
            cells = [f"{figures[n]['p50']:.2f} / {figures[n]['p95']:.2f}" if n in figures else "-" for n in systems]
            yield _row(kind, *cells)
        yield ""
    yield "### Filling the index\n"
    yield _row("system", "adverts a second", "index MB")
    yield _row("---", "---", "---")
    for name, figures in report["build"].items():
        megabytes = "-" if figures["index MB"] is None else f"{figures['index MB']:,.0f}"
        yield _row(name, f"{figures['adverts a second']:,.0f}", megabytes)
    yield f"\nMemory of the process with all of them open: {report['memory MB']:,.0f} MB.\n"
    yield "### Against what was asked for\n"
    yield _row("what", "measured", "asked for")
    yield _row("---", "---", "---")
    yield from (_row(*found) for found in _targets(report))
    watches = report["watches"]
    yield (
        f"\nThe first batch with the watches, which compiles them and meets every word for the first time, took "
        f"{watches['first batch ms']:,.0f} ms. The batches timed came after many others and brought "
        f"{watches['words never met an advert']:.2f} words an advert that had not been met.\n"
    )


def _targets(report: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    small, large = (kinds[REVIEW] for kinds in report["sizes"].values())
    if max(map(int, report["sizes"])) >= ENOUGH:
        yield from _page_targets(small, large)
    yield from _other_targets(report, large)


def _page_targets(small: Mapping[str, Any], large: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    ours, few = large["chyrak"], small["chyrak"]
    yield "review page, p95 against bare tantivy", f"{ours['p95'] / large['bare tantivy']['p95']:.2f}x", "<= 1.5x"
    for part in ("p95", "p50"):
        times = large["SQLite FTS5"][part] / ours[part]
        yield f"review page, SQLite FTS5 against ours, {part}", f"{times:.0f}x", ">= 30x"
    yield "review page with ten times the adverts, p50", f"{ours['p50'] / few['p50']:.2f}x", "<= 2x"
    yield "review page with ten times the adverts, p95", f"{ours['p95'] / few['p95']:.2f}x", "<= 2x"


def _other_targets(report: Mapping[str, Any], large: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    raw, served = large.get("raw Elasticsearch"), large.get("chyrak on Elasticsearch")
    if raw and served:
        ratio = served["p50"] / raw["p50"]
        yield "review page on Elasticsearch against the raw query, p50", f"{ratio:.2f}x", "<= 1.3x"
    for name, figures in report["build"].items():
        if name.startswith("chyrak"):
            yield f"adverts a second into the index, {name}", f"{figures['adverts a second']:,.0f}", ">= 2,000"
    watches = report["watches"]
    yield (
        f"{watches['watches']:,} watches, {watches['batch']:,} adverts at once: ms an advert",
        f"{watches['ms an advert']:.2f}",
        "<= 0.4",
    )
    if percolator := watches.get("percolator"):
        times = percolator["ms an advert"] / watches["ms an advert"]
        measured = f"{times:.0f}x ({percolator['ms an advert']:.1f} ms an advert)"
        yield f"the same by the {percolator['name']}, against ours", measured, ">= 50x"


def _plain(report: Mapping[str, Any]) -> Iterator[str]:
    """Whatever figures another script has written, by name."""
    yield _row("what", "measured")
    yield _row("---", "---")
    for name, value in report.items():
        if isinstance(value, Mapping):
            yield from (_row(f"{name}: {part}", _shown(held)) for part, held in value.items())
        else:
            yield _row(name, _shown(value))
    yield ""


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 100 else f"{value:,.3g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
