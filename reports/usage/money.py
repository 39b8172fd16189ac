"""What use costs: amounts of bills where bars coincide with them, else the exact energy charges.

Energy charges are worked out by the engine that bills: a bar is what the charges of a cycle rise by
when its readings come to those before. Nothing is rounded, so that the bars of a cycle add up to
its charges to the last digit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import Sum

from core.periods import Period
from reports.usage.bands import Priced, energy_charges
from reports.usage.billed import Cover
from reports.usage.services import EXPORT
from reports.usage.slots import Slots, Whole
from reports.usage.spans import Bucket, hull
from statements.models import StatementLine
from statements.presentation.units import BASE_UNIT
from statements.rating.versions import tariffs_by_version
from tariffs import engine
from tariffs.engine.quantities import units
from tariffs.engine.shape import PRICE_DIGITS, EnergyCharge, SlabRule, SlabsWithTime
from tariffs.models import TariffVersion

DIGITS = 14  # decimals of the currency that energy charges are held with


class NotExact(Exception):
    """No exact amount can be given for a part of the billing period."""


class NotPriced(Exception):
    """Nothing prices a part of the use."""


def billed_amounts(found: Sequence[Cover], source: str) -> dict[tuple[int, int], int]:
    """Return by statement and agreement the charges before tax, in minor units; two queries.

    What was fed back has the charges that price it alone; all others stand with what was drawn.
    """
    lines = StatementLine.objects.filter(
        statement_id__in={cover.statement_id for cover in found},
        agreement_id__in={cover.agreement_id for cover in found},
    )
    keys = ("tariff_version_id", "charge", "statement_id", "agreement_id")
    rows = list(lines.order_by().values_list(*keys).annotate(total=Sum("amount_minor")))
    fed_back = _fed_back({version for version, *_rest in rows if version})
    totals: dict[tuple[int, int], int] = defaultdict(int)
    for version, charge, statement, agreement, total in rows:
        if agreement is not None and ((version, charge) in fed_back) == (source == EXPORT):
            totals[statement, agreement] += total
    return dict(totals)


def _fed_back(versions: set[int]) -> set[tuple[int | None, str]]:
    """Return the charges, by version and code, that price what is fed back."""
    keys = TariffVersion.objects.filter(pk__in=versions).values_list("pk", "digest")
    return {
        (version, charge.code)
        for version, tariff in tariffs_by_version(keys).items()
        for charge in energy_charges(tariff, EXPORT)
    }


def billed_registers(found: Sequence[Cover], source: str) -> dict[tuple[int, int], int]:
    """Return by statement and agreement the units of the first energy charge; one query.

    For meters of which only the register is read, whose use stands on the bill alone.
    """
    lines = StatementLine.objects.filter(
        statement_id__in={cover.statement_id for cover in found},
        agreement_id__in={cover.agreement_id for cover in found},
        kind="energy",
        unit__in=BASE_UNIT,
    ).order_by("seq")
    first: dict[tuple[int, int], str] = {}
    totals: dict[tuple[int, int], int] = defaultdict(int)
    names = "statement_id agreement_id charge quantity".split()
    for statement, agreement, charge, quantity in lines.values_list(*names):
        key = (statement, agreement or 0)
        if first.setdefault(key, charge) == charge:
            totals[key] += quantity
    return dict(totals)


def energy_amounts(
    rows: Sequence[Slots],
    priced: Sequence[Priced],
    source: str,
    zone: ZoneInfo,
    bounds: Sequence[Bucket],
) -> list[int]:
    """Return the energy charges of each bar, whole numbers of 10^-14 of the currency.

    :raises NotExact: if a tariff shares slabs out over its bands
    :raises NotPriced: if no tariff prices a part of what was used
    """
    pricing = [(one, charge) for one in priced for charge in energy_charges(one.tariff, source)]
    _check_priced(rows, [one for one, _ in pricing], hull(bounds))
    totals = [0] * len(bounds)
    for one, charge in pricing:
        _check(charge)
        for row in rows:
            _add(totals, row, one, charge, zone, bounds)
    return totals


def _check_priced(rows: Sequence[Slots], pricing: Sequence[Priced], period: Period) -> None:
    for row in rows:
        unpriced = row.is_held
        for one in pricing:
            unpriced[row.cut(one.period)] = False
        if unpriced[row.cut(period)].any():
            raise NotPriced


def _check(charge: EnergyCharge) -> None:
    """Refuse what does not rise with each reading, and slabs that bands share.

    Which reading fell into which of those slabs is not told.
    """
    if charge.steps or charge.slab_times or charge.slab_rule is not SlabRule.MARGINAL:
        raise NotExact
    if charge.whole_days or charge.credit:
        raise NotExact
    if not charge.has_slabs or charge.slabs_with_time is not SlabsWithTime.PROPORTIONAL:
        return
    if any(len(group) > 1 for group in units.groups(charge)):
        raise NotExact


def _add(
    totals: list[int],
    row: Slots,
    one: Priced,
    charge: EnergyCharge,
    zone: ZoneInfo,
    bounds: Sequence[Bucket],
) -> None:
    part = row.cut(one.period)
    if not row.is_held[part].any() or charge.when:
        return
    edges, place = np.unique(_edges(row, part, bounds), return_inverse=True)
    segment = engine.Segment(one.tariff, one.period, one.cycle, zone)
    usage = engine.Intervals(one.period.starts_at, row.interval_s, _grown(row, part, edges))
    reached = [0] * len(edges)
    factor = 10 ** (DIGITS - PRICE_DIGITS)
    try:
        for each in units.parts(charge, segment, usage):
            price = units.slabs_of(charge, each)[each.slab].price * factor
            for n, quantity in enumerate(each.quantity.tolist()):
                reached[n] += quantity * price
    except engine.UsageError as error:
        raise NotExact from error
    for n in range(len(bounds)):
        rise = reached[place[2 * n + 1]] - reached[place[2 * n]]
        totals[n] += rise // charge.scale  # exact: a scale divides the factor


def _edges(row: Slots, part: slice, bounds: Sequence[Bucket]) -> list[int]:
    """Return where each bar begins and ends within a part of a row."""
    places = [row.place(m) for b in bounds for m in (b.period.starts_at, b.period.ends_at)]
    return [min(max(place, part.start), part.stop) - part.start for place in places]


def _grown(row: Slots, part: slice, edges: Whole) -> Whole:
    """Return the part's values once for each edge, with nothing used after it."""
    values = np.where(row.is_held[part], row.values[part], 0)
    before = np.arange(len(values)) < edges[:, np.newaxis]
    return np.where(before, values, 0)
