"""The made-up sites serve what real ones do, and the crawler's readers get every word back."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest_demo import Answer, ask, captured, one_space
from protego import Protego

from crawlers.pages import to_postings
from crawlers.pages.listing import read_links
from crawlers.pages.telegram import read_channel
from crawlers.register import Register, load_sources
from runtime.demo.clock import FROZEN_AT_SECONDS
from runtime.demo.content import Item, load_town
from runtime.demo.sites.board import structured
from runtime.demo.town import Addresses, status

TOWN = load_town()


def out(site: str) -> list[Item]:
    return [i for i in TOWN.on(site) if i.appears_after <= FROZEN_AT_SECONDS and not i.forbidden]


@pytest.fixture(scope="module")
def register(town_home: Path, still_town: Addresses) -> Register:
    return load_sources([town_home / "sources"])


def test_every_site_has_a_source_file_that_the_register_takes(register: Register) -> None:
    assert set(register) == {f"demo_{site.id}" for site in TOWN.sites}
    assert all(source.enabled for source in register.values())


@pytest.mark.parametrize("site", ["jumush_board", "ish_bozori"])
def test_board_pages_parse_back_to_the_adverts(site: str, still_town: Addresses, register: Register) -> None:
    source = register[f"demo_{site}"]
    for item in out(site):
        capture, body = captured(source.id, f"{still_town.sites[site]}/vacancy/{item.number}")
        (sighting,) = to_postings("posting", capture, body, source)
        assert (sighting.title, one_space(sighting.text)) == (item.title, one_space(item.text)), item.id
        assert sighting.published_at is not None


def test_the_patchy_board_has_whole_torn_and_no_structured_data(still_town: Addresses) -> None:
    kinds = set()
    for item in out("ish_bozori"):
        page = ask(f"{still_town.sites['ish_bozori']}/vacancy/{item.number}").text
        kinds.add((page.count("application/ld+json"), page.count('"identifier"')))
    assert kinds == {(1, 1), (1, 0), (0, 0)}


def test_the_listing_leads_over_all_pages_to_every_advert(still_town: Addresses, register: Register) -> None:
    source, found, pages = register["demo_jumush_board"], set(), 0
    url: str | None = source.start[0]
    while url:
        answer = ask(url)
        links = read_links(answer.body, url=url, content_type=answer.headers["Content-Type"], source=source)
        found |= set(links.postings)
        url, pages = (links.further[0] if links.further else None), pages + 1
        assert pages < 20
    base = still_town.sites["jumush_board"]
    assert pages > 2
    assert {f"{base}/vacancy/{item.number}" for item in out("jumush_board")} <= found
    assert any("/closed/" in address for address in found), "the closed section is linked like any other"


@pytest.mark.parametrize("site", ["vecherniy_fonar", "dala_shyraq", "old_bell"])
def test_article_pages_parse_back_to_the_articles(site: str, still_town: Addresses, register: Register) -> None:
    source = register[f"demo_{site}"]
    feed = ask(f"{still_town.sites[site]}/feed.xml").body
    for item in out(site):
        assert f"/news/{item.number}.html".encode() in feed
        capture, body = captured(source.id, f"{still_town.sites[site]}/news/{item.number}.html")
        (sighting,) = to_postings("article", capture, body, source)
        assert (sighting.title, one_space(sighting.text)) == (item.title, one_space(item.text)), item.id


def test_one_paper_is_in_windows_1251(still_town: Addresses) -> None:
    for path in ("/", "/feed.xml"):
        answer = ask(still_town.sites["vecherniy_fonar"] + path)
        assert "windows-1251" in answer.headers["Content-Type"]
        assert "Вечерний фонарь" in answer.body.decode("windows-1251")


def test_the_channel_pages_back_to_its_first_message(still_town: Addresses, register: Register) -> None:
    source, seen, pages = register["demo_jumush_kanal"], [], 0
    url: str | None = source.start[0]
    while url:
        capture, body = captured(source.id, url)
        seen += [one_space(f"{s.title} {s.text}") for s in to_postings("telegram", capture, body, source)]
        url, pages = read_channel(body, url=url, content_type="text/html").older, pages + 1
        assert pages < 20
    assert pages > 2
    assert sorted(seen) == sorted(one_space(item.text) for item in out("jumush_kanal"))


def test_each_site_has_its_own_host_and_robots(still_town: Addresses) -> None:
    robots = {site: ask(f"{url}/robots.txt") for site, url in still_town.sites.items() if site != "empty_house"}
    assert {answer.status for answer in robots.values()} == {200}
    rules = {site: Protego.parse(answer.text) for site, answer in robots.items()}
    assert rules["old_bell"].crawl_delay("Chyrak") == 1
    board = still_town.sites["jumush_board"]
    assert not rules["jumush_board"].can_fetch(f"{board}/closed/1", "Chyrak")
    assert rules["jumush_board"].can_fetch(f"{board}/vacancies", "Chyrak")
    assert len(set(still_town.sites.values())) == len(TOWN.sites)


def test_the_difficult_sites_are_difficult_in_their_own_ways(still_town: Addresses) -> None:
    assert ask(f"{still_town.sites['shut_door']}/feed.xml").status == 403
    painted = ask(f"{still_town.sites['painted_feed']}/feed.xml")
    assert (painted.status, painted.headers["Content-Type"].split(";")[0]) == (200, "text/html")
    with pytest.raises(OSError, match="refused"):
        ask(still_town.sites["empty_house"])
    with pytest.raises(OSError, match="refused"):
        ask(still_town.sites["empty_house"] + "/robots.txt")


def test_the_old_paper_has_said_nothing_for_months(still_town: Addresses) -> None:
    import feedparser

    old = feedparser.parse(ask(f"{still_town.sites['old_bell']}/feed.xml").body)
    new = feedparser.parse(ask(f"{still_town.sites['vecherniy_fonar']}/feed.xml").body)
    assert len(old.entries) >= 3
    days = (max(new.entries, key=lambda e: e.published_parsed).published_parsed, old.entries[0].published_parsed)
    assert (days[0].tm_year * 12 + days[0].tm_mon) - (days[1].tm_year * 12 + days[1].tm_mon) >= 4


def test_what_was_read_once_is_answered_with_304(still_town: Addresses) -> None:
    url = f"{still_town.sites['dala_shyraq']}/feed.xml"
    first: Answer = ask(url)
    again = ask(url, If_None_Match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")


def test_what_a_careful_reader_thinks_is_never_served(still_town: Addresses) -> None:
    item = next(i for i in TOWN.adverts if i.expect.look_alike and i.site == "jumush_board")
    page = ask(f"{still_town.sites['jumush_board']}/vacancy/{item.number}").text
    assert item.expect.look_alike is not None
    assert item.text[:20] in page
    assert not any(word in page for word in ("expect", item.expect.look_alike, item.id))


def test_requests_for_the_forbidden_section_are_counted(still_town: Addresses) -> None:
    before = status(still_town)["forbidden_requests"]
    hidden = next(item for item in TOWN.adverts if item.forbidden)
    assert ask(f"{still_town.sites['jumush_board']}/closed/{hidden.number}").status == 200
    assert ask(f"{still_town.sites['jumush_board']}/vacancy/{hidden.number}").status == 404
    assert status(still_town)["forbidden_requests"] == before + 1


def test_no_text_can_break_out_of_the_structured_data() -> None:
    from datetime import UTC, datetime

    from runtime.demo.clock import Shown

    item = Item(id="x", site="jumush_board", title="</script><b>", text="</script><script>alert(1)</script>")
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    script = str(structured("graph", Shown(item, item.title, item.text, moment, moment), "http://x.example/", "Board"))
    assert "</script>" not in script
    assert "<" not in script
