"""Use that is no count of base units is refused by account and slot."""

from __future__ import annotations

import numpy as np
import pytest

from tariffs.engine import UsageError, checked

GREAT = 2**53  # base units of an account in a segment


@pytest.mark.parametrize("kind", [np.int16, np.int32, np.int64])
def test_one_reading_below_zero_is_named(kind):
    piece = np.array([[5, 7, 9], [8, 1, -2]], dtype=kind)

    with pytest.raises(UsageError, match="account 41, slot 2: negative or missing"):
        checked.readings(piece, 40)


def test_readings_of_one_account_that_add_up_to_too_much_are_refused():
    piece = np.array([[1, 2], [GREAT // 2, GREAT // 2 + 2]], dtype=np.int64)

    with pytest.raises(UsageError, match="account 11: too great to be counted"):
        checked.readings(piece, 10)


def test_readings_that_just_add_up_are_taken():
    checked.readings(np.array([[GREAT - 1, 1], [0, 0]], dtype=np.int64), 0)
    checked.readings(np.full((2, 3), 2**31 - 1, dtype=np.int32), 0)
    checked.readings(np.zeros((0, 3), dtype=np.int64), 0)


def test_a_total_that_is_too_great_is_named():
    assert checked.totals(np.array([GREAT, 3])).tolist() == [GREAT, 3]
    with pytest.raises(UsageError, match="account 1: too great to be counted"):
        checked.totals(np.array([3, GREAT + 1]))


def test_a_total_below_zero_is_named():
    with pytest.raises(UsageError, match="account 1: negative or missing"):
        checked.totals(np.array([3, -1, 5]))
