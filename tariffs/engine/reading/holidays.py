"""Reads the dated holidays of a tariff: days, or days with a name for people."""

from __future__ import annotations

from datetime import date

from tariffs.engine.reading.fields import Fields, as_day


def holidays(top: Fields) -> frozenset[date]:
    return frozenset(_day(item, path) for item, path in top.optional_rows("holidays"))


def _day(item: object, path: str) -> date:
    if not isinstance(item, dict):
        return as_day(item, path)
    row = Fields(item, path)
    day = row.day("day")
    row.text("name")
    row.end()
    return day
