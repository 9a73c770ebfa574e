"""Takes the pictures of docs/pictures/ from the made-up town: `python docs/make_pictures.py`. Needs Chromium.

The town is crawled, read, grouped and indexed as `chyrak demo` does it, but nobody decides, so that the queue is full.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

import review
from chyrak.home import prepare_home
from chyrak.settings import Settings, load_settings
from runtime.context import now, opened
from runtime.demo import setting, town
from runtime.onepass import one_pass
from store import Store, open_store

TARGET = Path(__file__).with_name("pictures")
MOST_BYTES = 200_000
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Picture:
    """What to take: `start` is a page or the title of an advert in the queue, as seen by `person`."""

    file: str
    person: str
    start: str
    width: int
    height: int


PICTURES = (
    Picture("queue.png", "demo_second_reader", "/queue", 1280, 860),
    Picture("posting.png", "demo_second_reader", "Models wanted, tour to Europe and UAE", 1240, 710),
    Picture("phone.png", "demo_caseworker_osh", "Чабан керек, Казакстан", 390, 1400),
)


def main() -> int:
    """Make every picture; 1 when one is too big for a README."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        sys.exit("Chromium is not installed. Debian: apt install chromium")
    TARGET.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder)) as (settings, store, base),
        sync_playwright() as driver,
    ):
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = driver.chromium.launch(executable_path=program, args=options)
        for picture in PICTURES:
            link = review.login_link(
                settings, store, picture.person, now=datetime.now(UTC), made_by="pictures", base_url=base
            )
            take(browser, picture, link, base)
        browser.close()
    sizes = {picture.file: (TARGET / picture.file).stat().st_size for picture in PICTURES}
    for file, size in sizes.items():
        print(f"docs/pictures/{file}: {size:,} bytes")
    return int(any(size > MOST_BYTES for size in sizes.values()))


def take(browser: Browser, picture: Picture, link: str, base: str) -> None:
    """Log in and take one picture of the upper part of a page."""
    context = browser.new_context(viewport={"width": picture.width, "height": picture.height}, color_scheme="light")
    page = context.new_page()
    page.goto(link)
    page.get_by_role("main").get_by_role("button").click()
    if picture.start.startswith("/"):
        page.goto(f"{base}{picture.start}")
    else:
        while not page.get_by_role("link", name=picture.start, exact=True).count():
            page.locator("a[rel=next]").click()
        page.get_by_role("link", name=picture.start, exact=True).click()
    page.wait_for_load_state("load")
    page.screenshot(path=TARGET / picture.file)
    context.close()


@contextmanager
def served(home: Path) -> Iterator[tuple[Settings, Store, str]]:
    """A read town and its pages on loopback."""
    from waitress import create_server

    prepare_home(home)
    setting.write_files(home, mail_port=9, web_port=8400)  # nobody decides, so no mail is ever sent
    with town.running(home, once=True), opened(home) as context:
        setting.settle(context.store, now())
        one_pass(context)
    settings = load_settings(home)
    with closing(open_store(settings)) as store:
        server = create_server(review.create_app(settings, store), host="127.0.0.1", port=0)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        try:
            yield settings, store, f"http://127.0.0.1:{server.effective_port}"
        finally:
            server.trigger.pull_trigger(server.close)  # in its own thread: closing under a running select breaks it
            thread.join(10)


if __name__ == "__main__":
    sys.exit(main())
