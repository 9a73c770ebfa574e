"""The queue of flagged adverts that wait for a reader."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from chyrak.errors import WrongUsage
from chyrak.records import Posting, Reading, State
from review.comfort import skip, skipped
from review.dossier import heading
from review.office import office
from review.pages import Menu
from review.permits import needs
from review.speech import words
from review.trail import note
from review.waiting import Cursor, Wanted, deadline, waiting
from store import decisions, postings, queue, readings
from store.crawl import schedule

routes = Blueprint("queue", __name__)
MENU = Menu(10, "queue", "queue.show", "queue_read")
_MOST_SIGNS = 4
_STATES = ("open", "needs_second", "disagreement")


@routes.get("/queue")
@needs("queue_read")
def show() -> str:
    """Highest level first, then the oldest."""
    wanted = Wanted(
        language=request.args.get("language", "")[:10],
        type=request.args.get("type", "")[:30],
        source=request.args.get("source", "")[:100],
        state=request.args.get("state", "")[:20],
        level=request.args.get("level", 0, type=int),
    )
    with office().store.main.read() as c:
        page = waiting(c, wanted, after=_read_cursor(request.args.get("after", "")), aside=skipped())
        ids = [row.posting_id for row in page.rows]
        kept, read = postings.many(c, ids), readings.many(c, ids)
        sizes, untouched = queue.size(c), queue.untouched(c)
    with office().store.crawl.read() as c:
        sources = [row.source for row in schedule.every(c)]
    note("queue_read", "queue", shown=ids)
    return render_template(
        "queue.html",
        rows=page.rows,
        headings={i: _heading(kept.get(i), read.get(i)) for i in ids},
        deadlines={row.posting_id: deadline(row.level, row.first_seen) for row in page.rows},
        next=_write_cursor(page.next) if page.next else None,
        wanted=wanted,
        sizes=sizes,
        untouched=untouched,
        signs={i: _signs(read[i]) for i in ids if i in read},
        sources=sources,
        states=_STATES,
        aside=len(skipped()),
    )


@routes.post("/posting/<posting_id>/skip")
@needs("queue_read")
def set_aside(posting_id: str) -> Response:
    """Leave an advert to others without saying why (ETH-29); the reason is neither asked for nor kept."""
    skip(posting_id)
    return redirect(next_in_queue() or url_for("queue.show"))


@routes.get("/queue/next")
@needs("queue_read")
def next_one() -> Response:
    """The first advert of the queue."""
    return redirect(next_in_queue() or url_for("queue.show"))


def next_in_queue() -> str | None:
    """Where the next advert for this reader is: one that is not waiting for somebody else's word only."""
    with office().store.main.read() as c:
        for row in waiting(c, Wanted(), after=None, aside=skipped()).rows:
            if all(d.reviewer != current_user.name or d.rev != row.rev for d in decisions.of(c, row.posting_id)):
                return url_for("posting.show", posting_id=row.posting_id)
    return None


def _heading(posting: Posting | None, reading: Reading | None) -> str:
    return heading(posting, reading) if posting else "—"


def _signs(reading: Reading) -> list[str]:
    """The heaviest signs in the text, by id."""
    present = [i for i in reading.indicators if i.state is State.PRESENT]
    return [i.id for i in sorted(present, key=lambda i: (-i.weight, i.id))[:_MOST_SIGNS]]


def _write_cursor(cursor: Cursor) -> str:
    level, seen, key = cursor
    return f"{level}~{seen.isoformat()}~{key}"


def _read_cursor(text: str) -> Cursor | None:
    if not text:
        return None
    try:
        level, seen, key = text.split("~")
        return int(level), datetime.fromisoformat(seen), key
    except ValueError as fault:
        raise WrongUsage(words().say("queue.no_place")) from fault
