"""The shell around every page: content policy, CSRF, cookies, headers, errors."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from review_parts import Browser, Town

import review
from chyrak.errors import AskOperator, RetryLater
from review.headers import CONTENT_POLICY

PAGES = ("/queue", "/search", "/watches", "/watches/new", "/sources", "/about", "/protection", "/login/x", "/nowhere")


def _all_pages(town: Town) -> list[tuple[str, str]]:
    caseworker, admin = town.browser("Nurgul"), town.browser("Admin")
    paths = [*PAGES, *(f"/posting/{key}" for key in town.ids.values())]
    found = [(path, caseworker.get(path).text) for path in paths]
    return found + [(path, admin.get(path).text) for path in ("/people", "/mail", "/audit")]


def test_nothing_inline_and_nothing_from_outside_stands_in_any_page(town: Town) -> None:
    for path, page in _all_pages(town):
        assert not re.search(r"<script(?![^>]*\bsrc=)", page), path
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page), path
        for link in re.findall(r'(?:src|href|action|formaction|hx-get|hx-post)="([^"]*)"', page):
            assert link.startswith(("/", "#")), (path, link)
            assert not link.startswith("//"), (path, link)


WRITES = ("mailto:", "tel:", "sms:", "tg:", "//t.me", "//wa.me", "whatsapp:", "imo:", "instagram.com")
"""With these a link opens a message or a call."""


def test_eth_33_no_page_lets_a_reviewer_write_to_whoever_posted(town: Town) -> None:
    for path, page in _all_pages(town):
        addresses = re.findall(r'(?:href|action|formaction|hx-[a-z]+)="([^"]*)"', page)
        assert addresses, path
        assert not [link for link in addresses if any(word in link.lower() for word in WRITES)], path
    taken = {rule.endpoint for rule in town.app.url_map.iter_rules() if "POST" in (rule.methods or set())}
    assert not [name for name in taken if re.search(r"messag|reply|repl|answer|send|write|chat|call", name)]


def test_eth_34_the_content_policy_lets_nothing_in_from_elsewhere(town: Town) -> None:
    answer = town.browser(None).get("/login")
    assert answer.headers["Content-Security-Policy"] == CONTENT_POLICY
    sources = {word for part in CONTENT_POLICY.split("; ") for word in part.split()[1:]}
    assert sources == {"'none'", "'self'"}
    assert CONTENT_POLICY.startswith("default-src 'none'")


@pytest.mark.parametrize("path", ["/login", "/nowhere", "/queue", "/static/chyrak.css"])
def test_every_answer_carries_the_guarding_headers(town: Town, path: str) -> None:
    answer = town.browser(None).get(path)
    headers = answer.headers
    answer.close()
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Content-Security-Policy" in headers
    assert "Strict-Transport-Security" not in headers


def test_a_page_is_never_kept_by_a_cache(town: Town) -> None:
    assert town.browser("Aibek").get("/queue").headers["Cache-Control"] == "no-store"


def test_a_form_without_its_token_changes_nothing_and_the_page_says_what_to_do(town: Town) -> None:
    browser = town.browser("Aibek")
    path = f"/posting/{town.ids['shift']}/decide"
    answer = browser.client.post(path, data={"rev": 1, "outcome": "no_action"})
    assert answer.status_code == 400
    assert "reload the page" in answer.text
    assert not town.events("decide")


def test_every_form_that_changes_something_carries_a_token(town: Town) -> None:
    for path, page in _all_pages(town):
        for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", page, re.DOTALL):
            assert 'name="csrf_token"' in form, (path, form[:200])


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(town: Town) -> None:
    cookie = town.browser(None).get("/login").headers["Set-Cookie"]
    assert cookie.startswith("chyrak=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Secure" not in cookie


def test_behind_https_the_cookie_is_secure_and_bound_to_the_host(make_town: Callable[..., Town]) -> None:
    town = make_town(web={"public_url": "https://chyrak.ngo.example"})
    answer = town.app.test_client().get("/login", base_url="https://chyrak.ngo.example")
    assert answer.headers["Set-Cookie"].startswith("__Host-chyrak=")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_the_cookie_holds_an_opaque_id_and_the_store_only_its_hash(town: Town) -> None:
    from sqlalchemy import text

    browser = town.browser("Aibek")
    cookie = browser.client.get_cookie("chyrak")
    assert cookie is not None
    with town.store.main.read() as c:
        rows = [tuple(row) for row in c.execute(text("SELECT token_hash, data FROM session"))]
    assert hashlib.sha256(cookie.value.encode()).hexdigest() in {row[0] for row in rows}
    assert all(cookie.value not in str(row) for row in rows)


def test_an_unforeseen_failure_shows_a_mark_and_logs_no_words_of_the_request(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    browser = town.browser("Aibek")

    def fail(*_: object) -> None:
        raise RuntimeError("disk on fire")

    monkeypatch.setattr("review.pages.search_show.parse", fail)
    answer = browser.get("/search?lang=secretword")
    assert answer.status_code == 500
    mark = re.search(r"mark: ([0-9a-f]{8})", answer.text)
    assert mark is not None
    assert mark.group(1) in caplog.text
    assert "secretword" not in caplog.text
    assert "disk on fire" not in answer.text


@pytest.mark.parametrize(
    ("fault", "status", "says"),
    [(RetryLater("The index is busy."), 503, "Try again in a minute"), (AskOperator("Mend x."), 500, "administrator")],
)
def test_a_foreseen_failure_says_what_happened_and_what_to_do(
    town: Town, monkeypatch: pytest.MonkeyPatch, fault: Exception, status: int, says: str
) -> None:
    browser = town.browser("Aibek")

    def fail(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(town.engine, "search", fail)
    answer = browser.get("/search")
    assert answer.status_code == status
    assert says in answer.text
    assert str(fault) in answer.text


def test_an_htmx_request_without_a_session_is_sent_to_the_login_page_as_a_whole(town: Town) -> None:
    answer = town.browser(None).get("/search", HX_Request="true")
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login"


def test_what_others_wrote_is_kept_as_it_came_with_its_licence() -> None:
    folder = Path(review.__file__).parent / "static" / "vendor"
    listed = tomllib.loads((folder / "manifest.toml").read_text(encoding="utf-8"))["file"]
    for file in listed:
        assert hashlib.sha256((folder / file["name"]).read_bytes()).hexdigest() == file["sha256"]
        assert (folder / file["licence_file"]).is_file()
    assert {f["name"] for f in listed} == {p.name for p in folder.glob("*.js")}


def test_the_pages_answer_a_supervisor(town: Town) -> None:
    answer = town.browser(None).get("/alive")
    assert (answer.status_code, answer.text) == (200, "alive\n")


def test_a_page_file_that_does_not_load_stops_the_start_with_its_name(
    town: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import review.pages

    (tmp_path / "broken_show.py").write_text("routes = None\n", encoding="utf-8")
    monkeypatch.setattr(review.pages, "__path__", [*review.pages.__path__, str(tmp_path)])
    with pytest.raises(AskOperator, match="broken_show"):
        review.create_app(town.settings, town.store)


def test_the_language_switch_keeps_the_page_and_sends_nobody_away(town: Town) -> None:
    browser = town.browser("Aibek")
    answer = browser.post("/language", {"language": "ru"}, Referer="http://localhost/sources")
    assert answer.headers["Location"] == "/sources"
    assert '<html lang="ru"' in browser.get("/sources").text
    away = browser.post("/language", {"language": "ky"}, Referer="https://elsewhere.example/x")
    assert away.headers["Location"] == "/"


def test_a_stranger_gets_the_language_of_the_browser(town: Town) -> None:
    browser: Browser = town.browser(None)
    assert '<html lang="ky"' in browser.get("/login", Accept_Language="ky,ru;q=0.5").text
    assert '<html lang="en"' in browser.get("/login", Accept_Language="fr").text


def test_no_page_shows_the_inside_of_the_program(town: Town) -> None:
    reader = town.browser("Aibek")
    for path, page in [*_all_pages(town), *((path, reader.get(path).text) for path in ("/people", "/nowhere"))]:
        assert not re.search(r"(?:<|&lt;)(?:function|bound method|object) ", page), path
