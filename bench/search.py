"""How fast the index answers, beside bare tantivy and SQLite FTS5 on the same adverts, interleaved in one run.

    python bench/search.py                    50,000 adverts, about five minutes on two cores
    python bench/search.py --adverts 500000   the size of a busy year; needs 4 GB and an hour

Adverts are made up from a seed: words of invented roots with real endings in seven languages, as frequent as
words are (Zipf), with the phrases a reviewer looks for strewn in. "Bare" tantivy has the same fields without our
analysis, and FTS5 an index of the text beside an ordinary table. Every query fetches 20 documents and the total.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

import tantivy

from indexer import Document, SearchRequest, Sort, open_engine, parse
from indexer.documents import to_json
from indexer.engines.base import Apply
from indexer.highlight import spans

FACETS = ("lang", "place", "level", "type", "source", "indicator")
START = datetime(2025, 1, 1, tzinfo=UTC)
BATCH = 1000

ALPHABETS = {
    "ru": ("бвгдзклмнпрст", "аоуеи", ["а", "ы", "у", "ой", "ами", "ов", "ить", "ный", "ного", ""]),
    "ky": ("бгжкмнрст", "аоуыө", ["лар", "га", "дан", "нын", "ны", "ларга", "да", ""]),
    "kk": ("бғжқмнрст", "аұыіә", ["лар", "ға", "дан", "ның", "ды", "ларға", "да", ""]),
    "uz": ("bdgjklmnqrst", "aoiu", ["lar", "ga", "dan", "ning", "ni", "larni", "da", "i", ""]),
    "tg": ("бгдҷкмнрст", "аоуӣе", ["ҳо", "ро", "и", "ҳои", "ам", ""]),
    "tk": ("bdgjklmnrst", "aoyü", ["lar", "a", "dan", "yň", "ny", "lary", "da", ""]),
    "en": ("bdfgklmnprst", "aoeiu", ["s", "ing", "ed", "er", "", ""]),
}
PHRASES = [
    *("паспорт хранится у нас", "виза за наш счёт", "выезд из дома запрещён", "оплата каждый день"),
    *("паспортту бизге бересиз", "жол киресин төлөйбүз", "паспортыңызды агент алады"),
    *("pasportingiz bizda turadi", "йўл ҳақи биздан", "шиносномаҳоро мегирад", "pasportlaryny saklaýarys"),
    *("we keep your passport", "visa and ticket paid", "no experience needed"),
]
PLACES = ["AE", "TR", "RU", "KZ", "KG", "TH", "KH", "KR", "PL", "SA", "QA", "CN"]
TYPES = ["SEX.NIGHT", "LAB.CONS", "LAB.AGRI", "DOM", "CRIM.SCAM", "CRIM.DRUG", "DEBT", "MAR.ABROAD"]


class Town:
    """The made-up adverts and the words in them."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.words = {language: self._vocabulary(language, 25_000) for language in ALPHABETS}
        self.weights = list(accumulate(1 / (rank + 3) ** 1.07 for rank in range(25_000)))

    def _vocabulary(self, language: str, size: int) -> list[str]:
        consonants, vowels, endings = ALPHABETS[language]
        pick = self.dice.choice
        made: dict[str, None] = {}
        while len(made) < size:
            root = "".join(pick(consonants) + pick(vowels) for _ in range(self.dice.choice((1, 2, 2, 3)))) + pick(
                consonants
            )
            made[root + pick(endings)] = None
        return list(made)

    def adverts(self, count: int) -> Iterator[Document]:
        """`count` documents, the same for the same seed."""
        dice = self.dice
        for number in range(count):
            language = dice.choice(list(ALPHABETS))
            words = dice.choices(self.words[language], cum_weights=self.weights, k=dice.randint(40, 120))
            for _ in range(dice.choice((0, 1, 1, 2))):
                words.insert(dice.randrange(len(words)), dice.choice(PHRASES))
            level = dice.choices(range(5), weights=(70, 12, 10, 6, 2))[0]
            seen = START + timedelta(minutes=dice.randrange(700 * 24 * 60))
            yield Document(
                id=f"{number:08x}{dice.getrandbits(160):040x}",
                version=1,
                source=f"source-{dice.randrange(60)}",
                url=f"https://board.example/{number}",
                kind="advert",
                title=" ".join(words[:6]),
                text=" ".join(words[6:]),
                languages=(language,),
                stance="OFFER",
                level=level,
                score=round(dice.random(), 4),
                exploitation=tuple(dice.sample(TYPES, k=min(level, 2))),
                indicators=tuple(f"I{dice.randint(1, 40):02d}" for _ in range(level * 2)),
                places=(dice.choice(PLACES),),
                pay_usd_month=float(dice.randrange(200, 4000, 50)),
                contacts=(f"{dice.getrandbits(64):016x}",),
                campaign=f"c{dice.randrange(count // 4 + 1)}" if dice.random() < 0.3 else None,
                decision_state="open",
                published=seen,
                first_seen=seen,
                last_seen=seen,
                gone=False,
            )

    def word(self, low: int, high: int) -> str:
        """A word whose place by frequency lies between `low` and `high`."""
        return self.words[self.dice.choice(list(ALPHABETS))][self.dice.randrange(low, high)]

    def pair(self, low: int, high: int) -> tuple[str, str]:
        """Two words of one language."""
        words = self.words[self.dice.choice(list(ALPHABETS))]
        return words[self.dice.randrange(low, high)], words[self.dice.randrange(low, high)]


