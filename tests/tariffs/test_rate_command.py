"""`manage.py rate`: one tariff file, one usage file, no database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from tests.house.code import ROOT
from tests.tariffs.definitions import FLAT, PEAK_HOUR, definition, energy, fixed, slabs
from tests.tariffs.files import DEMAND, GAS, HEADER, JUNE, TOTALS, hours, lines, totals, written

ORDINARY = datetime(2026, 6, 15, 4, tzinfo=UTC)  # midnight in New York
BACK = datetime(2026, 11, 1, 4, tzinfo=UTC)


def test_totals_of_periods_as_json(rate):
    result = rate(
        FLAT,
        TOTALS,
        "2026-01-01,2026-02-01,import,100,kWh",
        "2026-02-01,2026-03-01,import,200,kWh",
        as_json=True,
    )

    assert result == {
        "currency": "USD",
        "periods": [
            period("2026-01-01T00:00:00-05:00", "2026-02-01T00:00:00-05:00", "100", "12.00"),
            period("2026-02-01T00:00:00-05:00", "2026-03-01T00:00:00-05:00", "200", "24.00"),
        ],
        "warnings": [],
    }


def period(start: str, end: str, quantity: str, amount: str) -> dict[str, object]:
    """Return what is printed of one period under the flat tariff."""
    return {
        "from": start,
        "to": end,
        "segments": [{"tariff": FLAT["code"], "from": start, "to": end, "conditions": []}],
        "lines": [
            {
                "charge": "energy",
                "name": "energy",
                "kind": "energy",
                "segment": 0,
                "label": {"row": 0, "slab": 0},
                "quantity": quantity,
                "unit": "kWh",
                "unit_price": "0.12",
                "amount": amount,
            }
        ],
        "total": amount,
    }


def test_text_shows_the_arithmetic(rate):
    text = rate(PEAK_HOUR, HEADER, *hours(ORDINARY, 24))

    assert text.splitlines() == [
        "Test tariff (USD)",
        "",
        "2026-06-15 to 2026-06-15, both included",
        "  energy, off_peak: 8 kWh × 0.08 per kWh = 0.64",
        "  energy, standard: 12 kWh × 0.12 per kWh = 1.44",
        "  energy, peak: 4 kWh × 0.18 per kWh = 0.72",
        "  total 2.80",
    ]


def test_whole_months_of_readings_are_priced_month_by_month(rate):
    tariff = definition(fixed("5"), energy(slabs=slabs(("100", "0.10"), (None, "1"))))
    readings = hours(datetime(2026, 1, 1, 5, tzinfo=UTC), 24 * (31 + 28))

    months = rate(tariff, HEADER, *readings, as_json=True)
    whole = rate(tariff, HEADER, *readings, as_json=True, cycle="whole")

    assert totals(months) == ["659.00", "587.00"]
    assert totals(whole) == ["1331.00"]


def test_days_of_a_file_can_be_chosen_and_prorated(rate):
    tariff = definition(fixed("31"))
    use = hours(datetime(2026, 1, 1, 5, tzinfo=UTC), 24 * 31)

    result = rate(
        tariff, HEADER, *use, as_json=True, from_="2026-01-11", to="2026-01-21", cycle="month"
    )

    assert lines(result) == [("service", "10/31", "10.00")]


def test_what_is_not_metered_needs_days_and_no_usage_file(rate):
    result = rate(definition(fixed("31")), as_json=True, from_="2026-01-01", to="2026-02-01")

    assert totals(result) == ["31.00"]


def test_what_is_metered_needs_a_usage_file(rate):
    with pytest.raises(CommandError) as refused:
        rate(FLAT, from_="2026-01-01", to="2026-02-01")

    assert str(refused.value) == (
        "--usage: charge energy: needs the channel 'import' of a usage file"
    )


def test_days_of_another_zone_than_the_tariffs_are_a_warning(rate):
    use = hours(datetime(2026, 6, 1, 7, tzinfo=UTC), 48)  # midnight in Los Angeles

    here = rate(FLAT, HEADER, *use, as_json=True, zone="America/Los_Angeles")
    there = rate(FLAT, HEADER, *use, as_json=True)

    assert here["warnings"] == []
    assert there["warnings"] == [
        "what is priced is from 2026-06-01T03:00:00-04:00 to 2026-06-03T03:00:00-04:00, "
        "not from midnight to midnight in America/New_York"
    ]


def test_an_option_that_is_no_day_is_told(rate):
    with pytest.raises(
        CommandError, match=r"argument --from: 'June' is not a day, e.g. 2026-01-31"
    ):
        rate(FLAT, from_="June", to="2026-02-01")


def test_channel_that_nothing_prices_is_a_warning(rate):
    rows = ["2026-01-01,2026-02-01,import,1,kWh", "2026-01-01,2026-02-01,export,1,kWh"]

    result = rate(FLAT, TOTALS, *rows, as_json=True)

    assert result["warnings"] == ["channel export is not priced by this tariff"]


def test_time_between_two_totals_is_a_warning(rate):
    rows = ["2026-01-01,2026-02-01,import,1,kWh", "2026-07-01,2026-08-01,import,1,kWh"]

    result = rate(FLAT, TOTALS, *rows, as_json=True)

    assert result["warnings"] == [
        "nothing is billed from 2026-02-01T05:00:00+00:00 to 2026-07-01T04:00:00+00:00"
    ]


def test_numbers_without_quotes_are_read_exactly(rate):
    text = json.dumps(FLAT).replace('"0.1200"', "0.1200")

    assert "= 12.00" in rate(text, TOTALS, "2026-01-01,2026-02-01,import,100,kWh")


BANDS = definition(
    energy(prices=[{"band": "day", "price": "0.30"}, {"band": "night", "price": "0.10"}]),
    bands={
        "day": [{"from": "06:00", "to": "22:00"}],
        "night": [{"from": "22:00", "to": "06:00"}],
    },
)


def test_registers_price_time_bands_without_readings(rate):
    rows = [JUNE.format(200).replace("import", "import.day"), JUNE.format(90).replace("import", "import.night")]  # fmt: skip

    result = rate(BANDS, TOTALS, *rows, as_json=True)

    assert lines(result) == [("energy", "200", "60.00"), ("energy", "90", "9.00")]


@pytest.mark.parametrize(
    ("tariff", "says"),
    [
        ("{", "tariff0.json: is not JSON"),
        ("[]", "tariff0.json: must be one object"),
        (definition(energy(price="-1")), "tariff0.json: charges[0].price: must not be negative"),
        (json.dumps(FLAT).replace('"0.1200"', "NaN"), "price: 'NaN' must be a number in quotes"),
        (
            definition(energy(price="0,12")),
            "price: '0,12' must be a number in quotes, e.g. \"0.12\"",
        ),
        (definition(energy(price="1"), to="2019-01-01"), "tariff0.json: to: 2019-01-01 must be"),
    ],
)
def test_a_bad_tariff_is_refused_by_field(rate, tariff, says):
    with pytest.raises(CommandError) as refused:
        rate(tariff, HEADER, *hours(ORDINARY, 4))

    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("tariff", "row", "says"),
    [
        (FLAT, "import,5,m3", "use.csv: row 2: is in m3, but energy is per kWh"),
        (FLAT, "export,5,kWh", "charge energy: the file has no channel 'import', only 'export'"),
        (FLAT, "import,5,kW", "use.csv: row 2: is in kW, but energy is per kWh"),
        (
            DEMAND,
            "power,5,kWh",
            "use.csv: row 2: is in kWh, but demand is per kW, which is told by W here",
        ),
        (PEAK_HOUR, "import,5,kWh", "needs readings, or a total for each band"),
        (BANDS, "import.day,5,kWh", "night"),
    ],
)
def test_use_that_does_not_fit_the_charges_is_refused(rate, tariff, row, says):
    with pytest.raises(CommandError) as refused:
        rate(tariff, TOTALS, f"2026-06-01,2026-07-01,{row}")

    assert says in str(refused.value)


def test_readings_of_power_tell_no_demand(rate):
    readings = [row.replace("import,1,kWh", "power,1,kW") for row in hours(ORDINARY, 2)]

    with pytest.raises(CommandError, match=r"row 2: is in kW, but demand .* told by Wh here"):
        rate(DEMAND, HEADER, *readings)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (
            {"from_": "2026-06-14"},
            "row 2: starts at 2026-06-15T00:00:00-04:00, not with the period at 2026-06-14T00",
        ),
        ({"to": "2026-06-17"}, "row 5: ends at"),
    ],
)
def test_days_that_the_file_does_not_cover_are_refused(rate, options, says):
    with pytest.raises(CommandError) as refused:
        rate(FLAT, HEADER, *hours(ORDINARY, 4), **options)

    assert says in str(refused.value)
    assert refused.value.returncode == 1


def test_nothing_is_priced_before_everything_is_checked(rate, capsys):
    rows = [JUNE.format(1), "2026-08-01,2026-09-01,import,1,kWh"]
    gas = {"given": [{"name": "calorific-value", "value": "1", "to": "2026-08-15"}]}

    with pytest.raises(CommandError, match="2026-08-15"):
        rate(GAS, TOTALS, *[row.replace("kWh", "m3") for row in rows], account=gas)

    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"from_": "2026-07-14"}, "--from, --to"),
        ({"from_": "0001-01-01", "zone": "Asia/Tokyo"}, "--from, --to"),
        ({"zone": "Nowhere/Land"}, "--zone: 'Nowhere/Land' is not a time zone"),
        ({"out": "there"}, "--out goes with --cases"),
        ({"cases": "here"}, "--cases finds its files itself"),
    ],
)
def test_wrong_options_are_told_apart_from_wrong_files(rate, options, says):
    with pytest.raises(CommandError) as refused:
        rate(FLAT, HEADER, *hours(ORDINARY, 4), **options)

    assert says in str(refused.value)
    assert refused.value.returncode == 2


def test_a_tariff_and_days_are_needed(rate):
    with pytest.raises(CommandError, match="give --tariff, or --cases"):
        call_command("rate")
    with pytest.raises(CommandError, match="without --usage, give --from and --to"):
        rate(FLAT, from_="2026-01-01")


def program(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "rate", *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": "postgresql://nobody@localhost:1/none"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_program_needs_no_database_and_exits_with_what_happened(tmp_path):
    (tariff,) = written(tmp_path, FLAT)
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(f"{TOTALS}\n{JUNE.format(100)}\n")
    bad.write_text(f"{TOTALS}\n{JUNE.format(-1)}\n")

    priced = program(f"--tariff={tariff}", f"--usage={good}", "--json")
    wrong_file = program(f"--tariff={tariff}", f"--usage={bad}", "--json")
    wrong_option = program(f"--tariff={tariff}", "--cycle=year")

    assert (priced.returncode, json.loads(priced.stdout)["periods"][0]["total"]) == (0, "12.00")
    assert (wrong_file.returncode, wrong_file.stdout) == (1, "")
    assert wrong_file.stderr.strip() == f"CommandError: {bad}: row 2: -1 is negative or too great"
    assert (wrong_option.returncode, wrong_option.stdout) == (2, "")
