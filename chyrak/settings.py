"""All settings in one typed place: `chyrak.toml` in the home folder, then `CHYRAK_*` from the environment.

Secrets come from files or the environment, never from the database. Read once at the start and passed
down as an argument. Nested keys use two underscores in the environment: `CHYRAK_MAIL__RELAY`.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from chyrak.errors import AskOperator

FILE_NAME = "chyrak.toml"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StoreSettings(_Section):
    """Where the truth lives. Empty urls mean SQLite files in the home folder."""

    url: str = ""
    crawl_url: str = ""


class IndexSettings(_Section):
    """Which search engine: `tantivy:///path`, or empty for the folder `index/` in the home folder."""

    url: str = ""


class CrawlSettings(_Section):
    """Politeness towards the sites that are read (ETH-16, ETH-17)."""

    contact_url: str = "https://chyrak.example/crawler"
    delay_seconds: float = Field(default=3.0, ge=0.0)
    most_requests_a_run: int = Field(default=500, ge=1)
    most_bytes_a_page: int = Field(default=10_000_000, ge=10_000)
    run_limit_seconds: float = Field(default=1800.0, gt=0)
    at_once: int = Field(default=2, ge=1)
    sources: tuple[Path, ...] = ()


class ReadingSettings(_Section):
    """How adverts are read. `count_unreviewed` lets lexicon rows no native reader has signed add weight.

    `encoder` is a folder made by `chyrak model import` for a second look at what the fast pass cannot settle.
    """

    packs: tuple[Path, ...] = ()
    count_unreviewed: bool = True
    model: Path | None = None
    encoder: Path | None = None


class MailSettings(_Section):
    """How alerts leave. Any relay that is not on this machine must speak TLS (ETH-19)."""

    relay: str = "smtp://127.0.0.1:8025"
    password_file: Path | None = None
    sender: str = "Chyrak <chyrak@localhost.localdomain>"
    allowed_recipients: tuple[str, ...] = ()
    most_a_day: int = Field(default=5, ge=1)


class WebSettings(_Section):
    """Where the review pages listen and the address people use to reach them."""

    host: str = "127.0.0.1"
    port: int = Field(default=8400, ge=0, le=65535)
    public_url: str = ""
    threads: int = Field(default=4, ge=1)


class Settings(BaseSettings):
    """Everything that can be set. `home` holds every file Chyrak writes."""

    model_config = SettingsConfigDict(
        env_prefix="CHYRAK_", env_nested_delimiter="__", extra="forbid", frozen=True, env_file=None
    )

    home: Path
    timezone: str = "Asia/Bishkek"
    language: Literal["en", "ru", "ky"] = "en"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    store: StoreSettings = StoreSettings()
    index: IndexSettings = IndexSettings()
    crawl: CrawlSettings = CrawlSettings()
    reading: ReadingSettings = ReadingSettings()
    mail: MailSettings = MailSettings()
    web: WebSettings = WebSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order of trust: the call, the environment, the file."""
        home = Path(init_settings()["home"])
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, home / FILE_NAME)

    @property
    def store_url(self) -> str:
        """SQLAlchemy url of the main database."""
        return self.store.url or f"sqlite:///{self.home / 'store.db'}"

    @property
    def crawl_url(self) -> str:
        """SQLAlchemy url of the crawl state: a file of its own on SQLite, the main database elsewhere."""
        return self.store.crawl_url or self.store.url or f"sqlite:///{self.home / 'crawl.db'}"

    @property
    def index_url(self) -> str:
        """Url of the search engine."""
        return self.index.url or f"tantivy://{self.home / 'index'}"


def default_home() -> Path:
    """The folder used when neither `--home` nor `CHYRAK_HOME` names one (XDG data folder of the person)."""
    named = os.environ.get("CHYRAK_HOME")
    if named:
        return Path(named).expanduser()
    base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "chyrak"


def load_settings(home: Path | None = None, **overrides: Any) -> Settings:
    """The settings for `home`.

    Raises AskOperator naming file and key for TOML that cannot be read, an unknown key or a wrong value.
    """
    folder = (home or default_home()).expanduser().resolve()
    file = folder / FILE_NAME
    try:
        return Settings(home=folder, **overrides)
    except tomllib.TOMLDecodeError as fault:
        raise AskOperator(f"{file}: not valid TOML: {fault}. Mend that line.") from fault
    except UnicodeDecodeError as fault:
        raise AskOperator(f"{file}: not UTF-8 at byte {fault.start}. Save it as UTF-8.") from fault
    except ValidationError as fault:
        raise AskOperator(_explain(file, fault)) from fault
    except OSError as fault:
        raise AskOperator(f"{file}: cannot be read: {fault.strerror}. Check its rights.") from fault


def _explain(file: Path, fault: ValidationError) -> str:
    first = fault.errors()[0]
    key = ".".join(str(step) for step in first["loc"])
    where = f"{file} or CHYRAK_{key.upper().replace('.', '__')}"
    if first["type"] == "extra_forbidden":
        names = _names_beside(tuple(str(step) for step in first["loc"]))
        near = difflib.get_close_matches(str(first["loc"][-1]), names, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        return f"{where}: unknown setting {key!r}.{hint} Allowed here: {', '.join(names)}."
    return f"{where}: setting {key!r}: {first['msg']}; found {first['input']!r}."


def _names_beside(location: tuple[str, ...]) -> list[str]:
    model: type[BaseModel] = Settings
    for step in location[:-1]:
        info = model.model_fields.get(step)
        if info is None or not isinstance(info.annotation, type) or not issubclass(info.annotation, BaseModel):
            return []
        model = info.annotation
    return sorted(model.model_fields)
