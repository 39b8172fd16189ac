"""Plans brought in and put into force: what fits, what is refused by name, what becomes frozen."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, transaction

from accounts.models import AuditEvent, ConsumerCategory, ServiceArea
from tariffs import engine, operations
from tariffs.models import Plan, PlanTariff, PlanVersion, StatusEvent, Tariff, VersionState
from tests.tariffs.definitions import definition, energy, fixed
from tests.tariffs.test_plan_terms import RBE

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
STANDARD = definition(fixed("0.99"), code="standard-rate", name="Standard Rate", rate_type="fixed")
NEXT = {**RBE, "from": "2026-07-01", "to": None, "change_summary": "Tax from 5 to 6 %",
        "tax": {"kind": "percent", "percent": "6"}}  # fmt: skip


@pytest.fixture(autouse=True)
def _categories():
    residential = ConsumerCategory.objects.create(code="residential", name="Residential")
    for code in ("single-family", "multi-family"):
        ConsumerCategory.objects.create(code=code, name=code, parent=residential)


def published_tariff(written=STANDARD):
    version = operations.import_tariff(written, author=None)
    operations.publish(version, approver=None, published_at=NOW)
    return version


def published(written=RBE, **fields) -> PlanVersion:
    version = operations.import_plan({**written, **fields}, author=None)
    operations.publish_plan(version, approver=None, published_at=NOW)
    return version


def test_a_plan_is_published_with_what_its_charges_become():
    published_tariff()

    version = published()

    assert version.state == VersionState.PUBLISHED
    assert version.tax == {"kind": "percent", "percent": "5", "currency": "USD"}
    bundled = version.plan_tariffs.order_by("pk").values_list("tariff__code", "scope")
    assert list(bundled) == [
        ("standard-rate", "service"),
        ("plan-rbe-electricity", "own"),
        ("plan-rbe-common", "common"),
    ]
    assert [row.category.code for row in version.categories.all()] == ["single-family"]
    own = Tariff.objects.get(code="plan-rbe-common")
    assert own.role == Tariff.Role.PLAN
    assert not own.versions.get().keys.exists()
    assert list(own.versions.get().charges.values_list("code", flat=True)) == ["admin", "documents"]


def test_what_happened_stands_in_the_timeline_and_in_the_audit_trail():
    published_tariff()
    first, second = published(to=None), published(NEXT)

    plan = Plan.objects.get()
    told = plan.events.order_by("pk").values_list("kind", "version", "effective_on")
    assert list(told) == [
        ("published", 1, date(2026, 1, 1)),
        ("superseded", 1, date(2026, 7, 1)),
        ("published", 2, date(2026, 7, 1)),
    ]
    first.refresh_from_db()
    assert (first.ends_on, first.state) == (date(2026, 7, 1), VersionState.SUPERSEDED)
    assert second.number == 2
    assert AuditEvent.objects.filter(action="plan.published").count() == 2


def test_its_own_tariffs_follow_its_versions():
    published_tariff()
    published(to=None)
    published(NEXT)

    own = Tariff.objects.get(code="plan-rbe-common")
    days = own.versions.order_by("number").values_list("starts_on", "ends_on")
    assert list(days) == [(date(2026, 1, 1), date(2026, 7, 1)), (date(2026, 7, 1), None)]


def test_the_same_plan_again_is_no_new_version():
    published_tariff()
    version = published()

    assert operations.import_plan(RBE, author=None) == version
    assert PlanVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"services": [{"commodity": "electricity", "tariff": "none"}]},
            r"services\[0\].tariff: there is no tariff none for electricity",
        ),
        (
            {"services": [{"commodity": "water", "tariff": "standard-rate"}], "charges": []},
            r"services\[0\].tariff: there is no tariff standard-rate for water",
        ),
        ({"eligibility": {"categories": ["martians"]}}, r"eligibility.categories\[0\]: martians"),
        ({"eligibility": {"areas": ["moon"]}}, r"eligibility.areas\[0\]: moon does not exist"),
    ],
)
def test_what_a_plan_names_must_exist(change, said):
    published_tariff()

    with pytest.raises(operations.UnknownPart, match=said):
        operations.import_plan({**RBE, **change}, author=None)

    assert not PlanVersion.objects.exists()


def test_the_charges_of_a_plan_are_checked_before_it_is_kept():
    published_tariff()
    wrong = {**RBE, "charges": [{"code": "a", "name": "A", "kind": "fixed", "price": "-1"}]}

    with pytest.raises(engine.TariffError, match="price"):
        operations.import_plan(wrong, author=None)

    assert not Plan.objects.exists()


def test_a_name_belongs_to_one_plan():
    published_tariff()
    published()

    with pytest.raises(operations.NameTaken, match=r"called Residential Basic Electricity .* RBE"):
        operations.import_plan({**RBE, "code": "RB2", "name": RBE["name"].upper()}, author=None)


def test_a_plan_takes_the_name_of_its_newest_version_when_it_is_published():
    published_tariff()
    published(to=None)
    renamed = operations.import_plan({**NEXT, "name": "Basic Electricity"}, author=None)
    assert Plan.objects.get().name == RBE["name"]

    operations.publish_plan(renamed, approver=None, published_at=NOW)

    assert Plan.objects.get().name == "Basic Electricity"
    assert StatusEvent.objects.filter(kind="renamed", plan__isnull=False).exists()


def misfit(written=RBE, **fields) -> str:
    version = operations.import_plan({**written, **fields}, author=None)
    with pytest.raises(operations.Misfit) as refused:
        operations.publish_plan(version, approver=None, published_at=NOW)
    version.refresh_from_db()
    assert version.state == VersionState.DRAFT
    return str(refused.value)


def test_a_tariff_that_has_expired_does_not_enter_a_plan():
    published_tariff({**STANDARD, "to": "2025-12-31"})

    assert misfit() == "Standard Rate has expired; its last day was December 30, 2025."


def test_a_tariff_that_begins_later_does_not_enter_a_plan():
    published_tariff({**STANDARD, "from": "2026-02-01"})

    assert misfit() == "Standard Rate has no version in force on January 1, 2026."


def test_a_tariff_that_is_not_offered_does_not_enter_a_plan():
    published_tariff()
    Tariff.objects.update(is_active=False)

    assert misfit() == "Standard Rate is not offered any more."


def test_a_tariff_for_other_customers_does_not_enter_a_plan():
    published_tariff({**STANDARD, "eligibility": {"categories": ["multi-family"]}})

    assert misfit() == "Standard Rate does not serve single-family."


def test_a_tariff_for_another_area_does_not_enter_a_plan():
    for code in ("north", "south"):
        ServiceArea.objects.create(code=code, name=code.title(), commodity="electricity")
    published_tariff({**STANDARD, "eligibility": {"areas": ["north"]}})
    eligibility = {"categories": ["single-family"], "areas": ["north", "south"]}

    assert misfit(eligibility=eligibility) == "Standard Rate does not serve South."


def test_a_plan_without_a_summary_is_not_published():
    published_tariff()
    version = operations.import_plan({**RBE, "change_summary": ""}, author=None)

    with pytest.raises(operations.NoChangeSummary):
        operations.publish_plan(version, approver=None, published_at=NOW)


def test_a_version_that_is_billed_is_not_shortened():
    published_tariff()
    published(to=None)
    version = operations.import_plan(NEXT, author=None)

    with pytest.raises(operations.AlreadyBilled, match="v1 is already billed up to July 31, 2026"):
        operations.publish_plan(
            version, approver=None, published_at=NOW, billed_until=date(2026, 8, 1)
        )


def test_a_version_before_another_that_holds_is_refused():
    published_tariff()
    published(NEXT)
    earlier = operations.import_plan(RBE, author=None)

    with pytest.raises(operations.NotPublishable, match="v1 holds from July 1, 2026 already"):
        operations.publish_plan(earlier, approver=None, published_at=NOW)


@pytest.mark.parametrize(
    "write",
    [
        lambda version: PlanVersion.objects.filter(pk=version.pk).update(definition={}),
        lambda version: PlanVersion.objects.filter(pk=version.pk).update(state="draft"),
        lambda version: PlanVersion.objects.filter(pk=version.pk).delete(),
        lambda version: version.plan_tariffs.all().delete(),
        lambda version: version.plan_tariffs.update(scope="common"),
        lambda version: version.categories.all().delete(),
        lambda version: PlanTariff.objects.create(
            plan_version=version, tariff=Tariff.objects.create(code="x", name="x", commodity="gas")
        ),
        lambda _: StatusEvent.objects.update(reason="x"),
        lambda _: StatusEvent.objects.all().delete(),
    ],
)
def test_the_database_keeps_a_published_plan_and_its_events(write):
    published_tariff()
    version = published()

    with pytest.raises(DatabaseError), transaction.atomic():
        write(version)


def test_only_the_end_of_a_published_plan_may_move():
    published_tariff()
    version = published()

    PlanVersion.objects.filter(pk=version.pk).update(ends_on=date(2026, 9, 1))

    version.refresh_from_db()
    assert version.ends_on == date(2026, 9, 1)


def test_energy_of_a_plan_is_that_of_its_tariff():
    """A plan may be nothing but its tariff."""
    published_tariff(definition(energy(price="0.1"), code="standard-rate", name="Standard Rate"))

    version = published(charges=[], tax=None)

    assert version.tax is None
    assert version.plan_tariffs.count() == 1
