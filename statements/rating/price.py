"""Price a chunk: accounts whose bills have the same shape are rated side by side."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from core.money import split
from statements.problems import Problem
from statements.rating import trace, usage
from statements.rating.book import PricedTime
from statements.rating.inputs import AgreementInput, BillInput
from statements.rating.usage import Read, Values
from tariffs import engine

MAX_LINES = 200
MAX_TOTAL_MINOR = 10**13
ESTIMATED_SHARE = 30  # percent; above it a person looks first


@dataclass(frozen=True)
class Line:
    """One line as it is stored; the fields of `StatementLine` but its statement and number."""

    agreement_id: int | None
    tariff_version_id: int | None
    charge: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    params: str  # JSON
    quantity: int
    quantity_scale: int
    unit: str
    unit_price: int
    amount_minor: int
    tax_class: str

    def canonical(self) -> str:
        """Return the line as the text that digests are made of."""
        return "|".join(
            (
                self.charge,
                self.kind,
                str(self.agreement_id or ""),
                str(self.tariff_version_id or ""),
                self.starts_at.isoformat(),
                self.ends_at.isoformat(),
                self.params,
                f"{self.quantity}/{self.quantity_scale} {self.unit}",
                str(self.unit_price),
                str(self.amount_minor),
                self.tax_class,
            )
        )


def digest(lines: Iterable[Line]) -> str:
    """Return the SHA-256 of printed lines."""
    text = "\n".join(line.canonical() for line in lines)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Bill:
    """One account's priced bill, ready to be written as a draft."""

    input: BillInput
    lines: tuple[Line, ...]
    estimated_units: int
    trace: bytes
    input_digest: str
    hold_code: str = ""

    @property
    def account_id(self) -> int:
        return self.input.account_id

    @property
    def tax_minor(self) -> int:
        return sum(line.amount_minor for line in self.lines if line.kind == "tax")

    @property
    def net_minor(self) -> int:
        return sum(line.amount_minor for line in self.lines if line.kind != "tax")

    @property
    def total_minor(self) -> int:
        return sum(line.amount_minor for line in self.lines)


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
    lines: list[list[Line]] = [[] for _ in bills]
    taxes: list[list[Line]] = [[] for _ in bills]
    for part in _parts(bills, found):
        _add_lines(bills, part, lines, taxes)
    shared = trace.shared(bills[0])
    return [
        _finished(bill, (*charges, *taxed), found, shared)
        for bill, charges, taxed in zip(bills, lines, taxes, strict=True)
    ]


@dataclass(frozen=True)
class _Part:
    """What one call of the engine gave for all bills of a shape, and what its segments were."""

    times: tuple[tuple[int, PricedTime], ...]  # place of the agreement, and what priced it
    rated: engine.Rated


def _parts(bills: Sequence[BillInput], found: Mapping[usage.ChannelUse, Read]) -> list[_Part]:
    by_taxes: dict[tuple[engine.Tax, ...], list[tuple[int, PricedTime]]] = defaultdict(list)
    for place, agreement in enumerate(bills[0].agreements):
        for time in agreement.priced:
            by_taxes[time.taxes].append((place, time))
    matrices: dict[tuple[int, str], Values] = {}
    return [
        _Part(tuple(times), _rate(bills, times, taxes, found, matrices))
        for taxes, times in by_taxes.items()
    ]


def _rate(
    bills: Sequence[BillInput],
    times: Sequence[tuple[int, PricedTime]],
    taxes: tuple[engine.Tax, ...],
    found: Mapping[usage.ChannelUse, Read],
    matrices: dict[tuple[int, str], Values],
) -> engine.Rated:
    first = bills[0]
    zone = ZoneInfo(first.zone_name)
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
    return engine.rate(segments, use, taxes, currency=first.currency, n=len(bills))


def _matrix(
    bills: Sequence[BillInput], place: int, source: str, found: Mapping[usage.ChannelUse, Read]
) -> Values:
    rows = []
    for bill in bills:
        uses = [u for u in bill.agreements[place].channels if u.source == source]
        parts = [found[u].values for u in uses]
        rows.append(parts[0] if len(parts) == 1 else np.concatenate(parts))
    return np.stack(rows)


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


def _add_lines(
    bills: Sequence[BillInput], part: _Part, lines: list[list[Line]], taxes: list[list[Line]]
) -> None:
    table = part.rated.table()
    headers = [_header(column, part, bills[0]) for column in part.rated.columns]
    quantity, amount = table.quantity.tolist(), table.amount_minor.tolist()
    for row, columns in enumerate(table.shown):
        for i in np.flatnonzero(columns).tolist():
            head = headers[i]
            agreement = bills[row].agreements[head.place].agreement_id if head.place >= 0 else None
            line = Line(
                agreement,
                head.version_id,
                head.charge,
                head.kind,
                head.starts_at,
                head.ends_at,
                head.params,
                quantity[row][i],
                head.scale,
                head.unit,
                head.price,
                amount[row][i],
                head.tax_class,
            )
            (taxes if head.kind == "tax" else lines)[row].append(line)


@dataclass(frozen=True)
class _Header:
    """What a column says of every bill alike."""

    place: int
    version_id: int | None
    charge: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    params: str
    scale: int
    unit: str
    price: int
    tax_class: str


def _header(column: engine.Column, part: _Part, bill: BillInput) -> _Header:
    if column.segment < 0:
        place, version, period = -1, None, bill.period
    else:
        place, time = part.times[column.segment]
        version, period = time.version_id, time.period
    label: dict[str, Any] = {"name": column.name, **column.label}
    return _Header(
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
    bill: BillInput, lines: tuple[Line, ...], found: Mapping[usage.ChannelUse, Read], shared: str
) -> Bill:
    estimated = sum(found[u].estimated for a in bill.agreements for u in a.channels)
    total = sum(int(found[u].values.sum()) for a in bill.agreements for u in a.channels)
    text = trace.compose(bill, found, shared)
    hold = "high_estimate" if estimated * 100 > total * ESTIMATED_SHARE else ""
    return Bill(bill, lines, estimated, trace.pack(text), trace.digest(text), hold)


def _impossible(bill: Bill) -> Problem | None:
    if len(bill.lines) > MAX_LINES:
        return Problem("too_many_lines", f"{len(bill.lines)} lines, at most {MAX_LINES}")
    if abs(bill.total_minor) > MAX_TOTAL_MINOR:
        return Problem("impossible_total", f"{bill.total_minor} minor units")
    return None
