"""A channel's older posts are reached, even when a run broke off between its pages."""

from __future__ import annotations

from collections.abc import Callable

from crawl_examples import Crawls

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
