"""`manage.py rate`: any tariff file and any usage file, no database."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.tariffs.definitions import FLAT, PEAK_HOUR, WATER, definition, energy, fixed, slabs

HEADER = "start,end,channel,value,unit"
TOTALS = "period_start,period_end,channel,value,unit"


@pytest.fixture
def rate(tmp_path: Path):
    """Return a function that writes both files and runs the command on them."""

    def run(tariff, *rows, **options):
        tariff_file, usage_file = tmp_path / "tariff.json", tmp_path / "use.csv"
        written = tariff if isinstance(tariff, str) else json.dumps(tariff)
        tariff_file.write_text(written)
        usage_file.write_text("\n".join(rows) + "\n")
        out = StringIO()
        as_json = options.pop("as_json", False)
        given = [f"--{name.rstrip('_')}={value}" for name, value in options.items()]
        given += ["--json"] if as_json else []
        call_command("rate", f"--tariff={tariff_file}", f"--usage={usage_file}", *given, stdout=out)
        return json.loads(out.getvalue()) if as_json else out.getvalue()

    return run


def hours(first: datetime, count: int, value: str = "1") -> list[str]:
    moments = (first + timedelta(hours=i) for i in range(count + 1))
    return [f"{a.isoformat()},{b.isoformat()},import,{value},kWh" for a, b in pairwise(moments)]


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


def test_slab_bound_in_fractions_of_a_unit(rate):
    result = rate(WATER, TOTALS, "2026-01-01,2026-02-01,import,100.5,m3", as_json=True)

    assert [line["quantity"] for line in result["periods"][0]["lines"]] == ["100", "0.5"]
    assert result["periods"][0]["total"] == "8.05"


@pytest.mark.parametrize(
    ("midnight", "count", "total"),
    [(ORDINARY, 24, "2.80"), (BACK, 25, "2.88"), (datetime(2026, 3, 8, 5, tzinfo=UTC), 23, "2.72")],
)
def test_one_kilowatt_hour_in_each_hour(rate, midnight, count, total):
    result = rate(PEAK_HOUR, HEADER, *hours(midnight, count), as_json=True)

    assert [period["total"] for period in result["periods"]] == [total]


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

    assert [p["total"] for p in months["periods"]] == ["659.00", "587.00"]
    assert [p["total"] for p in whole["periods"]] == ["1331.00"]


def test_days_of_a_file_can_be_chosen_and_prorated(rate):
    tariff = definition(fixed("31"))
    use = hours(datetime(2026, 1, 1, 5, tzinfo=UTC), 24 * 31)

    result = rate(
        tariff, HEADER, *use, as_json=True, from_="2026-01-11", to="2026-01-21", cycle="month"
    )

    assert result["periods"][0]["lines"][0]["quantity"] == "10/31"
    assert result["periods"][0]["total"] == "10.00"


def test_channel_that_nothing_prices_is_a_warning(rate):
    rows = ["2026-01-01,2026-02-01,import,1,kWh", "2026-01-01,2026-02-01,export,1,kWh"]

    result = rate(FLAT, TOTALS, *rows, as_json=True)

    assert result["warnings"] == ["channel export is not priced by this tariff"]


def test_numbers_without_quotes_are_read_exactly(rate):
    text = json.dumps(FLAT).replace('"0.1200"', "0.1200")

    assert "= 12.00" in rate(text, TOTALS, "2026-01-01,2026-02-01,import,100,kWh")


GOOD = hours(ORDINARY, 4)
BAD_USAGE = [
    ("row 3: nothing from 2026-06-15T05:00:00+00:00, where row 2 ends", [GOOD[0], GOOD[2]]),
    ("row 4: repeats row 3", [GOOD[0], GOOD[1], GOOD[1]]),
    ("row 4: overlaps row 2", [GOOD[0], GOOD[1], GOOD[0].replace("T04:00", "T04:30").replace("T05:00", "T05:30")]),
    ("row 3: is not as long as row 2", [GOOD[0], GOOD[1].replace("T06:00", "T05:30")]),
    ("row 2: 2026-06-15T04:00:00 has no offset", [GOOD[0].replace("+00:00", "")]),
    ("row 2: 'yesterday' is not a moment", ["yesterday,today,import,1,kWh"]),
    ("row 3: unit 'BTU' is not one of", [GOOD[0], GOOD[1].replace("kWh", "BTU")]),
    ("row 2: is in l, but energy is per kWh", [row.replace("kWh", "m3") for row in GOOD]),
    ("row 3: another unit than row 2", [GOOD[0], GOOD[1].replace("kWh", "m3")]),
    ("row 3: -1 is negative", [GOOD[0], GOOD[1].replace(",1,", ",-1,")]),
    ("row 3: '' is not a number", [GOOD[0], GOOD[1].replace(",1,", ",,")]),
    ("row 3: 'NaN' is not a number", [GOOD[0], GOOD[1].replace(",1,", ",NaN,")]),
    ("row 3: '0.00001' is not a number of whole Wh", [GOOD[0], GOOD[1].replace(",1,", ",0.00001,")]),
    ("row 3: '1e999999' is not a number", [GOOD[0], GOOD[1].replace(",1,", ",1e999999,")]),
    ("row 3: '1_0' is not a number", [GOOD[0], GOOD[1].replace(",1,", ",1_0,")]),
    ("is not a number of whole Wh", [GOOD[0], GOOD[1].replace(",1,", f",1.{'0' * 40}1,")]),
    ("row 2: 9999-12-31T22:00-05:00 is out of range", ["9999-12-31T22:00-05:00,9999-12-31T23:00-05:00,import,1,kWh"]),
    ("row 2: 0001-01-01T00:00+00:00 is out of range", ["0001-01-01T00:00+00:00,0001-01-01T01:00+00:00,import,1,kWh"]),
    ("the file is no CSV: field larger", [GOOD[0].replace("import", "x" * 200_000)]),
    ("row 2: 3 cells instead of 5", ["a,b,c"]),
    ("row 2: names no channel", [GOOD[0].replace("import", "")]),
    ("row 2: ends at", [",".join([*GOOD[0].split(",")[1::-1], "import,1,kWh"])]),
    ("charge energy: the file has no channel 'import'", [r.replace("import", "x") for r in GOOD]),
    ("row 2: the file holds no use", []),
]  # fmt: skip


@pytest.mark.parametrize(("says", "rows"), BAD_USAGE)
def test_bad_use_is_refused_by_row(rate, says, rows):
    with pytest.raises(CommandError, match=r"use\.csv: ") as refused:
        rate(FLAT, HEADER, *rows)

    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("tariff", "says"),
    [
        ("{", "tariff.json: is not JSON"),
        (definition(energy(price="-1")), "tariff.json: charges[0].price: must not be negative"),
    ],
)
def test_bad_tariff_is_refused_by_row(rate, tariff, says):
    with pytest.raises(CommandError) as refused:
        rate(tariff, HEADER, *GOOD)

    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"from_": "2026-06-14"}, "row 2: starts at"),
        ({"from_": "2026-07-14"}, "--from, --to"),
        ({"to": "2026-06-17"}, "row 5: ends at"),
        ({"from_": "0001-01-01", "zone": "Asia/Tokyo"}, "--from, --to"),
        ({"zone": "Nowhere/Land"}, "--zone: 'Nowhere/Land' is not a time zone"),
    ],
)
def test_days_outside_of_the_file_are_refused(rate, options, says):
    with pytest.raises(CommandError) as refused:
        rate(FLAT, HEADER, *GOOD, **options)

    assert says in str(refused.value)


def test_wrong_header_and_missing_file_are_refused(rate, tmp_path):
    with pytest.raises(CommandError, match="row 1: the columns must be start,end"):
        rate(FLAT, "a,b", *GOOD)
    with pytest.raises(CommandError, match="No such file"):
        call_command("rate", f"--tariff={tmp_path / 'none.json'}", "--usage=use.csv")


def test_totals_cannot_be_priced_by_time_bands(rate):
    with pytest.raises(CommandError, match="time bands"):
        rate(PEAK_HOUR, TOTALS, "2026-01-01,2026-02-01,import,100,kWh")
