"""Importing and publishing, and what the database refuses afterwards."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import AuditEvent, ConsumerCategory, ServiceArea
from core.db.unguarded import unguarded
from tariffs import engine, operations, queries
from tariffs.models import Charge, EligibilityKey, TariffVersion, TaxRule, VersionState
from tests.tariffs.definitions import FLAT, PEAK_HOUR, RESIDENTIAL_BASIC, WINTER_DISCOUNT

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
SUCCESSOR = {
    **FLAT,
    "from": "2026-03-15",
    "charges": [{**FLAT["charges"][0], "price": "0.15"}],
    "change_summary": "Price from 0.12 to 0.15",
}


def published(definition) -> TariffVersion:
    version = operations.import_tariff(definition, author=None)
    operations.publish(version, approver=None, published_at=NOW)
    return version


def serving(definition, *categories: str):
    """Return a definition for these categories only."""
    return {**definition, "eligibility": {"categories": list(categories)}}


@pytest.fixture
def categories():
    residential = ConsumerCategory.objects.create(code="residential", name="Residential")
    for code in ("single-family", "multi-family"):
        ConsumerCategory.objects.create(code=code, name=code, parent=residential)


def test_import_makes_a_draft_with_the_next_number():
    first = operations.import_tariff(FLAT, author=None)
    second = operations.import_tariff(SUCCESSOR, author=None)

    assert (first.number, second.number) == (1, 2)
    assert first.tariff == second.tariff
    assert first.state == VersionState.DRAFT
    assert first.digest == engine.digest(FLAT)
    assert AuditEvent.objects.filter(action="tariff.imported").count() == 2


def test_importing_the_same_file_again_changes_nothing():
    first = operations.import_tariff(FLAT, author=None)

    again = operations.import_tariff(copy.deepcopy(FLAT), author=None)

    assert again == first
    assert TariffVersion.objects.count() == 1


def test_import_refuses_a_tariff_with_a_hole_and_keeps_nothing():
    with_hole = copy.deepcopy(PEAK_HOUR)
    with_hole["bands"]["standard"].pop()

    with pytest.raises(engine.TariffError, match="01-01 at 20:00 \\(mon\\) has no price"):
        operations.import_tariff(with_hole, author=None)

    assert not TariffVersion.objects.exists()


def test_import_refuses_another_commodity_under_the_same_code():
    operations.import_tariff(FLAT, author=None)

    with pytest.raises(operations.CommodityDiffers):
        operations.import_tariff({**FLAT, "commodity": "gas"}, author=None)


def test_publish_writes_charges_and_freezes():
    version = published(RESIDENTIAL_BASIC)

    assert version.state == VersionState.PUBLISHED
    assert version.published_at == NOW
    codes = Charge.objects.filter(version=version).order_by("position")
    assert [(charge.code, charge.kind) for charge in codes] == [
        ("standard-rate", "fixed"),
        ("peak-usage-fee", "energy"),
        ("administrative-fee", "fixed"),
        ("document-processing", "fixed"),
        ("tax", "percent"),
    ]


def test_publishing_twice_is_refused():
    version = published(FLAT)

    with pytest.raises(operations.NotPublishable, match="not a draft"):
        operations.publish(version, approver=None, published_at=NOW)


def test_publish_demands_a_summary_of_the_change():
    version = operations.import_tariff({**FLAT, "change_summary": " "}, author=None)

    with pytest.raises(operations.NoChangeSummary):
        operations.publish(version, approver=None, published_at=NOW)


def test_publish_demands_that_examples_come_out():
    example = {"first": "2026-01-01", "last": "2026-01-31", "use": {"import": "1"}, "total": "9"}
    version = operations.import_tariff({**FLAT, "examples": [example]}, author=None)

    with pytest.raises(operations.ExampleFails, match=r"0\.12 comes out instead of 9\.00"):
        operations.publish(version, approver=None, published_at=NOW)


def test_successor_ends_the_version_before_it():
    first = published(FLAT)
    second = published(SUCCESSOR)

    first.refresh_from_db()
    assert (first.state, first.ends_on) == (VersionState.SUPERSEDED, date(2026, 3, 15))
    assert queries.versions_between([first.tariff_id], date(2026, 3, 1), date(2026, 3, 31)) == {
        first.tariff_id: [
            (date(2020, 1, 1), date(2026, 3, 15), first),
            (date(2026, 3, 15), None, second),
        ]
    }
    assert set(first.keys.values_list("ends_on", flat=True)) == {date(2026, 3, 15)}


def test_a_billed_version_is_not_shortened():
    published(FLAT)
    successor = operations.import_tariff(SUCCESSOR, author=None)

    with pytest.raises(operations.AlreadyBilled, match="billed up to March 31, 2026"):
        operations.publish(
            successor, approver=None, published_at=NOW, billed_until=date(2026, 4, 1)
        )

    operations.publish(successor, approver=None, published_at=NOW, billed_until=date(2026, 3, 15))


def test_overlap_names_the_other_tariff_and_its_days():
    published({**FLAT, "to": "2026-07-01"})
    other = operations.import_tariff(
        {**FLAT, "code": "other", "name": "other", "from": "2026-06-30"}, author=None
    )

    with pytest.raises(
        operations.Overlap, match=r"Test tariff v1 serves .* from January 1, 2020 to June 30, 2026"
    ):
        operations.publish(other, approver=None, published_at=NOW)


def test_the_day_after_the_end_is_free():
    published({**FLAT, "to": "2026-07-01"})

    published({**FLAT, "code": "other", "name": "other", "from": "2026-07-01"})


@pytest.mark.usefixtures("categories")
def test_other_categories_do_not_overlap_unless_the_rule_is_strict(settings):
    published(serving(WINTER_DISCOUNT, "single-family"))
    published(serving({**WINTER_DISCOUNT, "code": "multi", "name": "multi"}, "multi-family"))
    third = operations.import_tariff(
        {**WINTER_DISCOUNT, "code": "third", "name": "third"}, author=None
    )

    with pytest.raises(operations.Overlap):
        operations.publish(third, approver=None, published_at=NOW)

    settings.TARIFF_OVERLAP_STRICT = True
    fourth = operations.import_tariff(
        serving({**WINTER_DISCOUNT, "code": "fourth", "name": "fourth"}, "residential"), author=None
    )
    with pytest.raises(operations.Overlap):
        operations.publish(fourth, approver=None, published_at=NOW)


@pytest.mark.usefixtures("categories")
def test_any_category_is_a_row_for_each_and_one_without():
    version = published(FLAT)

    assert set(version.keys.values_list("key", flat=True)) == {
        "electricity/flat/*/*",
        "electricity/flat/residential/*",
        "electricity/flat/single-family/*",
        "electricity/flat/multi-family/*",
    }


@pytest.mark.usefixtures("categories")
def test_a_main_category_holds_its_sub_categories_and_areas_their_parts():
    north = ServiceArea.objects.create(code="north", name="North", commodity="electricity")
    ServiceArea.objects.create(code="hill", name="Hill", commodity="electricity", parent=north)
    eligibility = {"categories": ["residential"], "areas": ["north"]}

    version = published({**FLAT, "eligibility": eligibility})

    assert version.keys.count() == 3 * 2


def test_unknown_category_is_refused_by_path():
    version = operations.import_tariff(serving(FLAT, "martians"), author=None)

    with pytest.raises(engine.TariffError, match=r"eligibility\.categories\[0\]: 'martians'"):
        operations.publish(version, approver=None, published_at=NOW)


def refused(write) -> bool:
    """Say whether the database refuses a write."""
    try:
        with transaction.atomic():
            write()
    except DatabaseError:
        return True
    return False


def test_the_database_keeps_a_published_version_as_it_is():
    version = published(FLAT)
    row = TariffVersion.objects.filter(pk=version.pk)

    assert refused(lambda: row.update(definition={}))
    assert refused(lambda: row.update(starts_on=date(2025, 1, 1)))
    assert refused(lambda: row.update(state=VersionState.DRAFT))
    assert refused(lambda: row.update(change_summary="Another"))
    assert refused(lambda: row._raw_delete(row.db))
    assert refused(lambda: Charge.objects.filter(version=version).update(spec={}))
    assert refused(lambda: version.charges.all()._raw_delete(row.db))
    assert refused(lambda: Charge.objects.create(
        version=version, position=9, code="more", kind="fixed", spec={}))  # fmt: skip
    assert refused(lambda: version.keys.update(key="electricity/flat/nobody/*"))
    assert not refused(lambda: row.update(ends_on=date(2027, 1, 1)))


def test_the_database_refuses_two_versions_on_one_day():
    """The positive control: without the guard the second version is written."""
    first = published(FLAT)
    second = operations.import_tariff(SUCCESSOR, author=None)

    def force() -> None:
        TariffVersion.objects.filter(pk=second.pk).update(
            state=VersionState.PUBLISHED, published_at=NOW
        )

    assert refused(force)
    assert refused(lambda: EligibilityKey.objects.create(
        version=second, commodity="electricity", rate_type="flat", key=first.keys.first().key,
        starts_on=date(2026, 3, 15)))  # fmt: skip
    if connection.vendor == "sqlite":
        with unguarded(connection):
            assert not refused(force)
            TariffVersion.objects.filter(pk=second.pk).update(state=VersionState.DRAFT)


def test_versions_are_found_in_one_query(django_assert_num_queries):
    ids = [published({**FLAT, "code": "a", "name": "a"}).tariff_id]
    ids += [
        published(
            {**PEAK_HOUR, "code": code, "name": code, "from": f"{year}-01-01",
             "to": f"{year}-12-31"}
        ).tariff_id
        for code, year in (("b", 2021), ("c", 2022))
    ]  # fmt: skip

    with django_assert_num_queries(1):
        queries.versions_between(ids[:1], date(2026, 1, 1), date(2026, 1, 31))
    with django_assert_num_queries(1):
        found = queries.versions_between(ids, date(2021, 1, 1), date(2022, 1, 31))
        assert [len(found[pk]) for pk in ids] == [1, 1, 1]


def test_a_version_is_parsed_once():
    version = published(PEAK_HOUR)

    again = TariffVersion.objects.get(pk=version.pk)

    assert queries.engine_tariff(version) is queries.engine_tariff(again)


def test_taxes_of_a_day_come_in_their_order():
    common = {"name": "Tax", "starts_on": date(2026, 1, 1)}
    TaxRule.objects.create(code="late", rate=Decimal("2.5"), position=2, **common)
    TaxRule.objects.create(code="vat", rate=Decimal("20"), position=1, **common)
    TaxRule.objects.create(code="old", rate=1, ends_on=date(2026, 6, 1), **common)
    TaxRule.objects.create(code="gas", rate=1, commodity="gas", **common)

    taxes = queries.taxes_on(date(2026, 6, 1), commodity="electricity")

    assert [(tax.code, tax.rate) for tax in taxes] == [("vat", 20_00000000), ("late", 2_50000000)]
