"""The data that contacts are read by: services, number words, phone lengths (`nlp/data/contacts.yaml`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from chyrak.datafiles import load_yaml


class ContactData(BaseModel):
    """The checked content of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    as_of: Any
    reviewed: Mapping[str, str | None]
    country_codes: Mapping[str, tuple[int, ...]]
    regions: Mapping[str, tuple[str, ...]]
    phone_words: tuple[str, ...]
    not_phone_before: tuple[str, ...]
    not_phone_after: tuple[str, ...]
    number_words: Mapping[str, Mapping[str, int]]
    zero_words: tuple[str, ...]
    hosts: Mapping[str, tuple[str, ...]]
    top_domains: tuple[str, ...]
    account_words: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def contact_data() -> ContactData:
    """The file, read once."""
    return load_yaml(Path(str(files("nlp").joinpath("data/contacts.yaml"))), ContactData)
