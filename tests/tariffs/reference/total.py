"""The total of a bill: the sum of its printed lines, or rounded once, or to a step."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tests.tariffs.reference.journey import Journey
from tests.tariffs.reference.numbers import number, to_step


def add(journey: Journey) -> None:
    """Set the total; what rounding it moves is a line of its own, so that the bill adds up."""
    rule: dict[str, Any] = journey.segments[0].tariff.get("total", {})
    minor = journey.minor
    printed = sum(line.amount for line in journey.bill.lines) * minor
    exact = sum((line.exact for line in journey.bill.lines), Fraction(0))
    before = exact if rule.get("round", "lines") == "once" else Fraction(printed)
    step = number(rule["to"]) if "to" in rule else minor
    total = to_step(before, step, rule.get("rounding", "half_up"))
    if total != printed:
        names = {"kind": "rounding", "tax_class": "none", "unit": "money"}
        journey.put(-1, {"code": "rounding"}, total - printed, Fraction(1), **names)
    journey.bill.total = int(total / minor)
