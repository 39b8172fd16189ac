"""What pricing refuses is said on pages in words that are translated."""

from __future__ import annotations

from datetime import date

import pytest

from tariffs import told_errors
from tariffs.authoring.sample_error import SAID, SampleError
from tariffs.engine import UsageError
from tariffs.engine.examples import Failure

FIRST = date(2026, 11, 1)


def test_all_that_a_sample_bill_refuses_has_words():
    assert set(told_errors.SAID) == set(SAID)

    told = told_errors.usage(SampleError("not_split", bands="peak, night"))

    assert told == "it is not said how much is used in these hours: peak, night"
    assert told_errors.usage(SampleError("negative", number="-1")) == "-1 is below zero"
    assert told_errors.usage(UsageError("as it is")) == "as it is"


@pytest.mark.parametrize(
    ("failure", "said", "told"),
    [
        (Failure("Flat", FIRST, "12.00", "12.01"),
         "example Flat: 12.00 comes out instead of 12.01",
         "Worked example “Flat”: 12.00 comes out instead of 12.01"),
        (Failure("", FIRST, why="no use"), "example 2026-11-01: no use",
         "Worked example “November 1, 2026”: no use"),
    ],
)  # fmt: skip
def test_a_worked_bill_that_does_not_come_out(failure, said, told):
    assert str(failure) == said
    assert told_errors.failure(failure) == told
