"""Files that are broken, strange or made to harm: refused as a whole, in words."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from tariffs import exchange
from tariffs.exchange import limits
from tests.tariffs.exchange.books import HEAD, HOME, csv, flat

ROWS = f"{HEAD},charge code,kind,unit,price"
ROW = f"{HOME},energy,energy,kWh,0.12"


def book(*rows) -> bytes:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    file = BytesIO()
    made.save(file)
    return file.getvalue()


def bomb() -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", b" " * (limits.MOST_UNPACKED + 1))
    return file.getvalue()


REFUSED = {
    "Line 2 is not UTF-8": (csv(ROWS, ROW).replace(b"Home", b"H\xf6me"), "p.csv"),
    "not a text": (csv(ROWS, ROW.replace("Home", "H\0me")), "p.csv"),
    "names a column twice: price": (csv(f"{ROWS},Price", ROW), "p.csv"),
    "not known: colour": (csv(f"{ROWS},colour", ROW), "p.csv"),
    "not known: colour, size": (csv(f"{ROWS},colour,size", ROW), "p.csv"),
    "lacks the column code": (csv("name,price", "Home,1"), "p.csv"),
    "holds no tariff": (csv(ROWS), "p.csv"),
    "is not CSV": (csv(ROWS, ROW.replace("Home", '"Home"x')), "p.csv"),
    "too long to be": (csv(ROWS, ROW + "," * limits.MOST_CELLS), "p.csv"),
    "larger than": (b" " * (limits.MOST_BYTES + 1), "p.json"),
    "more than 50000 rows": (csv(ROWS, *["x"] * limits.MOST_ROWS), "p.csv"),
    "more than 5000 tariffs": (
        json.dumps({"tariffs": [{}] * (limits.MOST_ENTRIES + 1)}).encode(),
        "p.json",
    ),
    "must end in": (b"", "p.xls"),
    "Line 1 is not JSON": (b"{", "p.json"),
    "Line 3 is not JSON": (b'{"tariffs":\n[1,\n', "p.json"),
    "file is empty": (b"\n \n", "p.csv"),
    "is given twice": (b'{"code": "a", "code": "b"}', "p.json"),
    "must be one object": (b"[]", "p.json"),
    "must be a list": (b'{"tariffs": {}}', "p.json"),
    "format of the file": (b'{"format": 2, "tariffs": []}', "p.json"),
    "fields that are not known: rates": (b'{"rates": []}', "p.json"),
    "not a text in UTF-8": (b'{"code": "\xff"}', "p.json"),
    "nested too deeply": (b'{"code": ' + b"[" * 200 + b"]" * 200 + b"}", "p.json"),
    "is nested too deeply": (b"[" * 100_000, "p.json"),
    "not an Excel workbook": (b"PK\x03\x04 and more", "p.xlsx"),
    "first row holds a formula": (book(["=A1"]), "p.xlsx"),
}


@pytest.mark.parametrize("words", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_in_words(words):
    with pytest.raises(exchange.FileRefused, match=words):
        exchange.read(*REFUSED[words])


def test_a_workbook_that_unpacks_to_too_much_is_refused():
    with pytest.raises(exchange.FileRefused, match="too large when it is unpacked"):
        exchange.read(bomb(), "p.xlsx")


def test_a_zip_that_is_no_workbook_is_refused():
    file = BytesIO()
    with ZipFile(file, "w") as parts:
        parts.writestr("readme.txt", "hello")

    with pytest.raises(exchange.FileRefused, match="is damaged"):
        exchange.read(file.getvalue(), "p.xlsx")


def test_a_row_far_below_ends_at_the_limit():
    made = Workbook()
    made.active.append(ROWS.split(","))
    made.active.cell(1_000_000, 1, "home")
    file = BytesIO()
    made.save(file)

    with pytest.raises(exchange.FileRefused, match="more than 50000 rows"):
        exchange.read(file.getvalue(), "p.xlsx")


def test_marks_and_semicolons_of_spreadsheets_are_read():
    text = "\n".join((ROWS, ROW)).replace(",", ";").replace("0.12", "0,12")

    (marked,) = exchange.read(b"\xef\xbb\xbf" + text.encode(), "p.csv")
    (wide,) = exchange.read(text.replace(";", "\t").encode("utf-16"), "P.CSV")

    assert marked.definition == wide.definition
    assert marked.definition["charges"][0]["price"] == "0.12"
    assert marked.notes == ("Row 2: 0,12 is read as 0.12.",)


def test_a_comma_that_may_part_thousands_is_refused():
    text = "\n".join((ROWS, ROW)).replace(",", ";").replace("0.12", "1,200")

    (entry,) = exchange.read(text.encode(), "p.csv")

    assert [(fault.row, fault.field) for fault in entry.faults] == [(2, "price")]


def test_broken_items_are_entries_with_a_fault():
    content = json.dumps({"tariffs": [flat(1), "no", 7]}).encode()

    assert [bool(entry.faults) for entry in exchange.read(content, "p.json")] == [False, True, True]


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"charges": 5}', '{"code": [], "services": 1}', '{"seasons": [1]}']
)
def test_a_broken_definition_cell_is_told(text, db):
    (entry,) = exchange.read(
        b"code,definition\nhome," + json.dumps(text).replace('\\"', '""').encode(), "p.csv"
    )
    (each,) = exchange.preview([entry], today=date(2026, 1, 1))

    assert each.faults[0].row == 2
