"""What a run could not reach is reached by the next one, whatever the pages around it say."""

from __future__ import annotations

from collections.abc import Callable

from crawl_examples import Crawls
from crawl_world import advert

_POST = (
    '<div class="tgme_widget_message" data-post="jobs/{number}">'
    '<div class="tgme_widget_message_text js-message_text">Керек: ашпозчу, айлык 30 000 сом, {number}</div>'
    '<a class="tgme_widget_message_date" href="SITE/jobs/{number}">'
    '<time datetime="2026-08-23T10:00:00+00:00"></time></a></div>'
)


def _page(*numbers: int, older: int | None = None) -> str:
    head = f'<head><link rel="prev" href="/s/jobs?before={older}"></head>' if older else ""
    posts = "".join(_POST.format(number=number) for number in numbers)
    return f'<html>{head}<main class="tgme_main"><section class="tgme_channel_history">{posts}</section></main></html>'


def _numbers(crawls: Crawls) -> list[int]:
    return sorted(int(found.url.rpartition("/")[2]) for found in crawls.postings("jobs"))


def test_posts_behind_a_page_that_failed_are_read_by_the_next_run(crawls_in: Callable[[str], Crawls]) -> None:
    crawls = crawls_in("channel")
    site = crawls.site("jobs")
    site.put("/s/jobs", _page(5, 6, older=5))
    site.put("/s/jobs?before=5", "try later", status=500)
    site.put("/s/jobs?before=3", _page(1, 2))
    crawls.source("jobs", site, ["/s/jobs"], kind="telegram", about="messages", most_pages=5)
    crawls.crawl("jobs")
    assert _numbers(crawls) == [5, 6]

    site.put("/s/jobs?before=5", _page(3, 4, older=3))
    crawls.crawl("jobs")
    assert _numbers(crawls) == [1, 2, 3, 4, 5, 6]

    site.forget()
    site.put("/s/jobs", _page(6, 7, older=6))
    site.put("/s/jobs?before=6", _page(4, 5, older=4))
    crawls.crawl("jobs")
    assert 7 in _numbers(crawls)
    assert "/s/jobs?before=6" not in site.paths(), "the oldest post on the page was met before"


def test_an_advert_that_failed_is_asked_for_again_at_once_though_others_are_looked_at_rarely(
    crawls_in: Callable[[str], Crawls],
) -> None:
    crawls = crawls_in("board")
    site = crawls.site("board")
    site.put("/jobs", '<a href="/ad/1">повар</a> <a href="/ad/2">швея</a>')
    site.put("/ad/1", advert(1))
    site.put("/ad/2", "try later", status=500)
    crawls.source("board", site, ["/jobs"], kind="listing", listing={"links": r"/ad/\d+$"}, recheck="1d", every="1h")
    crawls.crawl("board")
    site.put("/ad/2", advert(2))
    site.forget()
    crawls.crawl("board")
    assert "/ad/2" in site.paths()
    assert "/ad/1" not in site.paths()
