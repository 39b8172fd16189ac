"""Reads named bases: charges that percentages, minimums and credits name together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tariffs.engine.errors import TariffError
from tariffs.engine.reading.fields import CODE, Fields, as_text
from tariffs.engine.reading.names import Names


def charge_codes(top: Fields) -> frozenset[str]:
    """Return the codes of all charges, before any of them is read."""
    written = top.peek("charges")
    rows = written if isinstance(written, list) else []
    found = [row.get("code") for row in rows if isinstance(row, Mapping)]
    return frozenset(code for code in found if isinstance(code, str))


def bases(top: Fields, codes: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Return the charges behind each base; a base may name those before it.

    :raises TariffError: on an empty base, an unknown name, or the name of a charge
    """
    named = Fields(top.take("bases", {}), "bases")
    found: dict[str, tuple[str, ...]] = {}
    for name in named.names():
        if not CODE.fullmatch(name):
            raise TariffError(named.at(name), "must be small letters, digits, - and _, 40 at most")
        if name in codes:
            raise TariffError(named.at(name), f"{name!r} is a charge; a base has its own name")
        found[name] = _members(named, name, found, codes)
    return found


def named(fields: Fields, name: str, names: Names, *, why: str) -> tuple[str, ...]:
    """Take names of charges and bases; return the charges they stand for, each once.

    :param why: what a field without any name lacks
    :raises TariffError: on an unknown name, or one that leads to the charge itself
    """
    own = fields.peek("code")
    written = [_known(value, path, names) for value, path in fields.optional_rows(name)]
    if not written:
        raise TariffError(fields.at(name), why)
    for i, each in enumerate(written):
        if own in names.charges((each,)):
            raise TariffError(fields.at(f"{name}[{i}]"), f"{own!r} is computed from itself here")
    return names.charges(tuple(written))


def _known(value: Any, path: str, names: Names) -> str:
    text = as_text(value, path)
    if text not in names.bases and text not in names.codes:
        raise TariffError(path, f"{text!r} is not a charge here, nor a base")
    return text


def _members(
    named: Fields, name: str, before: Mapping[str, tuple[str, ...]], codes: frozenset[str]
) -> tuple[str, ...]:
    found: list[str] = []
    for value, path in named.rows(name):
        text = as_text(value, path)
        if text not in before and text not in codes:
            raise TariffError(path, f"{text!r} is neither a charge nor a base above")
        found.extend(before.get(text, (text,)))
    if not found:
        raise TariffError(named.at(name), "must name at least one charge")
    return tuple(dict.fromkeys(found))
