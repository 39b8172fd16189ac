"""Previewing and bringing in: all or nothing, without the bad rows, and a thousand at once."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent, ConsumerCategory
from tariffs import exchange, operations
from tariffs.exchange import Outcome
from tariffs.models import Plan, PlanVersion, Tariff, TariffVersion, VersionState
from tests.tariffs.exchange.books import flat
from tests.tariffs.test_plan_terms import RBE

pytestmark = pytest.mark.django_db

TODAY = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
FIRST, SECOND = flat(1), flat(2)
DEARER = flat(1, **{"from": "2027-07-01", "change_summary": "Dearer"})
BAD = flat(3, currency="dollars")


def previewed(*definitions, form="json", may_back_date=False):
    entries = exchange.read(exchange.file_of(definitions, form), f"prices.{form}")
    return exchange.preview(entries, today=TODAY, may_back_date=may_back_date)


def outcomes(found):
    return [(each.outcome, each.number) for each in found]


def faults(each):
    return [(fault.row, fault.field, fault.words) for fault in each.faults]


def test_preview_tells_new_new_version_unchanged_and_error():
    operations.import_tariff(FIRST, author=None)

    found = previewed(FIRST, DEARER, SECOND, BAD, form="csv")

    assert outcomes(found) == [
        (Outcome.UNCHANGED, 1),
        (Outcome.NEW_VERSION, 2),
        (Outcome.NEW, 1),
        (Outcome.ERROR, None),
    ]
    assert faults(found[3]) == [
        (5, "currency", "'dollars' must be three capital letters, e.g. USD")
    ]
    assert TariffVersion.objects.count() == 1


def test_what_was_withdrawn_may_be_brought_in_again():
    for definition in (FIRST, DEARER):
        version = operations.import_tariff(definition, author=None)
        operations.publish(version, approver=None, published_at=NOW)
    operations.withdraw(version, actor=None, at=NOW, today=TODAY, reason="Too early")

    assert outcomes(previewed(FIRST, DEARER, may_back_date=True)) == [
        (Outcome.UNCHANGED, 1),
        (Outcome.NEW_VERSION, 3),
    ]


def test_numbers_that_a_spreadsheet_wrote_anew_are_no_new_version():
    charge = {"code": "energy", "kind": "energy", "unit": "kWh"}
    operations.import_tariff(flat(1, to=None, charges=[{**charge, "price": "0.1200"}]), author=None)

    same, dearer, renamed = previewed(
        flat(1, charges=[{**charge, "price": "0.12"}]),
        flat(1, charges=[{**charge, "price": "0.1201"}]),
        flat(1, name="0.120", charges=[{**charge, "price": "0.12"}]),
    )

    assert outcomes([same, dearer]) == [(Outcome.UNCHANGED, 1), (Outcome.NEW_VERSION, 2)]
    assert outcomes([renamed]) == [(Outcome.NEW_VERSION, 3)]


def test_preview_finds_taken_names_other_commodities_and_roles():
    operations.import_tariff(FIRST, author=None)
    operations.import_tariff(SECOND, author=None, role=Tariff.Role.DISCOUNT)

    named, water, discount, twin = previewed(
        flat(3, name="FLAT 1"),
        flat(1, commodity="gas"),
        flat(2, change_summary="As a tariff"),
        flat(4, name="flat 1"),
    )

    assert faults(named) == [(1, "name", "FLAT 1 is the name of flat-1 already.")]
    assert faults(water) == [(2, "commodity", "flat-1 is a tariff for electricity.")]
    assert faults(discount) == [(3, "code", "flat-2 is something else already: Discount policy.")]
    assert twin.outcome is Outcome.ERROR


def test_preview_knows_the_entries_above():
    found = previewed(FIRST, FIRST, DEARER, flat(9, name="Flat 1"))

    assert outcomes(found) == [
        (Outcome.NEW, 1),
        (Outcome.UNCHANGED, 1),
        (Outcome.NEW_VERSION, 2),
        (Outcome.ERROR, None),
    ]


@pytest.mark.parametrize("strict", [False, True])
def test_preview_warns_of_others_who_serve_the_same_customers(settings, strict):
    settings.TARIFF_OVERLAP_STRICT = strict
    home = ConsumerCategory.objects.create(code="residential", name="Residential")
    ConsumerCategory.objects.create(code="single-family", name="Single", parent=home)
    ConsumerCategory.objects.create(code="commercial", name="Commercial")
    version = operations.import_tariff(
        flat(1, eligibility={"categories": ["residential"]}), author=None
    )
    operations.publish(version, approver=None, published_at=NOW)

    below, beside, before, unknown = previewed(
        flat(2, eligibility={"categories": ["single-family"]}),
        flat(3, eligibility={"categories": ["commercial"]}),
        flat(4, **{"from": "2026-07-01", "to": "2027-01-01"}),
        flat(5, eligibility={"categories": ["farm"]}),
    )

    assert below.warnings == ("Flat 1 serves the same customers on some of these days.",)
    assert bool(beside.warnings) is strict
    assert before.warnings == ()
    assert faults(unknown) == [(4, "eligibility.categories[0]", "farm does not exist.")]


def test_a_warning_is_what_publishing_refuses():
    version = operations.import_tariff(FIRST, author=None)
    operations.publish(version, approver=None, published_at=NOW)
    found = previewed(SECOND)

    (brought,) = exchange.bring_in(found, author=None).brought

    assert found[0].warnings
    with pytest.raises(operations.Overlap):
        operations.publish(brought.version, approver=None, published_at=NOW)


def test_back_dating_needs_the_permission_and_a_reason():
    old = flat(1, **{"from": "2026-05-31"})

    assert faults(previewed(old)[0]) == [
        (1, "from", "2026-05-31 is in the past, and you may not back-date.")
    ]
    found = previewed(old, may_back_date=True)
    assert found[0].is_back_dated
    with pytest.raises(exchange.ReasonMissing):
        exchange.bring_in(found, author=None, back_dated_reason=" ")
    exchange.bring_in(found, author=None, back_dated_reason="From the old system")

    event = AuditEvent.objects.get(action="tariff.back_dated")
    assert event.detail == {"reason": "From the old system", "starts_on": "2026-05-31"}
    assert not previewed(flat(2, **{"from": "2026-06-01"}))[0].is_back_dated


def test_one_bad_row_stops_all():
    with pytest.raises(exchange.HasErrors) as stopped:
        exchange.bring_in(previewed(FIRST, BAD, SECOND), author=None)

    assert [each.entry.code for each in stopped.value.bad] == ["flat-3"]
    assert not Tariff.objects.exists()


def test_without_the_bad_rows_the_good_ones_come_in():
    found = previewed(FIRST, BAD, SECOND)

    result = exchange.bring_in(found, author=None, without_bad=True)

    assert [each.version and each.version.state for each in result.brought] == [
        VersionState.DRAFT,
        None,
        VersionState.DRAFT,
    ]
    assert [result.count(outcome) for outcome in Outcome] == [2, 0, 0, 1]
    assert [each.entry.code for each in result.bad] == ["flat-3"]
    assert sorted(Tariff.objects.values_list("code", flat=True)) == ["flat-1", "flat-2"]


@pytest.mark.parametrize("without_bad", [False, True])
def test_what_went_wrong_since_the_preview_is_found(without_bad):
    found = previewed(FIRST, SECOND)
    operations.import_tariff(flat(7, name="Flat 2"), author=None)

    if without_bad:
        result = exchange.bring_in(found, author=None, without_bad=True)
        assert [each.outcome for each in result.bad] == [Outcome.ERROR]
    else:
        with pytest.raises(exchange.HasErrors):
            exchange.bring_in(found, author=None)

    assert Tariff.objects.filter(code="flat-1").exists() is without_bad


def test_nothing_new_is_told():
    operations.import_tariff(FIRST, author=None)

    with pytest.raises(exchange.NothingToBringIn):
        exchange.bring_in(previewed(FIRST), author=None)


def test_plans_name_tariffs_of_the_same_file():
    service = RBE["services"][0]
    plan = {**RBE, "from": "2027-01-01", "to": None, "eligibility": {}}
    tariff = {**flat(1), "code": service["tariff"], "commodity": service["commodity"]}
    lost = {**plan, "code": "LOST", "name": "Lost", "services": [{**service, "tariff": "none"}]}

    found = previewed(lost, plan, tariff)

    by_code = {each.entry.code: each for each in found}
    assert faults(by_code["LOST"]) == [
        (1, "services[0].tariff", "There is no tariff none for electricity.")
    ]
    exchange.bring_in(found, author=None, without_bad=True)
    assert [version.plan.code for version in PlanVersion.objects.select_related("plan")] == [
        plan["code"]
    ]
    assert outcomes(previewed(plan)) == [(Outcome.UNCHANGED, 1)]
    assert previewed({**plan, "code": plan["code"].lower()})[0].outcome is Outcome.NEW_VERSION
    assert Plan.objects.count() == 1


def test_the_bad_rows_are_given_back_to_be_mended():
    found = previewed(FIRST, BAD, form="csv")
    result = exchange.bring_in(found, author=None, without_bad=True)

    text = exchange.reject_file(result.bad).decode()

    assert text.splitlines()[1].endswith(
        '"3","currency: \'dollars\' must be three capital letters, e.g. USD"'
    )
    mended = exchange.read(text.replace('"dollars"', '"USD"').encode(), "again.csv")
    assert outcomes(exchange.preview(mended, today=TODAY)) == [(Outcome.NEW, 1)]


def test_bad_items_of_json_are_given_back_as_rows():
    result = exchange.bring_in(previewed(FIRST, BAD), author=None, without_bad=True)

    (again,) = exchange.read(exchange.reject_file(result.bad), "again.csv")

    assert again.definition == BAD


def test_the_preview_takes_as_many_queries_for_one_as_for_many():
    def asked(*definitions):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            previewed(*definitions)
        return len(queries)

    assert asked(FIRST) == asked(*(flat(number) for number in range(1, 30)))


@pytest.mark.parametrize(("form", "count"), [("csv", 1000), ("xlsx", 600), ("json", 600)])
def test_of_many_tariffs_one_has_a_bad_row(form, count):
    """The one is reported, nothing is half-written, and what came in is unchanged when it returns."""
    definitions = [flat(number) for number in range(1, count + 1)]
    definitions[499] = {**definitions[499], "currency": "dollars"}

    found = previewed(*definitions, form=form)
    with pytest.raises(exchange.HasErrors) as stopped:
        exchange.bring_in(found, author=None)

    assert [each.entry.code for each in stopped.value.bad] == ["flat-500"]
    assert faults(found[499])[0][0] == (500 if form == "json" else 501)
    assert not Tariff.objects.exists()

    result = exchange.bring_in(found, author=None, without_bad=True)

    assert (result.count(Outcome.NEW), TariffVersion.objects.count()) == (count - 1, count - 1)
    content = exchange.export(TariffVersion.objects.all(), form)
    again = exchange.preview(exchange.read(content, f"again.{form}"), today=TODAY)
    assert {each.outcome for each in again} == {Outcome.UNCHANGED}
