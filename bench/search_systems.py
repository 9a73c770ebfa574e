"""The systems that are compared in this process: Chyrak, tantivy without our analysis, SQLite FTS5.

"Bare" tantivy has the same fields without our analysis, and FTS5 an index of the text beside an ordinary table. Every
query fetches 20 documents and the total.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import tantivy
from search_town import FACETS, Asked, values

from indexer import Applied, Document, Engine, SearchRequest, Sort, open_engine, parse
from indexer.documents import to_json
from indexer.filling import fill, turns
from indexer.highlight import spans
from indexer.written import forget


class Ours:
    """Chyrak's engine, as the search page uses it."""

    def __init__(self, url: str, name: str, folder: Path | None = None) -> None:
        self.engine = open_engine(url)
        self.beside: Engine | None = None
        self.name = name
        self.folder = folder
        self.cursors: dict[str, str | None] = {}

    def add(self, batches: Sequence[Sequence[Document]]) -> None:
        """Indexes each batch beside the live index, as `chyrak reindex` does."""
        forget()  # what another system had analysed; each does its own
        if self.beside is None:
            self.engine.begin_beside()
            self.beside = self.engine.beside()
        beside = self.beside
        assert beside
        with turns(beside) as next_turn:

            def apply(batch: Sequence[Document]) -> Applied:
                next_turn()
                return beside.apply(batch)

            written = [len(applied.ok) for applied in fill(apply, batches)]
        assert written == [len(batch) for batch in batches]

    def finish(self) -> None:
        """Puts the new index in place of the live one, which was empty."""
        assert self.beside
        self.beside.filled()
        self.engine.swap()
        self.beside.close()
        self.engine.drop_beside()

    def close(self) -> None:
        """Ends with an empty index: a server would keep it."""
        self.engine.clear()
        self.engine.close()

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

        self.writer: tantivy.IndexWriter | None = None

    def add(self, batches: Sequence[Sequence[Document]]) -> None:
        """Indexes each batch and commits."""
        for batch in batches:
            self._add(batch)

    def _add(self, batch: Sequence[Document]) -> None:
        self.writer = self.writer or self.index.writer(50_000_000, 1)
        for advert in batch:
            made = tantivy.Document()
            made.add_text("body", f"{advert.title}\n{advert.text}")
            made.add_bytes("payload", to_json(advert))
            for name, held in values(advert).items():
                for value in held:
                    made.add_text(name, value)
            made.add_integer("rank", advert.level)
            made.add_integer("day", int(advert.dated.timestamp()))
            self.writer.add_document(made)
        self.writer.commit()

    def finish(self) -> None:
        """Waits for the last merges."""
        assert self.writer
        self.writer.wait_merging_threads()
        self.writer = None
        self.index.reload()

    def close(self) -> None:
        """Nothing is open."""

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
            place = make.term_query(schema, "place", query.place)
            level = make.range_query(schema, "rank", tantivy.FieldType.Integer, lower_bound=query.level)
            conditions = [native, level, place]
            if query.kind == "filtered" and query.since:
                since = int(datetime(query.since.year, query.since.month, query.since.day, tzinfo=UTC).timestamp())
                conditions.append(make.range_query(schema, "day", tantivy.FieldType.Integer, lower_bound=since))
            in_all_places = make.boolean_query(
                [(must, condition) for condition in conditions if condition is not place]
            )
            native = make.boolean_query([(must, condition) for condition in conditions])
        by_day = query.kind in ("filtered", "deep page by date", "review page")
        found: Any = searcher.search(native, 20, order_by_field="day" if by_day else None, offset=query.page * 20)
        documents = [searcher.doc(address) for _, address in found.hits]
        for document in documents:
            json.loads(document.get_first("payload"))  # type: ignore[arg-type]
        if query.kind == "review page":
            counted = {n: {"terms": {"field": n, "size": 20}} for n in (*FACETS, "month")}
            searcher.aggregate(in_all_places, {"place": counted.pop("place")})  # a facet ignores its own filter
            searcher.aggregate(native, counted)
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

    def add(self, batches: Sequence[Sequence[Document]]) -> None:
        """Indexes each batch in one transaction."""
        for batch in batches:
            self._add(batch)

    def _add(self, batch: Sequence[Document]) -> None:
        with self.db:
            for advert in batch:
                self.number += 1
                day = int(advert.dated.timestamp())
                head = (self.number, to_json(advert).decode(), advert.languages[0], advert.places[0], advert.level)
                row = (*head, advert.source, day, f"{advert.dated:%Y-%m}")
                self.db.execute("INSERT INTO advert VALUES (?,?,?,?,?,?,?,?)", row)
                rows = [(self.number, name, v) for name in ("type", "indicator") for v in values(advert)[name]]
                self.db.executemany("INSERT INTO value VALUES (?,?,?)", rows)
                body = f"{advert.title}\n{advert.text}"
                self.db.execute("INSERT INTO words (rowid, body) VALUES (?, ?)", (self.number, body))

    def finish(self) -> None:
        """Builds the ordinary indexes and merges the full-text one."""
        self.db.executescript(
            """
            CREATE INDEX IF NOT EXISTS by_place ON advert (place, level);
            CREATE INDEX IF NOT EXISTS by_day ON advert (day);
            CREATE INDEX IF NOT EXISTS by_advert ON value (advert);
            INSERT INTO words (words) VALUES ('optimize');
            ANALYZE;
            """
        )

    def close(self) -> None:
        """Closes the database."""
        self.db.close()

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
            everywhere = source.replace(" AND place = ?", "")
            self.db.execute(
                f"SELECT place, count(*) FROM {everywhere} GROUP BY 1 ORDER BY 2 DESC LIMIT 20", given[:2]
            ).fetchall()
            for name in ("lang", "level", "source", "month"):
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


def _simple(word: str) -> list[str]:
    return [part for part in "".join(c if c.isalnum() else " " for c in word.lower()).split() if part]
