"""Price a chunk: accounts whose bills have the same shape are rated side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from core.money import split
from statements.problems import Problem
from statements.rating import trace, usage
from statements.rating.book import PricedTime
from statements.rating.inputs import AgreementInput, BillInput
from statements.rating.lines import Header, Line, Sheet, digest
from statements.rating.usage import Read, Values
from tariffs import engine

__all__ = ["Bill", "Line", "digest", "price", "price_alike"]

MAX_LINES = 200
MAX_TOTAL_MINOR = 10**13
ESTIMATED_SHARE = 30  # percent; above it a person looks first


@dataclass(frozen=True)
class Bill:
    """One account's priced bill, ready to be written as a draft."""

    input: BillInput
    sheet: Sheet  # of all bills that were rated with it
    row: int  # of this one
    net_minor: int
    tax_minor: int
    lines_digest: str
    estimated_units: int
    trace: bytes
    input_digest: str
    hold_code: str = ""

    @property
    def account_id(self) -> int:
        return self.input.account_id

    @property
    def total_minor(self) -> int:
        return self.net_minor + self.tax_minor

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.sheet.lines(self.row)


def price(bills: Sequence[BillInput]) -> tuple[list[Bill], dict[int, Problem]]:
    """Return the priced bills, and for each account that cannot be priced the reason."""
    found = usage.read(bills)
    problems: dict[int, Problem] = {}
    groups: dict[tuple[object, ...], list[BillInput]] = defaultdict(list)
    for bill in bills:
        problem = usage.problem_of(bill, found)
        if problem:
            problems[bill.account_id] = problem
        else:
            groups[bill.shape()].append(bill)
    priced = [bill for group in groups.values() for bill in price_alike(group, found)]
    refused = {each.account_id: why for each in priced if (why := _impossible(each))}
    problems.update(refused)
    return [each for each in priced if each.account_id not in refused], problems


def price_alike(bills: Sequence[BillInput], found: Mapping[usage.ChannelUse, Read]) -> list[Bill]:
    """Price bills of one shape: (bills × slots) matrices go through the engine together."""
    times = _times(bills[0])
    sheet = _sheet(bills, times, _rate(bills, times, found))
    shared = trace.shared(bills[0])
    rows = zip(bills, sheet.sums(), sheet.digests(), strict=True)
    return [
        _finished(bill, sheet, row, sums, lines_digest, found, shared)
        for row, (bill, sums, lines_digest) in enumerate(rows)
    ]


Times = Sequence[tuple[int, PricedTime]]  # place of the agreement, and what priced a segment


def _times(bill: BillInput) -> Times:
    return [(place, t) for place, agreement in enumerate(bill.agreements) for t in agreement.priced]


def _rate(
    bills: Sequence[BillInput], times: Times, found: Mapping[usage.ChannelUse, Read]
) -> engine.Rated:
    """Rate all segments of a shape in one call, so that what spans segments is billed once."""
    first = bills[0]
    zone = ZoneInfo(first.zone_name)
    matrices: dict[tuple[int, str], Values] = {}
    segments: list[engine.Segment] = []
    use: dict[tuple[int, str], engine.Usage] = {}
    for place, time in times:
        segment = engine.Segment(time.tariff, time.period, first.cycle, zone, key=str(place))
        for source in {u.source for u in first.agreements[place].channels}:
            if (place, source) not in matrices:
                matrices[place, source] = _matrix(bills, place, source, found)
            use[len(segments), source] = _slice(
                first.agreements[place], source, time, matrices[place, source], zone
            )
        segments.append(segment)
    return engine.rate(segments, use, _taxes(times), currency=first.currency, n=len(bills))


def _taxes(times: Times) -> list[engine.Tax]:
    """Return each tax once, tied to the segments in whose time it holds."""
    held: dict[engine.Tax, list[int]] = defaultdict(list)
    for index, (_, time) in enumerate(times):
        for tax in time.taxes:
            held[tax].append(index)
    return [replace(tax, segments=tuple(indices)) for tax, indices in held.items()]


