"""Of what Scrapy brings along, a crawl loads what is named in crawlers/settings.py and nothing else."""

from __future__ import annotations

import subprocess
import sys

import pytest
from scrapy.settings import default_settings

from crawlers import settings

LEFT_OUT = {
    "EXTENSIONS_BASE": {
        "scrapy.extensions.feedexport.FeedExporter",  # adverts go to the store, not to a file
        "scrapy.extensions.memdebug.MemoryDebugger",
        "scrapy.extensions.memusage.MemoryUsage",  # counts the memory of whoever started the crawl; ours does not
        "scrapy.extensions.remote_control.RemoteControl",  # runs Python that is posted to it
        "scrapy.extensions.spiderstate.SpiderState",
        "scrapy.extensions.telnet.TelnetConsole",  # a shell
        "scrapy.extensions.throttle.AutoThrottle",  # ours takes its place
    },
    "DOWNLOADER_MIDDLEWARES_BASE": {
        "scrapy.downloadermiddlewares.cookies.CookiesMiddleware",
        "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware",  # nothing behind a login is crawled
        "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware",
        "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware",
        "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware",  # ours take their place, as that of the next
        "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware",
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware",
    },
}


@pytest.mark.parametrize("name", LEFT_OUT)
def test_a_component_that_a_new_scrapy_brings_is_taken_or_left_out_on_purpose(name: str) -> None:
    theirs, taken = getattr(default_settings, name), getattr(settings, name)
    assert theirs.keys() == taken.keys() | LEFT_OUT[name]
    assert {key: theirs[key] for key in taken} == taken


def test_the_doors_and_the_logins_of_scrapy_are_not_even_imported() -> None:
    seen = "import sys, crawlers.preloaded; print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    for name in LEFT_OUT["EXTENSIONS_BASE"] | LEFT_OUT["DOWNLOADER_MIDDLEWARES_BASE"]:
        module = name.rpartition(".")[0]
        if module.endswith(("remote_control", "telnet", "cookies", "httpauth", "httpproxy")):
            assert f"'{module}'" not in done.stdout
