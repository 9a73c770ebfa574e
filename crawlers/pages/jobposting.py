"""schema.org JobPosting -> title, text, dates and the five fields we keep; everything else is left on the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crawlers.pages.markup import one_line, plain
from crawlers.pages.structured import Thing, first, words

_TEXT_PARTS = (
    "description",
    "responsibilities",
    "skills",
    "qualifications",
    "experienceRequirements",
    "educationRequirements",
    "jobBenefits",
    "incentiveCompensation",
)
_COMMON = ("baseSalary", "estimatedSalary")


@dataclass(frozen=True, slots=True)
class Job:
    """A JobPosting in our words; empty strings where the page says nothing."""

    url: str = ""
    title: str = ""
    text: str = ""
    published: str = ""
    language: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


def read_job(thing: Thing) -> Job:
    """One JobPosting thing as a `Job`."""
    fields = {
        "employer": words(thing.get("hiringOrganization")),
        "pay": _pay(thing),
        "place": _places(thing.get("jobLocation")) or words(thing.get("applicantLocationRequirements")),
        "valid_until": words(first(thing.get("validThrough"))),
        "employment_type": words(thing.get("employmentType")),
    }
    return Job(
        url=words(first(thing.get("url"))) or _id(thing),
        title=one_line(plain(words(first(thing.get("title"))) or words(first(thing.get("name"))))),
        text=_text(thing),
        published=words(first(thing.get("datePosted"))),
        language=words(first(thing.get("inLanguage"))),
        fields={name: one_line(plain(value)) for name, value in fields.items() if value.strip()},
    )


def _id(thing: Thing) -> str:
    value = thing.get("@id")
    return value if isinstance(value, str) and value.startswith(("http://", "https://")) else ""


def _text(thing: Thing) -> str:
    parts: list[str] = []
    for name in _TEXT_PARTS:
        part = plain(words(thing.get(name)))
        if part and not any(part in earlier for earlier in parts):
            parts.append(part)
    return "\n\n".join(parts)


def _pay(thing: Thing) -> str:
    for name in _COMMON:
        salary = first(thing.get(name))
        if isinstance(salary, Mapping):
            shown = _amount(salary)
            if shown:
                return shown
        elif salary not in (None, ""):
            return f"{words(salary)} {words(thing.get('salaryCurrency'))}".strip()
    return ""


def _amount(salary: Mapping[str, Any]) -> str:
    value = first(salary.get("value"))
    inner = value if isinstance(value, Mapping) else salary
    low, high = words(inner.get("minValue")), words(inner.get("maxValue"))
    exact = words(inner.get("value")) if inner is not salary else words(value)
    amount = f"{low}-{high}" if low and high and low != high else (low or high or exact)
    if low and not high and not exact:
        amount = f"от {low}"
    if high and not low and not exact:
        amount = f"до {high}"
    if not amount.strip("0., "):
        return ""
    currency = words(salary.get("currency")) or words(inner.get("currency"))
    unit = words(inner.get("unitText")) or words(salary.get("unitText"))
    return " ".join(filter(None, (amount, currency, f"/ {unit}" if unit else "")))


def _places(value: Any) -> str:
    found: list[str] = []
    for place in value if isinstance(value, list) else [value]:
        if isinstance(place, Mapping):
            address = first(place.get("address"))
            if isinstance(address, Mapping):
                names = (
                    words(address.get(key))
                    for key in ("streetAddress", "addressLocality", "addressRegion", "addressCountry")
                )
                found.append(", ".join(dict.fromkeys(filter(None, (name.strip() for name in names)))))
            else:
                found.append(words(address) or words(place))
        else:
            found.append(words(place))
    return "; ".join(dict.fromkeys(filter(None, found)))
