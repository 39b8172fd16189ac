"""What a year's bills were for: each charge and band with its sum; the sums make the total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_percent

from core import formats
from statements.models import StatementLine
from statements.presentation import labels
from tariffs import names


@dataclass
class Cost:
    """One charge, or one band of it; base units and minor units."""

    name: str
    band: str
    unit: str  # empty where the charge does not count units
    scale: int
    units: int = 0
    amount_minor: int = 0
    is_tax: bool = False
    share: str = ""  # of all bills, in whole percent


Key = tuple[bool, str, str, str]


def costs(lines: Sequence[StatementLine]) -> list[Cost]:
    """Return the charges in the order in which they first stand on a bill, taxes last."""
    found: dict[Key, Cost] = {}
    for line in lines:
        cost = found.setdefault(_key(line), _cost(line))
        cost.units += line.quantity if cost.unit else 0
        cost.amount_minor += line.amount_minor
    total = sum(line.amount_minor for line in lines)
    for cost in found.values():
        cost.share = _share(cost.amount_minor, total)
    return sorted(found.values(), key=lambda cost: cost.is_tax)


def _key(line: StatementLine) -> Key:
    counted = line.unit if line.kind == "energy" else ""
    band = names.told(str(line.params.get("band") or ""))
    return line.kind == "tax", labels.name(line), band, counted


def _cost(line: StatementLine) -> Cost:
    is_tax, name, band, unit = _key(line)
    return Cost(name, band, unit, line.quantity_scale, is_tax=is_tax)


def _share(part: int, whole: int) -> str:
    if whole <= 0:
        return ""
    share = (Decimal(part * 100) / whole).quantize(Decimal(1), ROUND_HALF_UP) / 100
    return str(format_percent(share, locale=formats.current_locale()))
