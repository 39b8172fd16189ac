"""The engine, many accounts at once, against the walk: 4,000 random tariffs with their use.

`ENGINE_PAIRS=20000` asks for more of them.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

from tests.tariffs import both_ways, random_tariffs
from tests.tariffs.random_tariffs.features import FEATURES

PAIRS, CHUNK = int(os.environ.get("ENGINE_PAIRS", "4000")), 200
LONG = 40  # pairs with up to forty days of readings
SEEN = PAIRS // 50  # of each feature, at least
SPREAD = 5  # features are counted in every fifth pair


@pytest.mark.parametrize("first", range(0, PAIRS, CHUNK))
def test_every_line_of_every_account_is_the_same_both_ways(first):
    for seed in range(first, first + CHUNK):
        check(random_tariffs.make(seed))


@pytest.mark.parametrize("first", range(PAIRS, PAIRS + LONG, 10))
def test_long_periods_are_the_same_both_ways(first):
    for seed in range(first, first + 10):
        check(random_tariffs.make(seed, long=True))


def test_every_feature_is_tried_often_enough():
    seeds = range(0, PAIRS, SPREAD)
    found = Counter(name for seed in seeds for name in random_tariffs.make(seed).features)

    print("\n".join(f"{count:6} {name}" for name, count in sorted(found.items())))
    assert set(found) == FEATURES
    assert {name: count for name, count in found.items() if count < SEEN // SPREAD} == {}


def test_every_kind_of_line_comes_out_often_enough():
    found: Counter[str] = Counter()
    for seed in range(0, PAIRS, 10):
        pair = random_tariffs.make(seed)
        for bill in both_ways.walked(pair, 0):
            found.update(f"{line.kind} {line.tag}".strip() for line in bill.lines)

    assert {name: found[name] for name in KINDS if found[name] < SEEN // 10} == {}


KINDS = (
    "energy", "credit", "credit used", "credit carried", "demand", "fixed", "minimum top-up",
    "discount", "rider", "surcharge", "tax", "tax exempt", "info metered", "rounding",
)  # fmt: skip


def check(pair):
    found = both_ways.differences(pair)
    assert not found, both_ways.described(pair, found)
