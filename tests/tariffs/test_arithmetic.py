"""Division of many numbers at once, against fractions: small ones all, great ones at the edges."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

import numpy as np
import pytest

from core.money import Rounding
from tariffs import engine
from tariffs.engine.arithmetic import greatest, priced, shares, times, up_to_safe

NUMBERS = range(-60, 61)
HALF = Fraction(1, 2)
TOO_GREAT = 2**62


def rounded(exact: Fraction, rounding: Rounding) -> int:
    """Round by the meaning of the words; signs are mirrored."""
    size = abs(exact)
    least, rest = floor(size), size - floor(size)
    whole = {
        Rounding.DOWN: least,
        Rounding.UP: ceil(size),
        Rounding.HALF_UP: least + (rest >= HALF),
        Rounding.HALF_EVEN: round(size),
    }[rounding]
    return whole if exact >= 0 else -whole


@pytest.mark.parametrize("rounding", Rounding)
@pytest.mark.parametrize("price", [1, 3, -2, 0])
def test_small_amounts_are_rounded_as_the_words_say(rounding, price):
    for denominator in range(1, 13):
        expected = [rounded(Fraction(n * price, denominator), rounding) for n in NUMBERS]

        assert priced(np.array(NUMBERS), price, denominator, rounding).tolist() == expected


@pytest.mark.parametrize("rounding", Rounding)
@pytest.mark.parametrize("quantity", [2**31, 2**32, 2**61 - 1, 2**61, 2**62 - 1, -(2**61) - 3])
@pytest.mark.parametrize("price", [1, 2**30 + 1, 2**31, -(2**32)])
@pytest.mark.parametrize("denominator", [1, 7, 2**40, 2**61, 2**62, 2**63, 2**70])
def test_great_amounts_are_exact_or_refused(rounding, quantity, price, denominator):
    expected = rounded(Fraction(quantity * price, denominator), rounding)
    quantities = np.array([quantity, 1], dtype=np.int64)

    if abs(expected) >= TOO_GREAT:
        with pytest.raises(engine.UsageError, match="does not fit"):
            priced(quantities, price, denominator, rounding)
    else:
        other = rounded(Fraction(price, denominator), rounding)
        assert priced(quantities, price, denominator, rounding).tolist() == [expected, other]


def test_small_shares_are_rounded_half_up():
    triples = [(p, o, w) for p in range(12) for o in range(12) for w in range(1, 12)]
    expected = [rounded(Fraction(p * o, w), Rounding.HALF_UP) for p, o, w in triples]

    assert shares(*np.array(triples).T).tolist() == expected


def test_a_share_of_nothing_is_nothing():
    nothing = np.array([0])

    with np.errstate(all="raise"):
        assert shares(nothing, nothing, nothing).tolist() == [0]


@pytest.mark.parametrize("part", [2**29, 2**30, 2**31, 2**61])
@pytest.mark.parametrize("of", [1, 2**29 + 1, 2**30, 2**31 - 1])
@pytest.mark.parametrize("whole", [1, 2**31 + 5, 2**60, 2**61, 2**62 - 1])
def test_great_shares_are_exact_or_refused(part, of, whole):
    expected = rounded(Fraction(part * of, whole), Rounding.HALF_UP)
    columns = [np.array([value], dtype=np.int64) for value in (part, of, whole)]

    if expected >= TOO_GREAT:
        with pytest.raises(engine.UsageError, match="does not fit"):
            shares(*columns)
    else:
        assert shares(*columns).tolist() == [expected]


@pytest.mark.parametrize(("value", "factor"), [(2**61, 2), (2**62, 1), (2**40, 2**22)])
def test_a_product_is_refused_from_the_bound_on(value, factor):
    fits = times(np.array([value - 1, 3], dtype=np.int64), factor)

    assert fits.tolist() == [(value - 1) * factor, 3 * factor]
    with pytest.raises(engine.UsageError, match="does not fit"):
        times(np.array([value, 3], dtype=np.int64), factor)


def test_small_widths_are_rounded_half_up():
    pairs = [(n, d) for n in range(1, 12) for d in range(1, 12)]
    for numerator, denominator in pairs:
        expected = [
            rounded(Fraction(n * numerator, denominator), Rounding.HALF_UP) for n in NUMBERS
        ]

        assert up_to_safe(np.array(NUMBERS), numerator, denominator).tolist() == expected


@pytest.mark.parametrize("value", [2**31, 2**61 - 1, 2**61, 2**62])
@pytest.mark.parametrize("numerator", [1, 2, 5, 2**31])
@pytest.mark.parametrize("denominator", [1, 7, 2**61 + 1, 2**62, 2**63 - 1])
def test_great_widths_are_exact_up_to_the_bound(value, numerator, denominator):
    exact = rounded(Fraction(value * numerator, denominator), Rounding.HALF_UP)
    values = np.array([value], dtype=np.int64)

    assert up_to_safe(values, numerator, denominator).tolist() == [min(exact, TOO_GREAT)]


def test_greatest_is_a_magnitude():
    assert greatest(np.array([3, -5])) == 5
    assert greatest(np.array([-3, 5])) == 5
    assert greatest(np.zeros(0, np.int64)) == 0
