"""What `manage.py rate` prints for people."""

from __future__ import annotations

from tests.tariffs.definitions import definition
from tests.tariffs.files import DEMAND, GAS, MONTHS, SOLAR, TOTALS, VOLUME


def test_text_tells_steps_and_what_is_kept(rate):
    account = {"given": [{"name": "calorific-value", "value": "10.5"}]}
    tariff = definition(
        {
            **GAS["charges"][0],
            "name": "Gas",
            "round_quantity": {"to": "1", "rounding": "down"},
        },
        {"code": "least", "name": "Least", "kind": "minimum", "price": "9999", "of": ["energy"]},
        commodity="gas",
    )

    text = rate(tariff, TOTALS, VOLUME, account=account)

    assert text.splitlines()[2:] == [
        "2026-06-01 to 2026-06-30, both included",
        "  Gas: measured 300 m3",
        "    from m3 to kWh",
        "    × 10.5 Calorific value",
        "    in steps of 1 kWh, down",
        "  Gas: 3150 kWh × 1 per kWh = 3150.00",
        "  Least: 9999.00 − 3150.00 = 6849.00",
        "  total 9999.00",
    ]


def test_text_tells_peaks_and_ratchets(rate):
    rows = [f"{MONTHS[0]},power,100,kW", f"{MONTHS[1]},power,1,kW"]

    text = rate(DEMAND, TOTALS, *rows)

    assert text.splitlines()[8:13] == [
        "2026-02-01 to 2026-02-28, both included",
        "  demand: measured 1 kW",
        "    at least 80 % of the greatest peak of 2 months",
        "  demand: 80 kW × 10 per kW = 800.00",
        "  total 800.00",
    ]


def test_text_tells_of_credit_and_taxes(rate):
    tariff = {
        **SOLAR,
        "taxes": [
            {"code": "vat", "name": "VAT", "kind": "percent", "percent": "5"},
            {"code": "levy", "name": "Levy", "kind": "exempt", "reason": "a church"},
        ],
        "total": {"to": "0.05"},
    }
    rows = [f"{MONTHS[0]},import,100.3,kWh", f"{MONTHS[0]},export,300,kWh"]

    text = rate(tariff, TOTALS, *rows)

    assert "  fed-back: credit carried 19.97" in text.splitlines()
    assert "  Levy: exempt: a church, 0.00" in text.splitlines()
    assert "  credit kept of 2026-01-31: 19.97" in text.splitlines()
