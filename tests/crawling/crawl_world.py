"""The sites of the crawl rounds: a board, a windows-1251 board, news, feeds, a channel, and sites that say no."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from crawl_examples import Crawls
from crawl_site import Site, etag

ADVERT = """<!doctype html><html lang="ru"><head><title>{title} | Доска</title>
<script type="application/ld+json">{data}</script></head>
<body><h1>{title}</h1><div class="views">Просмотров: {views}</div><main><p>{text}</p></main></body></html>"""
CALLS = "Звоните +996 555 000 1{number:02d}, спросить {name}."


def advert(number: int, *, text: str = "", views: int = 1, wrap: str = "{}") -> str:
    """A posting page whose JSON-LD is wrapped by `wrap`: alone, in an array or in @graph."""
    words = text or f"Требуются помощники повара в отель номер {number}. Жильё и питание есть. "
    words += CALLS.format(number=number, name="Айгуль")
    job = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": f"Помощник повара {number}",
        "description": f"<p>{words}</p>",
        "datePosted": "2026-11-20T10:00:00+06:00",
        "validThrough": "2026-12-20",
        "employmentType": "FULL_TIME",
        "hiringOrganization": {"@type": "Organization", "name": f"Отель {number}"},
        "jobLocation": {"@type": "Place", "address": {"addressLocality": "Анталья", "addressCountry": "TR"}},
        "baseSalary": {"currency": "USD", "value": {"minValue": 700, "maxValue": 900, "unitText": "MONTH"}},
    }
    data = wrap.replace("{}", json.dumps(job, ensure_ascii=False))
    return ADVERT.format(title=f"Помощник повара {number}", data=data, text=words, views=views)


def listing(numbers: list[int], older: str = "") -> str:
    """A list page of the board."""
    links = "".join(f'<li><a href="/ad/{number}?utm_source=list">{number}</a></li>' for number in numbers)
    following = f'<a rel="next" href="{older}">дальше</a>' if older else ""
    elsewhere = (
        '<a href="https://elsewhere.example/ad/99">partner</a><img src="/ad/photo.jpg"><a href="/about">о нас</a>'
    )
    return f"<html><body><ul>{links}</ul>{elsewhere}{following}</body></html>"


def feed(items: list[tuple[str, str, str]]) -> str:
    """An RSS feed of (title, link, date)."""
    entries = "".join(
        f"<item><title>{title}</title><link>{link}</link><description>анонс: {title}</description>"
        + (f"<pubDate>{date}</pubDate>" if date else "")
        + "</item>"
        for title, link, date in items
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>{entries}</channel></rss>'


WRAPS = ("{}", "[{}]", '{"@graph": [{"@type": "WebSite"}, {}]}', "<!--\n{}\n-->", "{}\n{}")


def build(crawls: Crawls, data: Path) -> None:
    """Make every site and its source."""
    _board(crawls.site("board"), crawls)
    _channel(crawls.site("channel"), crawls, data)
    _noes(crawls)
    _traps(crawls)
    _feeds(crawls.site("feeds"), crawls, data)


def _board(site: Site, crawls: Crawls) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /ad/13\nCrawl-delay: 0.05\n", "text/plain")
    site.put("/jobs", listing([1, 2, 3, 13], "/jobs?page=2"))
    site.put("/jobs?page=2", listing([4, 5, 6, 7], "/jobs?page=1"))
    for number in range(1, 6):
        page = advert(number, wrap=WRAPS[number - 1])
        headers = {"ETag": etag(page.encode())} if number == 1 else {}
        site.put(f"/ad/{number}?utm_source=list", page, headers=headers, zipped=number == 2)
        site.put(f"/ad/{number}", page, headers=headers, zipped=number == 2)
    site.put("/ad/6", advert(6))
    site.put("/ad/7", advert(7))
    crawls.source(
        "board", site, ["/jobs"], kind="listing", listing={"links": r"/ad/\d+$"}, recheck="1m", most_pages=4, every="1h"
    )


def _channel(site: Site, crawls: Crawls, data: Path) -> None:
    page = (data / "pages/telegram/channel_preview.html").read_bytes()
    site.put("/s/ClashReport", page.replace(b"https://t.me/", site.url.encode() + b"/"))
    older = (
        '<main class="tgme_main"><section class="tgme_channel_history">'
        '<div class="tgme_widget_message" data-post="ClashReport/93400">'
        '<div class="tgme_widget_message_text js-message_text">Айлык 900 доллар.<br>Байланыш: +996 555 000 111</div>'
        '<a class="tgme_widget_message_date" href="SITE/ClashReport/93400">'
        '<time datetime="2026-08-23T10:00:00+00:00"></time></a></div></section></main>'
    )
    site.put("/s/ClashReport?before=93429", older)
    crawls.source("channel", site, ["/s/ClashReport"], kind="telegram", about="messages", languages=["en"])


def _noes(crawls: Crawls) -> None:
    """Sites that say no, each in its own way."""
    forbidden = crawls.site("forbidden")
    items = [(f"вакансия {number}", f"SITE/v/{number}", "") for number in range(5)]
    forbidden.put("/rss", feed(items), "application/rss+xml")
    for number in range(5):
        forbidden.put(f"/v/{number}", "<h1>no</h1>", status=403 if number == 1 else 200)
    crawls.source("forbidden", forbidden, ["/rss"])

    challenged = crawls.site("challenged")
    challenged.put("/rss", "<html><title>Just a moment...</title></html>", status=503)
    crawls.source("challenged", challenged, ["/rss"])

    limited = crawls.site("limited")
    limited.put("/rss", "slow down", status=429)
    crawls.source("limited", limited, ["/rss"])

    disallowed = crawls.site("disallowed")
    disallowed.put("/robots.txt", "User-agent: chyrak\nDisallow: /\n", "text/plain")
    disallowed.put("/rss", feed(items), "application/rss+xml")
    crawls.source("disallowed", disallowed, ["/rss"])

    robots_403 = crawls.site("robots_403")
    robots_403.put("/robots.txt", "no", status=403)
    robots_403.put("/rss", feed(items), "application/rss+xml")
    crawls.source("robots_403", robots_403, ["/rss"])

    robots_503 = crawls.site("robots_503")
    robots_503.put("/robots.txt", "down for repair", status=503)
    robots_503.put("/rss", feed(items), "application/rss+xml")
    crawls.source("robots_503", robots_503, ["/rss"])


def _traps(crawls: Crawls) -> None:
    page_not_feed = crawls.site("page_not_feed")
    page_not_feed.put("/rss", "<!doctype html><html><body>Добро пожаловать</body></html>", "application/rss+xml")
    crawls.source("page_not_feed", page_not_feed, ["/rss"])

    empty = crawls.site("empty")
    empty.put("/rss", feed([]), "application/rss+xml")
    crawls.source("empty", empty, ["/rss"])

    moved = crawls.site("moved")
    moved.put("/rss", "", status=301, headers={"Location": moved.url.replace("127.0.0.1", "localhost") + "/new"})
    moved.put("/new", feed([]), "application/rss+xml")
    crawls.source("moved", moved, ["/rss"])

    huge = crawls.site("huge")
    links = ["SITE/v/huge", "SITE/v/photo", "SITE/v/film.mp4", "SITE/v/small"]
    huge.put("/rss", feed([("вакансия", link, "") for link in links]), "application/rss+xml")
    huge.put("/v/huge", b"", stream_bytes=200_000_000)
    huge.put("/v/photo", b"\xff\xd8\xff" * 200_000, "image/jpeg")
    huge.put("/v/film.mp4", b"film", "video/mp4")
    huge.put("/v/small", advert(1))
    crawls.source("huge", huge, ["/rss"])

    shy = crawls.site("shy")
    shy.put("/robots.txt", "User-agent: *\nCrawl-delay: 0.6\n", "text/plain")
    shy.put("/rss", feed([(f"вакансия {n}", f"SITE/v/{n}", "") for n in range(4)]), "application/rss+xml")
    for number in range(4):
        shy.put(f"/v/{number}", advert(number))
    crawls.source("shy", shy, ["/rss"], most_requests=4)


def _feeds(site: Site, crawls: Crawls, data: Path) -> None:
    folder = data / "pages/feeds"
    gold = json.loads((folder / "gold.json").read_text(encoding="utf-8"))
    names = [item["file"] for item in gold if item["file"].endswith(".xml") and "*" not in item["file"]]
    paths = [f"/{name.replace('../', '')}" for name in names]
    for name, path in zip(names, paths, strict=True):
        site.put(path, (folder / name).read_bytes(), "text/xml")
    crawls.source("feeds", site, paths, about="news", pages="never", languages=["ru", "en", "de", "pt"])
    articles = json.loads((data / "pages/articles/gold.json").read_text(encoding="utf-8"))
    items = [(item["title"].replace("&", "&amp;"), f"SITE/a/{item['file'].split('.')[0]}", "") for item in articles]
    site.put("/news", feed(items), "application/rss+xml")
    for item in articles:
        body = gzip.decompress((data / "pages/articles" / item["file"]).read_bytes())
        site.put(f"/a/{item['file'].split('.')[0]}", body, "text/html", zipped=True)
    crawls.source("news", site, ["/news"], about="news", languages=["ru", "en", "tr"])
