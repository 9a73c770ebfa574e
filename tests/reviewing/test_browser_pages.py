"""Every page in headless Chromium: accessible by axe, nothing cut off at phone width, nothing from outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from review_house import House, Visitor

pytestmark = pytest.mark.browser

PHONE, DESKTOP = 360, 1280
PAGES = {
    "Aibek": ("/queue", "/posting/{maid}", "/posting/{campaign_0}", "/search", "/sources", "/nowhere"),
    "Nurgul": ("/protection", "/posting/{plea}", "/watches", "/watches/new"),
    "Rustam": ("/posting/{hostess}",),
    "Admin": ("/people", "/mail", "/audit", "/about"),
}
_ALL = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@pytest.mark.parametrize(
    ("width", "scheme", "rules"), [(PHONE, "light", _ALL), (DESKTOP, "dark", ("color-contrast", "target-size"))]
)
def test_eth_41_every_page_passes_axe_and_fits_its_screen(
    house: House, visitor: Callable[..., Visitor], width: int, scheme: str, rules: tuple[str, ...]
) -> None:
    found: list[str] = []
    stranger = visitor(width=width, color_scheme=scheme)
    for path in ("/login", "/login/some-link", "/about"):
        page = stranger.open(path)
        found += _faults(page, path, rules)
        page.close()
    for name, paths in PAGES.items():
        someone = visitor(width=width, color_scheme=scheme)
        page = someone.log_in(name)
        for path in paths:
            page.goto(f"{house.base}{path.format(**house.ids)}")
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
            found += _faults(page, f"{path} for {name}", rules)
        someone.troubles = [t for t in someone.troubles if "/nowhere" not in t]
    assert not found, "\n".join(found)


def _faults(page: Page, where: str, rules: Sequence[str]) -> list[str]:
    results = Axe().run(page, options={"resultTypes": ["violations"], "runOnly": list(rules)})
    found = [
        f"{where}: {fault['id']} ({fault['impact']}): {fault['help']}: {fault['nodes'][0]['html'][:160]}"
        for fault in results.response["violations"]
    ]
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if beyond > 0:
        found.append(f"{where}: {beyond} px stick out to the right")
    return found
