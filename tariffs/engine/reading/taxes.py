"""Reads the taxes of a tariff, in the order in which they apply."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tariffs.engine.errors import TariffError
from tariffs.engine.reading import amounts, conditions
from tariffs.engine.reading.common import class_of_tax
from tariffs.engine.reading.fields import Fields, as_text
from tariffs.engine.reading.names import Names
from tariffs.engine.taxes import Tax, TaxKind


def taxes(top: Fields, names: Names) -> tuple[Tax, ...]:
    read: list[Tax] = []
    for item, path in top.optional_rows("taxes"):
        fields = Fields(item, path)
        read.append(_tax(fields, names, [tax.code for tax in read]))
        fields.end()
    return tuple(read)


def _tax(fields: Fields, names: Names, before: Sequence[str]) -> Tax:
    code = _code(fields, names, before)
    kind = fields.choice("kind", TaxKind)
    fields.refuse(_of_other_kinds(kind))
    return Tax(
        code=code,
        name=fields.text("name", code),
        tax_class=class_of_tax(fields),
        on_taxes=_on_taxes(fields, before),
        kind=kind,
        above_minor=_above(fields, names),
        when=conditions.terms(fields),
        **_terms(fields, kind, names),
    )


def _code(fields: Fields, names: Names, before: Sequence[str]) -> str:
    code = fields.code("code")
    if code in names.codes:
        raise TariffError(fields.at("code"), f"{code!r} is a charge; a tax has its own code")
    if code in before:
        raise TariffError(fields.at("code"), f"{code!r} is used twice")
    return code


def _terms(fields: Fields, kind: TaxKind, names: Names) -> dict[str, Any]:
    """Return what only this kind of tax has; every tax has a rate."""
    if kind is TaxKind.PERCENT:
        return {"rate": amounts.rate(fields)}
    if kind is TaxKind.TIERED:
        return {"rate": 0, "bands": amounts.bands(fields, names.currency)}
    if kind is TaxKind.FLAT:
        return {"rate": 0, "amount": amounts.money(fields, "amount")}
    return {"rate": 0, "reason": fields.text("reason")}


def _of_other_kinds(kind: TaxKind) -> dict[str, str]:
    owners = {
        "percent": TaxKind.PERCENT,
        "bands": TaxKind.TIERED,
        "amount": TaxKind.FLAT,
        "reason": TaxKind.EXEMPT,
    }
    return {
        name: f"belongs to a tax of kind {owner}; this one is {kind}"
        for name, owner in owners.items()
        if owner is not kind
    }


def _on_taxes(fields: Fields, before: Sequence[str]) -> tuple[str, ...]:
    found = []
    for value, path in fields.optional_rows("on_taxes"):
        code = as_text(value, path)
        if code not in before:
            raise TariffError(path, f"{code!r} is not a tax above this one")
        found.append(code)
    return tuple(dict.fromkeys(found))


def _above(fields: Fields, names: Names) -> int | None:
    return amounts.minor(fields, "above", names.currency) if fields.has("above") else None
