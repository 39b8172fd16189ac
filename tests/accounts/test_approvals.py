"""Two people: asked for by one, decided by another, once, and about what was asked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import Approval, AuditEvent
from accounts.operations import approvals
from accounts.staff import StaffRole
from tests.accounts.factories import make_user
from tests.ledger.books import sql
from tests.racing import gather
from tests.statements.factories import make_staff

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 12, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 12, 10, tzinfo=UTC)
COLUMNS = (
    "(uid, kind, object_type, object_key, amount_minor, currency, before, after, fingerprint,"
    " reason, requested_by_id, requested_at, state, decided_by_id, decided_at, decision_note)"
)


def ask(person, about, *, fingerprint="as it was", kind="thing.change", **fields):
    return approvals.ask(
        kind,
        about,
        requested_by=person,
        reason="it must be",
        fingerprint=fingerprint,
        real_now=NOW,
        **fields,
    )


def approve(approval, person, *, fingerprint="as it was", **fields):
    fields.setdefault("real_now", LATER)
    return approvals.approve(approval, decided_by=person, fingerprint=fingerprint, **fields)


@pytest.fixture
def asker():
    return make_staff("support")


@pytest.fixture
def decider():
    return make_staff("finance")


@pytest.fixture
def about():
    return make_user()


@pytest.fixture
def waiting(asker, about):
    return ask(asker, about)


def deeds():
    return list(
        AuditEvent.objects.filter(action__startswith="approval.")
        .order_by("pk")
        .values_list("action", "actor_id")
    )


def test_one_asks_and_another_approves(asker, decider, about):
    approval = ask(asker, about, before={"roles": "support"}, after={"roles": "finance"})
    assert approvals.pending_for("thing.change", about) == approval

    approve(approval, decider, note="seen the letter")

    kept = Approval.objects.get()
    assert (kept.state, kept.decided_by, kept.decided_at) == ("approved", decider, LATER)
    assert (kept.before, kept.after) == ({"roles": "support"}, {"roles": "finance"})
    assert approvals.pending_for("thing.change", about) is None
    assert deeds() == [("approval.ask", asker.pk), ("approval.approve", decider.pk)]


def test_nobody_decides_on_what_they_asked_for(waiting, asker):
    with pytest.raises(approvals.SamePerson):
        approve(waiting, asker)
    with pytest.raises(approvals.SamePerson):
        approvals.reject(waiting, decided_by=asker, note="no", real_now=LATER)
    assert Approval.objects.get().state == "pending"


def test_what_is_decided_is_not_decided_again(waiting, asker, decider):
    approvals.reject(waiting, decided_by=decider, note="the amount is wrong", real_now=LATER)

    for again in (
        lambda: approve(waiting, make_staff("finance")),
        lambda: approvals.reject(waiting, decided_by=decider, note="no", real_now=LATER),
        lambda: approvals.withdraw(waiting, withdrawn_by=asker, real_now=LATER),
    ):
        with pytest.raises(approvals.AlreadyDecided):
            again()
    assert Approval.objects.get().decision_note == "the amount is wrong"


def test_what_changed_since_is_not_approved_but_asked_for_anew(waiting, asker, decider, about):
    with pytest.raises(approvals.ChangedSince):
        approve(waiting, decider, fingerprint="as it is now")

    anew = ask(asker, about, fingerprint="as it is now")

    waiting.refresh_from_db()
    assert (waiting.state, approvals.pending_for("thing.change", about)) == ("withdrawn", anew)
    approve(anew, decider, fingerprint="as it is now")


def test_the_same_is_not_asked_for_twice(waiting, about):
    with pytest.raises(approvals.AlreadyAsked):
        ask(make_staff("support"), about)
    assert Approval.objects.count() == 1


def test_a_reason_in_words_is_needed(waiting, decider, about):
    with pytest.raises(approvals.ReasonMissing):
        approvals.ask("other.kind", about, requested_by=decider, reason="  ", real_now=NOW)
    with pytest.raises(approvals.ReasonMissing):
        approvals.reject(waiting, decided_by=decider, note=" ", real_now=NOW)


def test_only_the_one_who_asked_withdraws(waiting, asker, decider):
    with pytest.raises(approvals.NotAllowed):
        approvals.withdraw(waiting, withdrawn_by=decider, real_now=LATER)

    approvals.withdraw(waiting, withdrawn_by=asker, real_now=LATER)

    with pytest.raises(approvals.AlreadyDecided):
        approve(waiting, decider)


def test_only_the_roles_that_decide_may(waiting):
    with pytest.raises(approvals.NotAllowed):
        approve(waiting, make_staff("support", "auditor"), among=[StaffRole.FINANCE])
    approve(waiting, make_staff("finance"), among=[StaffRole.FINANCE])


def test_a_disabled_person_neither_asks_nor_decides(waiting, decider, about):
    decider.is_active = False
    decider.save()

    with pytest.raises(approvals.NotAllowed):
        approve(waiting, decider)
    with pytest.raises(approvals.NotAllowed):
        ask(decider, about, kind="other.kind")


# --- what the database holds, whoever writes to it


def refused(statement, *parameters):
    with pytest.raises(DatabaseError), transaction.atomic():
        sql(statement, *parameters)


def test_plain_sql_does_not_let_one_person_do_both(waiting, asker, decider):
    refused(
        "UPDATE accounts_approval SET state = 'approved', decided_by_id = %s, decided_at = %s",
        asker.pk,
        LATER,
    )
    refused("UPDATE accounts_approval SET state = 'approved'")
    refused("UPDATE accounts_approval SET requested_by_id = %s", decider.pk)
    assert Approval.objects.get().state == "pending"


@pytest.mark.parametrize("state", ["approved", "rejected", "withdrawn"])
def test_plain_sql_does_not_change_what_is_decided(waiting, asker, decider, state):
    if state == "withdrawn":
        approvals.withdraw(waiting, withdrawn_by=asker, real_now=LATER)
    elif state == "approved":
        approve(waiting, decider)
    else:
        approvals.reject(waiting, decided_by=decider, note="no", real_now=LATER)

    refused("UPDATE accounts_approval SET state = 'pending', decided_by_id = NULL")
    refused("UPDATE accounts_approval SET state = 'rejected', decision_note = 'otherwise'")
    refused("UPDATE accounts_approval SET decided_by_id = %s", make_staff("finance").pk)
    refused("DELETE FROM accounts_approval")


def test_plain_sql_does_not_write_an_approval_that_nobody_asked_for(waiting, asker, decider):
    """Neither a row that is decided from the start, nor one that takes the place of another."""
    columns = COLUMNS.strip("()")
    decided = columns.replace("state, decided_by_id", "'approved', %s").replace(
        "decided_at", "requested_at"
    )
    decided = decided.replace("uid", "'{}'".format("0" * 31 + "1")).replace("kind", "'other'")
    refused(
        f"INSERT INTO accounts_approval {COLUMNS} SELECT {decided} FROM accounts_approval",
        decider.pk,
    )
    if connection.vendor == "sqlite":
        same = columns.replace("uid", "'{}'".format("0" * 31 + "2"))
        same = same.replace("amount_minor", "1").replace("requested_by_id", "%s")
        refused(
            f"INSERT OR REPLACE INTO accounts_approval {COLUMNS} "
            f"SELECT {same} FROM accounts_approval",
            decider.pk,
        )
    assert Approval.objects.get().requested_by == asker


# --- at the same moment


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_once_decide_once(waiting):
    people = [make_staff("finance") for _ in range(4)]
    held = [Approval.objects.get(pk=waiting.pk) for _ in people]

    def decide(place, person):
        if place % 2:
            approvals.reject(held[place], decided_by=person, note="no", real_now=LATER)
        else:
            approve(held[place], person)
        return person.pk

    outcomes = gather(*[lambda n=n, p=person: decide(n, p) for n, person in enumerate(people)])

    (won,) = [each for each in outcomes if not isinstance(each, approvals.AlreadyDecided)]
    assert Approval.objects.get().decided_by_id == won
    assert [actor for action, actor in deeds() if action != "approval.ask"] == [won]


@pytest.mark.django_db(transaction=True)
def test_the_same_asked_for_at_once_waits_once(about):
    people = [make_staff("support") for _ in range(4)]

    outcomes = gather(*[lambda person=person: ask(person, about).pk for person in people])

    (asked,) = [each for each in outcomes if not isinstance(each, approvals.AlreadyAsked)]
    assert Approval.objects.get().pk == asked
