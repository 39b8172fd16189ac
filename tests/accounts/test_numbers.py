from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import numbers


@given(st.integers(0, 10**8 - 1), st.integers(0, 9), st.integers(1, 9))
def test_every_wrong_digit_is_noticed(serial, place, change):
    number = numbers.from_serial(serial)
    wrong = str((int(number[place]) + change) % 10)

    assert numbers.is_well_formed(number)
    assert not numbers.is_well_formed(number[:place] + wrong + number[place + 1 :])


@given(st.integers(0, 10**8 - 1), st.integers(0, 8))
def test_every_swap_of_neighbours_is_noticed(serial, place):
    number = numbers.from_serial(serial)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]

    assert swapped == number or not numbers.is_well_formed(swapped)


def test_new_numbers_are_well_formed_and_differ():
    made = {numbers.new_number() for _ in range(200)}

    assert len(made) == 200
    assert all(numbers.is_well_formed(number) for number in made)


def test_a_serial_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="eight digits"):
        numbers.from_serial(10**8)
