"""The register: one file a source; a faulty one stops the start with file and line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from crawl_examples import a_source, described

from chyrak.errors import AskOperator
from chyrak.settings import load_settings
from crawlers.register import STARTER, load_sources, source_folders


def write(folder: Path, name: str, **more: object) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(described(**{"source_id": name, **more}), sort_keys=False), encoding="utf-8")
    return path


def test_sources_are_found_by_walking_the_folders(tmp_path: Path) -> None:
    write(tmp_path / "one", "osh_board")
    write(tmp_path / "two", "dushanbe_board")
    register = load_sources([tmp_path / "one", tmp_path / "two", tmp_path / "absent"])
    assert list(register) == ["dushanbe_board", "osh_board"]
    assert register["osh_board"].every_seconds == 3600
    assert register.file_of("osh_board") == tmp_path / "one" / "osh_board.yaml"


def test_a_repeated_id_stops_with_file_and_line(tmp_path: Path) -> None:
    write(tmp_path / "one", "osh_board")
    path = write(tmp_path / "two", "osh_board")
    with pytest.raises(AskOperator, match=rf"{path}:1: source 'osh_board' is already described in .*one"):
        load_sources([tmp_path / "one", tmp_path / "two"])


def test_a_home_file_takes_the_place_of_a_starter_source_when_it_says_so(tmp_path: Path) -> None:
    write(tmp_path / "one", "osh_board", every="1d")
    write(tmp_path / "two", "osh_board", every="2h", replaces=True)
    assert load_sources([tmp_path / "one", tmp_path / "two"])["osh_board"].every == "2h"


def test_replacing_nothing_stops_the_start(tmp_path: Path) -> None:
    path = write(tmp_path, "osh_board", replaces=True)
    with pytest.raises(AskOperator, match=rf"{path}:\d+: source 'osh_board' says replaces: true, but"):
        load_sources([tmp_path])


def test_an_unknown_key_stops_with_line_and_the_nearest_name(tmp_path: Path) -> None:
    path = write(tmp_path, "osh_board", most_request=5)
    line = path.read_text().splitlines().index("most_request: 5") + 1
    with pytest.raises(AskOperator, match=rf"{path}:{line}: unknown key 'most_request'. Did you mean 'most_requests'"):
        load_sources([tmp_path])


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"every": "often"}, "is no duration"),
        ({"timezone": "Asia/Nowhere"}, "is no time zone"),
        ({"kind": "site"}, "feed"),
        ({"start": ["board.example"]}, "URL"),
        ({"id": "Osh Board"}, "pattern"),
        ({"kind": "listing"}, "listing.links must say"),
        ({"kind": "listing", "listing": {"links": "("}}, "not a regular expression"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, changed: dict[str, object], says: str) -> None:
    write(tmp_path, "osh_board", **changed)
    with pytest.raises(AskOperator, match=says):
        load_sources([tmp_path])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id: osh\nkind: [feed\n", r":\d+:\d+: not valid YAML"),
        ("id: !board osh\n", r":1:5: not valid YAML: could not determine a constructor"),
        ("id: osh\n? [a, b]\n: c\n", r":2: a key must be one word"),
        ("id: osh\nread_on: 2026-13-45\n", r"a value cannot be read: month must be in 1..12. Mend it"),
        ("id: osh\nid: uzgen\n", r":2: 'id' is already set on line 1"),
        ("id: \x00\n", r"not valid YAML: unacceptable character"),
        ("", r":1: the file is empty"),
    ],
)
def test_a_file_that_is_no_description_is_named_with_what_to_mend(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "board.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AskOperator, match=f"{path}.*{says}"):
        load_sources([tmp_path])


def test_eth_18_a_source_cannot_be_enabled_before_somebody_read_its_terms(tmp_path: Path) -> None:
    terms = {**described("x")["terms"], "read_on": None}
    write(tmp_path, "osh_board", terms=terms)
    with pytest.raises(AskOperator, match=r"enabled but terms.read_on is null: read https://board.example/terms"):
        load_sources([tmp_path])


def test_eth_18_a_source_whose_owner_objected_cannot_be_enabled(tmp_path: Path) -> None:
    terms = {**described("x")["terms"], "consent": "objected"}
    write(tmp_path, "osh_board", terms=terms)
    with pytest.raises(AskOperator, match="its owner objected"):
        load_sources([tmp_path])


@pytest.mark.parametrize("missing", ["url", "read_on", "basis", "owner", "consent"])
def test_eth_18_every_legal_field_is_required(tmp_path: Path, missing: str) -> None:
    terms = {name: value for name, value in described("x")["terms"].items() if name != missing}
    path = write(tmp_path, "osh_board", terms=terms)
    with pytest.raises(AskOperator, match=rf"{path}:\d+: 'terms.{missing}' is missing"):
        load_sources([tmp_path])


def test_eth_18_the_starter_set_loads_and_is_off_until_an_operator_has_read_the_terms(tmp_path: Path) -> None:
    register = load_sources(source_folders(load_settings(tmp_path)))
    assert len(register) >= 10
    assert {source.kind for source in register.values()} >= {"feed"}
    for source in register.values():
        assert not source.enabled
        assert source.terms.read_on is None
        assert register.file_of(source.id).parent == STARTER
        assert register.file_of(source.id).stem == source.id
        assert "until an operator has read" in register.file_of(source.id).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("since", "until", "hour", "opens"),
    [(22, 6, 23, True), (22, 6, 3, True), (22, 6, 12, False), (9, 17, 9, True), (9, 17, 17, False)],
)
def test_eth_17_a_night_window_is_read_in_the_sites_own_time(since: int, until: int, hour: int, opens: bool) -> None:
    source = a_source(hours={"since": since, "until": until, "timezone": "Asia/Bishkek"})
    assert source.open_at(datetime(2026, 11, 25, (hour - 6) % 24, 30, tzinfo=UTC)) is opens
