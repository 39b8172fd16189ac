"""What the rules point out in a price book, with their counts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.models import AuditEvent
from core.periods import local_month
from statements.pricing.suggestions import (
    Code,
    NoReason,
    Suggestion,
    compare_plans,
    dismiss,
    restore,
    suggestions,
)
from statements.pricing.suggestions.savings import spread
from tariffs.models import Plan, TaxRule
from tests.statements import factories as make
from tests.statements.factories import FLAT, OCTOBER, SLABS, WATER, ZONE
from tests.statements.pricing.homes import NOW, TODAY, energy, fee, offer, read_year, tariff
from tests.statements.pricing.test_overview import end

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _world():
    make.make_world()
    TaxRule.objects.all().delete()


def told(sample):
    return suggestions(TODAY, compare_plans(TODAY, sample))


def found(code, sample=20):
    return [each for each in told(sample).suggestions if each.code == code]


def lacking(code, sample=20):
    return [each for each in told(sample).lacking if each.code == code]


def test_an_empty_price_book_has_nothing_to_suggest():
    told = suggestions(TODAY)

    assert (told.suggestions, told.lacking) == ([], [])


def test_a_tariff_in_no_plan():
    offer(FLAT)
    alone = make.make_version(WATER).tariff

    [one] = found(Code.UNUSED_TARIFF)

    assert one.objects == (alone,)
    assert one.why == "Home water is published, but no plan names it."
    assert one.object_key == f"tariff:{alone.pk}"


def test_what_is_dismissed_stays_away_until_it_is_restored():
    make.make_version(FLAT)
    make.make_version(WATER)
    staff = make.make_staff()
    first, second = found(Code.UNUSED_TARIFF)

    away = dismiss(first.code, first.object_key, reason="For guests", actor=staff, at=NOW)
    again = dismiss(first.code, first.object_key, reason="Other", actor=None, at=NOW)

    assert (again, again.reason) == (away, "For guests")
    assert found(Code.UNUSED_TARIFF) == [second]
    assert suggestions(TODAY).dismissed == [first]
    assert AuditEvent.objects.filter(action="suggestion.dismiss", actor=staff).count() == 1

    restore(away, actor=staff)

    assert found(Code.UNUSED_TARIFF) == [first, second]


def test_a_suggestion_is_dismissed_with_a_reason():
    with pytest.raises(NoReason, match="Say why"):
        dismiss(Code.NAMES, "plan:1 plan:2", reason=" ", actor=None, at=NOW)


def test_a_key_of_many_objects_fits_its_column():
    plans = tuple(Plan(pk=10**8 + n, name=str(n)) for n in range(40))

    assert len(Suggestion(Code.NAMES, plans, {}, "", "", "").object_key) == 64


def test_tariffs_that_charge_the_same_but_for_words_and_days():
    first = offer(tariff("first", energy("0.10"), fee("4.00")))
    same = tariff("second", energy("0.10", name="Power"), fee("4.00"), description="Other")
    second = offer({**same, "from": "2025-06-01"})
    offer(tariff("third", energy("0.11"), fee("4.00")))

    [one] = found(Code.NEAR_DUPLICATE)

    assert one.objects == (first.tariffs.get(), second.tariffs.get())
    assert one.why == "2 tariffs charge the same: First, Second."


def test_names_that_differ_only_in_how_they_are_written():
    for code, name in (("a", "Night Saver"), ("b", "night-saver"), ("c", "Night savers")):
        Plan.objects.create(code=code, name=name)

    [one] = found(Code.NAMES)

    assert [plan.code for plan in one.objects] == ["a", "b"]
    assert one.evidence == {"names": 2}


def test_an_end_without_a_successor_of_what_customers_have():
    home = make.make_home(FLAT)
    version = home.agreement.plans.get().plan_version
    end(version, TODAY + timedelta(days=40))
    end(offer(tariff("empty", energy("0.3"))), TODAY + timedelta(days=40))  # nobody has it

    [one] = found(Code.NO_SUCCESSOR)

    assert one.objects == (version.plan,)
    assert one.evidence == {"customers": 1}
    assert "Home flat ends on" in one.why and "its 1 customer." in one.why

    Plan.objects.filter(pk=version.plan_id).update(afterwards="keep")
    assert found(Code.NO_SUCCESSOR) == []


def test_a_tariff_that_ends_under_a_plan_that_goes_on():
    home = make.make_home(FLAT)
    end(home.version, TODAY + timedelta(days=40))

    [one] = found(Code.NO_SUCCESSOR)

    assert one.objects == (home.version.tariff,)
    assert one.evidence == {"customers": 1}


def test_a_slab_that_no_bill_reached():
    """372 kWh reach the slab over 100, and not the one over 500."""
    home = make.make_home(SLABS)
    make.read_steadily(home.channel, OCTOBER, 500)
    assert [each.count for each in lacking(Code.UNREACHED_SLAB)] == [1]
    make.bill(home)

    [one] = found(Code.UNREACHED_SLAB)

    assert one.evidence == {"bills": 1, "reached": 0}
    assert "“over 500 kWh”" in one.why
    assert one.object_key.endswith("energy:500000")
    assert lacking(Code.UNREACHED_SLAB) == []


def test_a_slab_that_one_bill_reached_is_right():
    for each in (500, 900):
        home = make.make_home(SLABS)
        make.read_steadily(home.channel, OCTOBER, each)
    make.run_month()

    assert found(Code.UNREACHED_SLAB) == []


def test_customers_who_would_save_at_least_five_percent():
    """Dear 8760 x 0.20 = 1752.00; cheap 8760 x 0.15 = 1314.00, 25 percent less."""
    homes = [make.make_home(tariff("dear", energy("0.20"))) for _ in range(2)]
    for home in homes:
        read_year(home)
    cheap = offer(tariff("cheap", energy("0.15")))
    dear = Plan.objects.get(code="dear")

    [one] = found(Code.CHEAPER_PLAN)

    assert one.objects == (dear, cheap.plan)
    assert one.evidence == {"saving": 2, "compared": 2}
    assert one.agreements == tuple(home.agreement.pk for home in homes)
    assert lacking(Code.CHEAPER_PLAN) == []


def test_less_than_five_percent_is_not_worth_telling():
    """0.191 is 4.5 percent less than 0.20, 0.19 five."""
    read_year(make.make_home(tariff("dear", energy("0.20"))))
    offer(tariff("near", energy("0.191")))
    assert found(Code.CHEAPER_PLAN) == []

    offer(tariff("enough", energy("0.19")))
    assert len(found(Code.CHEAPER_PLAN)) == 1


def test_the_sample_is_stated():
    for _ in range(3):
        read_year(make.make_home(tariff("dear", energy("0.20"))))
    offer(tariff("cheap", energy("0.15")))

    [one] = found(Code.CHEAPER_PLAN, sample=2)
    [told] = lacking(Code.CHEAPER_PLAN, sample=2)

    assert one.evidence == {"saving": 2, "compared": 2}
    assert told.count == 1
    assert told.why.startswith("Plans were compared for 2 of 3 customers")
    assert found(Code.CHEAPER_PLAN, sample=0) == []


def test_a_sample_is_spread_evenly():
    assert spread(list(range(10)), 3) == [0, 3, 6]
    assert spread([1, 2], 5) == [1, 2]
    assert spread([1, 2], 0) == []


def test_bills_older_than_a_year_count_no_more():
    home = make.make_home(SLABS)
    make.read_steadily(home.channel, OCTOBER, 500)
    make.bill(home)
    assert local_month(2026, 10, ZONE) == OCTOBER

    assert suggestions(date(2027, 12, 1)).lacking[0].code == Code.UNREACHED_SLAB
