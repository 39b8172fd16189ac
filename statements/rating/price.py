"""Price a chunk: accounts whose bills have the same shape are rated side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import numpy as np

from statements.problems import Problem
from statements.rating import beyond, carry, past, trace, usage
from statements.rating.book import PricedTime
from statements.rating.inputs import BillInput
from statements.rating.lines import Header, Line, Sheet, digest
from statements.rating.quantities import Quantities
from statements.rating.usage import Read
from tariffs import engine

__all__ = ["Bill", "Line", "digest", "price", "price_alike", "rate_alike"]

Priced = TypeVar("Priced")  # what pricing makes of one bill
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
    carried: tuple[carry.Row, ...] = ()  # for later bills

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
    whole, problems = beyond.complete(bills)
    found = usage.read(whole)
    priced = in_groups(whole, found, problems, price_alike)
    refused = {
        each.account_id: why
        for each in priced
        if (why := impossible(len(each.sheet.columns_of[each.row]), each.total_minor))
    }
    problems.update(refused)
    return [each for each in priced if each.account_id not in refused], problems


def in_groups(
    bills: Sequence[BillInput],
    found: Mapping[usage.ChannelUse, Read],
    problems: dict[int, Problem],
    alike: Callable[[Sequence[BillInput], Mapping[usage.ChannelUse, Read]], list[Priced]],
) -> list[Priced]:
    """Price complete bills, those of one shape together.

    :param problems: by account; those of bills that cannot be priced are added
    """
    groups: dict[tuple[object, ...], list[BillInput]] = defaultdict(list)
    for bill in bills:
        problem = usage.problem_of(bill, found)
        if problem:
            problems[bill.account_id] = problem
        else:
            groups[bill.shape()].append(bill)
    return [
        each for group in groups.values() for each in _price_group(group, found, problems, alike)
    ]


def _price_group(
    bills: Sequence[BillInput],
    found: Mapping[usage.ChannelUse, Read],
    problems: dict[int, Problem],
    alike: Callable[[Sequence[BillInput], Mapping[usage.ChannelUse, Read]], list[Priced]],
) -> list[Priced]:
    """Price bills of one shape; what the engine refuses together is tried one by one."""
    try:
        return alike(bills, found)
    except engine.UsageError as error:
        if len(bills) == 1:
            problems[bills[0].account_id] = Problem("not_priceable", str(error))
            return []
    return [each for bill in bills for each in _price_group([bill], found, problems, alike)]


def price_alike(bills: Sequence[BillInput], found: Mapping[usage.ChannelUse, Read]) -> list[Bill]:
    """Price bills of one shape: (bills × slots) matrices go through the engine together."""
    sheet, rated = sheet_of(bills, found)
    shared = trace.shared(bills[0])
    rows = zip(bills, sheet.sums(), sheet.digests(), strict=True)
    priced = [
        _finished(bill, sheet, row, sums, lines_digest, found, shared)
        for row, (bill, sums, lines_digest) in enumerate(rows)
    ]
    return carry.with_rows(priced, carry.rows(bills, rated))


def sheet_of(
    bills: Sequence[BillInput], found: Mapping[usage.ChannelUse, Read]
) -> tuple[Sheet, engine.Rated]:
    """Return the lines of bills of one shape, and all that the engine said of them."""
    times = _times(bills[0])
    rated = _rate(bills, times, found)
    return _sheet(bills, times, rated), rated


def rate_alike(bills: Sequence[BillInput], found: Mapping[usage.ChannelUse, Read]) -> engine.Rated:
    """Return what the engine says of bills of one shape, without their lines in words."""
    return _rate(bills, _times(bills[0]), found)


Times = Sequence[tuple[int, PricedTime]]  # place of the agreement, and what priced a segment


def _times(bill: BillInput) -> Times:
    return [(place, t) for place, agreement in enumerate(bill.agreements) for t in agreement.priced]


def _rate(
    bills: Sequence[BillInput], times: Times, found: Mapping[usage.ChannelUse, Read]
) -> engine.Rated:
    """Rate all segments of a shape in one call, so that what spans segments is billed once."""
    first = bills[0]
    quantities = Quantities(bills, found)
    segments: list[engine.Segment] = []
    use: dict[tuple[int, str], engine.Usage] = {}
    for place, time in times:
        for source, values in quantities.of(place, time):
            use[len(segments), source] = values
        segments.append(_segment(first, place, time))
    return engine.rate(
        segments,
        use,
        _taxes(times),
        currency=first.currency,
        n=len(bills),
        past={
            str(place): past.engine_past([bill.agreements[place] for bill in bills])
            for place, agreement in enumerate(first.agreements)
            if agreement.extra.past
        },
    )


def _segment(bill: BillInput, place: int, time: PricedTime) -> engine.Segment:
    return engine.Segment(
        time.tariff,
        time.period,
        bill.cycle,
        ZoneInfo(bill.zone_name),
        key=str(place),
        conditions=frozenset(bill.agreements[place].extra.conditions),
        given=dict(time.given),
    )


def _taxes(times: Times) -> list[engine.Tax]:
    """Return each tax once, tied to the segments in whose time it holds."""
    held: dict[engine.Tax, list[int]] = defaultdict(list)
    for index, (_, time) in enumerate(times):
        for tax in time.taxes:
            held[tax].append(index)
    return [replace(tax, segments=tuple(indices)) for tax, indices in held.items()]


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


def impossible(lines: int, total_minor: int) -> Problem | None:
    """Say what is wrong with a bill that nobody would send."""
    if lines > MAX_LINES:
        return Problem("too_many_lines", f"{lines} lines, at most {MAX_LINES}")
    if abs(total_minor) > MAX_TOTAL_MINOR:
        return Problem("impossible_total", f"{total_minor} minor units")
    return None
