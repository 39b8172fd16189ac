"""A bill as its page, its print and its PDF show it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.models import Commodity, CustomerAccount, Utility
from core import formats
from core.charts import Chart
from core.periods import Period, days_in, last_day, local_date
from statements import line_readings, readings
from statements.models import Cancellation, Statement, StatementLine
from statements.presentation import labels
from statements.presentation.changed import WhyView, why
from statements.presentation.load import Loaded, load
from statements.presentation.months import use_by_month
from statements.presentation.opened import OpenLine, open_line, past_of
from statements.presentation.registers import MeterRow, meter_rows
from statements.presentation.usage import Usage, usage
from statements.presentation.worked import notes, worked
from tariffs.engine.choices import Beside


@dataclass(frozen=True)
class LineView:
    """One line: what it prices, and quantity × rate = amount."""

    seq: int
    title: str
    details: Sequence[str]
    sum: str  # quantity × rate, or the words of what is worked out another way
    amount_minor: int
    has_readings: bool
    is_info: bool = False  # it tells something and costs nothing
    opened: OpenLine | None = None


@dataclass(frozen=True)
class Service:
    """What one agreement cost, how it was measured and how the use spread over the days."""

    title: str
    usage_point: str
    address: str
    period: Period
    part: str  # words, when it is not the whole billing period
    lines: Sequence[LineView]
    subtotal_minor: int
    meters: Sequence[MeterRow]
    usage: Usage | None
    months: Chart | None


@dataclass(frozen=True)
class BillView:
    """Everything that the template of a bill shows; amounts in minor units."""

    statement: Statement
    account: CustomerAccount
    utility: Utility
    zone: ZoneInfo
    first_day: date
    last_day: date
    days: int
    services: Sequence[Service]
    taxes: Sequence[LineView]
    rounding: LineView | None
    cancellation: Cancellation | None
    claim_code: str
    why: WhyView | None

    @property
    def currency(self) -> str:
        return self.statement.currency

    @property
    def due_minor(self) -> int:
        return self.statement.amount_due_minor or 0

    @property
    def credit_minor(self) -> int:
        return max(-self.due_minor, 0)

    @property
    def payments_minor(self) -> int:
        return self.statement.payments_minor or 0

    @property
    def fees_minor(self) -> int:
        return self.statement.fees_minor or 0

    @property
    def previous_minor(self) -> int:
        return self.statement.previous_minor or 0

    @property
    def is_cancelled(self) -> bool:
        return self.statement.state != Statement.State.ISSUED


def bill(statement: Statement, *, now: datetime, opened: bool = False) -> BillView:
    """Return a bill in the active language; `now` is real time, for the claim code.

    The statement comes with its account and customer.

    :param opened: whether its lines can be opened to their arithmetic and their days
    """
    loaded = load(statement, now=now)
    zone = statement.zone
    return BillView(
        statement=statement,
        account=statement.account,
        utility=loaded.utility,
        zone=zone,
        first_day=local_date(statement.starts_at, zone),
        last_day=last_day(statement.period, zone),
        days=days_in(statement.period, zone),
        services=_services(loaded, opened),
        taxes=_taxes(loaded, opened),
        rounding=next(iter(_of_bill(loaded, "rounding", opened)), None),
        cancellation=loaded.cancellation,
        claim_code=loaded.claim_code,
        why=why(statement, loaded.lines, loaded.lines_before),
    )


def _services(loaded: Loaded, opened: bool) -> list[Service]:
    billed = {each.agreement_id: each for each in loaded.billed}
    keys = dict.fromkeys([*billed, *(n.agreement_id for n in loaded.lines if n.agreement_id)])
    months = use_by_month(loaded.statement)  # a chart stands once, with the first of its service
    return [_service(key, billed.get(key), loaded, months, opened) for key in keys]


def _service(
    key: int,
    billed: readings.Billed | None,
    loaded: Loaded,
    months: dict[str, Chart],
    opened: bool,
) -> Service:
    point = loaded.agreements[key].usage_point
    lines = [line for line in loaded.lines if line.agreement_id == key and line.kind != "tax"]
    period = billed.period if billed else loaded.statement.period
    return Service(
        title=str(Commodity(point.commodity).label),
        usage_point=point.code,
        address=str(point.location),
        period=period,
        part=_part(billed, loaded) if billed else "",
        lines=[line_view(line, period, loaded, opened=opened) for line in lines],
        subtotal_minor=sum(line.amount_minor for line in lines),
        meters=meter_rows(loaded, billed) if billed else [],
        usage=usage(loaded, billed) if billed else None,
        months=months.pop(point.commodity, None),
    )


def _part(billed: readings.Billed, loaded: Loaded) -> str:
    """Say that only a part of the billing period is billed, and how many days that is."""
    if loaded.inputs is None or billed.period == loaded.inputs.cycle:
        return ""
    zone = loaded.statement.zone
    share = labels.share_of_days(days_in(billed.period, zone), days_in(loaded.inputs.cycle, zone))
    words = {"days": formats.period(billed.period, zone), "share": share}
    return _("Part of the billing period: %(days)s (%(share)s)") % words


def line_view(
    line: StatementLine, period: Period, loaded: Loaded, *, opened: bool = False
) -> LineView:
    """Return a line in words; `period` is what is billed of its agreement."""
    currency, past = loaded.statement.currency, past_of(line, loaded)
    tariff = loaded.tariffs.get(line.tariff_version_id) if line.tariff_version_id else None
    return LineView(
        seq=line.seq,
        title=labels.name(line),
        details=[
            *labels.details(line, tariff, currency),
            *_stretch(line, period, loaded),
            *_bases(line, loaded),
            *notes(line, loaded.lines, past),
        ],
        sum=worked(line, currency, loaded.lines, past),
        amount_minor=line.amount_minor,
        has_readings=line_readings.counts_readings(line),
        is_info=line.kind == "info",
        opened=open_line(line, loaded) if opened else None,
    )


def _stretch(line: StatementLine, period: Period, loaded: Loaded) -> list[str]:
    """Name the days of a line that prices only a part of its agreement's period."""
    own = Period(line.starts_at, line.ends_at)
    return [] if own == period else [formats.period(own, loaded.statement.zone)]


