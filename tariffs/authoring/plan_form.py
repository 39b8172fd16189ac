"""From the answers of the plan wizard to a plan file, and back without a loss."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from tariffs.authoring.differences import differences
from tariffs.authoring.hours import hours_of
from tariffs.authoring.plain import plain
from tariffs.authoring.plan_reading import state
from tariffs.authoring.plan_state import (
    IN_HOURS,
    PlanBasics,
    PlanCharge,
    PlanForm,
    PlanTax,
    ServiceRow,
)
from tariffs.authoring.rows import but, filled
from tariffs.authoring.state import STANDARD
from tariffs.authoring.take import NotExpressible

LONGEST_CODE = 40


def plan_definition(said: PlanForm) -> dict[str, Any]:
    """Say the answers in the plan format; what is not answered yet is left out."""
    basics = said.basics
    return filled(
        format=1,
        code=basics.code,
        name=basics.name,
        description=basics.description,
        frequency=basics.frequency,
        currency=basics.currency,
        **_days(basics),
        tax=_tax(basics.tax),
        eligibility=filled(categories=list(said.categories), areas=list(said.areas)),
        services=[filled(commodity=row.commodity, tariff=row.tariff) for row in _services(said)],
        charges=[_charge(row) for row in said.charges],
        change_summary=said.change_summary,
    )


def plan_state_of(stated: Mapping[str, Any]) -> PlanForm:
    """Return the answers that make this plan file.

    :raises NotExpressible: naming what the wizard cannot say without losing some of it
    """
    said = state(stated)
    before, after = plain(_without_nulls(stated)), plain(plan_definition(said))
    first = next(iter(differences(before, after)), None)
    if first is not None:
        raise NotExpressible(".".join(first.path))
    if before != after:
        changed = (name for name in ("services", "tax") if before.get(name) != after.get(name))
        raise NotExpressible(next(changed, "charges"))
    return said


def coded(rows: Sequence[PlanCharge]) -> tuple[PlanCharge, ...]:
    """Give every charge without a code one of its own, made of its name."""
    taken = {row.code for row in rows if row.code}
    found = []
    for row in rows:
        code = row.code or _free(_slug(row.name), taken)
        taken.add(code)
        found.append(replace(row, code=code))
    return tuple(found)


def _services(said: PlanForm) -> list[ServiceRow]:
    """Return every tariff, those beside another one after it."""
    return [
        row
        for first in said.services
        for row in (first, *(each for each in said.beside if each.commodity == first.commodity))
    ]


def _days(basics: PlanBasics) -> dict[str, str | None]:
    """Return the first day, and the first day without."""
    has_end = basics.last_day is not None and basics.last_day < date.max
    return {
        "from": basics.first_day.isoformat() if basics.first_day else None,
        "to": (basics.last_day + timedelta(days=1)).isoformat()
        if basics.last_day and has_end
        else None,
    }


def _tax(tax: PlanTax) -> dict[str, Any]:
    if tax.kind == "percent":
        return filled(kind=tax.kind, percent=tax.rate)
    if tax.kind == "flat":
        return filled(kind=tax.kind, amount=tax.rate)
    if tax.kind == "tiered":
        rows = [filled(up_to=band.up_to, percent=band.percent) for band in tax.bands]
        return filled(kind=tax.kind, bands=rows)
    return filled(kind=tax.kind, reason=tax.reason)


def _charge(row: PlanCharge) -> dict[str, Any]:
    shared = filled(code=row.code, name=row.name, kind=row.kind, commodity=row.commodity)
    rest = filled(tax_class=but(STANDARD, row.tax_class), when=list(row.when))
    return {**shared, **filled(**_priced(row)), **rest}


def _priced(row: PlanCharge) -> dict[str, Any]:
    if row.kind == "fixed":
        return {"price": row.amount, "basis": but("period", row.basis),
                "proration": but("days", row.proration)}  # fmt: skip
    if row.kind == "variable" and row.how != IN_HOURS:
        return {"percent": row.amount, "of": list(row.of)}
    hours = _hours(row) if row.kind == "variable" else None
    return {"unit": row.unit, "price": row.amount, "hours": hours}


def _hours(row: PlanCharge) -> list[dict[str, str]]:
    """Return the hours; those of midnight to midnight stand there too, so that a row remains."""
    days = {} if row.days == "all" else {"days": row.days}
    windows = hours_of(row.hours) or ()
    return [{**days, "from": window.starts, "to": window.ends} for window in windows]


def _slug(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[: LONGEST_CODE - 4] or "charge"


def _free(code: str, taken: set[str]) -> str:
    """Return the code, or the first of its kind that no other charge has."""
    if code not in taken:
        return code
    number = 2
    while f"{code}-{number}" in taken:
        number += 1
    return f"{code}-{number}"


def _without_nulls(value: Any) -> Any:
    """Return a plan file without what it states as nothing, at any depth."""
    if isinstance(value, Mapping):
        kept = {name: _without_nulls(each) for name, each in value.items()}
        return {name: each for name, each in kept.items() if each is not None}
    if isinstance(value, list):
        return [_without_nulls(each) for each in value]
    return value
