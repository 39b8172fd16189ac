"""Drafts that are changed, and what two people do at once: the second is told."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from accounts.models import AuditEvent, ConsumerCategory
from tariffs import engine, operations
from tariffs.models import Plan, PlanVersion, Tariff, TariffVersion
from tests.accounts.factories import make_user
from tests.tariffs.definitions import FLAT, energy
from tests.tariffs.price_book.test_plan_operations import published, published_tariff
from tests.tariffs.test_plan_terms import RBE

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
DEARER = {**FLAT, "charges": [energy(price="0.15")], "from": "2026-06-01"}
NEXT = {**RBE, "from": "2026-07-01", "to": None, "description": "Better"}


@pytest.fixture(autouse=True)
def _category():
    ConsumerCategory.objects.create(code="single-family", name="Single Family")


@pytest.fixture
def draft():
    return operations.import_tariff(FLAT, author=make_user())


def test_a_draft_says_something_else_and_keeps_its_number(draft):
    editor = make_user()

    operations.edit_tariff(draft, DEARER, seen=draft.digest, author=editor)

    assert (draft.number, draft.author, draft.starts_on) == (1, editor, date(2026, 6, 1))
    assert draft.definition == DEARER
    assert draft.digest == engine.digest(DEARER)
    assert AuditEvent.objects.filter(action="tariff.edited", actor=editor).exists()


def test_the_second_of_two_editors_is_told_what_the_first_did(draft):
    seen = draft.digest
    operations.edit_tariff(draft, DEARER, seen=seen, author=None)

    with pytest.raises(operations.VersionConflict, match="changed by somebody else") as conflict:
        operations.edit_tariff(draft, {**FLAT, "name": "Other"}, seen=seen, author=None)

    assert conflict.value.theirs.definition == DEARER


def test_the_second_of_two_new_versions_is_told():
    published_tariff(FLAT)
    operations.add_tariff_version(DEARER, seen=1, author=None)

    with pytest.raises(operations.VersionConflict) as conflict:
        operations.add_tariff_version({**DEARER, "from": "2026-07-01"}, seen=1, author=None)

    assert conflict.value.theirs.number == 2
    assert TariffVersion.objects.count() == 2


def test_a_new_tariff_whose_code_is_taken_meanwhile_is_told():
    operations.add_tariff_version(FLAT, seen=0, author=None)

    with pytest.raises(operations.VersionConflict):
        operations.add_tariff_version({**FLAT, "name": "Other"}, seen=0, author=None)


@pytest.mark.parametrize("prepare", ["submit", "publish"])
def test_what_is_in_review_or_in_force_is_not_edited(draft, prepare):
    if prepare == "submit":
        operations.submit(draft, actor=None, at=NOW)
    else:
        operations.publish(draft, approver=None, published_at=NOW)

    with pytest.raises(operations.NotPossible, match="no draft any more"):
        operations.edit_tariff(draft, DEARER, seen=draft.digest, author=None)


def test_a_draft_stays_with_its_tariff(draft):
    operations.import_tariff({**FLAT, "code": "other", "name": "Other"}, author=None)

    for change in ({"code": "third"}, {"commodity": "gas"}):
        with pytest.raises(operations.NotImportable, match="keeps the code and the service"):
            operations.edit_tariff(draft, {**FLAT, **change}, seen=draft.digest, author=None)
    with pytest.raises(operations.NameTaken):
        operations.edit_tariff(draft, {**FLAT, "name": "OTHER"}, seen=draft.digest, author=None)


def test_a_draft_that_cannot_be_priced_is_refused_and_stays(draft):
    wrong = {**FLAT, "charges": [energy(price="-1")]}

    with pytest.raises(engine.TariffError, match="price"):
        operations.edit_tariff(draft, wrong, seen=draft.digest, author=None)

    draft.refresh_from_db()
    assert draft.definition == FLAT


def test_a_draft_of_a_plan_says_something_else():
    published_tariff()
    plan = operations.import_plan(RBE, author=None)
    ConsumerCategory.objects.create(code="multi-family", name="Multi Family")
    changed = {**NEXT, "eligibility": {"categories": ["multi-family"]}, "tax": None}

    operations.edit_plan(plan, changed, seen=plan.digest, author=None)

    assert (plan.starts_on, plan.tax, plan.definition) == (date(2026, 7, 1), None, changed)
    assert [row.category.code for row in plan.categories.all()] == ["multi-family"]
    assert plan.plan_tariffs.count() == 1
    operations.publish_plan(plan, approver=None, published_at=NOW)


def test_two_editors_of_a_plan():
    published_tariff()
    plan = operations.import_plan(RBE, author=None)
    seen = plan.digest
    operations.edit_plan(plan, NEXT, seen=seen, author=None)

    with pytest.raises(operations.VersionConflict) as conflict:
        operations.edit_plan(plan, {**NEXT, "description": "Other"}, seen=seen, author=None)

    assert conflict.value.theirs.definition["description"] == "Better"


def test_two_new_versions_of_a_plan():
    published_tariff()
    published(to=None)
    operations.add_plan_version(NEXT, seen=1, author=None)

    with pytest.raises(operations.VersionConflict):
        operations.add_plan_version({**NEXT, "description": "Other"}, seen=1, author=None)
    with pytest.raises(operations.VersionConflict):
        operations.add_plan_version({**RBE, "code": "rbe"}, seen=0, author=None)
    assert PlanVersion.objects.count() == 2


def test_a_draft_stays_with_its_plan():
    published_tariff()
    plan = operations.import_plan(RBE, author=None)

    with pytest.raises(operations.NotImportable, match="keeps the short name"):
        operations.edit_plan(plan, {**NEXT, "code": "NEW"}, seen=plan.digest, author=None)
    with pytest.raises(operations.UnknownPart):
        operations.edit_plan(
            plan,
            {**NEXT, "services": [{"commodity": "electricity", "tariff": "none"}]},
            seen=plan.digest,
            author=None,
        )
    assert (Plan.objects.count(), Tariff.objects.count()) == (1, 1)
