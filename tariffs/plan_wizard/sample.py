"""The sample bill beside the charges of a plan: own values of use, those of time bands too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _

from accounts.models import Commodity
from core import formats
from core.formats import PRICE_SCALE
from core.money import minor_digits, to_scaled
from tariffs import engine, plans, queries, told_errors
from tariffs.authoring import (
    Asked,
    Place,
    PlanBill,
    PlanForm,
    SampleBill,
    SampleLine,
    Split,
    asked,
    plan_definition,
)
from tariffs.authoring import plan_bill as bill_of
from tariffs.authoring.numbers import exact
from tariffs.authoring.plan_around import Around
from tariffs.authoring.sample import sample as priced

USUAL = {"electricity": "300", "water": "10", "gas": "30", "sewer": "10", "waste": "0"}
Stated = Mapping[str, Any] | None
USE, BAND, HAS, GIVEN = "use", "band", "has", "given"


@dataclass(frozen=True)
class Line:
    """A line of the bill in words."""

    name: str
    about: str  # season, band, or the tariff that it is of where there are several
    how: str  # quantity and price
    amount_minor: int


@dataclass(frozen=True)
class Priced:
    """A bill, or why there is none yet."""

    trouble: str = ""
    currency: str = ""
    lines: tuple[Line, ...] = ()
    taxes: tuple[Line, ...] = ()
    net_minor: int = 0
    total_minor: int = 0


def bundle(plan: PlanForm, around: Around, stated: Stated = None) -> PlanBill | None:
    """Return what a plan bills, or nothing while its answers do not make a plan.

    :param stated: what the plan says, where that is more than its answers
    """
    rates = [around.rates.get(row.tariff) for row in (*plan.services, *plan.beside)]
    if not rates or not all(rates) or plan.basics.first_day is None:
        return None
    day = plan.basics.first_day
    try:
        terms = plans.read(stated or plan_definition(plan))
        taxes = () if terms.tax else queries.taxes_on(day)
        return bill_of(terms, [rate.definition for rate in rates if rate], taxes)
    except engine.TariffError:
        return None


def fields(
    plan: PlanForm, around: Around, stated: Stated = None
) -> Iterator[tuple[str, forms.Field]]:
    """Yield what the sample asks: a use of each service that is metered, then of each band."""
    found = bundle(plan, around, stated)
    if found is None:
        return
    for row in plan.services:
        unit = asked([t for t in found.tariffs if t.commodity == row.commodity]).unit
        if unit:
            words = {"service": Commodity(row.commodity).label, "unit": formats.unit_name(unit)}
            label = _("%(service)s used, in %(unit)s") % words
            yield f"{USE}-{row.commodity}", _number(label, USUAL.get(row.commodity, "0"))
    every, names = asked(found.tariffs), {row.code: row.name for row in plan.charges}
    for name, label in _others(every, names):
        yield name, _number(label, "")


def _others(every: Asked, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for band in every.bands:
        word = {"hours": names.get(band, band)}
        yield f"{BAND}-{band}", _("Of this in the hours of “%(hours)s”") % word
    for name in every.attributes:
        yield f"{HAS}-{name}", name
    for name in every.numbers:
        yield f"{GIVEN}-{name}", name


def _number(label: str, first: str) -> forms.Field:
    box = forms.TextInput({"inputmode": "decimal"})
    return forms.CharField(label=label, required=False, initial=first, widget=box)


def sample(
    plan: PlanForm,
    around: Around,
    typed: Mapping[str, Any],
    zone: ZoneInfo,
    stated: Stated = None,
) -> Priced:
    """Price the use that is typed; an unanswered use is the usual one."""
    found = bundle(plan, around, stated)
    if found is None or plan.basics.first_day is None:
        return Priced(trouble=_("The sample bill appears as soon as the charges are complete."))
    try:
        bill = priced(
            found.tariffs,
            _uses(plan.services, typed),
            plan.basics.first_day,
            zone,
            _split(found.tariffs, typed),
            found.taxes,
            Place(_numbers(typed, HAS), _numbers(typed, GIVEN)),
        )
    except engine.UsageError as error:
        words = told_errors.usage(error)
        return Priced(trouble=words[:1].upper() + words[1:])
    return _shown(bill, {code: rate.name for code, rate in around.rates.items()})


def _shown(bill: SampleBill, names: Mapping[str, str]) -> Priced:
    """Return a bill in words, with what it comes to before its taxes."""
    digits = minor_digits(bill.currency)
    lines: list[Line] = []
    taxes: list[Line] = []
    tariffs = {line.tariff for line in bill.lines if line.tariff in names}
    for line in bill.lines:
        minor = to_scaled(line.amount, digits)
        band = line.label.get("band")
        where = [
            line.label.get("season"),
            band if band != line.charge else "",
            names.get(line.tariff) if len(tariffs) > 1 else "",
        ]
        about = ", ".join(str(word) for word in where if word)
        row = Line(line.name, about, _how(line, bill.currency), minor)
        (taxes if line.kind == "tax" else lines).append(row)
    return Priced(
        currency=bill.currency,
        lines=tuple(lines),
        taxes=tuple(taxes),
        net_minor=sum(row.amount_minor for row in lines),
        total_minor=to_scaled(bill.total, digits),
    )


def _how(line: SampleLine, currency: str) -> str:
    """Return quantity and price of what is priced by units."""
    if line.kind != "energy" or line.unit == "%":
        return ""
    words = {
        "quantity": formats.number(Decimal(f"{line.quantity.normalize():f}")),
        "unit": formats.unit_name(line.unit),
        "price": formats.rate(int(line.unit_price.scaleb(PRICE_SCALE)), currency),
    }
    return _("%(quantity)s %(unit)s × %(price)s") % words


def _uses(services: Sequence[Any], typed: Mapping[str, Any]) -> dict[str, Decimal]:
    found = {}
    for row in services:
        said = str(typed.get(f"{USE}-{row.commodity}") or "").strip()
        found[row.commodity] = _read(said or USUAL.get(row.commodity, "0"))
    return found


def _split(tariffs: Sequence[engine.Tariff], typed: Mapping[str, Any]) -> Split | None:
    """Return the use of the bands; where a tariff has none said it is spread over the month."""
    said = _numbers(typed, BAND)
    found: dict[str, Decimal] = {}
    for tariff in tariffs:
        bands = asked([tariff]).bands
        if set(bands) & set(said):
            found |= {band: said.get(band, Decimal(0)) for band in bands}
    return Split(found) if found else None


def _numbers(typed: Mapping[str, Any], kind: str) -> dict[str, Decimal]:
    return {
        name.removeprefix(f"{kind}-"): _read(str(value))
        for name, value in typed.items()
        if name.startswith(f"{kind}-") and str(value).strip()
    }


def _read(text: str) -> Decimal:
    number = exact(text.strip())
    if number is None:
        raise engine.UsageError(_("%(entered)s is not a number.") % {"entered": text})
    return number
