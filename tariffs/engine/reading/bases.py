"""Reads named bases: charges that percentages, minimums and credits name together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
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
    """Return the charges behind each base; a base may name others, in any order.

    A stored definition keeps no order of names, so none may matter here.

    :raises TariffError: on an empty base, an unknown name, the name of a charge, or a circle
    """
    named = Fields(top.take("bases", {}), "bases")
    written = {name: _members(named, name, codes) for name in named.names()}
    found: dict[str, tuple[str, ...]] = {}
    for members in written.values():
        _check_known(members, codes | written.keys())
    while len(found) < len(written):
        ready = [
            name
            for name, members in written.items()
            if name not in found and all(text in found or text in codes for text, _ in members)
        ]
        if not ready:
            raise TariffError("bases", f"{sorted(written.keys() - found.keys())} form a circle")
        for name in ready:
            of = [code for text, _ in written[name] for code in found.get(text, (text,))]
            found[name] = tuple(dict.fromkeys(of))
    return found


def named(
    fields: Fields, name: str, names: Names, *, why: str, but: Collection[str] = ()
) -> tuple[str, ...]:
    """Take names of charges and bases; return the charges they stand for, each once.

    :param why: what a field without any name lacks
    :param but: other names that may stand there; they are returned as they are
    :raises TariffError: on an unknown name, or one that leads to the charge itself
    """
    own = fields.peek("code")
    written = [_known(value, path, names, but) for value, path in fields.optional_rows(name)]
    if not written:
        raise TariffError(fields.at(name), why)
    for i, each in enumerate(written):
        if own in names.charges((each,)):
            raise TariffError(fields.at(f"{name}[{i}]"), f"{own!r} is computed from itself here")
    return names.charges(tuple(written))


def _known(value: Any, path: str, names: Names, but: Collection[str]) -> str:
    text = as_text(value, path)
    if text not in names.bases and text not in names.codes and text not in but:
        raise TariffError(path, f"{text!r} is not a charge here, nor a base")
    return text


def _members(named: Fields, name: str, codes: frozenset[str]) -> list[tuple[str, str]]:
    """Return what a base names, and where."""
    if not CODE.fullmatch(name):
        raise TariffError(named.at(name), "must be small letters, digits, - and _, 40 at most")
    if name in codes:
        raise TariffError(named.at(name), f"{name!r} is a charge; a base has its own name")
    members = [(as_text(value, path), path) for value, path in named.rows(name)]
    if not members:
        raise TariffError(named.at(name), "must name at least one charge")
    return members


def _check_known(members: list[tuple[str, str]], known: Collection[str]) -> None:
    for text, path in members:
        if text not in known:
            raise TariffError(path, f"{text!r} is neither a charge nor a base")
