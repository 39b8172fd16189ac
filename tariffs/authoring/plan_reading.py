"""Reads a plan file into the answers of the wizard, as far as it can say them.

It takes what it knows and passes over the rest: whoever calls it says the answers again and
compares.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from tariffs.authoring import take
from tariffs.authoring.hours import hours_text
from tariffs.authoring.plan_state import (
    IN_HOURS,
    PERCENT,
    PlanBasics,
    PlanCharge,
    PlanForm,
    PlanTax,
    ServiceRow,
    TaxBand,
)
from tariffs.authoring.state import STANDARD, Window
from tariffs.authoring.take import Json, NotExpressible


def state(stated: Json) -> PlanForm:
    """Return the answers.

    :raises NotExpressible: naming what has no place in the form
    """
    eligibility = take.fields(stated.get("eligibility", {}), "eligibility")
    services = _services(stated)
    first = {row.commodity: row for row in reversed(services)}
    return PlanForm(
        basics=_basics(stated),
        categories=take.texts(eligibility, "categories"),
        areas=take.texts(eligibility, "areas"),
        services=tuple(row for row in services if row is first[row.commodity]),
        beside=tuple(row for row in services if row is not first[row.commodity]),
        charges=tuple(
            charge(take.fields(row, f"charges[{i}]"))
            for i, row in enumerate(take.rows(stated, "charges"))
        ),
        change_summary=take.text(stated, "change_summary"),
    )


def loosely(stated: Json) -> PlanForm:
    """Return the answers to be shown, where a charge may say more than the form can."""
    rows = take.rows(stated, "charges")
    plan = state({**stated, "charges": []})
    return replace(plan, charges=tuple(shown_charge(take.fields(row, "charges")) for row in rows))


def shown_charge(row: Json) -> PlanCharge:
    """Return a charge; hours that differ by day are left out."""
    try:
        return charge(row)
    except NotExpressible:
        return charge({name: row[name] for name in row if name not in ("hours", "when")})


def _basics(stated: Json) -> PlanBasics:
    end = take.day(stated, "to")
    if end == date.min:
        raise NotExpressible("to")
    return PlanBasics(
        code=take.text(stated, "code"),
        name=take.text(stated, "name"),
        description=take.text(stated, "description"),
        frequency=take.text(stated, "frequency", "monthly"),
        tax=_tax(take.fields(stated.get("tax") or {}, "tax")),
        first_day=take.day(stated, "from"),
        last_day=end and end - timedelta(days=1),
        currency=take.text(stated, "currency"),
    )


def _tax(tax: Json) -> PlanTax:
    rows = [take.fields(row, "tax.bands") for row in take.rows(tax, "bands")]
    return PlanTax(
        kind=take.text(tax, "kind"),
        rate=take.text(tax, "percent") or take.text(tax, "amount"),
        reason=take.text(tax, "reason"),
        bands=tuple(TaxBand(take.text(row, "up_to"), take.text(row, "percent")) for row in rows),
    )


def _services(stated: Json) -> tuple[ServiceRow, ...]:
    rows = [take.fields(row, "services") for row in take.rows(stated, "services")]
    return tuple(ServiceRow(take.text(row, "commodity"), take.text(row, "tariff")) for row in rows)


def charge(row: Json) -> PlanCharge:
    """Return a charge.

    :raises NotExpressible: naming what has no place in the form
    """
    hours, days = _hours(row)
    is_percent = "percent" in row
    return PlanCharge(
        code=take.text(row, "code"),
        name=take.text(row, "name"),
        kind=take.text(row, "kind"),
        commodity=take.text(row, "commodity"),
        amount=take.text(row, "percent" if is_percent else "price"),
        how=PERCENT if is_percent else IN_HOURS,
        of=take.texts(row, "of"),
        unit=take.text(row, "unit"),
        hours=hours,
        days=days,
        basis=take.text(row, "basis", "period"),
        proration=take.text(row, "proration", "days"),
        tax_class=take.text(row, "tax_class", STANDARD),
        when=take.texts(row, "when"),
    )


def _hours(row: Json) -> tuple[str, str]:
    """Return the hours as a text, and the days that all of them have."""
    rows = [take.fields(each, "hours") for each in take.rows(row, "hours")]
    days = {_days(each) for each in rows} or {"all"}
    if len(days) > 1:
        raise NotExpressible("charges.hours")
    windows = [Window(take.text(e, "from", "00:00"), take.text(e, "to", "24:00")) for e in rows]
    return hours_text(windows), days.pop()


def _days(window: Json) -> str:
    days = window.get("days", "all")
    if isinstance(days, list) and len(days) == 1:
        (days,) = days
    if days not in ("all", "weekday", "weekend"):
        raise NotExpressible("charges.hours.days")
    return str(days)
