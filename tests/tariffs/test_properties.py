"""Laws that hold for any tariff and any use, over the whole format."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tariffs import engine
from tariffs.engine import examples
from tests.tariffs import both_ways, random_tariffs
from tests.tariffs.random_tariffs.examples import with_example
from tests.tariffs.reference.numbers import minor_unit

SEEDS = st.integers(0, 2**40)
SOME = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def rated(pair: random_tariffs.Pair) -> list[engine.Rated]:
    return both_ways.rated(pair, list(range(len(pair.past))))


def traces(pair: random_tariffs.Pair) -> list[list[dict[str, Any]]]:
    return [[both_ways.arithmetic(one, i) for i in range(one.n)] for one in rated(pair)]


@SOME
@given(seed=SEEDS)
def test_the_lines_add_up_to_the_total(seed):
    for one in rated(random_tariffs.make(seed)):
        for account in range(one.n):
            trace = one.trace(account)
            assert sum(line["amount_minor"] for line in trace["lines"]) == trace["total_minor"]


@SOME
@given(seed=SEEDS)
def test_a_rounded_total_is_a_multiple_of_its_step(seed):
    pair = random_tariffs.make(seed)
    step = Fraction(pair.definitions[0].get("total", {}).get("to", "0.001"))

    amounts = [
        int(total) * minor_unit(pair.currency) for one in rated(pair) for total in one.total_minor
    ]

    assert all((amount / step).denominator == 1 for amount in amounts)


@SOME
@given(seed=SEEDS)
def test_a_batch_gives_the_lines_of_each_account_alone(seed):
    pair = random_tariffs.make(seed)

    batch = traces(pair)

    for account in range(len(pair.past)):
        alone = [both_ways.arithmetic(one, 0) for one in both_ways.rated(pair, [account])]
        assert alone == [period[account] for period in batch]


@SOME
@given(seed=SEEDS)
def test_equal_input_is_rated_equally_so_a_cancelled_bill_and_its_repeat_net_to_zero(seed):
    first, again = rated(random_tariffs.make(seed)), rated(random_tariffs.make(seed))

    for one, other in zip(first, again, strict=True):
        assert [one.trace(i) for i in range(one.n)] == [other.trace(i) for i in range(one.n)]
        cancelled = -one.table().amount_minor
        assert not (cancelled + other.table().amount_minor).any()


@SOME
@given(seed=SEEDS)
def test_the_order_in_which_charges_are_written_does_not_matter(seed):
    pair = random_tariffs.make(seed)
    shuffled = changed(pair, lambda definition: in_other_order(definition, seed))

    for one, other in zip(rated(pair), rated(shuffled), strict=True):
        assert one.total_minor.tolist() == other.total_minor.tolist()
        for account in range(one.n):
            expected = both_ways.engine_lines(one, account)
            assert both_ways.engine_lines(other, account) == expected


@SOME
@given(seed=SEEDS)
def test_a_definition_that_was_written_and_read_again_gives_the_same_bill(seed):
    pair = random_tariffs.make(seed)
    read = changed(pair, lambda definition: engine.load(engine.canonical(definition)))

    assert traces(read) == traces(pair)


@SOME
@given(seed=SEEDS)
def test_the_order_of_fields_does_not_change_the_digest(seed):
    shuffle = random.Random(seed)

    for definition in random_tariffs.make(seed).definitions:
        other = with_fields_shuffled(definition, shuffle)
        assert engine.digest(other) == engine.digest(definition)
        assert engine.parse(other).digest == engine.parse(definition).digest


@SOME
@given(seed=SEEDS, wrong=st.integers(1, 500))
def test_stored_examples_come_out_and_wrong_ones_do_not(seed, wrong):
    pair = random_tariffs.make(seed, EXAMPLES_CANNOT_TELL)
    period = pair.periods[0]
    first = period.segments[0]
    segment = replace(first, cycle=(first.starts_at, first.ends_at), unserved=frozenset())
    uses = {key: use for key, use in period.uses[0].items() if key[0] == 0}
    whole = replace(period, segments=[segment], uses=[uses])
    one = replace(pair, rounding="half_up", periods=[whole], past=[{}])
    total = int(both_ways.rated(one, [0])[0].total_minor[0])
    stated = {source: use for (_, source), use in uses.items()}

    right, other = (with_example(segment, stated, t) for t in (total, total + wrong))

    assert examples.failures(engine.parse(right)) == []
    assert len(examples.failures(engine.parse(other))) == 1


# An example is one bill of totals or registers, a whole cycle of any days, without a past.
EXAMPLES_CANNOT_TELL = ("metering=readings", "when=use", "fixed=month", "slab_width=months")


def changed(pair: random_tariffs.Pair, change) -> random_tariffs.Pair:
    """Return the pair with every definition changed."""
    known = {id(d): change(d) for d in pair.definitions}
    periods = []
    for period in pair.periods:
        segments = [
            replace(segment, tariff=known[id(segment.tariff)]) for segment in period.segments
        ]
        periods.append(replace(period, segments=segments))
    return replace(pair, periods=periods)


def in_other_order(definition, seed: int) -> dict[str, Any]:
    charges = list(definition["charges"])
    random.Random(seed).shuffle(charges)
    return {**definition, "charges": charges}


def with_fields_shuffled(value: Any, shuffle: random.Random) -> Any:
    if isinstance(value, dict):
        names = list(value)
        shuffle.shuffle(names)
        return {name: with_fields_shuffled(value[name], shuffle) for name in names}
    return [with_fields_shuffled(v, shuffle) for v in value] if isinstance(value, list) else value