@dataclass(frozen=True)
class Asked:
    """One query in a form each system can translate."""

    kind: str
    words: tuple[str, ...] = ()
    place: str = ""
    level: int = 0
    since: date | None = None
    page: int = 0


def asked(town: Town, kind: str) -> Asked:
    """A query of one class."""
    dice = town.dice
    if kind == "rare word":
        return Asked(kind, (town.word(15_000, 25_000),))
    if kind in ("two words", "either word, ranked"):
        return Asked(kind, town.pair(5, 400))
    if kind == "phrase":
        return Asked(kind, tuple(dice.choice(PHRASES).split()[:3]))
    if kind == "prefix":
        return Asked(kind, (town.word(5, 5_000)[:5],))
    if kind == "fuzzy":
        word = next(w for w in iter(lambda: town.word(5, 5_000), "") if len(w) > 5)
        return Asked(kind, (word[:2] + word[3:],))
    if kind in ("filtered", "review page"):
        since = (START + timedelta(days=dice.randrange(600))).date()
        return Asked(kind, (town.word(5, 200),), dice.choice(PLACES), dice.choice((1, 2, 3)), since)
    return Asked("deep page by date", (town.word(0, 8),), page=50)


KINDS = [
    "rare word",
    "two words",
    "either word, ranked",
    "phrase",
    "prefix",
    "fuzzy",
    "filtered",
    "deep page by date",
    "review page",
]


class Ours:
    """Chyrak's engine, as the search page uses it."""

    name = "chyrak"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.engine = open_engine(f"tantivy://{folder}")
        self.cursors: dict[str, str | None] = {}
        self.writing: AbstractContextManager[Apply] | None = None

    def add(self, batch: Sequence[Document]) -> None:
        """Indexes the batch and commits."""
        if self.writing is None:
            self.writing = self.engine.rebuild()
            self.apply = self.writing.__enter__()
        assert len(self.apply(batch).ok) == len(batch)

    def finish(self) -> None:
        """Puts the index in place."""
        assert self.writing is not None
        self.writing.__exit__(None, None, None)

    def prepare(self, query: Asked) -> None:
        """Finds the cursor of the deep page beforehand: a reader gets there by turning pages."""
        if query.page:
            cursor = None
            for _ in range(query.page):
                request = SearchRequest(parse(query.words[0]), limit=20, cursor=cursor)
                cursor = self.engine.search(request).next_cursor or cursor
            self.cursors[query.words[0]] = cursor

    def ask(self, query: Asked) -> int:
        """Answers one query and returns its total."""
        words = query.words
        if query.kind == "review page":
            parsed = parse(f"{words[0]} level:>={query.level}")
            request = SearchRequest(parsed, filters={"place": (query.place,)}, facets=FACETS, histogram="month")
            page = self.engine.search(request)
            for hit in page.hits:
                spans(parsed, hit.document.title, hit.document.text)
            return page.total
        text = {
            "rare word": words[0],
            "two words": " ".join(words),
            "either word, ranked": " OR ".join(words),
            "phrase": f'"{" ".join(words)}"',
            "prefix": f"{words[0]}*",
            "fuzzy": f"{words[0]}~1",
            "filtered": f"{words[0]} level:>={query.level} place:{query.place} published:{query.since}..",
            "deep page by date": words[0],
        }[query.kind]
        ranked = query.kind not in ("filtered", "deep page by date")
        cursor = self.cursors.get(words[0]) if query.page else None
        sort = Sort.RELEVANCE if ranked else Sort.NEWEST
        return self.engine.search(SearchRequest(parse(text), sort=sort, cursor=cursor)).total


