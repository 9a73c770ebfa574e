"""The language, time zone and number forms of the person who reads this page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal, format_percent
from flask import g, request, session
from flask_login import current_user
from markupsafe import Markup

from review.office import office
from review.wording import LANGUAGES, Texts, texts

_LOCALES = {"en": "en_GB", "ru": "ru", "ky": "ky"}


def known() -> bool:
    """Whether somebody is logged in."""
    return bool(current_user and current_user.is_authenticated)


def language() -> str:
    """The language of this page: the choice in this session, the person's own, the browser's, the setting."""
    chosen = session.get("language") or (current_user.person.language if known() else None)
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES) or office().settings.language


def words() -> Texts:
    """The phrases of this page's language."""
    if "texts" not in g:
        g.texts = texts(language())
    return cast(Texts, g.texts)


def locale() -> str:
    """The CLDR locale of this page's language."""
    return _LOCALES[words().language]


def moment(at: datetime | None) -> Markup:
    """Date and time in the reader's zone, as a `time` element."""
    if at is None:
        return Markup("—")
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="seconds"), _exact(at))


def day(at: datetime | None) -> str:
    """The date in the reader's zone."""
    return str(format_date(at.astimezone(_zone()).date(), "d MMM y", locale=locale())) if at else "—"


def ago(at: datetime | None) -> Markup:
    """How long since, or how long until, with the exact time on hover."""
    if at is None:
        return Markup("—")
    away = at - office().now()
    if abs(away) < timedelta(minutes=1):
        shown = words().say("time.now")
    else:
        shown = format_timedelta(away, locale=locale(), add_direction=True, threshold=1.2)
    form = Markup('<time datetime="{}" title="{}">{}</time>')
    return form.format(at.isoformat(timespec="seconds"), _exact(at), shown)


def money(amount: float, currency: str | None) -> str:
    """An amount without cents, with the currency's code behind it."""
    figure = str(format_decimal(amount, locale=locale(), format="#,##0"))
    return f"{figure} {currency}" if currency else figure


def number(value: float) -> str:
    """A number in the reader's form."""
    return str(format_decimal(value, locale=locale(), format="#,##0.##"))


def percent(share: float) -> str:
    """A share of 1 as a whole percentage."""
    return str(format_percent(share, locale=locale()))


def country(code: str) -> str:
    """The name of a country by its code."""
    return str(Locale.parse(locale()).territories.get(code, code))


def _exact(at: datetime) -> str:
    return str(format_datetime(at, "d MMM y, HH:mm", tzinfo=_zone(), locale=locale()))


def _zone() -> ZoneInfo:
    own = current_user.person.timezone if known() else ""
    return ZoneInfo(own or office().settings.timezone)
