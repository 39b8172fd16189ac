"""The block "Why it changed": this bill against the one before, in words and money."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formats
from core.money import minor_digits
from core.periods import Period, days_in, local_date
from statements import changes
from statements.models import PRICE_DIGITS, Statement, StatementLine
from statements.presentation import labels


@dataclass(frozen=True)
class Cause:
    """One reason and what it makes of the difference, in minor units."""

    words: str
    note: str
    amount_minor: int
    currency: str

    @property
    def amount(self) -> str:
        return labels.signed(self.amount_minor, self.currency)


@dataclass(frozen=True)
class WhyView:
    """The difference to the bill before and its causes; amounts in minor units."""

    before_number: str
    before_month: date
    before_minor: int
    difference_minor: int
    currency: str
    causes: Sequence[Cause]

    @property
    def size_minor(self) -> int:
        return abs(self.difference_minor)

    @property
    def difference(self) -> str:
        return labels.signed(self.difference_minor, self.currency)


def why(
    statement: Statement, lines: Sequence[StatementLine], lines_before: Sequence[StatementLine]
) -> WhyView | None:
    """Return why this bill is not the one before; None if there is none."""
    if not lines_before:
        return None
    before = lines_before[0].statement
    change = changes.change(side(before, lines_before), side(statement, lines))
    return WhyView(
        before_number=before.number or "",
        before_month=local_date(before.starts_at, before.zone),
        before_minor=before.total_minor,
        difference_minor=statement.total_minor - before.total_minor,
        currency=statement.currency,
        causes=_causes(change, before, statement),
    )


def side(statement: Statement, lines: Sequence[StatementLine]) -> changes.Side:
    """Return the lines of a bill as charges that can be compared."""
    zone, days = statement.zone, dict[Hashable, int]()
    stretches: dict[int | None, Period] = {}
    for line in lines:
        known = stretches.get(line.agreement_id, Period(line.starts_at, line.ends_at))
        starts, ends = min(known.starts_at, line.starts_at), max(known.ends_at, line.ends_at)
        stretches[line.agreement_id] = Period(starts, ends)
    for line in lines:
        days[_key(line)] = days_in(stretches[line.agreement_id], zone)
    return changes.Side([_charge(line, statement.currency) for line in lines], days)


def _key(line: StatementLine) -> Hashable:
    return line.agreement_id, line.charge


def _charge(line: StatementLine, currency: str) -> changes.Charge:
    told = line.params
    digits = PRICE_DIGITS - minor_digits(currency)
    return changes.Charge(
        key=_key(line),
        kind="settled" if line.kind == "credit" and line.unit == "money" else line.kind,
        unit=line.unit,
        quantity=Fraction(line.quantity, line.quantity_scale),
        price=Fraction(line.unit_price, 10**digits),
        amount_minor=line.amount_minor,
        band=str(told.get("band") or ""),
        slab=told.get("lower"),
        is_open=told.get("upper") is None,
    )


def _causes(change: changes.Change, before: Statement, after: Statement) -> list[Cause]:
    told = [
        (_("Days"), _days(before, after), change.days),
        (_("Use"), _("more or less used on a day"), change.use),
        (_("Prices"), _("other rates, or other hours and seasons"), change.price),
        (_("Fixed and one-off"), _("charges that began, ended or came once"), change.other),
    ]
    if change.follows:
        shares = _("they are shares of the other charges")
        told.append((_("Taxes and discounts"), shares, change.follows))
    return [Cause(words, note, minor, after.currency) for words, note, minor in told]


def _days(before: Statement, after: Statement) -> str:
    """Say how long both bills are: "31 days, before 30 days"."""
    now, then = (days_in(one.period, one.zone) for one in (after, before))
    words = {"now": _count(now), "before": _count(then)}
    return _("%(now)s; the bill before %(before)s") % words


def _count(days: int) -> str:
    words = ngettext("%(count)s day", "%(count)s days", days)
    return words % {"count": formats.number(days)}
