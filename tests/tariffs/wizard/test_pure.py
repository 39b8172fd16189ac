"""What the wizard does with text alone: pasted rows, two people's answers."""

from __future__ import annotations

import pytest

from tariffs.wizard import merge, pasting


@pytest.mark.parametrize(
    "text",
    [
        "0\t100\t0.08\n101\t500\t0.10\n501\tNo limit\t0.12",
        "100;0.08\n500;$0.10\n;0.12",
        "100 0.08\n500 0.10\n0.12\n",
    ],
)
def test_slabs_are_pasted_as_tables_write_them(text):
    assert pasting.slabs(text) == [
        {"up_to": "100", "price": "0.08"},
        {"up_to": "500", "price": "0.10"},
        {"up_to": "", "price": "0.12"},
    ]


@pytest.mark.parametrize("text", ["", "From\tTo\tRate", "100\t0.08\nmany\t0.10\n0.12", "a b c"])
def test_what_is_no_table_of_slabs_is_left_to_the_person(text):
    assert pasting.slabs(text) == []


def test_commas_of_thousands_are_read():
    rows = pasting.slabs("1,000\t0.08\n12,500\t0.10\n\t0.12")

    assert [row["up_to"] for row in rows] == ["1000", "12500", ""]


def test_my_changes_go_on_top_of_theirs_list_by_list():
    slabs = {"slabs-count": "2", "slabs-0-up_to": "100", "slabs-0-price": "1", "slabs-1-price": "2"}
    base = {
        "basics": {"name": "A", "description": ""},
        "type": {"rate_type": "slab"},
        "rates": slabs,
    }
    mine = {**base, "rates": {**slabs, "slabs-0-price": "1.5"}}
    theirs = {
        **base,
        "basics": {"name": "B", "description": "New"},
        "rates": {**slabs, "slabs-1-price": "3", "tax_class": "reduced"},
    }

    found = merge.merged(base, mine, theirs)

    assert found["basics"] == {"name": "B", "description": "New"}
    assert found["rates"]["slabs-0-price"] == "1.5"
    assert found["rates"]["slabs-1-price"] == "2"  # the list is one answer, and mine
    assert found["rates"]["tax_class"] == "reduced"


def test_rates_of_another_type_are_taken_whole():
    base = {"type": {"rate_type": "flat"}, "rates": {"price": "1"}}
    theirs = {"type": {"rate_type": "fixed"}, "rates": {"price": "9", "basis": "day"}}

    assert merge.merged(base, base, theirs) == theirs
    mine = {"type": {"rate_type": "slab"}, "rates": {"slabs-count": "1"}}
    assert merge.merged(base, mine, base) == mine
