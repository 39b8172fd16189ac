"""What becomes of tariffs and plans: ends, switches, withdrawals, and the status of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEvent
from tariffs import operations
from tariffs.models import EligibilityKey, Plan, PlanVersion, Tariff, TariffVersion, VersionState
from tariffs.status import ItemStatus, status, status_of, with_status
from tests.tariffs.definitions import FLAT, definition, energy, fixed

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = date(2026, 3, 1)
NEW = {**FLAT, "from": "2026-06-01", "change_summary": "Dearer",
       "charges": [energy(price="0.15")]}  # fmt: skip
PLAN = {
    "code": "SIMPLE",
    "name": "Simple",
    "currency": "USD",
    "from": "2020-01-01",
    "services": [{"commodity": "electricity", "tariff": FLAT["code"]}],
    "change_summary": "First",
}


def tariff(written=FLAT) -> TariffVersion:
    version = operations.import_tariff(written, author=None)
    operations.publish(version, approver=None, published_at=NOW)
    return version


def plan(written=PLAN) -> PlanVersion:
    version = operations.import_plan(written, author=None)
    operations.publish_plan(version, approver=None, published_at=NOW)
    return version


def a_tariff():
    return tariff()


def a_plan():
    tariff()
    return plan()


both = pytest.mark.parametrize("make", [a_tariff, a_plan])


def item(version):
    return version.tariff if isinstance(version, TariffVersion) else version.plan


def end(version, day, **more):
    told = {"actor": None, "at": NOW, "today": TODAY, **more}
    operations.schedule_end(version, day, **told)


# Ends


@both
def test_an_end_is_scheduled_and_told(make):
    version = make()

    end(version, date(2026, 5, 1), reason="Replaced")

    version.refresh_from_db()
    assert version.ends_on == date(2026, 5, 1)
    event = item(version).events.get(kind="end_scheduled")
    assert (event.effective_on, event.reason, event.version) == (date(2026, 5, 1), "Replaced", 1)
    assert AuditEvent.objects.filter(action__endswith=".end_scheduled").count() == 1


def test_whom_a_tariff_serves_ends_with_it():
    version = tariff()

    end(version, date(2026, 5, 1))

    assert set(version.keys.values_list("ends_on", flat=True)) == {date(2026, 5, 1)}


@both
@pytest.mark.parametrize(
    ("day", "more", "said"),
    [
        (date(2026, 2, 28), {}, "cannot end on February 27, 2026 any more"),
        (date(2020, 1, 1), {"today": date(2019, 1, 1)}, "cannot end on December 31, 2019 any more"),
        (date(2026, 5, 1), {"billed_until": date(2026, 6, 1)}, "already billed up to May 31, 2026"),
    ],
)
def test_an_end_that_is_too_early_is_refused(make, day, more, said):
    version = make()

    with pytest.raises((operations.NotPossible, operations.AlreadyBilled), match=said):
        end(version, day, **more)

    version.refresh_from_db()
    assert version.ends_on is None


@both
def test_an_end_moves_forward_only(make):
    version = make()
    end(version, date(2026, 5, 1))

    end(version, date(2026, 4, 1))
    with pytest.raises(operations.NotPossible, match="to extend it, make a new version"):
        end(version, date(2026, 5, 1))


def test_a_draft_has_no_end_to_schedule():
    with pytest.raises(operations.NotPossible, match="not in force"):
        end(operations.import_tariff(FLAT, author=None), date(2026, 5, 1))


# Withdrawals


def test_a_version_that_has_not_begun_is_withdrawn_and_the_one_before_goes_on():
    first, second = tariff({**FLAT, "to": "2026-12-01"}), tariff(NEW)

    operations.withdraw(second, actor=None, at=NOW, today=TODAY, reason="Wrong price")

    first.refresh_from_db()
    assert (first.state, first.ends_on) == (VersionState.PUBLISHED, date(2026, 12, 1))
    assert set(first.keys.values_list("ends_on", flat=True)) == {date(2026, 12, 1)}
    assert second.state == VersionState.WITHDRAWN
    assert not EligibilityKey.objects.filter(version=second).exists()
    third = tariff({**NEW, "change_summary": "Right price"})
    assert (third.number, third.state) == (3, VersionState.PUBLISHED)


def test_a_plan_version_that_has_not_begun_is_withdrawn():
    first = a_plan()
    second = plan({**PLAN, "from": "2026-06-01", "change_summary": "More"})

    operations.withdraw(second, actor=None, at=NOW, today=TODAY, reason="Too early")

    first.refresh_from_db()
    assert (first.state, first.ends_on) == (VersionState.PUBLISHED, None)


def test_the_charges_of_a_plan_are_withdrawn_with_it():
    """Else the charges of the version that goes on would be those of the one taken back."""
    tariff()
    fee = {"code": "a", "name": "A", "kind": "fixed", "price": "1"}
    plan({**PLAN, "charges": [fee]})
    dearer = {**PLAN, "from": "2026-06-01", "charges": [{**fee, "price": "9"}]}
    second = plan(dearer)

    operations.withdraw(second, actor=None, at=NOW, today=TODAY, reason="Too dear")

    own = Tariff.objects.get(role="plan").versions.order_by("number")
    assert [(each.state, each.ends_on) for each in own] == [
        (VersionState.PUBLISHED, None),
        (VersionState.WITHDRAWN, None),
    ]
    again = plan(dearer)
    assert (again.number, again.state) == (3, VersionState.PUBLISHED)
    assert own.all().count() == 3


def test_what_was_withdrawn_can_be_brought_in_again():
    tariff()
    operations.withdraw(tariff(NEW), actor=None, at=NOW, today=TODAY, reason="Too early")

    again = tariff(NEW)

    assert (again.number, again.state) == (3, VersionState.PUBLISHED)


@both
def test_what_has_begun_is_not_withdrawn(make):
    with pytest.raises(operations.NotPossible, match="has not begun"):
        operations.withdraw(make(), actor=None, at=NOW, today=TODAY, reason="No")


def test_a_withdrawal_needs_a_reason():
    tariff()
    with pytest.raises(operations.NotPossible, match="Say why"):
        operations.withdraw(tariff(NEW), actor=None, at=NOW, today=TODAY, reason=" ")


# Switches


@both
def test_what_is_switched_off_is_offered_again_and_both_are_told(make):
    version = make()

    operations.deactivate(item(version), actor=None, at=NOW, reason="Under review")
    assert status_of(item(type(version).objects.get(pk=version.pk)), TODAY) == ItemStatus.INACTIVE
    operations.activate(item(version), actor=None, at=NOW, today=TODAY)

    kinds = item(version).events.order_by("pk").values_list("kind", "reason")
    assert list(kinds)[1:] == [("deactivated", "Under review"), ("activated", "")]
    assert status_of(item(type(version).objects.get(pk=version.pk)), TODAY) == ItemStatus.ACTIVE


@both
def test_switching_needs_a_reason_and_a_change(make):
    family = item(make())

    with pytest.raises(operations.NotPossible, match="Say why"):
        operations.deactivate(family, actor=None, at=NOW, reason="")
    with pytest.raises(operations.NotPossible, match="is active already"):
        operations.activate(family, actor=None, at=NOW, today=TODAY)
    operations.deactivate(family, actor=None, at=NOW, reason="x")
    with pytest.raises(operations.NotPossible, match="is inactive already"):
        operations.deactivate(family, actor=None, at=NOW, reason="x")


@both
def test_what_has_expired_is_not_switched_on(make):
    version = make()
    end(version, date(2026, 5, 1))
    operations.deactivate(item(version), actor=None, at=NOW, reason="x")

    with pytest.raises(operations.NotPossible, match="has expired; make a new version"):
        operations.activate(item(version), actor=None, at=NOW, today=date(2026, 5, 1))


# Drafts


def test_a_draft_is_thrown_away_and_its_family_with_it():
    draft = operations.import_tariff(FLAT, author=None)

    operations.discard(draft, actor=None)

    assert not Tariff.objects.exists()
    told = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert list(told) == ["tariff.imported", "tariff.discarded", "tariff.deleted"]


def test_a_family_that_was_published_stays():
    tariff()
    operations.discard(operations.import_tariff(NEW, author=None), actor=None)

    assert Tariff.objects.get().versions.count() == 1


def test_a_draft_of_a_plan_is_thrown_away():
    tariff()
    operations.discard(operations.import_plan(PLAN, author=None), actor=None)

    assert not Plan.objects.exists()


@both
def test_what_was_published_is_not_thrown_away(make):
    with pytest.raises(operations.NotPossible, match="was published"):
        operations.discard(make(), actor=None)


# Tags


@both
def test_tags_are_kept_once_and_in_order(make):
    family = item(make())

    operations.set_tags(family, [" winter ", "Autumn", "winter", ""], actor=None)
    operations.set_tags(family, ["Autumn", "winter"], actor=None)

    family.refresh_from_db()
    assert family.tags == ["Autumn", "winter"]
    assert AuditEvent.objects.filter(action__endswith=".tagged").count() == 1


# Status


def version_of(state, first, length):
    starts_on = TODAY + timedelta(days=first)
    ends_on = None if length is None else starts_on + timedelta(days=length)
    return TariffVersion(state=state, starts_on=starts_on, ends_on=ends_on)


@pytest.mark.parametrize(
    ("versions", "is_active", "expected"),
    [
        ([], True, "draft"),
        ([("draft", -5, None)], True, "draft"),
        ([("withdrawn", -5, None)], True, "draft"),
        ([("published", 0, None)], True, "active"),
        ([("published", -1, 1)], True, "expired"),
        ([("published", -1, 2)], True, "active"),
        ([("published", 1, None)], True, "scheduled"),
        ([("superseded", -9, 10), ("published", 1, None)], True, "active"),
        ([("published", 0, None)], False, "inactive"),
        ([("published", -1, 1)], False, "expired"),
        ([("published", 1, None)], False, "inactive"),
    ],
)
def test_the_clock_decides_the_status(versions, is_active, expected):
    found = [version_of(*each) for each in versions]

    assert status(found, TODAY, is_active=is_active) == expected


DAYS = st.tuples(
    st.sampled_from(VersionState.values),
    st.integers(-3, 3),
    st.one_of(st.none(), st.integers(1, 4)),
)


@given(st.lists(DAYS, max_size=3), st.booleans())
def test_lists_and_items_tell_the_same_status(versions, is_active):
    with transaction.atomic():
        family = Tariff.objects.create(
            code=f"t{Tariff.objects.count()}", name=f"T {Tariff.objects.count()}",
            commodity="gas", is_active=is_active,
        )  # fmt: skip
        for number, (state, first, length) in enumerate(versions):
            made = version_of(state, first, length)
            made.tariff, made.number, made.currency = family, number, "USD"
            made.definition, made.digest, made.rate_type = {}, "", "flat"
            made.change_summary, made.published_at = "x", NOW
            if _overlaps(made, family):
                continue
            made.save()
        listed = with_status(Tariff.objects.filter(pk=family.pk), TODAY).get()

        assert listed.status == status_of(family, TODAY)
        transaction.set_rollback(True)


def _overlaps(made, family) -> bool:
    """Say whether the database would refuse a second version in force on a day."""
    if made.state not in ("published", "superseded"):
        return False
    far = date(9999, 1, 1)
    return any(
        made.starts_on < (other.ends_on or far) and other.starts_on < (made.ends_on or far)
        for other in family.versions.in_force()
    )


def test_plans_are_listed_by_status_too():
    a_plan()

    assert with_status(Plan.objects.all(), TODAY).get().status == "active"
    assert with_status(Plan.objects.all(), date(2019, 1, 1)).get().status == "scheduled"


def test_the_charges_of_a_plan_count_as_its_own():
    tariff(definition(fixed("1"), code=FLAT["code"]))
    charged = {**PLAN, "charges": [{"code": "a", "name": "A", "kind": "fixed", "price": "1"}]}
    plan(charged)

    assert Tariff.objects.filter(role="offered").count() == 1
