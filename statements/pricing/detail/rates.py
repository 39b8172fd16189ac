"""The prices of a tariff in words: one line for each price, with when and for how much it holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _

from core import formats
from statements.presentation import labels
from statements.pricing.detail import shares
from tariffs import engine, names
from tariffs.engine.conditions import Named, Term, UseBetween
from tariffs.engine.measures import UNITS
from tariffs.engine.shape import (
    AnyCharge,
    DemandCharge,
    EnergyCharge,
    FixedCharge,
    MinimumCharge,
    PercentCharge,
    PriceRow,
    RatchetRule,
    Slab,
    SlabRule,
    SlabWidth,
)
from tariffs.engine.taxes import Tax

LEAP_YEAR = 2024
BASES = {"30_days": "30 days", "served_day": "day"}


@dataclass(frozen=True)
class Rate:
    """One price: of what, when, for which part of the use, and how much."""

    charge: str
    when: str
    use: str
    price: str


def rates(tariff: engine.Tariff) -> list[Rate]:
    """Return every price of a tariff in the order in which they are billed."""
    found: list[Rate] = []
    for charge in tariff.charges:
        found.extend(_of(charge, tariff))
    return [*found, *(tax_rate(tax, tariff.currency) for tax in tariff.taxes)]


def tax_rate(tax: Tax, currency: str) -> Rate:
    """Return what a tax comes to as a line beside the prices."""
    bound, terms = shares.tax_bound(tax, currency), [_term(term) for term in tax.when]
    when = "; ".join([*([bound] if bound else []), *terms])
    return Rate(names.told(tax.name), when, _("tax"), shares.tax_share(tax, currency))


def rules(tariff: engine.Tariff) -> list[str]:
    """Return what must be said of blocks, once for each rule, and of each demand."""
    blocks = [c for c in tariff.charges if isinstance(c, EnergyCharge) and c.has_slabs]
    found = dict.fromkeys(_rule(charge.slab_rule) for charge in blocks)
    demands = [c for c in tariff.charges if isinstance(c, DemandCharge)]
    return [*found, *(said for charge in demands for said in _least(charge))]


def season(name: str, tariff: engine.Tariff) -> str:
    """Return a season with its days of the year: "summer: Apr 1 – Oct 14"."""
    ranges = tariff.seasons.get(name, ())
    if not ranges:
        return names.told(name)
    days = "; ".join(f"{_day(r.first)} – {_day(r.last)}" for r in ranges)
    return _("%(name)s: %(days)s") % {"name": names.told(name), "days": days}


def _rule(rule: SlabRule) -> str:
    return {
        SlabRule.MARGINAL: _("Each slab prices only its own part of the use."),
        SlabRule.WHOLE_QUANTITY: _("All of the use has the price of the slab that it reaches."),
        SlabRule.WHOLE_TABLE: _("The whole use decides which prices hold for all of it."),
    }[rule]


def _least(charge: DemandCharge) -> Iterator[str]:
    """Yield what holds a demand up: the least that is billed, and earlier peaks."""
    words = {"charge": _name(charge), "unit": formats.unit_name(charge.unit)}
    if charge.floor:
        words["least"] = formats.number(Decimal(charge.floor) / charge.scale)
        yield _("%(charge)s: at least %(least)s %(unit)s are billed.") % words
    if not charge.ratchet:
        return
    words["percent"] = labels.percent(charge.ratchet.percent)
    words["months"] = formats.number(charge.ratchet.months)
    if charge.ratchet.rule is RatchetRule.MEAN:
        said = _(
            "%(charge)s: at least %(percent)s of the mean of this peak and those of the %(months)s"
            " months before is billed."
        )
    else:
        said = _(
            "%(charge)s: at least %(percent)s of the highest peak of the %(months)s months before"
            " is billed."
        )
    yield said % words


def _of(charge: AnyCharge, tariff: engine.Tariff) -> Iterator[Rate]:
    if isinstance(charge, EnergyCharge | DemandCharge):
        yield from _metered(charge, tariff)
    elif isinstance(charge, FixedCharge):
        yield from _fixed(charge, tariff)
    elif isinstance(charge, MinimumCharge):
        price = formats.rate(charge.price, tariff.currency)
        words = {"price": price, "each": labels.unit_words(_basis(charge.basis.value))}
        least = _("at least %(price)s %(each)s") % words
        yield Rate(
            _name(charge), _when("", "", charge.when, tariff), _named(charge.of, tariff), least
        )
    else:
        yield from _percent(charge, tariff)


def _metered(charge: EnergyCharge | DemandCharge, tariff: engine.Tariff) -> Iterator[Rate]:
    for row in charge.rows:
        yield from _row(charge, row, tariff)
    if isinstance(charge, DemandCharge):
        return
    if charge.ladder:
        yield from _row(charge, PriceRow("", "", charge.ladder), tariff)
    lower = Decimal(0)
    for bound, table in charge.tables:
        words = {"lower": formats.number(lower), "unit": formats.unit_name(charge.unit)}
        if bound is None:
            said = _("a use over %(lower)s %(unit)s") % words
        else:
            lower = Decimal(int(bound)) / charge.scale
            said = _("a use up to %(upper)s %(unit)s") % {**words, "upper": formats.number(lower)}
        for row in table.rows:
            yield from _row(table, row, tariff, said)


def _row(
    charge: EnergyCharge | DemandCharge, row: PriceRow, tariff: engine.Tariff, of: str = ""
) -> Iterator[Rate]:
    band = labels.hours(row.band, tariff, is_named=row.band != charge.code) if row.band else ""
    when = _when(row.season, band, charge.when, tariff)
    bounds = [0, *(slab.upper for slab in row.slabs)]
    for (lower, upper), slab in zip(pairwise(bounds), row.slabs, strict=True):
        use = _block(charge, lower, upper) if len(row.slabs) > 1 else ""
        said = "; ".join(part for part in (of, use) if part)
        yield Rate(_name(charge), when, said, _price(charge, slab, tariff.currency))


def _block(charge: EnergyCharge | DemandCharge, lower: object, upper: object) -> str:
    scale = UNITS[charge.unit].scale if charge.unit in UNITS else charge.scale
    said = labels.slab({"lower": lower, "upper": upper}, scale, charge.unit)
    return _widened(said, charge) if isinstance(charge, EnergyCharge) else said


def _widened(said: str, charge: EnergyCharge) -> str:
    """Say of what a bound is one, where it is not of a billing period."""
    words = {"block": said}
    if charge.slab_times:
        each = charge.slab_times.attribute or charge.slab_times.demand
        words["each"] = formats.unit_name(names.told(each))
        return _("%(block)s for each: %(each)s") % words
    return {
        SlabWidth.PER_DAY: _("%(block)s a day"),
        SlabWidth.THIRTY_DAYS: _("%(block)s in 30 days"),
        SlabWidth.YEAR: _("%(block)s a year"),
        SlabWidth.MONTHS: _("%(block)s a month"),
    }.get(charge.slab_width, "%(block)s") % words


def _price(charge: EnergyCharge | DemandCharge, slab: Slab, currency: str) -> str:
    words = {
        "price": formats.rate(slab.price, currency),
        "each": labels.unit_words(charge.unit),
    }
    if isinstance(charge, EnergyCharge) and charge.credit:
        return _("%(price)s %(each)s, paid to the customer") % words
    if isinstance(charge, DemandCharge) and charge.basis.value == "day":
        return _("%(price)s %(each)s and day") % words
    return _("%(price)s %(each)s") % words


def _fixed(charge: FixedCharge, tariff: engine.Tariff) -> Iterator[Rate]:
    each = labels.unit_words(_basis(charge.basis.value))
    for named, price in charge.prices:
        words = {"price": formats.rate(price, tariff.currency), "each": each}
        when = _when(named, "", charge.when, tariff)
        yield Rate(_name(charge), when, "", _("%(price)s %(each)s") % words)


def _percent(charge: PercentCharge, tariff: engine.Tariff) -> Iterator[Rate]:
    when = _when("", "", charge.when, tariff)
    of = shares.base(charge, _names(tariff))
    for share in shares.parts(charge, tariff.currency):
        yield Rate(_name(charge), when, of, share)


def _basis(value: str) -> str:
    return BASES.get(value, value)


def _name(charge: AnyCharge) -> str:
    return names.told(charge.name or charge.code)


def _named(codes: Sequence[str], tariff: engine.Tariff) -> str:
    known = _names(tariff)
    return ", ".join(known.get(code, code) for code in codes)


def _names(tariff: engine.Tariff) -> dict[str, str]:
    return {charge.code: _name(charge) for charge in tariff.charges}


def _when(named: str, hours: str, terms: Sequence[Term], tariff: engine.Tariff) -> str:
    """Return season, hours and conditions of a price; nothing: it holds always."""
    parts = [season(named, tariff)] if named else []
    parts += [hours] if hours else []
    return "; ".join([*parts, *(_term(term) for term in terms)])


def _term(term: Term) -> str:
    if isinstance(term, UseBetween):
        return _("by the use of the months before") if term.last_periods else _("by the use")
    return _named_term(term)


def _named_term(term: Named) -> str:
    words = {"names": ", ".join(sorted(term.any_of))}
    return _("not for: %(names)s") % words if term.negated else _("only for: %(names)s") % words


def _day(month_day: tuple[int, int]) -> str:
    return formats.day_short(date(LEAP_YEAR, *month_day))
