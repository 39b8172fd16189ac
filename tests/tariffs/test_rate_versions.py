"""`manage.py rate` with several tariff files: versions cut the period, other codes are a bundle."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError

from tests.tariffs.definitions import FLAT, definition, energy, fixed
from tests.tariffs.files import HEADER, JUNE, TOTALS, hours, lines

BACK = datetime(2026, 11, 1, 4, tzinfo=UTC)


def test_a_version_cuts_the_period_on_its_first_day(rate):
    """15 of 30 days each: 150 × 0.12 + 6.00 ÷ 2 and 150 × 0.24 + 9.00 ÷ 2."""
    old = definition(fixed("6"), energy(price="0.12"))
    new = definition(fixed("9"), energy(price="0.24"), **{"from": "2026-06-16"})

    result = rate([new, old], TOTALS, JUNE.format(300), as_json=True)

    assert lines(result) == [
        ("service", "0.5", "3.00"),
        ("energy", "150", "18.00"),
        ("service", "0.5", "4.50"),
        ("energy", "150", "36.00"),
    ]
    assert [segment["to"][:10] for segment in result["periods"][0]["segments"]] == [
        "2026-06-16",
        "2026-07-01",
    ]
    assert result["warnings"] == []


def test_readings_are_cut_at_the_midnight_of_the_place(rate):
    old = definition(energy(price="1"))
    new = definition(energy(price="2"), **{"from": "2026-11-02"})

    result = rate([old, new], HEADER, *hours(BACK, 25 + 24), as_json=True)

    assert lines(result) == [("energy", "25", "25.00"), ("energy", "24", "48.00")]


def test_the_version_of_the_last_day_may_price_everything(rate):
    old = definition(energy(price="0.12"))
    new = definition(energy(price="0.24"), on_change="last_day", **{"from": "2026-06-16"})

    result = rate([old, new], TOTALS, JUNE.format(300), as_json=True)

    assert lines(result) == [("energy", "300", "72.00")]
    assert result["warnings"] == []


@pytest.mark.parametrize(
    ("ends", "starts", "says"),
    [
        ("2026-06-16", "2026-06-20", "2026-06-16 has no version of test-tariff"),
        ("2026-06-16", "2026-06-10", "2026-06-10 has two versions of test-tariff"),
        (None, "2020-01-01", "2020-01-01 has two versions of test-tariff"),
    ],
)
def test_versions_with_a_gap_or_an_overlap_are_refused(rate, ends, starts, says):
    old = definition(energy(price="0.12"), to=ends)
    new = definition(energy(price="0.24"), **{"from": starts})

    with pytest.raises(CommandError) as refused:
        rate([old, new], TOTALS, JUNE.format(300))

    assert f"tariff1.json: from: {says}" in str(refused.value)
    assert "tariff0.json" in str(refused.value)


SEWER = definition(
    energy(code="sewer", unit="m3", commodity="water", share_percent="90", price="2"),
    code="sewer",
    commodity="sewer",
)


def test_tariffs_of_other_codes_are_priced_side_by_side(rate):
    water = definition(energy(unit="m3", price="1"), code="water", commodity="water")

    result = rate([water, SEWER], TOTALS, "2026-06-01,2026-07-01,import,10,m3", as_json=True)

    assert lines(result) == [("energy", "10", "10.00"), ("sewer", "9", "18.00")]
    assert [s["tariff"] for s in result["periods"][0]["segments"]] == ["water", "sewer"]


def test_a_channel_of_its_own_commodity_goes_first(rate):
    rows = [JUNE.format(100), "2026-06-01,2026-07-01,water.import,10,m3"]

    result = rate([FLAT, SEWER], TOTALS, *rows, as_json=True)

    assert lines(result) == [("energy", "100", "12.00"), ("sewer", "9", "18.00")]
    assert result["warnings"] == []


def test_tariffs_of_two_currencies_are_refused(rate):
    with pytest.raises(CommandError, match=r"tariff1\.json: currency: EUR is not that of"):
        rate([FLAT, {**SEWER, "currency": "EUR"}], TOTALS, JUNE.format(1))


def test_tariffs_of_two_zones_need_one_to_be_chosen(rate):
    other = {**SEWER, "zone": "Europe/Berlin"}
    rows = [JUNE.format(1), "2026-06-01,2026-07-01,water.import,10,m3"]

    with pytest.raises(CommandError, match=r"tariff1\.json: zone: Europe/Berlin is not the zone"):
        rate([FLAT, other], TOTALS, *rows)

    assert len(rate([FLAT, other], TOTALS, *rows, zone="Europe/Berlin", as_json=True)["periods"])
