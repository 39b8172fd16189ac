"""A file for spreadsheets computes nothing of what people typed, and keeps its numbers."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from core import csv_export


def read(answer):
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "=HYPERLINK(1)",
        "+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\uff1d1+1",
        "\u00a0=1",
    ],
)
def test_a_cell_that_computes_is_quoted(text):
    assert csv_export.safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["R-1", "Ada Lovelace", "", "1234.56"])
def test_a_plain_cell_stays(text):
    assert csv_export.safe_cell(text) == text


def test_numbers_and_days_survive_and_every_cell_is_quoted():
    rows = [["a", 1], [Decimal("-12.50"), -3, date(2026, 11, 5), None, "-12.50", "x;y"]]
    answer = csv_export.attachment(rows, name="review.csv")

    text = answer.getvalue().decode("utf-8-sig")

    assert text.splitlines()[0] == '"a","1"'
    assert text.splitlines()[1] == '"-12.50","-3","2026-11-05","","\'-12.50","x;y"'


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("payments.csv", 'attachment; filename="payments.csv"'),
        ('a"b.csv', 'attachment; filename="a\\"b.csv"'),
        ("größe.csv", "attachment; filename*=utf-8''gr%C3%B6%C3%9Fe.csv"),
    ],
)
def test_the_name_of_the_file_is_written_as_rfc_6266_says(name, header):
    answer = csv_export.attachment([["a"]], name=name)

    assert answer.headers["Content-Disposition"] == header
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert read(answer) == [["a"]]


def test_a_name_cannot_add_a_header():
    answer = csv_export.attachment([], name="a\r\nSet-Cookie: x=1.csv")

    assert "\r" not in answer.headers["Content-Disposition"]
    assert "Set-Cookie" not in answer.headers
