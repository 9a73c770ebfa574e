"""When a match may be mailed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from alert_examples import NOON, a_match, a_watch, hours
from hypothesis import given
from hypothesis import strategies as st

from alerts.rhythm import RHYTHMS, choose, due, in_quiet_hours, slot_start
from chyrak.errors import WrongUsage
from chyrak.records import Match, Watch

BISHKEK = ZoneInfo("Asia/Bishkek")  # UTC+6, no summer time
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
ZONES = st.sampled_from(["Asia/Bishkek", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "UTC"]).map(ZoneInfo)


def at(text: str) -> datetime:
    """A moment on the clock of Bishkek."""
    return datetime.fromisoformat(text).replace(tzinfo=BISHKEK)


def test_the_first_match_of_a_watch_goes_at_once_whatever_its_rhythm() -> None:
    for rhythm in RHYTHMS:
        assert due(a_watch(rhythm=rhythm), None, NOON, BISHKEK)


@pytest.mark.parametrize(
    ("rhythm", "last", "not_yet", "then"),
    [
        ("hourly", "2026-11-25 10:05", "2026-11-25 10:59", "2026-11-25 11:00"),
        ("daily", "2026-11-25 14:00", "2026-11-26 07:59", "2026-11-26 08:00"),
        ("weekly", "2026-11-25 14:00", "2026-11-30 07:59", "2026-11-30 08:00"),
    ],
)
def test_a_rhythm_writes_once_in_its_hour_day_or_week(rhythm: str, last: str, not_yet: str, then: str) -> None:
    watch = a_watch(rhythm=rhythm)
    assert not due(watch, at(last), at(not_yet), BISHKEK)
    assert due(watch, at(last), at(then), BISHKEK)


def test_at_once_writes_again_at_once() -> None:
    assert due(a_watch(), NOON, NOON, BISHKEK)


def test_a_day_begins_when_the_quiet_hours_end() -> None:
    watch = a_watch(rhythm="daily", quiet_from=22, quiet_to=6)
    assert not due(watch, at("2026-11-25 14:00"), at("2026-11-26 05:59"), BISHKEK)
    assert due(watch, at("2026-11-25 14:00"), at("2026-11-26 06:00"), BISHKEK)


def test_quiet_hours_are_hours_of_the_recipients_day() -> None:
    night = a_watch(quiet_from=22, quiet_to=7)
    assert in_quiet_hours(night, at("2026-11-25 23:30"), BISHKEK)
    assert in_quiet_hours(night, at("2026-11-25 06:59"), BISHKEK)
    assert not in_quiet_hours(night, at("2026-11-25 07:00"), BISHKEK)
    assert not in_quiet_hours(night, at("2026-11-25 23:30"), ZoneInfo("Europe/London"))
    lunch = a_watch(quiet_from=12, quiet_to=14)
    assert in_quiet_hours(lunch, at("2026-11-25 13:00"), BISHKEK)
    assert not in_quiet_hours(lunch, at("2026-11-25 14:00"), BISHKEK)
    assert not in_quiet_hours(a_watch(), at("2026-11-25 03:00"), BISHKEK)


def test_the_lower_cap_holds() -> None:
    watch = a_watch(most_a_day=3)
    assert due(watch, None, NOON, BISHKEK, sent_today=2, most_a_day=5)
    assert not due(watch, None, NOON, BISHKEK, sent_today=3, most_a_day=5)
    assert not due(watch, None, NOON, BISHKEK, sent_today=2, most_a_day=2)


def test_eth_20_only_level_4_passes_rhythm_quiet_hours_and_cap() -> None:
    watch = a_watch(rhythm="weekly", quiet_from=22, quiet_to=7, most_a_day=1)
    night = at("2026-11-25 03:00")
    for level in (0, 1, 2, 3):
        assert not due(watch, night, night, BISHKEK, level=level, sent_today=9)
    assert due(watch, night, night, BISHKEK, level=4, sent_today=9)


def test_an_urgent_match_goes_alone_and_leaves_the_others_waiting() -> None:
    watches = {"w1": a_watch(quiet_from=22, quiet_to=7)}
    calm, urgent = a_match(advert="a"), a_match(advert="b", level=4)
    assert choose([calm, urgent], watches, {}, at("2026-11-25 03:00"), BISHKEK) == [urgent]
    assert choose([calm, urgent], watches, {}, at("2026-11-25 08:00"), BISHKEK) == [calm, urgent]


def test_when_one_match_of_an_advert_is_due_its_other_reasons_go_along() -> None:
    watches = {"w1": a_watch(), "w2": a_watch("w2", rhythm="weekly")}
    together = [a_match("w1", "a"), a_match("w2", "a")]
    alone = a_match("w2", "b")
    assert choose([*together, alone], watches, {"w2": NOON - hours(1)}, NOON, BISHKEK) == together


def test_a_slow_watch_is_not_starved_by_quick_ones_that_use_up_the_cap_before_its_morning() -> None:
    watches = {"w1": a_watch(), "w2": a_watch("w2", rhythm="weekly", quiet_from=20, quiet_to=9)}
    quick, slow = a_match("w1", "a"), a_match("w2", "b")
    early = at("2026-11-26 06:00")
    assert choose([slow], watches, {}, early, BISHKEK) == []
    assert choose([quick, slow], watches, {}, early, BISHKEK) == [quick, slow]
    assert choose([quick, slow], watches, {"w2": at("2026-11-24 10:00")}, early, BISHKEK) == [quick]


def test_a_paused_or_unknown_watch_writes_to_nobody() -> None:
    assert choose([a_match()], {"w1": a_watch(paused=True)}, {}, NOON, BISHKEK) == []
    assert choose([a_match(level=4)], {}, {}, NOON, BISHKEK) == []


def test_an_unknown_rhythm_is_named() -> None:
    with pytest.raises(WrongUsage, match="'monthly' is none of at_once"):
        due(a_watch(rhythm="monthly"), NOON, NOON, BISHKEK)


@given(MOMENTS, ZONES, st.sampled_from(["hourly", "daily", "weekly"]), st.none() | st.integers(0, 23))
def test_the_slot_began_in_the_past_and_not_longer_ago_than_its_length(
    now: datetime, zone: ZoneInfo, rhythm: str, quiet_to: int | None
) -> None:
    watch = a_watch(rhythm=rhythm, quiet_from=None if quiet_to is None else (quiet_to + 16) % 24, quiet_to=quiet_to)
    age = now - slot_start(watch, now, zone)
    longest = {"hourly": hours(1), "daily": hours(24), "weekly": hours(24 * 7)}[rhythm]
    assert timedelta(0) <= age <= longest + hours(2)  # a clock change makes a day an hour longer or shorter


@given(MOMENTS, ZONES, st.sampled_from(["hourly", "daily", "weekly"]), st.integers(0, 60 * 24 * 8))
def test_two_mails_of_a_watch_never_fall_into_one_slot(
    last: datetime, zone: ZoneInfo, rhythm: str, minutes: int
) -> None:
    watch = a_watch(rhythm=rhythm)
    now = last + timedelta(minutes=minutes)
    if due(watch, last, now, zone):
        assert slot_start(watch, now, zone) != slot_start(watch, last, zone)


@dataclass
class _Person:
    zone: ZoneInfo
    waiting: list[Match] = field(default_factory=list)
    last_sent: dict[str, datetime] = field(default_factory=dict)
    mails: list[tuple[datetime, list[Match]]] = field(default_factory=list)

    def sent_today(self, now: datetime) -> int:
        today = now.astimezone(self.zone).date()
        return sum(1 for sent, _ in self.mails if sent.astimezone(self.zone).date() == today)


@pytest.mark.parametrize("zone", ["Asia/Bishkek", "Europe/Berlin", "America/New_York"])
def test_eth_20_thirty_days_of_mail_keep_every_promise(zone: str) -> None:
    dice = random.Random(zone)
    watches = {
        "once": a_watch("once", quiet_from=22, quiet_to=7, most_a_day=4),
        "hour": a_watch("hour", rhythm="hourly", quiet_from=21, quiet_to=6),
        "day": a_watch("day", rhythm="daily"),
        "week": a_watch("week", rhythm="weekly", quiet_from=20, quiet_to=9),
    }
    cap, step = 5, timedelta(minutes=10)
    person = _Person(ZoneInfo(zone))
    released: dict[str, tuple[Match, datetime]] = {}
    start = datetime(2026, 10, 15, tzinfo=UTC)  # both summer times end within the month
    now = start
    while now < start + timedelta(days=32):
        if now < start + timedelta(days=30) and dice.random() < 0.15:
            level = 4 if dice.random() < 0.03 else dice.choice((2, 2, 2, 3))
            advert = f"advert {len(released)}"
            for watch in dice.sample(sorted(watches), dice.choice((1, 1, 2))):
                match = a_match(watch, advert, level, at=now)
                person.waiting.append(match)
                released[match.id] = (match, now)
        chosen = choose(
            person.waiting,
            watches,
            person.last_sent,
            now,
            person.zone,
            sent_today=person.sent_today(now),
            most_a_day=cap,
        )
        if chosen:
            person.mails.append((now, chosen))
            person.waiting = [match for match in person.waiting if match not in chosen]
            person.last_sent.update({match.watch_id: now for match in chosen})
        now += step

    assert len(released) > 400
    _every_match_went_exactly_once(person, released)
    _urgent_went_in_the_same_step(person, released)
    _quiet_hours_were_kept(person, watches)
    _caps_were_kept(person, cap)
    _rhythms_were_kept(person, watches)


def _urgent(matches: list[Match]) -> bool:
    return any(match.level == 4 for match in matches)


def _every_match_went_exactly_once(person: _Person, released: dict[str, tuple[Match, datetime]]) -> None:
    went = [match.id for _, matches in person.mails for match in matches]
    assert len(went) == len(set(went))
    late = [match for match in person.waiting if released[match.id][1] < datetime(2026, 11, 7, tzinfo=UTC)]
    assert set(went) | {match.id for match in person.waiting} == set(released)
    assert late == []


def _urgent_went_in_the_same_step(person: _Person, released: dict[str, tuple[Match, datetime]]) -> None:
    urgent = [(sent, match) for sent, matches in person.mails for match in matches if match.level == 4]
    assert urgent
    assert all(released[match.id][1] == sent for sent, match in urgent)


def _quiet_hours_were_kept(person: _Person, watches: dict[str, Watch]) -> None:
    for sent, matches in person.mails:
        if not _urgent(matches):
            assert any(not in_quiet_hours(watches[match.watch_id], sent, person.zone) for match in matches)


def _caps_were_kept(person: _Person, cap: int) -> None:
    by_day: dict[object, list[list[Match]]] = {}
    for sent, matches in person.mails:
        by_day.setdefault(sent.astimezone(person.zone).date(), []).append(matches)
    assert max(len(mails) for mails in by_day.values()) >= cap  # the cap was put to the test
    for mails in by_day.values():
        assert all(_urgent(matches) for matches in mails[cap:])


def _rhythms_were_kept(person: _Person, watches: dict[str, Watch]) -> None:
    for identity in ("hour", "day", "week"):
        watch = watches[identity]
        own = [
            slot_start(watch, sent, person.zone)
            for sent, matches in person.mails
            # an advert that another watch made due, or an urgent mail, may bring this watch's matches along
            if all(match.watch_id == identity for match in matches) and not _urgent(matches)
        ]
        assert len(own) == len(set(own))
