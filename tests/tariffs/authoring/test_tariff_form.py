"""The wizard and the tariff format say the same, both ways."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tariffs import engine
from tariffs.authoring import NotExpressible, TariffForm, definition, state_of
from tariffs.authoring.plain import plain
from tariffs.authoring.state import Basics, FixedRate, FlatRate, SeasonRow, SlabRow
from tests.tariffs import definitions, random_tariffs
from tests.tariffs.authoring.states import states

SOME = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


@SOME
@given(state=states())
def test_answers_come_back_as_they_were_given(state):
    assert state_of(definition(state)) == state


@SOME
@given(seed=st.integers(0, 2**40))
def test_no_definition_loses_anything(seed):
    for stated in random_tariffs.make(seed).definitions:
        keeps_all_or_refuses(stated)


@SOME
@given(state=states(), name=st.sampled_from(sorted(definition(TariffForm()))), value=JSON)
def test_whatever_a_field_holds_nothing_is_lost(state, name, value):
    keeps_all_or_refuses({**definition(state), name: value})


@SOME
@given(state=states(), data=st.data(), value=JSON)
def test_whatever_a_charge_holds_nothing_is_lost(state, data, value):
    stated = definition(state)
    charge = data.draw(st.sampled_from(stated["charges"]))
    name = data.draw(st.sampled_from(["surprise", "kind", "price", "slabs", "when", *charge]))
    charge[name] = value

    keeps_all_or_refuses(stated)


def keeps_all_or_refuses(stated):
    try:
        state = state_of(stated)
    except NotExpressible:
        return
    assert engine.canonical(plain(definition(state))) == engine.canonical(plain(stated))


@pytest.mark.parametrize(
    "stated",
    [
        definitions.FLAT,
        definitions.WATER,
        definitions.WINTER_DISCOUNT,
        definitions.PEAK_HOUR,
        definitions.definition(definitions.fixed("0.99"), rate_type="fixed"),
    ],
    ids=lambda stated: stated["code"],
)
def test_the_samples_can_be_said(stated):
    state = state_of(stated)

    assert plain(definition(state)) == plain(stated)
    assert engine.parse(definition(state)).digest


def test_the_last_day_is_included():
    state = TariffForm(Basics(first_day=date(2026, 1, 1), last_day=date(2026, 12, 31)))

    stated = definition(state)

    assert (stated["from"], stated["to"]) == ("2026-01-01", "2027-01-01")
    assert "to" not in definition(TariffForm())


def test_prices_stay_as_entered():
    assert state_of(definitions.FLAT).rate == FlatRate(
        "0.1200", state_of(definitions.FLAT).rate.measure
    )


def test_an_open_slab_has_no_bound():
    assert state_of(definitions.WATER).rate.rows[-1] == SlabRow(None, "0.15")


def test_the_price_of_a_season_is_derived():
    winter, regular = state_of(definitions.WINTER_DISCOUNT).rate.rows

    assert winter == SeasonRow("winter", "11-01", "03-31", "0.12", "25")
    assert (str(winter.price), str(regular.price)) == ("0.09", "0.12")
    assert SeasonRow(regular="much").price is None


def test_charges_stand_above_and_below_the_rate():
    fee, late = definitions.fixed("7.50"), {"code": "late", "kind": "fixed", "price": "1"}
    least = {"code": "least", "kind": "minimum", "price": "9", "of": ["energy"]}
    off = {"code": "off", "kind": "percent", "purpose": "discount", "percent": "2",
           "of": ["energy"], "when": ["paperless"]}  # fmt: skip

    charges = state_of(
        definitions.definition(fee, definitions.energy(price="1"), late, off, least)
    ).charges

    assert [row.code for row in charges.standing] == ["service"]
    assert [row.code for row in charges.fixed] == ["late"]
    assert [row.code for row in charges.percentages] == ["off"]
    assert [row.code for row in charges.minimums] == ["least"]


def test_a_fixed_rate_is_the_first_amount():
    state = state_of(definitions.definition(definitions.fixed("0.99"), rate_type="fixed"))

    assert isinstance(state.rate, FixedRate)
    assert state.rate.charge.price == "0.99"


@pytest.mark.parametrize(
    ("stated", "path"),
    [
        (definitions.RESIDENTIAL_BASIC, "charges"),
        ({**definitions.FLAT, "clock": "standard"}, "clock"),
        ({**definitions.FLAT, "total": {"to": "0.05"}}, "total"),
        ({**definitions.FLAT, "taxes": [{"code": "vat"}]}, "taxes"),
        ({**definitions.FLAT, "rate_type": "slab"}, "charges"),
        ({**definitions.FLAT, "charges": []}, "charges"),
        ({**definitions.FLAT, "charges": 5}, "charges"),
        ({**definitions.FLAT, "from": "yesterday"}, "from"),
        (definitions.definition(definitions.energy(price="1", source="export")), "charges.energy"),
        (definitions.definition(definitions.energy(price="1", at_most="8")), "charges.energy"),
    ],
)
def test_what_the_wizard_has_no_question_for_is_named(stated, path):
    with pytest.raises(NotExpressible) as refused:
        state_of(stated)

    assert refused.value.path.startswith(path)
