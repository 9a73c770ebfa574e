"""The mailbox page shows what was sent, harmlessly."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from pathlib import Path

from alerts import sink
from runtime.demo.mailbox import create_app


def send(folder: Path, to: str, subject: str, html: str) -> None:
    mail = EmailMessage()
    mail["To"], mail["From"], mail["Subject"] = to, "Chyrak <chyrak@localhost.localdomain>", subject
    mail["Message-ID"] = f"<{abs(hash((to, subject)))}@x.example>"
    mail.set_content("plain words")
    mail.add_alternative(html, subtype="html")
    with sink.running(folder) as port, smtplib.SMTP("127.0.0.1", port) as relay:
        relay.send_message(mail)


def test_mails_are_listed_and_read_one_by_one(tmp_path: Path) -> None:
    send(tmp_path, "osh@ngo.example", "2 жаңы", "<p>сиз үчүн</p>")
    send(tmp_path, "almaty@ngo.example", "1 new item", "<p>for you</p>")
    pages = create_app(tmp_path).test_client()
    everybody = pages.get("/").text
    assert "2 жаңы" in everybody
    assert "1 new item" in everybody
    osh = pages.get("/?to=osh@ngo.example").text
    assert "2 жаңы" in osh
    assert "1 new item" not in osh
    file = next(path.name for path in sorted(tmp_path.glob("*.eml")))
    assert "сиз үчүн" in pages.get(f"/mail/{file}/html").text
    assert "plain words" in pages.get(f"/mail/{file}").text


def test_a_mail_cannot_run_or_load_anything(tmp_path: Path) -> None:
    send(tmp_path, "osh@ngo.example", "<script>alert(1)</script>", "<script>alert(2)</script>")
    pages = create_app(tmp_path).test_client()
    assert "<script>" not in pages.get("/").text
    (file,) = tmp_path.glob("*.eml")
    policy = pages.get(f"/mail/{file.name}/html").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy


def test_a_file_that_is_no_mail_of_the_folder_is_not_found(tmp_path: Path) -> None:
    pages = create_app(tmp_path).test_client()
    assert pages.get("/").status_code == 200
    assert pages.get("/mail/..%2Fsecret.eml").status_code == 404
    assert pages.get("/mail/none.eml").status_code == 404


def test_the_browsers_question_for_an_icon_is_answered(tmp_path: Path) -> None:
    assert create_app(tmp_path).test_client().get("/favicon.ico").status_code == 204