def _matrix(
    bills: Sequence[BillInput], place: int, source: str, found: Mapping[usage.ChannelUse, Read]
) -> Values:
    rows = [
        [found[use] for use in bill.agreements[place].channels if use.source == source]
        for bill in bills
    ]
    if all(len(parts) == 1 for parts in rows):
        return usage.side_by_side([part for (part,) in rows])
    return np.stack([np.concatenate([part.values for part in parts]) for parts in rows])


def _slice(
    agreement: AgreementInput, source: str, time: PricedTime, values: Values, zone: ZoneInfo
) -> engine.Usage:
    """Cut the segment out of the agreement's values; a register's total is shared by days."""
    uses = [u for u in agreement.channels if u.source == source]
    interval_s = uses[0].interval_s
    if interval_s == 0:
        return engine.Totals(_share(agreement, time, values.sum(axis=1), zone))
    start = agreement.period.starts_at
    first = int((time.period.starts_at - start).total_seconds()) // interval_s
    last = int((time.period.ends_at - start).total_seconds()) // interval_s
    return engine.Intervals(time.period.starts_at, interval_s, values[:, first:last])


def _share(agreement: AgreementInput, time: PricedTime, totals: Values, zone: ZoneInfo) -> Values:
    same = [t for t in agreement.priced if t.tariff.code == time.tariff.code]
    if len(same) == 1:
        return totals
    days = [usage.days_of(t.period, zone) for t in same]
    place = same.index(time)
    return np.array([split(int(total), days)[place] for total in totals], dtype=np.int64)


def _sheet(bills: Sequence[BillInput], times: Times, rated: engine.Rated) -> Sheet:
    columns = [(_header(column, times, bills[0]), column) for column in rated.columns]
    columns.sort(key=lambda pair: pair[0].is_tax)  # stable: charges first, each kind in order
    shape = (len(bills), len(columns))
    quantity, amounts = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    shown = np.zeros(shape, np.bool_)
    for i, (_, column) in enumerate(columns):
        quantity[:, i] = column.quantity
        amounts[:, i] = column.amount_minor
        shown[:, i] = column.shown
    agreements = [[agreement.agreement_id for agreement in bill.agreements] for bill in bills]
    headers = [header for header, _ in columns]
    return Sheet(headers, np.array(agreements, np.int64), quantity, amounts, shown)


def _header(column: engine.Column, times: Times, bill: BillInput) -> Header:
    if column.segment < 0:
        place, version, period = -1, None, bill.period
    else:
        place, time = times[column.segment]
        version, period = time.version_id, time.period
    label: dict[str, Any] = {"name": column.name, **column.label}
    return Header(
        place,
        version,
        column.charge,
        column.kind,
        period.starts_at,
        period.ends_at,
        trace.canonical(label),
        column.quantity_scale,
        column.unit,
        column.unit_price,
        column.tax_class,
    )


def _finished(
    bill: BillInput,
    sheet: Sheet,
    row: int,
    sums: tuple[int, int],
    lines_digest: str,
    found: Mapping[usage.ChannelUse, Read],
    shared: str,
) -> Bill:
    reads = [found[use] for agreement in bill.agreements for use in agreement.channels]
    estimated = sum([read.estimated for read in reads])
    text = trace.compose(bill, found, shared)
    hold = "high_estimate" if estimated and _is_high(estimated, reads) else ""
    packed, input_digest = trace.pack(text), trace.digest(text)
    return Bill(bill, sheet, row, *sums, lines_digest, estimated, packed, input_digest, hold)


def _is_high(estimated: int, reads: Sequence[Read]) -> bool:
    total = sum(int(read.values.sum()) for read in reads)
    return estimated * 100 > total * ESTIMATED_SHARE


def _impossible(bill: Bill) -> Problem | None:
    count = len(bill.sheet.columns_of[bill.row])
    if count > MAX_LINES:
        return Problem("too_many_lines", f"{count} lines, at most {MAX_LINES}")
    if abs(bill.total_minor) > MAX_TOTAL_MINOR:
        return Problem("impossible_total", f"{bill.total_minor} minor units")
    return None
