"""A whole deployment in real processes, and the real Chromium that visits it.

The house has its own home folder, the pages served by `runtime web`, an SMTP sink with its mailbox page, and a
worker that never rests: real readings, real index, real mail.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright
from review_adverts import ADVERTS
from review_parts import PEOPLE

from chyrak.home import prepare_home
from chyrak.records import Kind, Sighting
from chyrak.settings import Settings, load_settings
from review import login_link
from runtime import leash
from store import Store, mails, open_store, overview, people, postings
from store.crawl import runs, schedule
from store.mails import LedgerRow

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CAMPAIGN = (
    "Тез арада! {city} шаарына кыздар керек, 18-25 жаш, сулуу, тажрыйба керек эмес. Айына {pay} доллар, билет жана "
    "жатакана биздин эсептен, паспорт администратордо сакталат. Ватсап {phone}"
)
MAID = (
    "Домработница в семью, Эр-Рияд",
    (
        "Женщины до 35 лет. Билет и виза за счёт работодателя, сумма удерживается из зарплаты. Паспорт хранится у "
        "хозяйки, выход из дома только с ней. 700$ в месяц. Телеграм @riyadh_maid_demo"
    ),
)
DEBT = (
    "Швея в цех, Москва",
    (
        "Паспорт сдаёте мастеру, вернём когда отработаете долг за дорогу. Жильё в цеху, выход по разрешению, штрафы за "
        "опоздание, зарплату получите в конце контракта. Звонить +996 555 000 131"
    ),
)
NIGHT = (
    "Хостес в Дубай, 3000$",
    (
        "Девушки 18-25 лет приятной внешности, без опыта. Виза, билет и проживание за наш счёт, долг отработаете. "
        "Паспорт хранится у администратора. Пишите в Telegram @dubai_hostess_demo"
    ),
)


@dataclass
class House:
    """The running deployment. `base` is where the pages answer, `mailbox` where the sink shows its mails."""

    settings: Settings
    store: Store
    base: str
    mailbox: str
    ids: dict[str, str]

    def publish(self, name: str, title: str, text: str, source: str = "osh_board") -> str:
        """Keep one advert as a crawl would, or a new revision of it; the worker does the rest."""
        sighting = Sighting(
            source=source,
            url=f"https://board.example/ad/{name}",
            kind=Kind.ADVERT,
            title=title,
            text=text,
            seen_at=datetime.now(UTC),
            archive_ref="2026-11-25.warc.gz:1042",
            body_sha256="ab" * 32,
        )
        with self.store.main.begin() as c:
            self.ids[name] = postings.keep(c, sighting).posting_id
        return self.ids[name]

    def settle(self, seconds: float = 120.0) -> None:
        """Wait until the worker has nothing left to do."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with self.store.main.read() as c:
                works = overview.works(c)
            assert not works.dead, self.last_words()
            if not works.waiting:
                return
            time.sleep(0.1)
        pytest.fail(f"work still waits: {works.waiting}\n{self.last_words()}")

    def sent(self, most: int = 10, seconds: float = 60.0) -> list[LedgerRow]:
        """Wait for the first mail that left, and return the newest ones."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with self.store.main.read() as c:
                found = [row for row in mails.ledger(c, most) if row.state == "sent"]
            if found:
                return found
            time.sleep(0.1)
        pytest.fail(f"no mail was sent\n{self.last_words()}")

    def last_words(self) -> str:
        """What the processes wrote."""
        return (self.settings.home / "log" / "house.out").read_text(encoding="utf-8")[-4000:]

    def link(self, name: str) -> str:
        """A one-time login link."""
        return login_link(self.settings, self.store, name, now=datetime.now(UTC), made_by="test", base_url=self.base)


@dataclass
class Visitor:
    """A person's browser. `troubles` collects what must never happen: faults, refusals by the policy, outside calls."""

    context: BrowserContext
    house: House
    troubles: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """A page of the house in a new tab."""
        page = self.context.new_page()
        page.goto(f"{self.house.base}{path}")
        return page

    def log_in(self, name: str) -> Page:
        """Come in by a login link, as a person does: open it, press the button."""
        page = self.context.new_page()
        page.goto(self.house.link(name))
        page.get_by_role("main").get_by_role("button").click()
        return page


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Headless Chromium of this machine."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        reason = "Chromium is not installed. Debian: apt install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    with sync_playwright() as driver:
        # Chromium's own sandbox refuses to start for root, which CI is; it visits pages of ours only.
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = driver.chromium.launch(executable_path=program, args=options)
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium: Browser, house: House) -> Iterator[Callable[..., Visitor]]:
    """Opens a browser for one more person; at the end none of them may have met trouble."""
    visitors: list[Visitor] = []

    def make(*, width: int = 1280, scripts: bool = True, **options: object) -> Visitor:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            java_script_enabled=scripts,
            locale="en-GB",
            **options,  # type: ignore[arg-type]
        )
        context.set_default_timeout(15_000)
        visitors.append(Visitor(context, house))
        _watch(visitors[-1])
        return visitors[-1]

    yield make
    for one in visitors:
        one.context.close()
    troubles = [trouble for one in visitors for trouble in one.troubles]
    assert not troubles, "\n".join(troubles)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for all browser tests; each test decides on adverts of its own."""
    home = prepare_home(tmp_path_factory.mktemp("house") / "home")
    web, smtp, mailbox = _free_ports(3)
    (home / "chyrak.toml").write_text(
        f'[web]\nport = {web}\n[mail]\nrelay = "smtp://127.0.0.1:{smtp}"\n', encoding="utf-8"
    )
    settings = load_settings(home)
    with ExitStack() as stack:
        store = open_store(settings)
        stack.callback(store.close)
        made = House(settings, store, f"http://127.0.0.1:{web}", f"http://127.0.0.1:{mailbox}", {})
        _furnish(made)
        folder = str(home / "mailbox")
        stack.enter_context(_process(home, "runtime", "work", "--forever", "--home", str(home)))
        stack.enter_context(_process(home, "runtime", "web", "--home", str(home)))
        stack.enter_context(_process(home, "alerts.sink", "--port", str(smtp), "--folder", folder))
        stack.enter_context(_process(home, "runtime.demo.mailbox", "--port", str(mailbox), "--folder", folder))
        _wait_for(f"{made.base}/alive", made)
        _wait_for(f"{made.mailbox}/", made)
        made.settle()
        yield made


def _furnish(house: House) -> None:
    now = datetime.now(UTC)
    with house.store.main.begin() as c:
        for name, (role, senior) in PEOPLE.items():
            people.add(c, name, f"{name.lower()}@ngo.example", role, senior=senior)
    for advert in ADVERTS:
        house.publish(advert.name, advert.title, advert.text, advert.source)
    for at, (city, pay) in enumerate((("Стамбул", 2500), ("Анталья", 2700), ("Измир", 2600))):
        text = CAMPAIGN.format(city=city, pay=pay, phone=f"+996 555 000 14{at}")
        house.publish(f"campaign_{at}", "", text)
    house.publish("maid", *MAID)
    house.publish("maid", MAID[0], MAID[1].replace("700$", "900$"))
    house.publish("debt", *DEBT)
    with house.store.crawl.begin() as c:
        schedule.sync_sources(c, [("osh_board", 7200), ("old_board", 7200)], now)
        run = runs.open_run(c, "old_board", now)
        assert run is not None
        runs.close_run(c, run.id, "failing", {"requests": 3, "note": "HTTP 500 three times"}, now)


def _watch(visitor: Visitor) -> None:
    """Write down every call that leaves the house and every word of the console that is not mere information."""
    allowed = (visitor.house.base, visitor.house.mailbox, "about:", "data:")

    def on_request(request: Request) -> None:
        if not request.url.startswith(allowed):
            visitor.troubles.append(f"asked {request.url}")

    def on_console(message: ConsoleMessage) -> None:
        where = str(message.location.get("url", ""))
        # The mailbox page is the demo's; only the review pages are looked at here.
        if message.type in ("error", "warning") and not where.startswith(visitor.house.mailbox):
            visitor.troubles.append(f"console of {where}: {message.text}")

    visitor.context.on("request", on_request)
    visitor.context.on("console", on_console)
    visitor.context.on("weberror", lambda fault: visitor.troubles.append(f"script: {fault.error}"))


@contextmanager
def _process(home: Path, *command: str) -> Iterator[None]:
    """A child on a leash: it ends with the tests, however they end."""
    with (home / "log" / "house.out").open("ab") as output:
        child = subprocess.Popen(
            leash.command(*command), stdin=subprocess.PIPE, stdout=output, stderr=output, start_new_session=True
        )
        try:
            yield
        finally:
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            assert child.stdin is not None
            child.stdin.close()


def _wait_for(url: str, house: House, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"{url} does not answer\n{house.last_words()}")


def _free_ports(count: int) -> Sequence[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
