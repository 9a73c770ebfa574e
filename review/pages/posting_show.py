"""The page of one advert, its decision form, and the reveal of a contact."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from alerts.helplines import help_lines
from chyrak.errors import WrongUsage
from review.comfort import count_reading
from review.decide import OUTCOMES, RELEASING, decide
from review.dossier import Dossier, open_dossier
from review.indicators import sign
from review.office import office
from review.pages.queue_show import next_in_queue
from review.permits import may, needs, pseudonymised
from review.speech import words
from review.trail import note

routes = Blueprint("posting", __name__)


@routes.get("/posting/<posting_id>")
@needs("posting_read")
def show(posting_id: str) -> str:
    """The advert with its evidence. Reading it is noted."""
    return _page(posting_id)


@routes.post("/posting/<posting_id>/decide")
@needs("decide")
def record(posting_id: str) -> str | Response | tuple[str, int]:
    """Keep the reader's decision and go on to the next advert, or come back with what was wrong."""
    form, office_ = request.form, office()
    try:
        with office_.store.main.begin() as c:
            done = decide(
                c,
                posting_id,
                rev=form.get("rev", 0, type=int),
                person=current_user.person,
                outcome=form.get("outcome", ""),
                note=form.get("note", ""),
                release=form.get("release") == "yes",
                policy=office_.policy,
                now=office_.now(),
                t=words(),
            )
    except WrongUsage as fault:
        return _page(posting_id, refused=str(fault)), 400
    flash(words().say(f"decided.{done.state}", released=done.released), "good")
    if form.get("then") == "next":
        return redirect(next_in_queue() or url_for("queue.show"))
    return redirect(url_for("posting.show", posting_id=posting_id))


@routes.post("/posting/<posting_id>/reveal/<int:contact_id>")
@needs("contact_reveal")
def reveal(posting_id: str, contact_id: int) -> str | tuple[str, int]:
    """Show one contact to an investigator who says why; the audit event is in the same transaction (ETH-06)."""
    office_ = office()
    dossier = _dossier(posting_id)
    if all(kept.id != contact_id for kept in dossier.contacts):
        abort(404)
    try:
        with office_.store.main.begin() as c:
            value = office_.vault.reveal(
                c, contact_id, who=current_user.name, reason=request.form.get("reason", "")[:500], now=office_.now()
            )
    except WrongUsage as fault:
        return _page(posting_id, refused=str(fault)), 400
    if request.headers.get("HX-Request"):
        kept = next(k for k in dossier.contacts if k.id == contact_id)
        return render_template("contact_revealed.html", kept=kept, value=value)
    return _page(posting_id, revealed={contact_id: value})


@routes.post("/posting/<posting_id>/names")
@needs("contact_reveal")
def reveal_names(posting_id: str) -> str | tuple[str, int]:
    """Show the advert once with the personal names in it, to an investigator who says why (ETH-06)."""
    reason = request.form.get("reason", "").strip()[:500]
    if not reason:
        return _page(posting_id, refused=words().say("names.needs_reason")), 400
    note("names_revealed", _dossier(posting_id).posting.id, reason=reason)
    return _page(posting_id, names=False)


def _page(posting_id: str, *, refused: str = "", revealed: dict[int, str] | None = None, names: bool = True) -> str:
    dossier = _dossier(posting_id, names=names)
    hidden = pseudonymised(current_user.role)
    count_reading(posting_id, office().now())
    note("advert_read", posting_id, rev=dossier.posting.rev, level=dossier.level)
    types = [e.type for e in dossier.reading.exploitation] if dossier.reading else []
    return render_template(
        "posting.html",
        d=dossier,
        dimensions=_dimensions(dossier),
        help=help_lines(office().settings.home, office().now().date()),
        hidden=hidden,
        outcomes=OUTCOMES,
        releasing=RELEASING,
        may_release=office().policy.may_release(current_user.role, dossier.level),
        deciding=may(current_user.role, "decide") and dossier.reading is not None,
        refused=refused,
        revealed=revealed or {},
        names=names,
        form=request.form,
        non_punishment=any(t.startswith(("CRIM", "CONF")) for t in types),
    )


def _dimensions(dossier: Dossier) -> list[str]:
    """The colours the legend explains, in the order their marks are read."""
    ids = [m.id for piece in (*dossier.title, *dossier.text) for m in piece.marks if m.kind != "denied"]
    return list(dict.fromkeys(sign(i).dimension for i in ids))


def _dossier(posting_id: str, *, names: bool = True) -> Dossier:
    """The dossier, or 404; a plea does not exist for anybody but caseworkers."""
    with office().store.main.read() as c:
        found = open_dossier(
            c,
            posting_id,
            current_user.person,
            office().policy,
            pseudonymise=pseudonymised(current_user.role),
            names=names,
        )
    if found is None or (found.plea and not may(current_user.role, "protection_read")):
        abort(404)
    return found
