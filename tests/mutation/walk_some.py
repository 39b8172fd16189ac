"""Random tariffs both ways, fewer than the test of all; run by the mutation test only."""

from __future__ import annotations

import pytest

from tests.tariffs import both_ways, random_tariffs

PAIRS = 150


@pytest.mark.parametrize("seed", range(PAIRS))
def test_a_random_tariff_comes_out_the_same_both_ways(seed):
    assert both_ways.differences(random_tariffs.make(seed)) == []
