"""What a spreadsheet user writes, and what is made of it."""

from __future__ import annotations

from datetime import date, time
from io import BytesIO

import pytest
from openpyxl import Workbook

from tariffs import engine, exchange
from tests.tariffs.exchange.books import HEAD, HOME, csv

SLABS = f"{HEAD},charge code,kind,unit,slab from,slab up to,price"


def only(content: bytes, name: str = "prices.csv") -> exchange.Entry:
    (entry,) = exchange.read(content, name)
    return entry


def told(entry: exchange.Entry) -> list[tuple[int | None, str]]:
    return [(fault.row, fault.field) for fault in entry.faults]


def test_a_row_is_a_tariff():
    entry = only(
        csv(f"{HEAD},charge code,kind,unit,price", f"{HOME}2027-12-31,energy,energy,kWh,0.1200")
    )

    assert entry.definition == {
        "format": 1,
        "code": "home",
        "name": "Home",
        "commodity": "electricity",
        "rate_type": "flat",
        "currency": "USD",
        "from": "2027-01-01",
        "to": "2028-01-01",
        "charges": [{"code": "energy", "kind": "energy", "unit": "kWh", "price": "0.1200"}],
    }
    assert engine.parse(entry.definition).code == "home"


def test_a_slab_from_101_is_read_as_over_100_and_the_result_says_so():
    content = csv(
        SLABS,
        f"{HOME},energy,energy,kWh,0,100,0.08",
        "home,,,,,,,energy,,,101,500,0.10",
        ",,,,,,,energy,,,500,,0.15",
    )

    entry = only(content)

    assert entry.definition["charges"][0]["slabs"] == [
        {"price": "0.08", "up_to": "100"},
        {"price": "0.10", "up_to": "500"},
        {"price": "0.15"},
    ]
    assert entry.notes == ("Row 3: from 101 is read as over 100.",)
    assert (entry.rows, entry.faults) == ((2, 3, 4), ())


def test_slabs_with_a_gap_are_refused_at_their_row():
    content = csv(SLABS, f"{HOME},energy,energy,kWh,,100,0.08", "home,,,,,,,energy,,,150,,0.10")

    assert told(only(content)) == [(3, "slab from")]


def test_seasons_and_hours_stand_in_rows():
    columns = (
        "charge code,kind,unit,season,season first,season last,band,days,from time,to time,price"
    )
    content = csv(
        f"{HEAD},{columns}",
        f"{HOME},,,,winter,11-01,03-31,,,,,",
        "home,,,,,,,,,,summer,04-01,10-31,,,,,",
        'home,,,,,,,,,,,,,night,"mon, tue",22:00,6:00,',
        "home,,,,,,,energy,energy,kWh,winter,,,night,,,,0.10",
    )

    definition = only(content).definition

    assert definition["seasons"] == {
        "winter": [{"first": "11-01", "last": "03-31"}],
        "summer": [{"first": "04-01", "last": "10-31"}],
    }
    assert definition["bands"] == {
        "night": [{"days": ["mon", "tue"], "from": "22:00", "to": "06:00"}]
    }
    assert definition["charges"][0]["prices"] == [
        {"season": "winter", "band": "night", "price": "0.10"}
    ]


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([f"{HOME},energy,energy,kWh,,,0.1", "home,House,,,,,,energy,,,,,"], (3, "name")),
        ([f"{HOME},energy,percent,kWh,,,5"], (2, "kind")),
        ([f"{HOME},energy,energy,kWh,,,"], (2, "price")),
        ([f"{HOME},,energy,kWh,,,0.1"], (2, "charge code")),
        ([f"{HOME[:-11]}2027-01-01,31.12.2027,energy,energy,kWh,,,0.1"], (2, "last day")),
        ([f"{HOME},energy,energy,kWh,,,0.1,9"], (2, "")),
    ],
)
def test_what_rows_cannot_say_is_told_at_its_row_and_column(rows, fault):
    assert fault in told(only(csv(SLABS, *rows)))


def test_faults_of_the_engine_are_told_at_the_row_and_column():
    entry = only(csv(SLABS, f"{HOME},energy,energy,kWh,,100,0.1", "home,,,,,,,energy,,,,,ten"))

    with pytest.raises(engine.TariffError) as refused:
        engine.parse(entry.definition)

    assert entry.fault(refused.value.path, "no number") == exchange.Fault(3, "price", "no number")


def test_an_edited_row_beside_a_definition_is_not_lost():
    """Worked bills stand in the definition alone, so this template has one."""
    whole = exchange.file_of([exchange.template("flat").definition], "csv").decode()

    edited = only(whole.replace(',"5.00",', ',"6.00",').encode())
    written_shorter = only(whole.replace(',"5.00",', ',"5",').encode())

    assert told(edited) == [(2, "price")]
    assert edited.faults[0].words.startswith("6.00 stands here, and 5.00 in the column definition.")
    assert written_shorter.faults == ()


def workbook(*rows) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def test_cells_of_excel_are_read_as_they_are_shown():
    book = Workbook()
    sheet = book.active
    sheet.append(
        [
            *HEAD.split(","),
            "charge code",
            "kind",
            "unit",
            "season",
            "season first",
            "season last",
            "regular",
            "discount percent",
            "from time",
        ]
    )
    sheet.append(
        [
            1001,
            "Home",
            "electricity",
            "flat",
            "USD",
            date(2027, 1, 1),
            date(2027, 12, 31),
            "energy",
            "energy",
            "kWh",
            "winter",
            date(2026, 11, 1),
            "03-31",
            0.12,
            0.25,
            time(6),
        ]
    )
    sheet.cell(2, 15).number_format = "0%"
    sheet.append([1001, *[None] * 16, "late"])
    file = BytesIO()
    book.save(file)

    entry = only(file.getvalue(), "prices.xlsx")

    assert (entry.definition["code"], entry.definition["from"], entry.definition["to"]) == (
        "1001",
        "2027-01-01",
        "2028-01-01",
    )
    assert entry.definition["seasons"] == {"winter": [{"first": "11-01", "last": "03-31"}]}
    assert entry.definition["charges"][0]["prices"] == [
        {"season": "winter", "regular": "0.12", "discount_percent": "25"}
    ]
    assert told(entry) == [(3, ""), (2, "band")]


def test_formulas_are_refused_at_their_cell():
    content = workbook(
        SLABS.split(","),
        [
            "home",
            "Home",
            "electricity",
            "flat",
            "USD",
            "2027-01-01",
            "",
            "energy",
            "energy",
            "kWh",
            "",
            "",
            "=0.1*2",
        ],
    )

    assert (2, "price") in told(only(content, "prices.xlsx"))