class Bare:
    """tantivy with its own simple tokenizer and no analysis of ours."""

    name = "bare tantivy"

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        build = tantivy.SchemaBuilder()
        build.add_text_field("body", stored=True)
        build.add_bytes_field("payload", stored=True)
        for name in FACETS:
            build.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
        for name in ("rank", "day"):
            build.add_integer_field(name, indexed=True, fast=True)
        build.add_text_field("month", fast=True, tokenizer_name="raw", index_option="basic")
        self.schema = build.build()
        self.index = tantivy.Index(self.schema, str(folder))

        self.writer = self.index.writer(50_000_000, 1)

    def add(self, batch: Sequence[Document]) -> None:
        """Indexes the batch and commits."""
        for advert in batch:
            made = tantivy.Document()
            made.add_text("body", f"{advert.title}\n{advert.text}")
            made.add_bytes("payload", to_json(advert))
            for name, values in _values(advert).items():
                for value in values:
                    made.add_text(name, value)
            made.add_integer("rank", advert.level)
            made.add_integer("day", int(advert.dated.timestamp()))
            self.writer.add_document(made)
        self.writer.commit()

    def finish(self) -> None:
        """Waits for the last merges."""
        self.writer.wait_merging_threads()
        self.index.reload()

    def prepare(self, query: Asked) -> None:
        """Nothing to prepare."""

    def ask(self, query: Asked) -> int:
        """Answers one query and returns its total."""
        make, schema = tantivy.Query, self.schema
        searcher = self.index.searcher()
        words = [part for word in query.words for part in _simple(word)]
        must, should = tantivy.Occur.Must, tantivy.Occur.Should
        terms = [make.term_query(schema, "body", word) for word in words]
        if query.kind == "phrase":
            native = make.phrase_query(schema, "body", list(words)) if len(words) > 1 else terms[0]
        elif query.kind == "prefix":
            native = make.regex_query(schema, "body", f"{words[0]}.*")
        elif query.kind == "fuzzy":
            native = make.fuzzy_term_query(schema, "body", words[0], 1)
        elif query.kind == "either word, ranked":
            native = make.boolean_query([(should, term) for term in terms])
        else:
            native = make.boolean_query([(must, term) for term in terms])
        if query.kind in ("filtered", "review page"):
            conditions = [
                native,
                make.range_query(schema, "rank", tantivy.FieldType.Integer, lower_bound=query.level),
                make.term_query(schema, "place", query.place),
            ]
            if query.kind == "filtered" and query.since:
                since = int(datetime(query.since.year, query.since.month, query.since.day, tzinfo=UTC).timestamp())
                conditions.append(make.range_query(schema, "day", tantivy.FieldType.Integer, lower_bound=since))
            native = make.boolean_query([(must, condition) for condition in conditions])
        by_day = query.kind in ("filtered", "deep page by date", "review page")
        found: Any = searcher.search(native, 20, order_by_field="day" if by_day else None, offset=query.page * 20)
        documents = [searcher.doc(address) for _, address in found.hits]
        for document in documents:
            json.loads(document.get_first("payload"))  # type: ignore[arg-type]
        if query.kind == "review page":
            searcher.aggregate(native, {n: {"terms": {"field": n, "size": 20}} for n in (*FACETS, "month")})
            snippets = tantivy.SnippetGenerator.create(searcher, native, schema, "body")
            for document in documents:
                snippets.snippet_from_doc(document).highlighted()
        return int(found.count)


