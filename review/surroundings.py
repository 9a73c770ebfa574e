"""What every template may use: words, dates, the menu, the state of the works."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask, current_app, g
from flask_login import current_user

import store.overview
from chyrak import taxonomy
from review import display, speech
from review.comfort import comfort
from review.indicators import sign
from review.masking import mask
from review.office import office
from review.permits import may
from review.wording import LANGUAGES
from store.overview import Works


def surround(app: Flask) -> None:
    """Give the templates their helpers."""
    app.jinja_env.globals.update(
        sign=sign,
        mask=mask,
        facet_value=display.facet_value,
        audit_details=display.audit_details,
        reason_by=display.reason_by,
        reason_says=display.reason_says,
        type_name=lambda type_id: taxonomy.exploitation_name(type_id, speech.words().language),
        level_name=lambda level: taxonomy.level_name(level, speech.words().language),
        stance_name=lambda stance: taxonomy.stance_name(stance, speech.words().language),
        types=taxonomy.exploitation_types(),
        languages=LANGUAGES,
        may=_holds,
        moment=speech.moment,
        day=speech.day,
        ago=speech.ago,
        percent=speech.percent,
        number=speech.number,
        money=speech.money,
        t=lambda key, **values: speech.words().say(key, **values),
        tn=lambda key, n, **values: speech.words().count(key, n, **values),
        says=lambda key: speech.words().has(key),
    )

    @app.context_processor
    def _helpers() -> dict[str, Any]:
        known = speech.known()
        return {
            "language": speech.words().language,
            "person": current_user if known else None,
            "menu": [m for m in current_app.extensions["chyrak_menu"] if m.permit is None or _holds(m.permit)],
            "works": _works() if known else None,
            "demo": office().policy.demo,
            "comfort": comfort(office().now()),
            "now": office().now(),
        }


def _holds(permit: str) -> bool:
    return speech.known() and may(current_user.role, permit)


def _works() -> Works:
    if "works" not in g:
        with office().store.main.read() as c:
            g.works = store.overview.works(c)
    return cast(Works, g.works)
