"""Hop 7: released matches -> one digest a person -> the channel. The row `sending` stands before SMTP is spoken to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection

from alerts import rhythm
from alerts.channels import open_channel
from alerts.digest import Recipient, compose
from alerts.gather import gather
from alerts.helplines import help_lines
from chyrak.errors import AskOperator, RetryLater, SkipItem
from chyrak.records import Match, Watch
from chyrak.settings import Settings
from review.policy import load_policy
from runtime.context import Context, now
from store import campaigns, mails, matches, people, watches

log = structlog.get_logger(__name__)


def drain(context: Context, limit: int) -> int:
    """Compose what is due, send what is open; returns how many mails the channel took, at most `limit`."""
    _compose_due(context)
    with context.store.main.read() as connection:
        waiting = bool(mails.unsent(connection, now()))
        known = [person.email for person in people.every(connection) if not person.disabled]
    if not waiting:
        return 0
    try:
        channel = open_channel(context.settings.mail, known)
    except AskOperator as fault:
        log.error("no mail can leave; they wait", fault=str(fault))
        return 0
    sent = 0
    for _ in range(limit):
        with context.store.main.begin() as connection:
            mail = mails.claim(connection, now())
        if mail is None:
            break
        try:
            receipt = channel.send(mail)
        except SkipItem as fault:
            log.error("mail set aside", message_id=mail.message_id, fault=str(fault))
            with context.store.main.begin() as connection:
                mails.fail(connection, mail.message_id, str(fault), now())
        except AskOperator as fault:
            log.error("no mail can leave; they wait", fault=str(fault))
            with context.store.main.begin() as connection:
                mails.give_back(connection, mail.message_id, str(fault), now())
            break
        except RetryLater as fault:
            log.warning("mail waits", message_id=mail.message_id, fault=str(fault))
            with context.store.main.begin() as connection:
                mails.try_later(connection, mail.message_id, str(fault), now())
        else:
            with context.store.main.begin() as connection:
                mails.close(connection, receipt)
            sent += 1
    return sent


def base_url(settings: Settings) -> str:
    """The address people open the review pages at."""
    return settings.web.public_url or f"http://{settings.web.host}:{settings.web.port}"


def _compose_due(context: Context) -> None:
    moment = now()
    with context.store.main.read() as connection:
        standing = watches.every(connection, paused=False)
        disabled = {person.email for person in people.every(connection) if person.disabled}
    for address in sorted({address for watch in standing for address in watch.recipients}):
        mine = [watch for watch in standing if address in watch.recipients]
        if address in disabled:
            continue
        try:
            with context.store.main.begin() as connection:
                _compose_for(context, connection, address, mine, moment)
        except AskOperator as fault:
            log.error("one person's digest waits", fault=str(fault))


def _compose_for(
    context: Context, connection: Connection, address: str, mine: Sequence[Watch], moment: datetime
) -> None:
    waiting = matches.released(connection, address, [watch.id for watch in mine])
    if not waiting:
        return
    recipient = _recipient(context.settings, connection, address)
    zone = ZoneInfo(recipient.timezone)
    midnight = moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    chosen = rhythm.choose(
        waiting,
        {watch.id: watch for watch in mine},
        mails.last_by_watch(connection, address),
        moment,
        zone,
        sent_today=mails.sent_since(connection, address, midnight),
        most_a_day=context.settings.mail.most_a_day,
    )
    if not chosen:
        return
    site = base_url(context.settings)

    def link(match: Match) -> str:
        return f"{site}/posting/{match.posting_id}"

    sizes = campaigns.sizes(connection, [match.campaign_id for match in chosen if match.campaign_id])
    items = gather(chosen, {watch.id: watch.name for watch in mine}, sizes, link)
    lines = help_lines(context.home, moment.date()).fresh
    mail = compose(recipient, items, site, moment, lines, demo=load_policy(context.home).demo)
    mails.open_mail(connection, mail, moment)


def _recipient(settings: Settings, connection: Connection, address: str) -> Recipient:
    person = people.by_email(connection, address)
    if person is None:
        return Recipient("", address, settings.language, settings.timezone)
    return Recipient(person.name, address, person.language, person.timezone)
