"""Which plans fit an agreement: one rule, for one plan or for all of them at once."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AccountCategory, ConsumerCategory, ServiceArea
from meters.models import LocationArea
from statements.operations.fitting import NotAssignable, misfits, refuse_misfit
from statements.pricing.candidates import candidates
from tariffs.models import Plan, PlanArea, PlanCategory, PlanVersion
from tests.statements import factories as make
from tests.statements.factories import LONG_AGO, WATER
from tests.statements.pricing.homes import TODAY, energy, offer, tariff

pytestmark = pytest.mark.django_db
BEGUN = date(2025, 1, 1)


@pytest.fixture
def home():
    make.make_world()
    return make.make_home(tariff("present", energy("0.10")))


def kinds():
    """Return two sub-categories of homes, and an office."""
    homes = ConsumerCategory.objects.create(code="homes", name="Homes")
    single = ConsumerCategory.objects.create(code="single", name="Single", parent=homes)
    office = ConsumerCategory.objects.create(code="office", name="Office")
    return homes, single, office


def areas():
    """Return a district in a town, and another town."""
    town = ServiceArea.objects.create(code="town", name="Town", commodity="electricity")
    district = ServiceArea.objects.create(
        code="district", name="District", commodity="electricity", parent=town
    )
    far = ServiceArea.objects.create(code="far", name="Far", commodity="electricity")
    return town, district, far


def plan(code, *, categories=(), areas=(), priced_from="2025-01-01", **fields):
    """Offer a plan of its own tariff to some."""
    made = make.make_version(tariff(f"{code}-tariff", energy("0.11"), **{"from": priced_from}))
    version = PlanVersion.objects.create(
        plan=Plan.objects.create(code=code, name=code.title()), number=1, starts_on=BEGUN
    )
    version.plan_tariffs.create(tariff=made.tariff)
    for each in categories:
        PlanCategory.objects.create(plan_version=version, category=each)
    for each in areas:
        PlanArea.objects.create(plan_version=version, area=each)
    told = {"state": "published", "published_at": LONG_AGO} | fields
    PlanVersion.objects.filter(pk=version.pk).update(**told)
    return PlanVersion.objects.select_related("plan").get(pk=version.pk)


def varied(home):
    """Return plans of every kind, each with why the home of a single family may not have it."""
    homes, single, office = kinds()
    town, district, far = areas()
    AccountCategory.objects.create(account=home.agreement.account, category=single, starts_on=BEGUN)
    LocationArea.objects.create(
        location=home.agreement.usage_point.location, commodity="electricity", area=district
    )
    gone = plan("gone")
    Plan.objects.filter(pk=gone.plan_id).update(is_active=False)
    bare = plan("bare", priced_from="2030-01-01")
    water = offer(WATER)
    return {
        plan("all"): "",
        plan("own", categories=[single]): "",
        plan("main", categories=[homes, office]): "",
        plan("near", areas=[district]): "",
        plan("around", categories=[homes], areas=[town, far]): "",
        plan("offices", categories=[office]): "Offices is not for the category Single.",
        plan("away", areas=[far]): "Away is not for the service area District.",
        plan("both", categories=[office], areas=[far]): "Both is not for the category Single.",
        plan("draft", state="draft"): "Draft v1 is not published.",
        plan("early", starts_on=date(2027, 1, 1)): (
            "Early v1 does not hold on November 21, 2026 yet."
        ),
        plan("ended", ends_on=TODAY): "Ended v1 does not hold on November 21, 2026 any more.",
        plan("until", ends_on=date(2026, 11, 22)): "",
        PlanVersion.objects.select_related("plan").get(pk=gone.pk): (
            "Gone is not offered any more."
        ),
        bare: "Bare-Tariff has no prices on November 21, 2026.",
        water: "Home water is not for Electricity.",
    }


def alone(home, version):
    try:
        refuse_misfit(home.agreement, version, TODAY)
    except NotAssignable as error:
        return str(error)
    return ""


def test_all_plans_at_once_are_judged_as_each_alone(home):
    expected = {version.pk: why for version, why in varied(home).items()}
    versions = list(PlanVersion.objects.select_related("plan").filter(pk__in=expected))

    together = misfits(home.agreement, versions, TODAY)

    assert together == expected
    assert together == {each.pk: alone(home, each) for each in versions}


def test_a_home_without_category_or_area_gets_what_is_for_all(home):
    homes, _single, _office = kinds()
    town, *_others = areas()
    versions = [plan("all"), plan("homes", categories=[homes]), plan("town", areas=[town])]

    together = misfits(home.agreement, versions, TODAY)

    assert list(together.values()) == [
        "",
        "The account has no category, and Homes is not for all.",
        "Town is not for the service area no area.",
    ]
    assert together == {each.pk: alone(home, each) for each in versions}


def test_thirty_plans_are_judged_in_as_many_queries_as_three(home):
    homes, single, _office = kinds()
    _town, district, far = areas()
    AccountCategory.objects.create(account=home.agreement.account, category=single, starts_on=BEGUN)
    for number in range(3):
        plan(f"plan-{number}", categories=[homes], areas=[district, far])
    three = _queries(home)
    for number in range(3, 30):
        plan(f"plan-{number}", categories=[homes], areas=[district, far])

    assert _queries(home) == three <= 8
    assert len(candidates(home.agreement, TODAY)) == 31


def _queries(home):
    with CaptureQueriesContext(connection) as found:
        candidates(home.agreement, TODAY)
    return len(found)
