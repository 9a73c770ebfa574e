"""Who may release what: `policy.toml` in the home folder. It can be stricter than ETH-03, never looser."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from chyrak.errors import AskOperator

FILE_NAME = "policy.toml"
_READERS = ("investigator", "ngo_caseworker")


class Policy(BaseModel):
    """The policy in force.

    `release` names, for each level 2 to 4, the roles whose reader may ask that alerts go out. `demo` marks a
    made-up town: its account `demo_reviewer` counts as a senior reader, and every page and mail says so.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    demo: bool = False
    demo_reviewer: str = ""
    release: Mapping[Annotated[int, Field(ge=2, le=4)], tuple[str, ...]] = Field(
        default_factory=lambda: dict.fromkeys((2, 3, 4), _READERS)
    )

    @model_validator(mode="after")
    def _cannot_be_looser_than_the_rules(self) -> Self:
        for level, roles in self.release.items():
            wrong = sorted(set(roles) - set(_READERS))
            if wrong:
                raise ValueError(f"level {level} names {', '.join(wrong)}; only {' and '.join(_READERS)} may release")
        if self.demo_reviewer and not self.demo:
            raise ValueError("demo_reviewer is set without demo = true; in earnest nobody is senior by this file")
        if self.demo and not self.demo_reviewer:
            raise ValueError("demo = true needs demo_reviewer, the name of the account that may release alone")
        return self

    def may_release(self, role: str, level: int) -> bool:
        """Whether a reader of this role may ask for release at this level."""
        return role in self.release.get(max(level, 2), ())

    def is_senior(self, name: str, marked: bool) -> bool:
        """Whether this person counts as a senior reader: marked so by an admin, or the demo's own reviewer."""
        return marked or (self.demo and name == self.demo_reviewer)


def load_policy(home: Path) -> Policy:
    """The policy of this home folder; the strict default where there is no file.

    Raises AskOperator naming file and key.
    """
    file = home / FILE_NAME
    try:
        return Policy.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Policy()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise AskOperator(f"{file}: not valid TOML in UTF-8: {fault}. Mend that line.") from fault
    except OSError as fault:
        raise AskOperator(f"{file}: cannot be read: {fault.strerror}. Check its rights.") from fault
    except ValidationError as fault:
        first = fault.errors()[0]
        key = ".".join(str(step) for step in first["loc"]) or "the file"
        raise AskOperator(f"{file}: {key}: {first['msg']}. See docs for the keys of the release policy.") from fault
