"""Named bases: what they stand for, whatever the order in which a stored definition has them."""

from __future__ import annotations

from itertools import permutations

import pytest

from tariffs import engine
from tests.tariffs.definitions import definition, energy, fixed

NAMED = {"all": ["delivery", "energy"], "delivery": ["poles", "energy"], "poles": ["service"]}


def with_bases(bases):
    tax = {"code": "tax", "kind": "percent", "purpose": "tax", "percent": "5", "of": ["all"]}
    return engine.parse(definition(fixed("1"), energy(price="1"), tax, bases=bases))


@pytest.mark.parametrize("order", list(permutations(NAMED)))
def test_a_base_may_name_bases_that_come_later(order):
    tariff = with_bases({name: NAMED[name] for name in order})

    assert tariff.charges[-1].of == ("service", "energy")


@pytest.mark.parametrize(
    ("bases", "path", "says"),
    [
        ({"all": ["more"], "more": ["all"]}, "bases", "['all', 'more'] form a circle"),
        ({"all": ["all"]}, "bases", "['all'] form a circle"),
        ({"all": ["energy", "heat"]}, "bases.all[1]", "'heat' is neither a charge nor a base"),
        ({"all": []}, "bases.all", "must name at least one charge"),
        ({"energy": ["service"]}, "bases.energy", "'energy' is a charge; a base has its own name"),
        ({"All": ["energy"]}, "bases.All", "must be small letters, digits, - and _, 40 at most"),
    ],
)
def test_a_base_that_cannot_be_is_refused(bases, path, says):
    with pytest.raises(engine.TariffError) as refused:
        with_bases(bases)

    assert str(refused.value) == f"{path}: {says}"
