"""The sum of a line in words, where it is more than quantity × rate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from core import formats
from statements.models import PRICE_DIGITS, StatementLine
from statements.presentation import labels
from statements.rating.inputs import Known
from tariffs.engine.measures import UNITS

HUNDRED_PERCENT = 100 * 10**PRICE_DIGITS


def worked(line: StatementLine, currency: str, past: Sequence[Known] = ()) -> str:
    """Return the sum that a line prints.

    :param past: what the bill knew of earlier periods of the agreement
    """
    if line.kind == "info":
        return _info(line)
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


def steps(line: StatementLine, lines: Sequence[StatementLine]) -> list[str]:
    """Return how a line that tells a measured quantity leads to what is billed.

    "412 m³ × 1.02264 × 39.2 ÷ 3.6 = 4,588 kWh", and what its numbers are.

    :param lines: all lines of the bill
    """
    billed = [other for other in lines if _is_made_of(other, line)]
    if line.params.get("step") != "metered" or not billed:
        return []
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
    return [f"{text} {'=' if is_exact else '≈'} {made}", *_notes(taken, billed[0])]


def _is_made_of(other: StatementLine, line: StatementLine) -> bool:
    return _is_beside(other, line) and other.kind != "info" and "steps" in other.params


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
    scale = UNITS[line.unit].scale
    for step in taken:
        if step["step"] == "at_most":
            yield _("At most %(quantity)s") % {
                "quantity": formats.quantity(step["quantity"], line.unit, scale=scale)
            }
        if step["step"] == "round_quantity":
            yield _("Rounded to steps of %(quantity)s") % {
                "quantity": formats.quantity(step["to"], line.unit, scale=scale)
            }


def _number(scaled: int) -> str:
    return formats.number(Decimal(scaled).scaleb(-PRICE_DIGITS).normalize())
