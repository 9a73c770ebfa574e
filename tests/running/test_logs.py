"""Logs hold what happened and no contact of anybody."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import structlog
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from chyrak.home import prepare_home
from runtime.logs import redact, set_up_logs

_SEPARATORS = st.sampled_from(["", " ", "-", ".", ") "])


@given(st.lists(st.tuples(st.characters(categories=["Nd"], max_codepoint=127), _SEPARATORS), min_size=9, max_size=15))
def test_eth_06_whatever_the_separators_a_phone_does_not_reach_a_log(digits):
    phone = "+" + "".join(digit + gap for digit, gap in digits).rstrip(" -.)")
    assert redact(f"звонить {phone} Айгуль") == "звонить [number] Айгуль"


def test_addresses_and_handles_are_replaced():
    assert redact("write job@example.org or @example_job") == "write [address] or [handle]"


def test_a_log_line_is_json_with_its_part_and_without_the_phone(home: Path):
    prepare_home(home)
    set_up_logs(home, "worker")
    structlog.get_logger("x").warning("work failed", fault="bad number +996 555 000 101", posting="a1b2")
    logging.getLogger("scrapy").error("from the standard library: %s", "+996 555 000 102")
    logging.shutdown()
    ours, theirs = [json.loads(line) for line in (home / "log" / "worker.log").read_text().splitlines()]
    assert ours["event"] == "work failed"
    assert ours["part"] == "worker"
    assert ours["fault"] == "bad number [number]"
    assert theirs["event"] == "from the standard library: [number]"


def test_a_logger_that_has_spoken_follows_the_next_set_up(home: Path):
    prepare_home(home)
    log = structlog.get_logger("x")
    for part in ("worker", "web"):
        set_up_logs(home, part)
        log.warning("here")
    with capture_logs() as told:
        log.warning("caught")
    logging.shutdown()
    for part in ("worker", "web"):
        (line,) = (home / "log" / f"{part}.log").read_text().splitlines()
        assert json.loads(line)["part"] == part
    assert [entry["event"] for entry in told] == ["caught"]
