"""Sample bills: what a use costs in a month, by one tariff or by those of a plan side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from core.money import from_minor
from core.periods import local_month
from tariffs import engine
from tariffs.authoring import sample_past, sample_use
from tariffs.authoring.sample_error import SampleError
from tariffs.authoring.sample_use import Split, Use
from tariffs.engine.shape import PRICE_DIGITS

__all__ = ["Place", "SampleBill", "SampleLine", "Split", "sample", "samples"]

VOLUMES = (Decimal(100), Decimal(200), Decimal(500))
AVERAGE = Decimal("0.000001")


@dataclass(frozen=True)
class Place:
    """What the sample customer has beside a use."""

    attributes: Mapping[str, Decimal] = field(default_factory=dict)  # by name, in their unit
    given: Mapping[str, Decimal] = field(default_factory=dict)  # numbers of conversions
    conditions: frozenset[str] = frozenset()


NOTHING = Place()


@dataclass(frozen=True)
class SampleLine:
    """A line of the bill; quantity × unit price makes the amount, rounded once."""

    tariff: str  # code; empty for a tax or the rounding of the total
    charge: str
    name: str
    kind: str
    unit: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    label: Mapping[str, Any]  # season, band, lower, upper as the engine tells them


@dataclass(frozen=True)
class SampleBill:
    """What one use costs in a month."""

    use: Decimal | Mapping[str, Decimal]
    currency: str
    total: Decimal
    lines: tuple[SampleLine, ...]
    average: Decimal | None  # of a unit, to six decimals; none without one use above zero
    warnings: tuple[str, ...]


def sample(
    tariffs: Sequence[engine.Tariff],
    use: Use,
    month: date,
    zone: ZoneInfo,
    split: Split | None = None,
    taxes: Sequence[engine.Tax] = (),
    place: Place = NOTHING,
) -> SampleBill:
    """Price one use; see `samples`.

    :raises engine.UsageError: if it cannot be priced, in words
    """
    (bill,) = samples(tariffs, [use], month, zone, split, taxes, place)
    return bill


def samples(
    tariffs: Sequence[engine.Tariff],
    uses: Sequence[Use],
    month: date,
    zone: ZoneInfo,
    split: Split | None = None,
    taxes: Sequence[engine.Tax] = (),
    place: Place = NOTHING,
) -> list[SampleBill]:
    """Price uses for a whole calendar month, each as an account of its own.

    A use is a number for every service, or one by commodity, in the unit of the first tariff that
    prices it. Where bands or demand ask when it was used, it is spread over equal quarter hours,
    unless a split says how much was used in each band. Earlier months were like this one.

    :param tariffs: of one bill; those of a plan beside the tariffs of its services
    :param month: any day of it
    :raises engine.UsageError: if the use cannot be priced, in words
    """
    rated = rated_uses(tariffs, uses, month, zone, split, taxes, place)
    return [_bill(rated, i, use) for i, use in enumerate(uses)]


def rated_uses(
    tariffs: Sequence[engine.Tariff],
    uses: Sequence[Use],
    month: date,
    zone: ZoneInfo,
    split: Split | None,
    taxes: Sequence[engine.Tax],
    place: Place,
) -> engine.Rated:
    """Return what the engine makes of the uses, an account each."""
    if not tariffs:
        raise SampleError("no_tariff")
    period = local_month(month.year, month.month, zone)
    given = {name: sample_use.whole(number, 10**PRICE_DIGITS) for name, number in
             place.given.items()}  # fmt: skip
    segments = [
        engine.Segment(tariff, period, period, zone, tariff.commodity, place.conditions,
                       given=given)
        for tariff in tariffs
    ]  # fmt: skip
    usage = sample_use.usage(segments, uses, split, place.attributes)
    currency = tariffs[0].currency
    past = sample_past.past(segments, uses, taxes)
    return engine.rate(segments, usage, list(taxes), currency=currency, n=len(uses), past=past)


def _bill(rated: engine.Rated, account: int, use: Use) -> SampleBill:
    total = from_minor(int(rated.total_minor[account]), rated.currency)
    return SampleBill(
        use=use,
        currency=rated.currency,
        total=total,
        lines=tuple(_line(rated, c, account) for c in rated.columns if c.shown[account]),
        average=_average(total, use),
        warnings=tuple(rated.warnings),
    )


def _line(rated: engine.Rated, column: engine.Column, account: int) -> SampleLine:
    segment = column.segment
    return SampleLine(
        tariff=rated.segments[segment].tariff.code if segment >= 0 else "",
        charge=column.charge,
        name=column.name,
        kind=column.kind,
        unit=column.unit,
        quantity=Decimal(int(column.quantity[account])) / column.quantity_scale,
        unit_price=Decimal(column.unit_price).scaleb(-PRICE_DIGITS),
        amount=from_minor(int(column.amount_minor[account]), rated.currency),
        label=column.label,
    )


def _average(total: Decimal, use: Use) -> Decimal | None:
    numbers = list(use.values()) if isinstance(use, Mapping) else [use]
    if len(numbers) != 1 or numbers[0] <= 0:
        return None
    return (total / numbers[0]).quantize(AVERAGE, ROUND_HALF_UP)