class Fts5:
    """SQLite's full-text index beside a table with ordinary indexes."""

    name = "SQLite FTS5"

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.db = sqlite3.connect(folder / "adverts.db")
        self.db.executescript(
            """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
            CREATE TABLE advert
                (id INTEGER PRIMARY KEY, payload TEXT, lang, place, level INTEGER, source, day INTEGER, month);
            CREATE TABLE value (advert INTEGER, name, value);
            CREATE VIRTUAL TABLE words USING fts5(body, content='', prefix='3 5');
            """
        )

        self.number = 0

    def add(self, batch: Sequence[Document]) -> None:
        """Indexes the batch in one transaction."""
        with self.db:
            for advert in batch:
                self.number += 1
                day = int(advert.dated.timestamp())
                head = (self.number, to_json(advert).decode(), advert.languages[0], advert.places[0], advert.level)
                row = (*head, advert.source, day, f"{advert.dated:%Y-%m}")
                self.db.execute("INSERT INTO advert VALUES (?,?,?,?,?,?,?,?)", row)
                values = [(self.number, name, v) for name in ("type", "indicator") for v in _values(advert)[name]]
                self.db.executemany("INSERT INTO value VALUES (?,?,?)", values)
                body = f"{advert.title}\n{advert.text}"
                self.db.execute("INSERT INTO words (rowid, body) VALUES (?, ?)", (self.number, body))

    def finish(self) -> None:
        """Builds the ordinary indexes and merges the full-text one."""
        self.db.executescript(
            "CREATE INDEX by_place ON advert (place, level); CREATE INDEX by_day ON advert (day);"
            "CREATE INDEX by_advert ON value (advert); INSERT INTO words (words) VALUES ('optimize'); ANALYZE;"
        )

    def prepare(self, query: Asked) -> None:
        """Nothing to prepare."""

    def ask(self, query: Asked) -> int | None:
        """Answers one query and returns its total; None for what FTS5 cannot do."""
        if query.kind == "fuzzy":
            return None
        words = [f'"{word}"' for word in query.words]
        match = {"either word, ranked": " OR ".join(words), "phrase": f'"{" ".join(query.words)}"'}.get(query.kind)
        match = match or (f"{words[0]}*" if query.kind == "prefix" else " AND ".join(words))
        source, given = "words WHERE words MATCH ?", [match]
        if query.kind in ("filtered", "review page"):
            source = "words JOIN advert ON advert.id = words.rowid WHERE words MATCH ? AND level >= ? AND place = ?"
            given += [query.level, query.place]  # type: ignore[list-item]
            if query.kind == "filtered" and query.since:
                source += " AND day >= ?"
                moment = datetime(query.since.year, query.since.month, query.since.day, tzinfo=UTC)
                given.append(int(moment.timestamp()))  # type: ignore[arg-type]
        elif query.kind == "deep page by date":
            source = "words JOIN advert ON advert.id = words.rowid WHERE words MATCH ?"
        order = "day DESC" if "JOIN" in source else "rank"
        rows = self.db.execute(
            f"SELECT words.rowid FROM {source} ORDER BY {order} LIMIT 20 OFFSET {query.page * 20}", given
        ).fetchall()
        for (number,) in rows:
            json.loads(self.db.execute("SELECT payload FROM advert WHERE id = ?", (number,)).fetchone()[0])
        total = int(self.db.execute(f"SELECT count(*) FROM {source}", given).fetchone()[0])
        if query.kind == "review page":
            for name in ("lang", "place", "level", "source", "month"):
                self.db.execute(
                    f"SELECT {name}, count(*) FROM {source} GROUP BY 1 ORDER BY 2 DESC LIMIT 20", given
                ).fetchall()
            for name in ("type", "indicator"):
                self.db.execute(
                    f"SELECT value, count(*) FROM value WHERE name = '{name}' AND advert IN "
                    f"(SELECT words.rowid FROM {source}) GROUP BY 1 ORDER BY 2 DESC LIMIT 20",
                    given,
                ).fetchall()
        return total


def _values(advert: Document) -> dict[str, tuple[str, ...]]:
    return {
        "lang": advert.languages,
        "place": advert.places,
        "level": (str(advert.level),),
        "type": advert.exploitation,
        "source": (advert.source,),
        "indicator": advert.indicators,
        "month": (f"{advert.dated:%Y-%m}",),
    }


