"""Lines side by side say what lines one by one say."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from statements.rating.lines import Header, Sheet, digest

START, END = datetime(2026, 10, 1, 4, tzinfo=UTC), datetime(2026, 11, 1, 4, tzinfo=UTC)


def header(kind="energy", place=0) -> Header:
    params = '{"name":"Énergie"}'
    return Header(place, 7, "c|1", kind, START, END, params, 1000, "kWh", 12_345_678, "standard")


def sheet() -> Sheet:
    shown = np.array([[True, False, True], [True, True, True], [False, False, False]])
    quantity = np.arange(9).reshape(3, 3) * 1_000
    amounts = np.array([[-5, 7, 1], [10**12, 3, 2], [9, 9, 9]])
    headers = [header(), header(place=1), header("tax", -1)]
    return Sheet(headers, np.array([[11, 12], [21, 22], [31, 32]]), quantity, amounts, shown)


def test_the_digest_of_a_row_is_that_of_its_lines():
    rows = sheet()

    assert rows.digests() == [digest(rows.lines(i)) for i in range(3)]


def test_charges_and_taxes_are_summed_over_what_is_shown():
    assert sheet().sums() == [(-5, 1), (10**12 + 3, 2), (0, 0)]


def test_a_line_belongs_to_its_agreement_or_to_the_whole_bill():
    assert [line.agreement_id for line in sheet().lines(1)] == [21, 22, None]
    assert sheet().lines(2) == ()
