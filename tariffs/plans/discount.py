"""Reads a discount policy and says it as a tariff that is priced beside all others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tariffs.engine.choices import Beside
from tariffs.engine.errors import TariffError
from tariffs.engine.reading.fields import Fields, as_text

MAX_POSITION = 999
CHARGES = (Beside.ENERGY, Beside.FIXED, Beside.DEMAND)


class Stacking(StrEnum):
    """What a discount does where another one holds too."""

    ADDS = "adds"  # each is taken of the charges themselves
    AFTER = "after"  # it is taken of what the ones before it have left
    INSTEAD = "instead"  # only the first that fits is given


@dataclass(frozen=True)
class DiscountTerms:
    """A discount policy, checked; `definition` is what it becomes, but for its rivals."""

    code: str
    stacking: Stacking
    position: int
    conditions: tuple[str, ...]
    definition: Mapping[str, Any]


def read(written: Mapping[str, Any]) -> DiscountTerms:
    """Read the format of docs/reference/discount-format.md.

    :raises TariffError: naming the field
    """
    top = Fields(written, "")
    stacking = top.choice("stacking", Stacking, Stacking.ADDS)
    position = _position(top)
    conditions = tuple(as_text(value, path) for value, path in top.rows("conditions"))
    if not conditions:
        raise TariffError("conditions", "must name at least one condition of an account")
    code, name = top.code("code"), top.text("name")
    charge = {
        "code": code,
        "name": name,
        "kind": "percent",
        "purpose": "discount",
        "percent": top.need("percent"),
        "of": _of(top, stacking),
        "when": list(conditions),
    }
    rest = {field: top.need(field) for field in ("commodity", "currency", "from")}
    more = ("to", "description", "benefits", "change_summary")
    rest |= {field: top.take(field) for field in more if top.has(field)}
    top.end()
    definition = {
        "format": 1,
        "code": f"discount-{code}",
        "name": name,
        "rate_type": "fixed",
        **rest,
        "charges": [charge],
    }
    return DiscountTerms(code, stacking, position, conditions, definition)


def written(definition: Mapping[str, Any], *, stacking: str, position: int) -> dict[str, Any]:
    """Return the policy that a discount's tariff was made of, as `read` takes it.

    What else its tariff is kept from by policies before it is no part of the policy.
    """
    (charge,) = definition["charges"]
    head = ("commodity", "currency", "from", "to", "description", "benefits", "change_summary")
    found: dict[str, Any] = {
        "code": charge["code"],
        "name": definition["name"],
        **{field: definition[field] for field in head if field in definition},
        "percent": charge["percent"],
        "conditions": [name for name in charge["when"] if isinstance(name, str)],
        "stacking": stacking or Stacking.ADDS,
        "position": str(position),
    }
    if list(charge["of"]) not in (list(CHARGES), [Beside.ALL]):
        found["of"] = list(charge["of"])
    return {
        name: str(value) if isinstance(value, StrEnum) else value for name, value in found.items()
    }


def against(terms: DiscountTerms, rivals: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Return the tariff of a discount that is given only where no rival fits.

    :param rivals: the conditions of each discount before it that excludes it
    :raises TariffError: if a rival asks for several conditions at once, which none can negate
    """
    (charge,) = terms.definition["charges"]
    when = list(charge["when"])
    for conditions in rivals:
        if len(conditions) != 1:
            raise TariffError(
                "stacking", f"the one before asks for {' and '.join(conditions)} together"
            )
        when.append({"not": conditions[0]})
    return {**terms.definition, "charges": [{**charge, "when": when}]}


def _position(top: Fields) -> int:
    position = top.scaled("position", 0) if top.has("position") else 0
    if not 0 <= position <= MAX_POSITION:
        raise TariffError("position", f"must be from 0 to {MAX_POSITION}")
    return position


def _of(top: Fields, stacking: Stacking) -> list[str]:
    """Return what it is taken of: all charges by default, or what earlier discounts left."""
    if stacking is Stacking.AFTER:
        top.refuse({"of": "a discount after others is taken of all that is left"})
        return [Beside.ALL]
    if not top.has("of"):
        return list(CHARGES)
    found = [_kind(value, path) for value, path in top.rows("of")]
    if not found:
        raise TariffError("of", "must name what it is taken of")
    return found


def _kind(value: object, path: str) -> str:
    text = as_text(value, path)
    if text not in CHARGES:
        raise TariffError(path, f"{text!r} must be one of {', '.join(CHARGES)}")
    return text
