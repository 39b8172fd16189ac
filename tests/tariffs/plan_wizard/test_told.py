"""The charges of a plan in the words of price lists."""

from __future__ import annotations

import pytest

from tariffs.authoring.plan_state import PlanCharge
from tariffs.plan_wizard.told import price_words

HOURS = "07:00-10:00, 17:00-20:00"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ("all", "$0.05 per kWh, every day 07:00–10:00, 17:00–20:00"),
        ("weekday", "$0.05 per kWh, Mon–Fri 07:00–10:00, 17:00–20:00"),
        ("weekend", "$0.05 per kWh, Sat–Sun 07:00–10:00, 17:00–20:00"),
    ],
)
def test_a_price_by_hours_names_its_days_first(days, words):
    charge = PlanCharge(kind="variable", amount="0.05", unit="kWh", hours=HOURS, days=days)

    assert price_words(charge, "USD", ()) == words


def test_a_price_by_use_is_told_per_unit():
    charge = PlanCharge(kind="consumption", amount="0.05", unit="kWh")

    assert price_words(charge, "USD", ()) == "$0.05 per kWh"
