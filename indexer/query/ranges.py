"""Reads the values of number and date fields: `>=2`, `1000..2000`, `2026-10..`, `2026-10-01..2026-10-31`."""

from __future__ import annotations

import calendar
import math
import re
from datetime import date, timedelta

from indexer.query.ast import Range
from indexer.query.fields import Field

_COMPARED = re.compile(r"(>=|<=|>|<|=)\s*(.*)", re.DOTALL)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,9})?")


class BadValue(ValueError):
    """A value that this field cannot take; its text completes the sentence 'field takes ...'."""


def read_range(field: Field, value: str) -> Range:
    """The range `value` describes. Raises BadValue."""
    value = value.strip()
    compared = _COMPARED.fullmatch(value)
    if compared:
        return _compared(field, compared[1], compared[2].strip())
    if ".." in value:
        low, _, high = value.partition("..")
        if not low.strip() and not high.strip():
            raise BadValue("at least one end on a range")
        read = _day_range if field.shape == "date" else _number_range
        found = Range(
            field.name,
            read(field, low)[0] if low.strip() else None,
            read(field, high)[1] if high.strip() else None,
        )
        if found.low is not None and found.high is not None and _place(found.low) > _place(found.high):
            raise BadValue("the smaller end first")
        return found
    low_end, high_end = (_day_range if field.shape == "date" else _number_range)(field, value)
    return Range(field.name, low_end, high_end)


def _compared(field: Field, sign: str, value: str) -> Range:
    if field.shape == "date":
        first, last = _day_range(field, value)
        try:
            return {
                "=": Range(field.name, first, last),
                ">=": Range(field.name, low=first),
                "<=": Range(field.name, high=last),
            }.get(sign) or (
                Range(field.name, low=last + timedelta(days=1))
                if sign == ">"
                else Range(field.name, high=first - timedelta(days=1))
            )
        except OverflowError:
            raise BadValue("a date between the years 1 and 9999") from None
    number, _ = _number_range(field, value)
    if field.shape == "whole":
        number = {">": number + 1, "<": number - 1}.get(sign, number)
        sign = {">": ">=", "<": "<="}.get(sign, sign)
    if sign == "=":
        return Range(field.name, number, number)
    if sign[0] == ">":
        return Range(field.name, low=number, low_open=sign == ">")
    return Range(field.name, high=number, high_open=sign == "<")


def _place(bound: float | date) -> float:
    return bound.toordinal() if isinstance(bound, date) else bound


def _number_range(field: Field, value: str) -> tuple[float, float]:
    text = value.strip()
    if not _NUMBER.fullmatch(text):
        raise BadValue("a number" if field.shape == "decimal" else "a whole number")
    number = float(text)
    if field.shape == "whole":
        if not number.is_integer():
            raise BadValue("a whole number")
        return int(number), int(number)
    if not math.isfinite(number):
        raise BadValue("a number")
    return number, number


def _day_range(_field: Field, value: str) -> tuple[date, date]:
    found = _DATE.fullmatch(value.strip())
    if not found:
        raise BadValue("a date such as 2026-10-31, a month such as 2026-10 or a year")
    year, month, day = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    try:
        if not found[2]:
            return date(year, 1, 1), date(year, 12, 31)
        if not found[3]:
            return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        return date(year, month, day), date(year, month, day)
    except ValueError:
        raise BadValue("a date that exists in the calendar") from None