def _simple(word: str) -> list[str]:
    return [part for part in "".join(c if c.isalnum() else " " for c in word.lower()).split() if part]


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def _memory() -> float:
    """Resident memory of this process in MB; 0 where the system does not say."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith("VmRSS"))


def _timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def _share(times: Sequence[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def percolation(engine: Ours, town: Town, watches: int, adverts: int) -> dict[str, float]:
    """Saved searches against one batch: the first batch compiles the queries, the second is what a day looks like."""
    dice = town.dice
    queries = {}
    for number in range(watches):
        words = [town.word(5, 20_000) for _ in range(dice.choice((1, 1, 2, 3)))]
        extra = dice.choice(
            ("", f" place:{dice.choice(PLACES)}", " level:>=2", f" place:{dice.choice(PLACES)} level:>=2")
        )
        queries[f"w{number}"] = parse(f"({' OR '.join(words)}){extra}")
    batches = [list(town.adverts(adverts)) for _ in range(2)]
    found: list[int] = []
    first, second = (
        _timed(lambda batch=batch: found.append(len(engine.engine.match(batch, queries)))) for batch in batches
    )
    return {"first batch ms": first, "next batch ms": second, "ms an advert": second / adverts, "matches": found[1]}


def main() -> None:
    """Builds the three indexes, asks them the same questions in turn and prints the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--adverts", type=int, default=50_000)
    options.add_argument("--queries", type=int, default=40, help="of each class")
    options.add_argument("--watches", type=int, default=10_000)
    options.add_argument("--batch", type=int, default=1_000, help="adverts matched with the watches at once")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="chyrak-bench-"))
    try:
        report = run(folder, given)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(report, indent=1) if given.json else _table(report))


def run(folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    """Every figure of one run."""
    systems: list[Ours | Bare | Fts5] = [Ours(folder / "ours"), Bare(folder / "bare"), Fts5(folder / "fts5")]
    report: dict[str, Any] = {"adverts": given.adverts, "queries of each class": given.queries, "build": {}, "ms": {}}
    town = Town(given.seed)
    adverts = town.adverts(given.adverts)
    seconds = {system.name: 0.0 for system in systems}
    while batch := list(islice(adverts, BATCH)):
        for system in systems:
            seconds[system.name] += _timed(lambda s=system, b=batch: s.add(b)) / 1000
    for system in systems:
        seconds[system.name] += _timed(system.finish) / 1000
        report["build"][system.name] = {
            "adverts a second": given.adverts / seconds[system.name],
            "index MB": _megabytes(system.folder),
        }
    for kind in KINDS:
        questions = [asked(town, kind) for _ in range(given.queries)]
        times: dict[str, list[float]] = {system.name: [] for system in systems}
        for question in questions:
            for system in systems:
                system.prepare(question)
                answers: list[Any] = []
                spent = _timed(lambda s=system, q=question, a=answers: a.append(s.ask(q)))
                if answers[0] is not None:
                    times[system.name].append(spent)
        report["ms"][kind] = {
            name: {"p50": statistics.median(spent), "p95": _share(spent, 0.95)}
            for name, spent in times.items()
            if spent
        }
    assert isinstance(systems[0], Ours)
    report["percolation"] = percolation(systems[0], town, given.watches, given.batch)
    report["memory MB"] = _memory()
    return report


def _table(report: dict[str, Any]) -> str:
    names = list(report["build"])
    lines = [f"{report['adverts']:,} adverts, {report['queries of each class']} queries of each class; p50 / p95 in ms"]
    lines.append(f"{'':22}" + "".join(f"{name:>20}" for name in names))
    for kind, figures in report["ms"].items():
        cells = [f"{figures[n]['p50']:.2f} / {figures[n]['p95']:.2f}" if n in figures else "-" for n in names]
        lines.append(f"{kind:22}" + "".join(f"{cell:>20}" for cell in cells))
    lines += [
        f"{label:22}" + "".join(f"{report['build'][name][label]:>20,.0f}" for name in names)
        for label in ("adverts a second", "index MB")
    ]
    lines.append("watches: " + ", ".join(f"{label} {value:,.3f}" for label, value in report["percolation"].items()))
    lines.append(f"memory of this process at the end: {report['memory MB']:,.0f} MB")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
