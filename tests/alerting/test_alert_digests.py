"""What a digest says, and what it never says."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from alert_examples import AIGUL, NOON, SITE, a_match, hours, link, sha

from alerts.digest import compose, short_id
from alerts.envelope import to_message
from alerts.gather import gather
from alerts.helplines import HelpLine
from alerts.wording import wordings
from chyrak.errors import AskOperator, WrongUsage
from chyrak.records import Mail, Match
from chyrak.taxonomy import LANGUAGES, exploitation_types, level_name

NAMES = {"w1": "Hotels by the sea", "w2": "Debt", "w3": "Чат-оператор"}


def digest(*matches: Match, language: str = "en", sizes: dict[str, int] | None = None, **more: object) -> Mail:
    items = gather(matches, NAMES, sizes or {}, link)
    return compose(replace(AIGUL, language=language), items, SITE, NOON, **more)  # type: ignore[arg-type]


def both(mail: Mail) -> tuple[str, str]:
    """The two parts as a reader sees them."""
    return mail.text, _Shown.text_of(mail.html)


class _Shown(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "background", "srcset")]

    @classmethod
    def parse(cls, html: str) -> _Shown:
        parser = cls()
        parser.feed(html)
        return parser

    @classmethod
    def text_of(cls, html: str) -> str:
        return "".join(cls.parse(html).said)


def test_an_item_says_why_it_is_there() -> None:
    match = a_match("w1", level=3, exploitation=("SEX.NIGHT", "DEBT"), campaign="c")
    for part in both(digest(match, sizes={"c": 14})):
        assert short_id(match.posting_id) in part
        assert "high (3 of 4)" in part
        assert "night venue; debt bondage" in part
        assert "Hotels by the sea" in part
        assert "14 adverts" in part


def test_an_advert_that_meets_three_watches_is_one_item_with_three_reasons() -> None:
    matches = [a_match(watch) for watch in ("w1", "w2", "w3")]
    mail = digest(*matches)
    assert mail.subject == "Chyrak: 1 new item"
    assert mail.text.count("== ") == 1
    assert all(name in mail.text for name in NAMES.values())
    assert mail.match_ids == tuple(sorted(match.id for match in matches))


def test_a_campaign_of_reposts_is_one_item_that_leads_to_its_highest_member() -> None:
    low, high = a_match(advert="a", campaign="c"), a_match(advert="b", level=3, campaign="c")
    mail = digest(low, high)
    assert mail.subject == "Chyrak: 1 new item"
    assert "2 adverts in this group" in mail.text
    assert link(high) in mail.text
    assert link(low) not in mail.text
    assert set(mail.match_ids) == {low.id, high.id}


def test_items_come_highest_level_first_then_oldest() -> None:
    mail = digest(
        a_match(advert="new", at=NOON),
        a_match(advert="old", at=NOON - hours(50)),
        a_match(advert="urgent", level=4),
        a_match(advert="high", level=3),
    )
    order = [short_id(sha(advert)) for advert in ("urgent", "high", "old", "new")]
    positions = [mail.text.index(identity) for identity in order]
    assert positions == sorted(positions)


def test_the_reading_deadline_runs_from_when_the_advert_was_found_in_the_recipients_own_time() -> None:
    assert "November 25, 20:00 (Asia/Bishkek)" in digest(a_match(level=4, at=NOON - hours(2))).text
    assert "November 26, 18:00 (Asia/Bishkek)" in digest(a_match(level=3)).text
    assert "has passed" in digest(a_match(level=4, at=NOON - hours(4))).text
    assert "Please read by" not in digest(a_match(level=2)).text


def test_the_message_id_tells_the_same_digest_whatever_the_time_and_order() -> None:
    matches = [a_match(advert=str(number)) for number in range(5)]
    items = gather(matches, NAMES, {}, link)
    first = compose(AIGUL, items, SITE, NOON)
    later = compose(AIGUL, items[::-1], SITE, NOON + hours(30))
    assert first.message_id == later.message_id
    assert compose(replace(AIGUL, email="b@ngo.example"), items, SITE, NOON).message_id != first.message_id
    assert compose(AIGUL, items[1:], SITE, NOON).message_id != first.message_id


@pytest.mark.parametrize("site", ["http://127.0.0.1:8400", "http://[::1]:8400", "https://alerts.chyrak.example/app/"])
def test_a_digest_from_any_address_can_be_put_into_an_envelope(site: str) -> None:
    mail = compose(AIGUL, gather([a_match()], NAMES, {}, link), site, NOON)
    message = to_message(mail, "Chyrak <chyrak@chyrak.example>", NOON)
    assert message["Message-ID"] == mail.message_id
    assert not message["Message-ID"].defects
    assert f"{site.rstrip('/')}/watches" in mail.text


def test_the_headers_mark_it_as_machine_sent_and_tell_how_to_leave() -> None:
    mail = digest(a_match())
    headers = dict(mail.headers)
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["List-Unsubscribe"] == f"<{SITE}/watches>"
    assert headers["X-Chyrak-Digest"] in mail.message_id
    assert "Importance" not in headers
    assert dict(digest(a_match(level=4)).headers)["Importance"] == "high"


@pytest.mark.parametrize("language", LANGUAGES)
def test_eth_41_every_language_makes_a_whole_digest_of_its_own(language: str) -> None:
    mail = digest(a_match(level=4, exploitation=("CRIM.SCAM",)), a_match(advert="b"), language=language)
    assert mail.language == language
    for part in both(mail):
        assert level_name(4, language) in part
        assert not re.search(r"[{}]", part)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 2, 5, 11, 21, 22, 105])
def test_numbers_take_their_right_form(language: str, count: int) -> None:
    words = wordings()[language]
    assert words.count(words.subject, count).startswith(f"Chyrak: {count} ")


def test_russian_plurals_are_right() -> None:
    words = wordings()["ru"]
    said = [words.count(words.subject, count) for count in (1, 3, 5, 11, 21)]
    assert [text.split(maxsplit=2)[2] for text in said] == [
        "новая запись",
        "новые записи",
        "новых записей",
        "новых записей",
        "новая запись",
    ]


def test_texts_by_non_natives_are_marked_for_review() -> None:
    assert wordings()["ky"].review.startswith("unreviewed")


def test_a_language_without_words_falls_back_to_english_rather_than_hold_the_digest_back() -> None:
    assert digest(a_match(), language="tg").language == "en"


def test_eth_19_the_subject_says_nothing_but_the_number_of_items() -> None:
    plain = digest(a_match(level=2, exploitation=()))
    grave = digest(a_match("w3", advert="x", level=4, exploitation=("CHILD", "ORG")))
    assert plain.subject == grave.subject == "Chyrak: 1 new item"


def test_eth_19_the_html_part_fetches_nothing_and_links_only_behind_the_login() -> None:
    shown = _Shown.parse(digest(a_match(level=4), a_match(advert="b")).html)
    assert shown.links
    assert all(target.startswith(f"{SITE}/") for target in shown.links)
    assert not shown.tags & {"img", "script", "link", "iframe", "form", "style", "video", "audio", "object"}
    assert "url(" not in digest(a_match()).html


def test_eth_19_a_contact_in_a_watchs_name_stays_out_of_the_mail() -> None:
    names = {"w1": "Girls 18-25 +996 555 000 101 t.me https://t.me/work_example @work_example a@b.example <b>"}
    mail = compose(AIGUL, gather([a_match()], names, {}, link), SITE, NOON)
    for part in (mail.text, mail.html, *both(mail)):
        assert "Girls 18-25 …" in part
        assert not re.search(r"555|work_example|b\.example", part)
    assert "<b>" not in mail.html


def test_eth_31_the_non_punishment_sentence_stands_with_criminality_and_conflict_only() -> None:
    needing = {type_id for type_id in exploitation_types() if type_id.split(".")[0] in ("CRIM", "CONF")}
    assert len(needing) >= 6
    for language in LANGUAGES:
        sentence = wordings()[language].words.non_punishment
        for type_id in exploitation_types():
            for part in both(digest(a_match(exploitation=("FRAUD", type_id)), language=language)):
                assert (sentence in part) == (type_id in needing), (language, type_id)


@pytest.mark.parametrize("language", LANGUAGES)
def test_eth_32_level_4_brings_written_steps_and_lower_levels_do_not(language: str) -> None:
    words = wordings()[language]
    urgent = both(digest(a_match(level=4), a_match(advert="b"), language=language))
    calm = both(digest(a_match(level=3), language=language))
    for step in words.steps.urgent[3:]:
        assert all(step in part for part in urgent)
        assert not any(step in part for part in calm)
    assert all(words.words.urgent_title in part for part in urgent)


def test_eth_32_the_steps_say_whom_to_call_and_what_not_to_do() -> None:
    mail = digest(a_match(level=4), help_lines=[HelpLine("KG", "Example line", "+996 555 000 100", date(2026, 11, 1))])
    for part in both(mail):
        assert "duty person" in part
        assert "emergency number" in part
        assert "Do not contact the advertiser" in part
        assert "Do not pose as an applicant" in part
        assert "Kyrgyzstan: Example line, +996 555 000 100 (checked November 1, 2026)" in part
    assert "your organisation's own list" in digest(a_match(level=4)).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_eth_01_no_mail_says_what_somebody_is(language: str) -> None:
    banned = re.compile(
        r"traffick(?:er|ing)|victim|criminal(?!ity)|pimp|slave|жертв|преступник|торгов(?:ец|ц)|вербовщик|виновн"
        r"|курман|кылмышкер|сатуучу",
        re.IGNORECASE,
    )
    every = [a_match(advert=type_id, level=4, exploitation=(type_id,)) for type_id in exploitation_types()]
    for part in both(digest(*every, language=language)):
        # names of the taxonomy's types are not ours to choose here; "not a trafficking sign" is one of them
        said = part.replace("not a trafficking sign", "").replace("не признак торговли людьми", "")
        assert not banned.search(said), banned.search(said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_footer_says_that_counts_are_of_adverts_and_how_to_pause(language: str) -> None:
    words = wordings()[language].words
    mail = digest(a_match(), language=language)
    for part in both(mail):
        assert words.counts in part
        assert words.change in part
    assert f"{SITE}/watches" in mail.text
    assert f'href="{SITE}/watches"' in mail.html


def test_ten_thousand_matches_all_reach_the_digest() -> None:
    matches = [a_match(advert=str(number)) for number in range(10_000)]
    mail = digest(*matches)
    assert mail.subject == "Chyrak: 10000 new items"
    assert set(mail.match_ids) == {match.id for match in matches}
    assert mail.text.count(f"{SITE}/posting/") == 10_000


def test_an_address_without_a_name_is_greeted_all_the_same() -> None:
    mail = compose(replace(AIGUL, name=""), gather([a_match()], NAMES, {}, link), SITE, NOON)
    assert mail.text.startswith("Hello.\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_demonstration_says_so_at_the_top_of_the_mail(language: str) -> None:
    said = wordings()[language].words.demo
    for part in both(digest(a_match(), language=language, demo=True)):
        assert part.index(said) < part.index(AIGUL.name)
    for part in both(digest(a_match(), language=language)):
        assert said not in part


def test_a_digest_of_nothing_and_a_site_without_an_address_are_refused() -> None:
    with pytest.raises(WrongUsage, match="at least one item"):
        compose(AIGUL, [], SITE, NOON)
    with pytest.raises(WrongUsage, match=r"web\.public_url"):
        compose(AIGUL, gather([a_match()], NAMES, {}, link), "chyrak.example", NOON)
    with pytest.raises(AskOperator, match="Asia/Bishkek"):
        compose(replace(AIGUL, timezone="Osh"), gather([a_match()], NAMES, {}, link), SITE, NOON)
