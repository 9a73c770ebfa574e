"""How fast the review pages answer on a full store: p50 and p95 per page, in this process, without a network.

    python bench/pages.py                      100,000 adverts, some minutes on two cores
    python bench/pages.py --adverts 20000 --home DIR     keeps the filled home, to be used again

The adverts are the made-up town's, read by the real pipeline and then multiplied: one in twenty is flagged, half of the
flagged are decided, one in ten is in a campaign of seven.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Connection, insert, select

import review
from chyrak.home import prepare_home
from chyrak.records import Decision
from review import create_app
from runtime.context import Context, now, opened
from runtime.demo import setting, town
from runtime.onepass import one_pass
from runtime.reindexing import reindex
from store import decisions, people, queue, readings, watches
from store.tables import campaign, contact, posting, posting_rev, reading

FLAGGED_SHARE = 0.05
BATCH = 2000
Row = dict[str, Any]


def main() -> None:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--adverts", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=40, help="requests a page")
    parser.add_argument("--home", type=Path, help="a folder to keep; a temporary one when not given")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or Path(folder)
        began = time.monotonic()
        with opened(prepare_home(home)) if (home / "store.db").exists() else _town(home) as context:
            if context.engine.count() < given.adverts:
                _fill(context, given.adverts)
            print(f"{context.engine.count():,} adverts, filled in {time.monotonic() - began:.0f} s")
            _ask(context, given.rounds)


def _town(home: Path) -> Any:
    """The made-up town, crawled and read, nothing decided."""
    prepare_home(home)
    setting.write_files(home, mail_port=9, web_port=8400)
    with town.running(home, once=True), opened(home) as context:
        setting.settle(context.store, now())
        one_pass(context)
    return opened(home)


def _fill(context: Context, wanted: int) -> None:
    with context.store.main.read() as c:
        originals = {row["id"]: dict(row) for row in c.execute(select(posting)).mappings()}
        parts = {table: _by_posting(c, table) for table in (posting_rev, reading, contact)}
    levels = {key: max(r["level"] for r in parts[reading].get(key, [{"level": 0}])) for key in originals}
    flagged = [key for key, level in levels.items() if level >= 2]
    others = [key for key, level in levels.items() if level < 2]
    dice = random.Random(7)
    number = 0
    while number < wanted - len(originals):
        with context.store.main.begin() as c:
            copies = [_copy(originals, parts, dice, flagged, others, n) for n in range(number, number + BATCH)]
            for table in (posting, posting_rev, reading, contact):
                rows = [row for copied in copies for row in copied.get(table, ())]
                if rows:
                    c.execute(insert(table), rows)
            keys = [str(copied[posting][0]["id"]) for copied in copies]
            groups = {row["campaign_id"] for copied in copies for row in copied[posting] if row["campaign_id"]}
            c.execute(insert(campaign), [{"id": g, "template": "", "slots": []} for g in sorted(groups)])
        _decide_half(context, [key for key in keys if key.startswith("f")], dice)
        number += BATCH
    reindex(context)


def _by_posting(c: Connection, table: Any) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in c.execute(select(table)).mappings():
        found.setdefault(row["posting_id"], []).append(dict(row))
    return found


def _copy(
    originals: Mapping[str, Row],
    parts: Mapping[Any, Mapping[str, list[Row]]],
    dice: random.Random,
    flagged: list[str],
    others: list[str],
    number: int,
) -> dict[Any, list[Row]]:
    """One more advert like an original, of its own id, source, url and age."""
    is_flagged = dice.random() < FLAGGED_SHARE
    old = dice.choice(flagged if is_flagged else others)
    digest = sha256(f"bench {number}".encode()).hexdigest()
    key = ("f" if is_flagged else "0") + digest[1:]
    seen = originals[old]["first_seen"] - timedelta(minutes=dice.randrange(60 * 24 * 180))
    grouped = dice.random() < 0.1
    made: dict[Any, list[Row]] = {
        posting: [
            {
                **originals[old],
                "id": key,
                "url": f"https://bench.example/{number}",
                "source": f"source_{dice.randrange(60)}",
                "first_seen": seen,
                "last_seen": seen,
                "campaign_id": f"{number // BATCH:032d}{dice.randrange(BATCH // 70):032d}" if grouped else None,
            }
        ]
    }
    for table, rows in parts.items():
        made[table] = [{**row, "posting_id": key} for row in rows.get(old, [])]
    for row in made[contact]:
        del row["id"]
        row["link"] = sha256(f"{row['link']} {dice.randrange(200)}".encode()).hexdigest()
    return made


def _decide_half(context: Context, keys: list[str], dice: random.Random) -> None:
    with context.store.main.begin() as c:
        person = people.by_name(c, setting.load_cast().second_reader)
        assert person is not None
        current = readings.many(c, keys)
        for key in keys:
            if dice.random() < 0.5:
                word = Decision(key, current[key].rev, person.name, "unfounded", "", now(), False)
                decisions.record(c, word, person, senior=True)


def _ask(context: Context, rounds: int) -> None:
    app = create_app(context.settings, context.store, engine=context.engine)
    dice = random.Random(11)
    with context.store.main.read() as c:
        waiting = [row.posting_id for row in queue.pending(c, 500)]
        watch = watches.every(c)[0].id
        keys = list(c.execute(select(posting.c.id).limit(20_000)).scalars())
        grouped = list(c.execute(select(posting.c.id).where(posting.c.campaign_id.is_not(None)).limit(2000)).scalars())
    reader, admin = _browser(app, context, "demo_caseworker_almaty"), _browser(app, context, "demo_admin")
    pages: list[tuple[str, Callable[[], object]]] = [
        ("queue, first page", lambda: reader.get("/queue")),
        ("queue, one language and type", lambda: reader.get("/queue?language=tk&type=DOM")),
        ("queue, one source", lambda: reader.get(f"/queue?source=source_{dice.randrange(60)}")),
        ("next in queue", lambda: reader.get("/queue/next")),
        ("protection", lambda: reader.get("/protection")),
        ("posting that waits", lambda: reader.get(f"/posting/{dice.choice(waiting)}")),
        ("any posting", lambda: reader.get(f"/posting/{dice.choice(keys)}")),
        ("posting in a campaign", lambda: reader.get(f"/posting/{dice.choice(grouped)}")),
        ("search, everything", lambda: reader.get("/search")),
        ("search, ticked", lambda: reader.get("/search?level=3&level=4&lang=ru")),
        ("search, typed", lambda: _search(reader, dice.choice(("паспорт", "Стамбул*", '"без опыта"', "kerak -visa")))),
        ("watches", lambda: reader.get("/watches")),
        ("watch form", lambda: reader.get(f"/watches/{watch}")),
        ("sources", lambda: reader.get("/sources")),
        ("mail ledger", lambda: admin.get("/mail")),
        ("audit", lambda: admin.get("/audit")),
        ("people", lambda: admin.get("/people")),
    ]
    print(f"{'page':32}{'p50 ms':>10}{'p95 ms':>10}{'of it CPU':>12}")
    for name, ask in pages:
        walls, cpus = zip(*_timed(ask, rounds), strict=True)
        p95 = sorted(walls)[int(len(walls) * 0.95) - 1]
        print(f"{name:32}{statistics.median(walls):10.0f}{p95:10.0f}{statistics.median(cpus):12.0f}", flush=True)


def _timed(ask: Callable[[], object], rounds: int) -> Iterator[tuple[float, float]]:
    """Milliseconds each request took, and how many of them this process computed."""
    ask()
    for _ in range(rounds):
        began, worked = time.perf_counter(), time.process_time()
        answer: Any = ask()
        yield (time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000
        assert answer.status_code in (200, 302), answer.status_code
        answer.close()


def _search(client: FlaskClient, query: str) -> object:
    return client.get(_post(client, "/search", {"query": query}).headers["Location"])


def _browser(app: Any, context: Context, name: str) -> FlaskClient:
    client: FlaskClient = app.test_client()
    link = review.login_link(context.settings, context.store, name, now=now(), made_by="bench")
    path = link[link.index("/login/") :]
    with closing(_post(client, path, {}, page=path)) as answer:
        assert answer.status_code == 302
    return client


def _post(client: FlaskClient, path: str, form: Row, *, page: str = "/about") -> Any:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert token
    return client.post(path, data={**form, "csrf_token": token.group(1)})


if __name__ == "__main__":
    main()