def _bases(line: StatementLine, loaded: Loaded) -> list[str]:
    """Name the charges that a percentage is taken of."""
    of = line.params.get("of") or ()
    names = {
        labels.name(other): None
        for other in loaded.lines
        if other.agreement_id == line.agreement_id and _is_base(other, line, of)
    }
    return [_("of %(charges)s") % {"charges": ", ".join(names)}] if names else []


def _is_base(other: StatementLine, line: StatementLine, of: Collection[str]) -> bool:
    """Say whether a percentage is taken of a line: of its charge, or of its kind beside it."""
    if other.tariff_version_id == line.tariff_version_id:
        return other.charge in of
    return f"@{other.kind}" in of or (Beside.ALL in of and other.kind not in ("info", "tax"))


def _taxes(loaded: Loaded, opened: bool) -> list[LineView]:
    return _of_bill(loaded, "tax", opened)


def _of_bill(loaded: Loaded, kind: str, opened: bool) -> list[LineView]:
    """Return the lines of a kind that belong to the whole bill, or are taxes of a service."""
    currency = loaded.statement.currency
    return [
        LineView(
            seq=line.seq,
            title=labels.name(line),
            details=[*labels.details(line, None, currency), *_taken_of(line, loaded)],
            sum=worked(line, currency),
            amount_minor=line.amount_minor,
            has_readings=False,
            opened=open_line(line, loaded) if opened else None,
        )
        for line in loaded.lines
        if line.kind == kind
    ]


def _taken_of(line: StatementLine, loaded: Loaded) -> list[str]:
    if line.agreement_id is not None:
        return _bases(line, loaded)
    is_part = line.unit != "percent" or line.params.get("lower") or "upper" in line.params
    return [] if is_part else _tax_base(line, loaded)


def _tax_base(line: StatementLine, loaded: Loaded) -> list[str]:
    """Say what a tax is taken on: all charges, or the named ones of its class."""
    if line.quantity == loaded.statement.net_minor:
        return [_("on all charges")]
    classes = {b.tax_classes[line.charge] for b in loaded.billed if line.charge in b.tax_classes}
    names = {
        labels.name(other): None
        for other in loaded.lines
        if other.kind != "tax" and other.tax_class in classes
    }
    return [_("on %(charges)s") % {"charges": ", ".join(names)}] if names else []
