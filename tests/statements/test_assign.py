"""Giving an agreement a plan: whom it fits, from when, and never two at once."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from accounts.models import AccountCategory, AuditEvent, ConsumerCategory, ServiceArea
from core.periods import midnight
from meters.models import LocationArea
from statements.models import PlanAssignment
from statements.operations.assign import NotAssignable, assign_plan, next_cycle, version_on
from tariffs import operations
from tariffs.models import Plan, PlanVersion, Tariff, TariffVersion
from tests.statements import factories as make
from tests.statements.factories import FLAT, LONG_AGO, OCTOBER, ZONE

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)
DECEMBER = midnight(date(2026, 12, 1), ZONE)
SAVER = {
    "code": "SAVER",
    "name": "Saver",
    "currency": "USD",
    "from": "2025-01-01",
    "services": [{"commodity": "electricity", "tariff": "home-flat"}],
    "change_summary": "First",
}


@pytest.fixture(autouse=True)
def _world():
    make.make_world()


@pytest.fixture
def home():
    return make.make_home(FLAT)


def published(**fields) -> PlanVersion:
    version = operations.import_plan({**SAVER, **fields}, author=None)
    operations.publish_plan(version, approver=None, published_at=LONG_AGO)
    return version


def give(service, version, starts_at=DECEMBER, **more) -> PlanAssignment:
    return assign_plan(service.agreement, version, starts_at=starts_at, actor=None, **more)


def refused(service, version, starts_at=DECEMBER) -> str:
    before = list(PlanAssignment.objects.values_list("pk", "ends_at"))
    with pytest.raises(NotAssignable) as error:
        give(service, version, starts_at)
    assert list(PlanAssignment.objects.values_list("pk", "ends_at")) == before
    return str(error.value)


def plans_of(service):
    rows = PlanAssignment.objects.filter(agreement=service.agreement).order_by("starts_at")
    return list(rows.values_list("plan_version__plan__code", "starts_at", "ends_at"))


def test_the_plan_before_ends_where_the_new_one_begins(home):
    given = give(home, published(), reason="Asked by phone")

    assert plans_of(home) == [("home-flat", LONG_AGO, DECEMBER), ("SAVER", DECEMBER, None)]
    event = AuditEvent.objects.get(action="plan.assign", object_key=str(given.pk))
    assert event.account == home.agreement.account
    assert event.detail["reason"] == "Asked by phone"


def test_what_was_said_last_holds(home):
    """A plan for January gives way to another from December on."""
    give(home, published(), midnight(date(2027, 1, 1), ZONE))

    give(home, published(code="OTHER", name="Other"))

    assert plans_of(home) == [("home-flat", LONG_AGO, DECEMBER), ("OTHER", DECEMBER, None)]


def test_the_plan_that_it_has_is_not_given_again(home):
    version = published()
    give(home, version)

    assert refused(home, version, midnight(date(2027, 1, 1), ZONE)) == "It has Saver already."


def test_time_that_is_billed_keeps_its_plan(home):
    make.read_steadily(home.channel, OCTOBER)
    make.bill(home)

    version = published()

    assert (
        refused(home, version, OCTOBER.starts_at) == "It is already billed up to October 31, 2026."
    )
    give(home, version, OCTOBER.ends_at)


def test_an_agreement_has_a_plan_only_while_it_holds(home):
    home.agreement.ends_at = DECEMBER
    home.agreement.save()
    version = published()

    assert refused(home, version) == "The agreement does not hold at that time."
    given = give(home, version, datetime(2024, 1, 1, tzinfo=UTC))

    assert given.starts_at == home.agreement.starts_at
    assert plans_of(home) == [("SAVER", LONG_AGO, None)]


def test_a_plan_for_other_services_is_refused(home):
    water = {**FLAT, "code": "w", "name": "W", "commodity": "water",
             "charges": FLAT["charges"][1:]}  # fmt: skip
    make.make_version(water)
    version = published(services=[{"commodity": "water", "tariff": "w"}])

    assert refused(home, version) == "Saver is not for Electricity."


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"from": "2027-01-01"}, "Saver v1 does not hold on December 1, 2026 yet."),
        ({"to": "2026-12-01"}, "Saver v1 does not hold on December 1, 2026 any more."),
    ],
)
def test_a_plan_that_does_not_hold_on_the_day_is_refused(home, fields, said):
    assert refused(home, published(**fields)) == said


def test_a_draft_is_given_to_nobody(home):
    draft = operations.import_plan(SAVER, author=None)

    assert refused(home, draft) == "Saver v1 is not published."


def test_a_plan_that_is_switched_off_is_given_to_nobody(home):
    version = published()
    Plan.objects.filter(pk=version.plan_id).update(is_active=False)

    assert refused(home, PlanVersion.objects.get(pk=version.pk)) == "Saver is not offered any more."


def test_a_plan_whose_tariff_has_no_prices_then_is_refused(home):
    version = published()
    TariffVersion.objects.update(ends_on=date(2026, 12, 1))

    assert refused(home, version) == "Home flat has no prices on December 1, 2026."


@pytest.fixture
def categories():
    main = ConsumerCategory.objects.create(code="homes", name="Homes")
    return {
        code: ConsumerCategory.objects.create(code=code, name=code.title(), parent=main)
        for code in ("single", "multi")
    } | {"homes": main}


def test_only_customers_of_its_categories_have_a_plan(home, categories):
    version = published(eligibility={"categories": ["single"]})
    of = home.agreement.account

    assert refused(home, version) == "The account has no category, and Saver is not for all."
    row = AccountCategory.objects.create(
        account=of, category=categories["multi"], starts_on=date(2025, 1, 1)
    )
    assert refused(home, version) == "Saver is not for the category Multi."
    row.category = categories["single"]
    row.save()
    give(home, version)


def test_a_main_category_stands_for_those_below_it(home, categories):
    AccountCategory.objects.create(
        account=home.agreement.account, category=categories["multi"], starts_on=date(2025, 1, 1)
    )

    give(home, published(eligibility={"categories": ["homes"]}))


def test_only_places_of_its_areas_have_a_plan(home):
    north = ServiceArea.objects.create(code="north", name="North", commodity="electricity")
    hill = ServiceArea.objects.create(
        code="hill", name="Hill", commodity="electricity", parent=north
    )
    south = ServiceArea.objects.create(code="south", name="South", commodity="electricity")
    version = published(eligibility={"areas": ["north"]})
    location = home.agreement.usage_point.location

    assert refused(home, version) == "Saver is not for the service area no area."
    row = LocationArea.objects.create(location=location, area=south, commodity="electricity")
    assert refused(home, version) == "Saver is not for the service area South."
    row.area = hill
    row.save()
    give(home, version)


def test_the_next_billing_period_begins_with_the_month_of_the_place(home):
    assert next_cycle(home.agreement, now=NOW) == DECEMBER
    new_year = datetime(2027, 1, 1, 4, 59, tzinfo=UTC)  # still December in New York
    assert next_cycle(home.agreement, now=new_year) == midnight(date(2027, 1, 1), ZONE)


def test_the_version_of_a_day_is_found(home):
    first = published()
    second = published(**{"from": "2027-01-01"}, change_summary="Second")

    assert version_on(first.plan, date(2026, 12, 31)) == first
    assert version_on(first.plan, date(2027, 1, 1)) == second
    assert version_on(first.plan, date(2024, 1, 1)) is None
    assert Tariff.objects.count() == 1
