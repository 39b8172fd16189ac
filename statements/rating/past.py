"""What came before a bill: peaks, yearly sums, credit that is left, use of earlier months.

Peaks, sums and credit are those of issued statements; use is read from the meters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import OuterRef, Subquery

from core.periods import Period, local_date, local_month
from meters.queries import Metered, metered_agreements
from statements.models import Carried, Statement
from statements.rating import usage
from statements.rating.inputs import AgreementInput, BillInput, ChannelUse, Known
from statements.rating.needs import Needs
from tariffs import engine
from tariffs.engine.values import Amounts

Asking = tuple[BillInput, AgreementInput, Needs]
LONGEST = timedelta(days=1100)  # a ratchet or a year looks back no farther
USE = "use"


@dataclass(frozen=True)
class History:
    """What is known of the time before a bill of an agreement, oldest first."""

    known: tuple[Known, ...]


def histories(asking: Sequence[Asking]) -> dict[int, History]:
    """Return what the tariffs of these agreements look back at, by agreement."""
    if not asking:
        return {}
    found: dict[int, list[Known]] = defaultdict(list)
    for agreement, known in _carried([each for each in asking if each[2].looks_back]):
        found[agreement].append(known)
    for agreement, known in _uses([each for each in asking if each[2].uses]):
        found[agreement].append(known)
    return {agreement: History(tuple(sorted(rows))) for agreement, rows in found.items()}


def _carried(asking: Sequence[Asking]) -> Iterable[tuple[int, Known]]:
    """Yield what issued statements of earlier cycles carried; one query.

    Of credit only what the newest of them left.
    """
    if not asking:
        return
    first = min(agreement.period.starts_at for _, agreement, _ in asking)
    issued = Carried.objects.filter(
        statement__state=Statement.State.ISSUED,
        statement__starts_at__lt=min(bill.cycle.starts_at for bill, _, _ in asking),
        agreement_id__one_of=[agreement.agreement_id for _, agreement, _ in asking],
    )
    newest = issued.filter(agreement=OuterRef("agreement"), kind=Carried.Kind.LOT)
    newest = newest.order_by("-statement__starts_at", "-statement_id")
    lots = issued.filter(
        kind=Carried.Kind.LOT, statement_id=Subquery(newest.values("statement_id")[:1])
    )
    sums = issued.exclude(kind=Carried.Kind.LOT).filter(day__gte=(first - LONGEST).date())
    columns = ("agreement_id", "kind", "charge", "day", "value")
    for agreement, *row in sums.values_list(*columns).union(lots.values_list(*columns), all=True):
        known = Known(*row)
        if known.value or known.kind != Carried.Kind.LOT:
            yield agreement, known


def _uses(asking: Sequence[Asking]) -> Iterable[tuple[int, Known]]:
    """Yield the use of whole months before, read from the meters.

    Before an agreement began it used nothing; a month that was not wholly measured is left out.
    """
    if not asking:
        return
    months = {a.agreement_id: _months(bill, needs) for bill, a, needs in asking}
    whole = [month for each in months.values() for month in each]
    window = Period(min(m.starts_at for m in whole), max(m.ends_at for m in whole))
    metered = metered_agreements(sorted({bill.account_id for bill, _, _ in asking}), window)
    by_agreement = {each.agreement_id: each for each in metered}
    parts = {
        (a.agreement_id, month, source): _channels(by_agreement[a.agreement_id], month, source)
        for _, a, needs in asking
        if a.agreement_id in by_agreement
        for month in months[a.agreement_id]
        for source, _ in needs.uses
    }
    read = usage.fetch_now([use for uses in parts.values() for use in uses or ()])
    for bill, agreement, needs in asking:
        zone = ZoneInfo(bill.zone_name)
        for month in months[agreement.agreement_id]:
            for source in sorted({source for source, _ in needs.uses}):
                uses = parts.get((agreement.agreement_id, month, source), [])
                if uses is not None and not any(read[use].problem for use in uses):
                    total = sum(int(read[use].values.sum()) for use in uses)
                    day = local_date(month.starts_at, zone)
                    yield agreement.agreement_id, Known(USE, source, day, total)


def _months(bill: BillInput, needs: Needs) -> list[Period]:
    """Return the whole months before the cycle that the tariff asks for, newest first."""
    zone = ZoneInfo(bill.zone_name)
    first = local_date(bill.cycle.starts_at, zone)
    months = []
    for _ in range(max(count for _, count in needs.uses)):
        first = (first - timedelta(days=1)).replace(day=1)
        months.append(local_month(first.year, first.month, zone))
    return months


def _channels(metered: Metered, month: Period, source: str) -> list[ChannelUse] | None:
    """Return who measured the agreement's part of a month; None if a part was not measured."""
    mine = month.overlap(metered.period)
    if mine is None:
        return []
    uses = []
    for channel in metered.channels:
        part = channel.period.overlap(mine)
        if channel.quantity == source and part:
            interval_s = 0 if channel.is_register_only else channel.interval_s
            uses.append(ChannelUse(channel.channel_id, source, interval_s, part))
    return uses if sum(use.period.seconds for use in uses) == mine.seconds else None


def engine_past(agreements: Sequence[AgreementInput]) -> engine.Past:
    """Return what the engine takes, of agreements that know the same days."""
    rows = [agreement.extra.past for agreement in agreements]
    dated: Mapping[str, dict[str, list[tuple[date, Amounts]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for i, known in enumerate(rows[0]):
        values = np.array([row[i].value for row in rows], dtype=np.int64)
        dated[known.kind][known.code].append((known.day, values))
    lots = dated[Carried.Kind.LOT]
    return engine.Past(
        peaks={code: tuple(found) for code, found in dated[Carried.Kind.PEAK].items()},
        uses={code: tuple(found) for code, found in dated[USE].items()},
        bases={code: tuple(found) for code, found in dated[Carried.Kind.BASE].items()},
        lots={code: tuple(engine.Lot(*lot) for lot in found) for code, found in lots.items()},
    )
