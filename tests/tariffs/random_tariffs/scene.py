"""What the charges of one random tariff have to fit: how use is metered, when, and how much."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tests.tariffs.random_tariffs.dice import Dice, written
from tests.tariffs.reference.numbers import BASE_UNITS

MONEY = {"USD": 2, "EUR": 2, "JPY": 0, "KWD": 3}

GREATEST = 10**10 - 1  # of what a tariff can say


@dataclass
class Scene:
    dice: Dice
    currency: str
    commodity: str
    metering: str  # readings, totals or registers
    interval_m: int
    whole_months: bool
    cycle_days: int
    use: int  # base units that an ordinary account uses in a cycle
    power: int  # W of its ordinary demand
    units: tuple[str, ...] = ("kWh",)  # that fit its meter
    seasons: dict[str, Any] = field(default_factory=dict)
    bands: dict[str, Any] = field(default_factory=dict)
    clock: str = "wall"
    exact: bool = False  # the total alone is rounded
    demands: list[str] = field(default_factory=list)  # charges whose demand slabs may follow
    priced: list[str] = field(default_factory=list)  # charges that others may name

    def price(self) -> str:
        return self.dice.decimal(0, 3, 8)

    def money(self, most: int = 40) -> str:
        """Return an amount that the currency can pay."""
        digits = MONEY[self.currency]
        return written(Fraction(self.dice.whole(0, most * 10**digits), 10**digits))

    def quantity(self, unit: str, low: float = 0.05, high: float = 1.6) -> str:
        """Return a quantity near what is used, in whole base units, often a round number."""
        usual = self.power if unit in ("kW", "kVA") else self.use
        units = max(int(usual * self.dice.random.uniform(low, high)), 1)
        units = min(units, GREATEST * BASE_UNITS[unit])
        if self.dice.maybe(0.6) and units > 100:
            units -= units % 10 ** (len(str(units)) - 2)
        return written(Fraction(units, BASE_UNITS[unit]))

    def few(self, codes: list[str]) -> list[str]:
        """Return some of the codes, in any order."""
        return self.dice.random.sample(codes, self.dice.whole(1, min(3, len(codes))))
