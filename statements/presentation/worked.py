"""The sum of a line in words, where it is more than quantity × rate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from core import formats
from core.money import divide
from statements.models import PRICE_DIGITS, StatementLine
from statements.presentation import labels
from statements.rating.inputs import Known
from tariffs.engine.measures import DEMAND_UNITS, UNITS

HUNDRED_PERCENT = 100 * 10**PRICE_DIGITS


def worked(
    line: StatementLine,
    currency: str,
    lines: Sequence[StatementLine] = (),
    past: Sequence[Known] = (),
) -> str:
    """Return the sum that a line prints.

    :param lines: all lines of the bill
    :param past: what the bill knew of earlier periods of the agreement
    """
    if line.kind == "info":
        return _converted(line, lines) or _info(line)
    if "exempt" in line.params:
        return _("Exempt: %(reason)s") % {"reason": line.params["exempt"]}
    if line.unit == "money":
        return _of_money(line, currency, past)
    left, rate = labels.quantity(line, currency), labels.rate(line, currency)
    return f"{left} × {rate}{labels.shares(line)}"


def _info(line: StatementLine) -> str:
    words = {"quantity": labels.quantity(line, "")}
    if line.params.get("step") == "less":
        share = labels.percent(line.params["percent"])
        return _("To be taken off: %(share)s of %(quantity)s") % {**words, "share": share}
    return _("Measured: %(quantity)s") % words


def _of_money(line: StatementLine, currency: str, past: Sequence[Known]) -> str:
    if line.kind == "minimum":
        least = line.params["minimum"]
        words = {
            "least": formats.money(least, currency),
            "reached": formats.money(least - line.amount_minor, currency),
        }
        return _("Least amount %(least)s − %(reached)s") % words
    if line.kind == "rounding":
        words = {"step": formats.money(line.params.get("to", 1), currency)}
        return _("The total, rounded to %(step)s") % words
    if line.params.get("lots") == "carried":
        return _("Credit that is kept for later bills")
    return _used(line, past)


def _used(line: StatementLine, past: Sequence[Known]) -> str:
    """Say from which months used credit is: the oldest is used first."""
    rest, months = -line.amount_minor, dict[str, None]()
    for known in past:
        if (known.kind, known.code) == ("lot", line.charge) and rest > 0:
            months[formats.month(known.day)] = None
            rest -= known.value
    if not months:
        return _("Credit used")
    return _("Credit used from %(months)s") % {"months": ", ".join(months)}


def notes(line: StatementLine, lines: Sequence[StatementLine], past: Sequence[Known]) -> list[str]:
    """Return what the numbers of a sum are, and what cut, rounded or held up a quantity."""
    if line.kind == "demand":
        return list(_of_demand(line, past))
    billed = _made_of(line, lines)
    return list(_notes(billed[0].params["steps"], billed[0])) if billed else []


def _converted(line: StatementLine, lines: Sequence[StatementLine]) -> str:
    """Return how a measured quantity becomes what is billed, or nothing if it stays as it is.

    "412 m³ × 1.02264 × 39.2 ÷ 3.6 = 4,588 kWh"
    """
    billed = _made_of(line, lines)
    if not billed:
        return ""
    taken = billed[0].params["steps"]
    less = [other for other in lines if _is_taken_off(other, line)]
    total = sum(other.quantity for other in billed)
    exact, text = Fraction(line.quantity, line.quantity_scale), labels.quantity(line, "")
    for each in less:
        share = Fraction(each.params["percent"], HUNDRED_PERCENT)
        exact -= Fraction(each.quantity, each.quantity_scale) * share
        text += f" − {labels.quantity(each, '')}{_times_share(each.params['percent'])}"
    exact, text = _multiplied(taken, exact, f"({text})" if less else text)
    is_exact = exact == Fraction(total, billed[0].quantity_scale)
    made = formats.quantity(total, billed[0].unit, scale=billed[0].quantity_scale)
    return f"{text} {'=' if is_exact else '≈'} {made}"


def _made_of(line: StatementLine, lines: Sequence[StatementLine]) -> list[StatementLine]:
    """Return the lines that price what a line tells to be measured, worked on by steps."""
    if line.params.get("step") != "metered" or line.unit in DEMAND_UNITS:
        return []
    beside = [other for other in lines if _is_beside(other, line) and other.kind != "info"]
    return [other for other in beside if "steps" in other.params]


def _is_taken_off(other: StatementLine, line: StatementLine) -> bool:
    return _is_beside(other, line) and other.params.get("step") == "less"


def _is_beside(other: StatementLine, line: StatementLine) -> bool:
    """Say whether two lines are of one charge in one stretch of time."""
    names = ("agreement_id", "charge", "tariff_version_id", "starts_at", "ends_at")
    return all(getattr(other, name) == getattr(line, name) for name in names)


def _times_share(percent: int) -> str:
    return "" if percent == HUNDRED_PERCENT else f" × {labels.percent(percent)}"


def _multiplied(
    taken: Sequence[Mapping[str, Any]], exact: Fraction, text: str
) -> tuple[Fraction, str]:
    """Return the quantity after shares and factors, and the text of both."""
    for step in taken:
        if step["step"] == "share_percent":
            exact *= Fraction(step["percent"], HUNDRED_PERCENT)
            text += f" × {labels.percent(step['percent'])}"
        for factor in step.get("factors", ()):
            value = Fraction(factor["value"], 10**PRICE_DIGITS)
            divides = factor.get("by") == "divide"
            exact = exact / value if divides else exact * value
            text += f" {'÷' if divides else '×'} {_number(factor['value'])}"
    return exact, text


def _notes(taken: Sequence[Mapping[str, Any]], line: StatementLine) -> Iterator[str]:
    """Yield what the factors are, and what cuts or rounds the quantity."""
    factors = [factor for step in taken for factor in step.get("factors", ())]
    if factors:
        yield "; ".join(f"{_number(each['value'])}: {each['name']}" for each in factors)
    for step in taken:
        if step["step"] == "at_most":
            yield _("At most %(quantity)s") % {"quantity": _quantity(step["quantity"], line)}
        if step["step"] == "round_quantity":
            yield _("Rounded to steps of %(quantity)s") % {"quantity": _quantity(step["to"], line)}


def _of_demand(line: StatementLine, past: Sequence[Known]) -> Iterator[str]:
    """Yield what a demand is billed by beside its own peak."""
    taken = line.params.get("steps", ())
    for step in taken:
        if step["step"] == "ratchet":
            yield _ratchet(step, line, past)
        if step["step"] == "floor":
            yield _("At least %(quantity)s") % {"quantity": _quantity(step["quantity"], line)}
    yield from _notes(taken, line)


def _ratchet(step: Mapping[str, Any], line: StatementLine, past: Sequence[Known]) -> str:
    """Name the share of earlier peaks below which no demand is billed, and the peak if it is one.

    Only where the demand is billed without slabs, its quantity is that of the peak's share.
    """
    words: dict[str, Any] = {
        "share": labels.percent(step["percent"]),
        "months": formats.number(step["months"]),
    }
    if step["rule"] == "mean":
        said = _("At least %(share)s of the mean demand of this and the %(months)s months before")
        return said % words
    demand = Fraction(line.quantity, labels.part_of(line)[0])
    for known in past:
        held = divide(known.value * step["percent"], HUNDRED_PERCENT)
        if (known.kind, known.code) == ("peak", line.charge) and held == demand:
            words |= {"peak": _quantity(known.value, line), "month": formats.month(known.day)}
            return _("Held up by an earlier month: %(share)s of %(peak)s in %(month)s") % words
    return _("At least %(share)s of the greatest demand of the %(months)s months before") % words


def _quantity(base: int, line: StatementLine) -> str:
    return formats.quantity(base, line.unit, scale=UNITS[line.unit].scale)


def _number(scaled: int) -> str:
    return formats.number(Decimal(scaled).scaleb(-PRICE_DIGITS).normalize())
