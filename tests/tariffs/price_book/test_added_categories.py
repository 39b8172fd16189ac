"""A category or area that is added after publishing is served, and guarded, like its like."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, transaction

from accounts.models import ConsumerCategory, ServiceArea
from tariffs import operations
from tariffs.models import EligibilityKey
from tariffs.operations import eligibility
from tests.tariffs.definitions import FLAT

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)


def published(code, *categories, **fields):
    served = {"eligibility": {"categories": list(categories)}} if categories else {}
    definition = {**FLAT, "code": code, "name": code, **served, **fields}
    version = operations.import_tariff(definition, author=None)
    operations.publish(version, approver=None, published_at=NOW)
    return version


def category(code, parent=None):
    made = ConsumerCategory.objects.create(code=code, name=code.title(), parent=parent)
    eligibility.serve(made)
    return made


def keys(version):
    return {key.rsplit("/", 2)[1] for key in version.keys.values_list("key", flat=True)}


@pytest.fixture
def home():
    return category("home")


def test_who_serves_any_or_the_main_category_serves_what_is_added_and_nobody_overlaps(home):
    category("flat", home)
    any_one = published("any")
    of_home = published("of-home", "home", rate_type="fixed", charges=fixed())
    of_flat = published(
        "of-flat",
        "flat",
        rate_type="fixed",
        charges=fixed(),
        **{"from": "2019-01-01", "to": FLAT["from"]},
    )

    category("villa", home)
    category("shop")

    assert keys(any_one) == {"*", "home", "flat", "villa", "shop"}
    assert keys(of_home) == {"home", "flat", "villa"}
    assert keys(of_flat) == {"flat"}
    for code in ("villa", "shop"):
        with pytest.raises(operations.Overlap, match="any v1 serves"):
            published("rival", code)
    published("other", "shop", rate_type="fixed", charges=fixed())
    with pytest.raises(operations.Overlap, match="of-home v1 serves"):
        published("rival-fixed", "villa", rate_type="fixed", charges=fixed())


def test_areas_that_are_added_are_served_for_every_category(home):
    version = published("any")
    north = ServiceArea.objects.create(code="north", name="North", commodity=FLAT["commodity"])
    ServiceArea.objects.create(code="pipes", name="Pipes", commodity="water")

    assert eligibility.serve(north) == 2
    assert eligibility.serve(ServiceArea.objects.get(code="pipes")) == 0

    assert EligibilityKey.objects.filter(version=version, area=north).count() == 2
    category("shop")
    assert EligibilityKey.objects.filter(version=version).count() == 6


def test_what_is_added_ends_with_its_version(home):
    version = published("any")
    shop = category("shop")

    operations.schedule_end(
        version, date(2026, 7, 1), actor=None, at=NOW, today=NOW.date(), reason="Over"
    )

    assert set(version.keys.values_list("ends_on", flat=True)) == {date(2026, 7, 1)}
    late = category("late")
    ended = EligibilityKey.objects.get(category=late)
    assert (ended.ends_on, ended.starts_on) == (date(2026, 7, 1), version.starts_on)
    assert EligibilityKey.objects.filter(category=shop).count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "electricity/flat/home/*"},
        {"ends_on": date(2030, 1, 1)},
        {"starts_on": date(2019, 1, 1)},
        {"rate_type": "slab"},
        {"category": None},
        {"commodity": "water"},
    ],
)
def test_the_database_lets_nothing_else_into_a_published_version(home, wrong):
    version = published("of-home", "home")
    villa = ConsumerCategory.objects.create(code="villa", name="Villa", parent=home)
    shop = ConsumerCategory.objects.create(code="shop", name="Shop")
    right = {
        "version": version,
        "commodity": "electricity",
        "rate_type": "flat",
        "category": villa,
        "key": "electricity/flat/villa/*",
        "starts_on": version.starts_on,
    }

    with pytest.raises(DatabaseError), transaction.atomic():
        EligibilityKey.objects.create(**{**right, **wrong})
    with pytest.raises(DatabaseError), transaction.atomic():
        EligibilityKey.objects.create(
            **{**right, "category": shop, "key": "electricity/flat/shop/*"}
        )
    EligibilityKey.objects.create(**right)
    with pytest.raises(DatabaseError), transaction.atomic():
        EligibilityKey.objects.filter(category=villa).delete()


def fixed():
    return [{"code": "basic", "name": "Basic", "kind": "fixed", "price": "1.00"}]
