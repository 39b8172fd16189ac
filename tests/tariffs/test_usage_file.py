"""Usage files: what is read, and what is refused by its row before anything is priced."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from core.periods import Period
from tariffs.rate_file import clocks, rows, usage
from tariffs.rate_file.errors import BadUsage, WrongFile

HERE = ZoneInfo("America/New_York")
HEADER = "start,end,channel,value,unit"
TOTALS = "period_start,period_end,channel,value,unit"

ORDINARY = datetime(2026, 6, 15, 4, tzinfo=UTC)  # midnight in New York
HOUR = timedelta(hours=1)


def hours(first: datetime, count: int, value: str = "1", step: timedelta = HOUR) -> list[str]:
    moments = (first + step * i for i in range(count + 1))
    return [f"{a.isoformat()},{b.isoformat()},import,{value},kWh" for a, b in pairwise(moments)]


def naive(day: str, offset: str, first: int, last: int) -> list[str]:
    """Return one row for each hour that a clock shows, all with one offset."""
    start = datetime.fromisoformat(f"{day}T00:00{offset}")
    return [
        f"{(start + HOUR * h).isoformat()},{(start + HOUR * (h + 1)).isoformat()},import,1,kWh"
        for h in range(first, last)
    ]


GOOD = hours(ORDINARY, 4)


def read(*lines: str, zone: ZoneInfo = HERE) -> usage.UsageFile:
    return usage.read([f"{line}\n" for line in lines], zone)


def refused(*lines: str, zone: ZoneInfo = HERE) -> str:
    with pytest.raises(BadUsage) as error:
        read(*lines, zone=zone)
    return str(error.value)


# What is read


def test_readings_by_channel_in_the_order_of_time():
    export = GOOD[1].replace("import,1", "export,2.5")

    file = read(HEADER, GOOD[1], export, GOOD[0])

    assert [row.value for row in file.rows["import"]] == [1000, 1000]
    assert [row.value for row in file.rows["export"]] == [2500]
    assert file.period() == Period(ORDINARY, ORDINARY + 2 * HOUR)
    assert not file.is_totals


def test_days_of_totals_are_days_of_the_zone():
    file = read(TOTALS, "2026-01-01,2026-02-01,import,1,MWh")

    assert file.periods() == [
        Period(datetime(2026, 1, 1, 5, tzinfo=UTC), datetime(2026, 2, 1, 5, tzinfo=UTC))
    ]
    assert file.rows["import"][0].value == 1_000_000


def test_periods_inside_a_longer_one_are_no_bills_of_their_own():
    file = read(
        TOTALS,
        "2026-01-01,2026-02-01,import,1,kWh",
        "2026-02-01,2026-03-01,import,1,kWh",
        "2026-01-01,2026-03-01,water.import,1,m3",
    )

    assert len(file.periods()) == 1


@pytest.mark.parametrize(
    ("value", "unit", "base_units", "base"),
    [
        ("0.001", "kWh", 1, "Wh"),
        ("12", "m3", 12_000, "l"),
        ("3.25", "ccf", 325_000, "mft3"),
        ("1.5", "kgal", 1_500_000, "mgal"),
        ("2", "therm", 2_000, "mtherm"),
        ("1", "GJ", 1_000_000, "kJ"),
        ("7", "kvarh", 7_000, "varh"),
        ("52.5", "kVA", 52_500, "VA"),
        ("2", "item", 2_000, "mitem"),
        ("+1e2", "Wh", 100, "Wh"),
        (".5", "kWh", 500, "Wh"),
        ("5.", "kWh", 5_000, "Wh"),
        ("-0", "kWh", 0, "Wh"),
    ],
)
def test_values_become_whole_base_units(value, unit, base_units, base):
    (row,) = read(TOTALS, f"2026-01-01,2026-02-01,x,{value},{unit}").rows["x"]

    assert (row.value, row.base_unit) == (base_units, base)


def test_columns_may_be_capital_and_rows_blank():
    file = read("Start, End ,CHANNEL,value,Unit", "", GOOD[0], "  ", ",,,,", GOOD[1])

    assert [row.line for row in file.rows["import"]] == [3, 6]


@pytest.mark.parametrize("how", ["\ufeff{}", "{}\r\n", '"{}"'])
def test_marks_of_spreadsheets_do_no_harm(how, tmp_path):
    """A byte order mark, lines that end as on Windows, quotes."""
    lines = [HEADER, *GOOD]
    text = "\n".join(lines)
    if "ufeff" in ascii(how):
        text = how.format(text)
    elif "\r" in how:
        text = "".join(how.format(line) for line in lines)
    else:
        text = "\n".join(",".join(how.format(cell) for cell in line.split(",")) for line in lines)
    path = tmp_path / "use.csv"
    path.write_bytes(text.encode())

    assert len(usage.load(path, HERE).rows["import"]) == 4


@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 6, 15), date(2026, 11, 1)])
def test_days_of_23_24_and_25_hours_are_what_they_are(day):
    start = datetime(day.year, day.month, day.day, tzinfo=HERE).astimezone(UTC)
    after = day + timedelta(days=1)
    end = datetime(after.year, after.month, after.day, tzinfo=HERE).astimezone(UTC)
    count = (end - start) // HOUR

    assert len(read(HEADER, *hours(start, count)).rows["import"]) == count


# What is refused

SWAPPED = ",".join([*GOOD[0].split(",")[1::-1], "import,1,kWh"])
HALF = GOOD[0].replace("T04:00", "T04:30").replace("T05:00", "T05:30")
BAD_ROWS = [
    ("row 3: nothing from 2026-06-15T01:00:00-04:00, where row 2 ends", [GOOD[0], GOOD[2]]),
    ("row 4: repeats row 3", [GOOD[0], GOOD[1], GOOD[1]]),
    ("row 4: overlaps row 2", [GOOD[0], GOOD[1], HALF]),
    ("row 3: is not as long as row 2", [GOOD[0], GOOD[1].replace("T06:00", "T05:30")]),
    ("row 2: 2026-06-15T04:00:00 has no offset", [GOOD[0].replace("+00:00", "")]),
    ("row 2: 'yesterday' is not a moment", ["yesterday,today,import,1,kWh"]),
    ("row 2: '2026-02-30T00:00Z' is not a moment", ["2026-02-30T00:00Z,2026-03-01T00:00Z,i,1,kWh"]),
    ("is finer than a second", [GOOD[0].replace("T04:00:00", "T04:00:00.5")]),
    ("row 3: unit 'BTU' is not one of", [GOOD[0], GOOD[1].replace("kWh", "BTU")]),
    ("row 3: unit 'kwh' is not one of", [GOOD[0], GOOD[1].replace("kWh", "kwh")]),
    ("row 3: another unit than row 2", [GOOD[0], GOOD[1].replace("kWh", "m3")]),
    ("row 3: -1 is negative", [GOOD[0], GOOD[1].replace(",1,", ",-1,")]),
    ("row 3: 9999999999999999 is negative or too great", [GOOD[0], GOOD[1].replace(",1,", ",9999999999999999,")]),
    ("row 3: '' is not a number", [GOOD[0], GOOD[1].replace(",1,", ",,")]),
    ("row 3: 'NaN' is not a number", [GOOD[0], GOOD[1].replace(",1,", ",NaN,")]),
    ("row 3: 'inf' is not a number", [GOOD[0], GOOD[1].replace(",1,", ",inf,")]),
    ("row 3: '0.00001' is not a number of whole Wh", [GOOD[0], GOOD[1].replace(",1,", ",0.00001,")]),
    ("row 3: '1e999' is not a number", [GOOD[0], GOOD[1].replace(",1,", ",1e999,")]),
    ("row 3: '1_0' is not a number", [GOOD[0], GOOD[1].replace(",1,", ",1_0,")]),
    ("row 3: '١' is not a number", [GOOD[0], GOOD[1].replace(",1,", ",١,")]),
    ("row 3: '0x1' is not a number", [GOOD[0], GOOD[1].replace(",1,", ",0x1,")]),
    ("row 3: 6 cells instead of 5", [GOOD[0], GOOD[1].replace(",1,", ",1,234,")]),
    ("row 3: '1,234' is not a number", [GOOD[0], GOOD[1].replace(",1,", ',"1,234",')]),
    ("row 3: \"1'234\" is not a number", [GOOD[0], GOOD[1].replace(",1,", ",1'234,")]),
    ("row 3: '1,5' is not a number as 1234.5, with a point or none", [GOOD[0], GOOD[1].replace(",1,", ',"1,5",')]),
    ("row 3: '1 234' is not a number", [GOOD[0], GOOD[1].replace(",1,", ",1 234,")]),
    ("is not a number of whole Wh", [GOOD[0], GOOD[1].replace(",1,", f",1.{'0' * 40}1,")]),
    ("row 2: 9999-12-31T22:00-05:00 is out of range", ["9999-12-31T22:00-05:00,9999-12-31T23:00-05:00,import,1,kWh"]),
    ("row 2: 0001-01-01T00:00+00:00 is out of range", ["0001-01-01T00:00+00:00,0001-01-01T01:00+00:00,import,1,kWh"]),
    ("the file is no CSV: field larger", [GOOD[0].replace("import", "x" * 200_000)]),
    ("row 2: 3 cells instead of 5", ["a,b,c"]),
    ("row 2: names no channel", [GOOD[0].replace("import", "")]),
    ("row 2: ends at 2026-06-15T04:00:00+00:00, not after its start", [SWAPPED]),
    ("row 2: the file holds no use", []),
    ("row 2: the file holds no use", ["", " , ,,,"]),
    ("row 3: channel import: its sum is too great", [row.replace(",1,", ",9000000000000,") for row in GOOD[:2]]),
]  # fmt: skip


@pytest.mark.parametrize(("says", "lines"), BAD_ROWS)
def test_a_bad_row_is_named(says, lines):
    assert says in refused(HEADER, *lines)


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("a,b", "row 1: the columns must be start,end,channel,value,unit or period_start,"),
        ("", "row 1: the columns must be"),
        ("start,end,channel,value", "row 1: the columns must be"),
        ("start,end,value,channel,unit", "row 1: the columns must be"),
        ("start;end;channel;value;unit", "with commas between them, not semicolons"),
        ("start\tend\tchannel\tvalue\tunit", "with commas between them, not tabs"),
    ],
)
def test_a_wrong_header_is_refused(header, says):
    assert says in refused(header, *GOOD)


def test_a_file_without_a_line_is_refused():
    with pytest.raises(BadUsage, match="row 1: the columns must be"):
        usage.read([], HERE)


def test_totals_that_overlap_are_refused():
    said = refused(
        TOTALS, "2026-01-01,2026-02-01,import,1,kWh", "2026-01-31,2026-03-01,import,1,kWh"
    )

    assert said == "row 3: overlaps row 2"


def test_a_day_of_totals_is_told_as_a_day():
    said = refused(TOTALS, "06/01/2026,07/01/2026,import,1,kWh")

    assert said == (
        "row 2: '06/01/2026' is not a day, e.g. 2026-01-31, or a moment, e.g. 2026-01-31T00:15-05:00"
    )


def test_a_file_of_too_many_rows_is_refused_at_the_first_one_too_many(monkeypatch):
    monkeypatch.setattr(rows, "MOST_ROWS", 3)

    assert refused(HEADER, *GOOD) == "row 5: the file has more than 3 rows"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "row 1: the columns must be"),
        (b"\xff\xfes\x00t\x00", "is not UTF-8: byte 1 is no letter"),
        (HEADER.encode() + b"\nM\xfcnchen", "is not UTF-8: byte 31 is no letter"),
        (HEADER.encode() + b"\n\x00,b,c,d,e", "is not a moment"),
    ],
)
def test_what_is_no_text_is_refused(content, says, tmp_path):
    path = tmp_path / "use.csv"
    path.write_bytes(content)

    with pytest.raises(WrongFile) as error:
        usage.load(path, HERE)

    assert says in str(error.value) and str(error.value).startswith(f"{path}: ")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(WrongFile, match=r"none\.csv: No such file"):
        usage.load(tmp_path / "none.csv", HERE)


# Days on which the clocks change

FORWARD = (
    "2026-03-08 has 23 hours in America/New_York: its clocks change from UTC-05:00 to UTC-04:00"
)
BACK = "2026-11-01 has 25 hours in America/New_York: its clocks change from UTC-04:00 to UTC-05:00"


def test_24_hours_in_place_of_23_end_an_hour_late():
    said = refused(HEADER, *naive("2026-03-08", "-05:00", 0, 24))

    assert said == (
        "row 25: ends at 2026-03-09T01:00:00-04:00, as if 2026-03-08 had 24 hours; " + FORWARD
    )


def test_24_hours_in_place_of_23_meet_the_next_day():
    day, after = naive("2026-03-08", "-05:00", 0, 24), naive("2026-03-09", "-04:00", 0, 24)

    assert refused(HEADER, *day, *after) == f"row 26: repeats row 25 ({FORWARD})"


def test_the_hour_that_does_not_come_is_given_twice():
    """02:00 with the old offset is the moment of 03:00 with the new one."""
    before, after = naive("2026-03-08", "-05:00", 0, 3), naive("2026-03-08", "-04:00", 3, 24)

    assert refused(HEADER, *before, *after) == f"row 5: repeats row 4 ({FORWARD})"


def test_the_hour_that_does_not_come_has_no_length():
    row = "2026-03-08T02:00-05:00,2026-03-08T03:00-04:00,import,1,kWh"

    assert refused(HEADER, row) == (
        "row 2: ends at 2026-03-08T03:00-04:00, not after its start "
        f"2026-03-08T02:00-05:00 ({FORWARD})"
    )


def test_24_hours_in_place_of_25_end_an_hour_early():
    said = refused(HEADER, *naive("2026-11-01", "-04:00", 0, 24))

    assert said == (
        "row 25: ends at 2026-11-01T23:00:00-05:00, as if 2026-11-01 had 24 hours; " + BACK
    )


def test_the_hour_that_comes_twice_is_given_once():
    before, after = naive("2026-11-01", "-04:00", 0, 2), naive("2026-11-01", "-05:00", 2, 24)

    assert refused(HEADER, *before, *after) == (
        "row 4: nothing from 2026-11-01T01:00:00-05:00, where row 3 ends, "
        f"to 2026-11-01T02:00:00-05:00 ({BACK})"
    )


def test_the_hour_that_comes_twice_is_one_long_row():
    rows_ = naive("2026-11-01", "-04:00", 0, 1)
    long = "2026-11-01T01:00-04:00,2026-11-01T02:00-05:00,import,1,kWh"

    assert refused(HEADER, *rows_, long) == f"row 3: is not as long as row 2 ({BACK})"


def test_half_an_hour_of_summer_time_is_told_as_such():
    zone = ZoneInfo("Australia/Lord_Howe")

    assert clocks.told(date(2026, 4, 5), zone) == (
        "2026-04-05 has 24.5 hours in Australia/Lord_Howe: its clocks change from "
        "UTC+11:00 to UTC+10:30"
    )


def test_a_clock_that_changes_at_midnight_is_told_with_what_it_showed_before():
    assert clocks.told(date(2026, 3, 29), ZoneInfo("Asia/Beirut")) == (
        "2026-03-29 has 23 hours in Asia/Beirut: its clocks change from UTC+02:00 to UTC+03:00"
    )


def test_a_day_that_the_place_skipped_is_told_and_hides_no_other():
    """Apia went over the date line: 29 December 2011 was followed by the 31st."""
    zone, start = ZoneInfo("Pacific/Apia"), datetime(2011, 12, 29, 10, tzinfo=UTC)

    assert len(read(HEADER, *hours(start, 48), zone=zone).rows["import"]) == 48
    assert "has 0 hours in Pacific/Apia: its clocks change from UTC-10:00 to UTC+14:00" in refused(
        TOTALS, "2011-12-30,2011-12-31,import,1,kWh", zone=zone
    )


def test_a_year_by_one_offset_is_read_where_it_starts_and_ends_at_midnight():
    """Standard time all the year: every moment is clear, though clocks show another hour."""
    start = datetime(2026, 1, 1, 5, tzinfo=UTC)

    assert len(read(HEADER, *hours(start, 365 * 24)).rows["import"]) == 8760
