"""The numbers of the price book, and the rows that make them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from statements.models import PlanAssignment
from statements.pricing import attention, ending
from statements.pricing.overview import Growth, overview, plans_with, tariffs_with
from statements.pricing.subscribers import as_the_day_begins, month_before, running, subscribers
from tariffs import operations
from tariffs.models import Plan, PlanTariff, PlanVersion, Tariff, TariffVersion
from tests.statements import factories as make
from tests.statements.factories import FLAT, LONG_AGO, SLABS, WATER
from tests.statements.pricing.homes import NOW, TODAY, energy, offer, tariff
from tests.statements.whole_tariffs.test_plans_in_runs import BUNDLE, POWER, publish
from tests.statements.whole_tariffs.test_plans_in_runs import WATER as TOWN_WATER

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _world():
    make.make_world()


def end(version, day):
    type(version).objects.filter(pk=version.pk).update(ends_on=day)


def test_everything_is_counted_by_its_status():
    offer(tariff("now", energy("0.1")))
    over = offer(tariff("over", energy("0.1")))
    end(over, date(2026, 11, 1))
    Plan.objects.create(code="idea", name="Idea")
    Tariff.objects.create(code="own", name="Own", commodity="water", role="plan")

    found = overview(TODAY)

    assert found.plans == {"draft": 1, "scheduled": 0, "active": 1, "expired": 1, "inactive": 0}
    assert found.tariffs == {"draft": 0, "scheduled": 0, "active": 2, "expired": 0, "inactive": 0}
    for status, count in found.plans.items():
        assert plans_with(status, TODAY).count() == count
    for status, count in found.tariffs.items():
        assert tariffs_with(status, TODAY).count() == count


def test_subscribers_are_agreements_that_hold_and_grow_against_last_month():
    """Two a month ago; one of them is over, and two came: three, 50 percent more."""
    make.make_home(FLAT)
    over = make.make_home(FLAT).agreement
    over.ends_at = datetime(2026, 11, 3, 5, tzinfo=UTC)
    over.save()
    for _ in range(2):
        make.make_home(FLAT, starts_at=datetime(2026, 11, 10, 5, tzinfo=UTC))

    found = overview(TODAY).subscribers

    assert found == Growth(3, 2, date(2026, 10, 21))
    assert (found.difference, found.percent, found.is_new) == (1, 50, False)
    assert running(as_the_day_begins(TODAY)).count() == 3


def test_growth_from_nothing_is_new():
    make.make_home(FLAT, starts_at=datetime(2026, 11, 10, 5, tzinfo=UTC))

    found = overview(TODAY).subscribers

    assert (found.is_new, found.percent) == (True, None)


def test_the_month_before_a_long_one_ends_earlier():
    assert month_before(date(2026, 3, 31)) == date(2026, 2, 28)
    assert month_before(date(2026, 1, 15)) == date(2025, 12, 15)


def test_what_ends_is_counted_by_how_soon():
    for days in (30, 31, 90, 91):
        version = offer(tariff(f"in-{days}", energy("0.1")))
        end(version, TODAY + timedelta(days=days))

    found = overview(TODAY)

    assert found.plans_expiring == {30: 1, 60: 2, 90: 3}
    assert found.tariffs_expiring == {30: 0, 60: 0, 90: 0}
    for days, count in found.plans_expiring.items():
        assert ending.expiring(ending.plans(), TODAY, days).count() == count


def test_a_version_that_follows_is_no_end():
    version = offer(tariff("on", energy("0.1")))
    end(version, TODAY + timedelta(days=10))
    PlanVersion.objects.create(
        plan=version.plan, number=2, starts_on=TODAY + timedelta(days=10),
        state="published", published_at=LONG_AGO,
    )  # fmt: skip

    assert overview(TODAY).plans_expiring == {30: 0, 60: 0, 90: 0}


def test_plans_that_outlive_a_tariff_need_attention():
    later = offer(tariff("later", energy("0.1")))
    priced = later.tariffs.get().versions.get()
    assert overview(TODAY).attention.plans_losing_a_tariff == 0

    end(priced, TODAY + timedelta(days=400))

    assert [plan.code for plan in ending.plans_losing_a_tariff(TODAY)] == ["later"]
    assert overview(TODAY).attention.plans_losing_a_tariff == 1


def test_old_drafts_and_services_without_a_price_need_attention():
    make.make_home(FLAT)
    home = make.make_home(WATER)
    end(home.version, TODAY)
    draft = Plan.objects.create(code="idea", name="Idea").versions.create(number=1, starts_on=TODAY)
    PlanVersion.objects.filter(pk=draft.pk).update(created_at=NOW - timedelta(days=32))

    found = overview(TODAY).attention

    assert found.old_plan_drafts == attention.old_plan_drafts(TODAY).count() == 1
    assert found.services_without_a_tariff == ("water",)


def test_what_changed_last_comes_first_and_says_who_and_what():
    staff = make.make_staff()
    first = offer(tariff("first", energy("0.1")))
    offer(tariff("second", energy("0.1")))
    operations.deactivate(first.plan, actor=staff, at=NOW + timedelta(days=9999), reason="Too dear")

    change = overview(TODAY).plans_changed[0]

    assert (change.item.code, change.actor, change.summary) == ("first", staff, "Too dear")
    assert change.what == "Deactivated"
    assert [each.item.code for each in overview(TODAY).plans_changed] == ["first", "second"]
    assert overview(TODAY).tariffs_changed[0].summary == "First prices"


def test_always_as_many_queries():
    offer(tariff("a", energy("0.1")))
    make.make_home(FLAT)
    one = _queries()
    for code in "bcd":
        offer(tariff(code, energy("0.1")))
        make.make_home(SLABS)

    assert _queries() == one


def _queries():
    with CaptureQueriesContext(connection) as queries:
        overview(TODAY)
    return len(queries)


def test_subscribers_of_plans_and_of_the_tariffs_that_price_them(django_assert_num_queries):
    """Two homes on the bundle, one of them with water; one on its own plan."""
    make.make_version(POWER), make.make_version(TOWN_WATER)
    bundle = publish(BUNDLE)
    homes = [make.make_home(POWER), make.make_home(POWER)]
    water = make.make_service(homes[0].agreement.account, TOWN_WATER)
    make.make_home(POWER)
    for service in (*homes, water):
        PlanAssignment.objects.filter(agreement=service.agreement).update(plan_version=bundle)
    alone = Plan.objects.get(code="power")
    power, town = (Tariff.objects.get(code=code) for code in ("power", "town-water"))
    at = as_the_day_begins(TODAY)

    with django_assert_num_queries(3):  # with the utility
        found = subscribers(None, at)

    assert found.by_plan == {bundle.plan_id: 3, alone.pk: 1}
    assert found.by_tariff == {power.pk: 3, town.pk: 1}
    assert found.total == running(at).count() == 4
    assert subscribers([alone.pk], at).by_tariff == {power.pk: 1}


def test_the_version_that_holds_names_the_tariffs():
    home = make.make_home(FLAT)
    first = home.agreement.plans.get().plan_version
    other = make.make_version(tariff("other", energy("0.1"))).tariff
    end(first, date(2026, 11, 1))
    second = PlanVersion.objects.create(plan=first.plan, number=2, starts_on=date(2026, 11, 1))
    PlanTariff.objects.create(plan_version=second, tariff=other)
    PlanVersion.objects.filter(pk=second.pk).update(state="published", published_at=LONG_AGO)

    found = subscribers([first.plan_id], as_the_day_begins(TODAY))

    assert found.by_tariff == {other.pk: 1}
    assert TariffVersion.objects.count() == 2
