"""Writes one source file for each made-up site into the home folder, as an operator would for a real one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from runtime.demo.content import Site, Town, load_town

PREFIX = "demo_"
"""Every source of the demo is called `demo_` and the site's id, so that it is known at sight."""

_HEADER = "# Written by the demo town each time it opens: a made-up site on this machine. Delete freely.\n"
_LANGUAGES = ("ru", "ky", "kk", "uz", "tg", "tk", "en")


def write_sources(home: Path, addresses: Mapping[str, str], town: Town | None = None) -> list[Path]:
    """Write `home/sources/demo_<site>.yaml` for every site at its address (`http://host:port`); returns the files.

    Asking without delay and once a minute is right here only because every address is on loopback.
    """
    folder = home / "sources"
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for site in (town or load_town()).sites:
        path = folder / f"{PREFIX}{site.id}.yaml"
        text = _HEADER + yaml.safe_dump(_describe(site, addresses[site.id]), allow_unicode=True, sort_keys=False)
        partial = path.with_suffix(".part")
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
        written.append(path)
    return written


def _describe(site: Site, address: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "id": f"{PREFIX}{site.id}",
        "name": site.name,
        "languages": list(_LANGUAGES),
        "timezone": "UTC",
        "every": "1m",
        "recheck": "1m",
        "recheck_gone": 50,
        "delay": 0.0,
        "most_requests": 400,
        "most_pages": 8,
        "enabled": True,
        "tags": ["demo"],
        "terms": {
            "url": f"{address}/",
            "read_on": datetime.now(UTC).date(),
            "basis": "consent",
            "owner": "the demo itself",
            "consent": "given",
            "note": "a made-up site on this machine",
        },
    }
    if site.kind == "board":
        described |= {
            "kind": "listing",
            "about": "adverts",
            "start": [f"{address}/vacancies"],
            # The members' section is linked like any advert: robots.txt alone keeps the crawler out of it.
            "listing": {"links": r"/(vacancy|closed)/\d+$", "next": "a.next"},
        }
        if site.structured == "patchy":
            described["select"] = {"text": "article.vacancy .description"}
    elif site.kind == "channel":
        described |= {"kind": "telegram", "about": "messages", "start": [f"{address}/s/{site.channel}"]}
    else:
        described |= {"kind": "feed", "about": "news", "start": [f"{address}/feed.xml"]}
    return described
