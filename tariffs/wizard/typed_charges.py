"""What is typed for the charges beside the rate: one list, each row of a kind."""

from __future__ import annotations

from collections.abc import Sequence

from core.wizard import Typed
from core.wizard.rows import laid_out, taken
from tariffs.authoring.state import STANDARD, FixedRow, MinimumRow, OtherRow, PercentRow

FIXED, MINIMUM, PERCENT = "fixed", "minimum", "percent"
STANDING = "standing"  # a fixed charge above the price of use on the bill


def charges(typed: Typed) -> tuple[tuple[FixedRow, ...], tuple[OtherRow, ...]]:
    """Return the standing charges, and all others, each in their order."""
    rows = taken(typed, "charges")
    standing = [_fixed(row) for row in rows if _is_standing(row)]
    return tuple(standing), tuple(_other(row) for row in rows if not _is_standing(row))


def places(typed: Typed) -> dict[str, int]:
    """Return which row of the list `standing[0]` and `others[2]` are."""
    found, counted = {}, {"standing": 0, "others": 0}
    for i, row in enumerate(taken(typed, "charges")):
        name = "standing" if _is_standing(row) else "others"
        found[f"{name}[{counted[name]}]"] = i
        counted[name] += 1
    return found


def typed(standing: Sequence[FixedRow], others: Sequence[OtherRow]) -> dict[str, str | list[str]]:
    """Return what would be typed for these charges."""
    above = [{**_typed(row), "place": STANDING} for row in standing]
    return laid_out("charges", [*above, *(_typed(row) for row in others)])


def _is_standing(row: dict[str, str]) -> bool:
    return row.get("kind") == FIXED and row.get("place") == STANDING


def _named(row: dict[str, str]) -> dict[str, str]:
    tax_class = row.get("tax_class") or STANDARD
    return {"code": row.get("code", ""), "name": row.get("name", ""), "tax_class": tax_class}


def _fixed(row: dict[str, str]) -> FixedRow:
    basis, proration = row.get("basis") or "period", row.get("proration") or "days"
    return FixedRow(**_named(row), price=row.get("amount", ""), basis=basis, proration=proration)


def _other(row: dict[str, str]) -> OtherRow:
    of = tuple(row.get("of", "").split())
    if row.get("kind") == MINIMUM:
        basis = row.get("basis") or "period"
        return MinimumRow(**_named(row), price=row.get("amount", ""), of=of, basis=basis)
    if row.get("kind") == PERCENT:
        return PercentRow(
            **_named(row),
            purpose=row.get("purpose") or "discount",
            percent=row.get("amount", ""),
            of=of,
            when=tuple(row.get("when", "").split()),
        )
    return _fixed(row)


def _typed(row: OtherRow) -> dict[str, str | list[str]]:
    named = {"code": row.code, "name": row.name, "tax_class": row.tax_class}
    if isinstance(row, FixedRow):
        told = {"kind": FIXED, "amount": row.price, "basis": row.basis, "proration": row.proration}
        return {**named, **told}
    if isinstance(row, MinimumRow):
        least = {"kind": MINIMUM, "amount": row.price, "basis": row.basis}
        return {**named, **least, "of": list(row.of)}
    share = {"kind": PERCENT, "amount": row.percent, "purpose": row.purpose}
    return {**named, **share, "of": list(row.of), "when": " ".join(row.when)}
