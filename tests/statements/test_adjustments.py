"""Adjustments, worked out by hand: beside the bill, within a limit alone, above it by two."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Approval, AuditEvent, DeclaredRelation
from accounts.operations import approvals, grants
from core import clock
from core.db.unguarded import unguarded
from core.integrity import Scope
from ledger.models import JournalEntry
from ledger.queries import balance, paid_by
from notifications.models import Notice
from reports import integrity
from statements.models import Adjustment, Statement
from statements.operations import adjusting
from statements.operations.cancel import cancel
from statements.operations.issue import content_digest
from tests.ledger.books import bill as owe
from tests.ledger.books import sql, violations
from tests.payments.paying import NOW, legs, paid_state, stands
from tests.statements.adjusting import adjust, approve, session_with
from tests.statements.factories import FLAT, make_bill, make_staff, make_world

pytestmark = pytest.mark.django_db
TOTAL = 5812  # the bill: 744 hours at half a kWh, and the standing charge


@pytest.fixture(autouse=True)
def world():
    make_world()


@pytest.fixture
def statement():
    return make_bill(FLAT)


@pytest.fixture
def grant(statement):
    return session_with(statement)


@pytest.fixture
def finance():
    return make_staff("finance")


def withdraw(adjustment, person):
    asked = approvals.waiting_for(adjusting.KIND, adjustment)
    adjusting.withdraw_adjustment(
        adjustment, asked=asked, withdrawn_by=person, real_now=clock.real_now()
    )


def reject(adjustment, person, reason="the line was not down"):
    asked = approvals.waiting_for(adjusting.KIND, adjustment)
    adjusting.reject_adjustment(
        adjustment, asked=asked, decided_by=person, reason=reason, real_now=clock.real_now()
    )


# --- worked examples


def test_goodwill_of_five_dollars_is_a_cost_and_less_is_owed(statement, grant):
    made = adjust(statement, -500, grant, customer_text="Sorry for the two dark evenings.")

    assert (made.state, made.decided_by) == ("posted", None)
    assert legs(f"adj:{made.pk}") == [("goodwill", 500), ("receivable", -500)]
    assert (stands(statement), paid_state(statement)) == (TOTAL - 500, "part_paid")
    assert violations() == {}


def test_our_mistake_is_less_revenue(statement, grant):
    made = adjust(statement, -1200, grant, reason_code="our_error")

    assert legs(f"adj:{made.pk}") == [("receivable", -1200), ("revenue", 1200)]
    entry = JournalEntry.objects.get(source_key=f"adj:{made.pk}")
    codes = set(entry.postings.values_list("account__kind", "account__code"))
    assert ("revenue", "adjustment") in codes


def test_a_charge_adds_to_what_is_owed_and_is_due_later(statement, grant):
    made = adjust(statement, 300, grant, reason_code="correction")

    assert legs(f"adj:{made.pk}") == [("receivable", 300), ("revenue", -300)]
    assert stands(statement) == TOTAL + 300
    entry = JournalEntry.objects.get(source_key=f"adj:{made.pk}")
    assert entry.due_on == max(entry.effective_date + timedelta(days=21), statement.due_date)


def test_a_credit_pays_its_own_bill_before_an_older_debt(statement, grant):
    owe(statement.account, 900, "debt:1:issue", due_on=statement.issue_date)

    made = adjust(statement, -2000, grant)

    assert paid_by([f"adj:{made.pk}"]) == {f"adj:{made.pk}": [(f"stmt:{statement.pk}:issue", 2000)]}


def test_the_bill_itself_never_changes(statement, grant):
    before = Statement.objects.values().get(pk=statement.pk)

    adjust(statement, -500, grant)

    assert Statement.objects.values().get(pk=statement.pk) == before
    statement.refresh_from_db()
    assert content_digest(statement) == statement.content_digest


def test_the_customer_is_told_once_and_in_words(statement, grant):
    made = adjust(statement, -500, grant, customer_text="Sorry for the two dark evenings.")

    notice = Notice.objects.get(kind="statement.adjusted")
    assert notice.subject == f"$5.00 credited to bill {statement.number}"
    assert "Reason: Goodwill." in notice.body
    assert "Sorry for the two dark evenings." in notice.body
    assert made.note not in notice.body


def test_who_did_it_is_kept_with_the_help_session(statement, grant):
    adjust(statement, -500, grant)

    event = AuditEvent.objects.get(action="adjustment.request")
    assert (event.actor, event.grant, event.detail["amount_minor"]) == (grant.employee, grant, -500)
    grant.refresh_from_db()
    assert grant.level == "act"


# --- the limit and the second person


def test_at_the_limit_it_is_posted_and_a_cent_above_it_waits(statement, grant):
    assert adjust(statement, -5000, grant).state == "posted"

    other = make_bill(FLAT)
    made = adjust(other, -5001, session_with(other))
    assert (made.state, stands(other)) == ("waiting", TOTAL)
    assert not JournalEntry.objects.filter(source_key=f"adj:{made.pk}").exists()
    asked = approvals.pending_for("adjustment.approve", made)
    assert (asked.amount_minor, asked.before, asked.after["balance_minor"]) == (
        -5001,
        {"adjusted_minor": TOTAL, "balance_minor": TOTAL},
        TOTAL - 5001,
    )


def test_splitting_does_not_help(statement, grant):
    """Ten cents above the limit in three parts, on one bill and on two, credit and charge."""
    assert adjust(statement, -3000, grant).state == "posted"
    assert adjust(statement, 1990, grant).state == "posted"

    assert adjust(statement, -20, grant).state == "waiting"
    assert adjust(statement, -10, grant).state == "posted"
    assert adjust(statement, 1, grant).state == "waiting"


def test_the_next_day_counts_anew_and_so_does_every_employee(statement, grant):
    adjust(statement, -5000, grant)
    assert adjust(statement, -700, grant, now=NOW + timedelta(days=1)).state == "posted"

    other = make_bill(FLAT)
    assert adjust(other, -5000, session_with(other)).state == "posted"


def test_what_two_people_adjusted_does_not_count(statement, grant, finance):
    approve(adjust(statement, -5100, grant), finance)

    assert adjust(statement, -700, grant).state == "posted"


def test_finance_approves_what_is_above_the_limit(statement, grant, finance):
    made = adjust(statement, -5500, grant)

    approve(made, finance)

    made.refresh_from_db()
    assert (made.state, made.decided_by, stands(statement)) == ("posted", finance, TOTAL - 5500)
    assert legs(f"adj:{made.pk}") == [("goodwill", 5500), ("receivable", -5500)]
    assert Approval.objects.get().state == "approved"
    assert violations() == {}


@pytest.mark.parametrize("role", ["support", "billing_manager", "administrator", "auditor"])
def test_nobody_else_approves_it(statement, grant, role):
    made = adjust(statement, -5500, grant)
    with pytest.raises(approvals.NotAllowed):
        approve(made, make_staff(role))


def test_who_asked_does_not_approve_even_with_the_role(statement):
    both = make_staff("support", "finance")
    made = adjust(statement, -5500, session_with(statement, both))
    with pytest.raises(approvals.SamePerson):
        approve(made, both)


def test_who_is_close_to_the_customer_does_not_approve_it(statement, grant, finance):
    made = adjust(statement, -5500, grant)
    DeclaredRelation.objects.create(
        employee=finance,
        customer=statement.account.customer,
        declared_by=finance,
        declared_at=clock.real_now(),
    )
    with pytest.raises(approvals.NotAllowed):
        approve(made, finance)


def test_a_returned_adjustment_books_nothing(statement, grant, finance):
    made = adjust(statement, -5500, grant)

    reject(made, finance)

    assert (made.state, stands(statement)) == ("rejected", TOTAL)
    assert adjusting.creditable_minor(statement) == TOTAL
    assert violations() == {}


def test_only_who_asked_withdraws_it(statement, grant, finance):
    made = adjust(statement, -5500, grant)
    with pytest.raises(approvals.NotAllowed):
        withdraw(made, finance)

    withdraw(made, grant.employee)

    assert made.state == "withdrawn"
    with pytest.raises(approvals.AlreadyDecided):
        approve(made, finance)


def test_a_bill_that_was_adjusted_meanwhile_is_asked_about_anew(statement, grant, finance):
    waiting = adjust(statement, -5500, grant)
    adjust(statement, -100, grant)

    with pytest.raises(approvals.ChangedSince), transaction.atomic():
        approve(waiting, finance)

    reject(waiting, finance, reason="ask again: the bill was adjusted meanwhile")
    approve(adjust(statement, -5400, grant), finance)
    assert stands(statement) == TOTAL - 5500


# --- what is refused


def test_never_more_credit_than_the_bill(statement, grant):
    with pytest.raises(adjusting.BadAmount) as error:
        adjust(statement, -TOTAL - 1, grant)
    assert error.value.creditable_minor == TOTAL

    adjust(statement, -5000, grant)
    adjust(statement, -800, grant)  # waits, and counts
    with pytest.raises(adjusting.BadAmount):
        adjust(statement, -13, grant)
    assert adjust(statement, -12, grant).state == "waiting"


def test_a_charge_does_not_make_room_for_more_credit(statement, grant):
    adjust(statement, 1000, grant)
    with pytest.raises(adjusting.BadAmount):
        adjust(statement, -TOTAL - 1, grant)


def test_nothing_and_nothing_said_is_refused(statement, grant):
    with pytest.raises(adjusting.BadAmount):
        adjust(statement, 0, grant)
    with pytest.raises(adjusting.NoteMissing):
        adjust(statement, -500, grant, note="  ")


def test_a_cancelled_bill_is_not_adjusted(statement, grant, finance):
    waiting = adjust(statement, -5500, grant)
    Statement.objects.filter(pk=statement.pk).update(state="cancelled")

    with pytest.raises(adjusting.NotAdjustable):
        adjust(statement, -500, grant)
    with pytest.raises(approvals.ChangedSince):
        approve(waiting, finance)


def test_a_session_with_another_customer_is_no_right(statement):
    with pytest.raises(approvals.NotAllowed):
        adjust(statement, -500, session_with(make_bill(FLAT)))


def test_a_session_that_is_over_is_no_right(statement, grant):
    grants.end(grant, outcome="solved", note="", real_now=clock.real_now())
    with pytest.raises(grants.NotLive):
        adjust(statement, -500, grant)
    assert not Adjustment.objects.exists()


def test_the_same_page_sent_twice_adjusts_once(statement, grant):
    token = uuid.uuid4()

    made = [adjust(statement, -500, grant, token=token) for _click in range(2)]

    assert made[0] == made[1]
    assert stands(statement) == TOTAL - 500


# --- with the bill


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_bill_takes_its_adjustments_back(statement, grant):
    made = adjust(statement, -500, grant)

    cancel(statement, reason="wrong reads", actor=None, cancelled_at=NOW)

    made.refresh_from_db()
    assert (made.state, stands(statement)) == ("reversed", 0)
    assert legs(f"adj:{made.pk}:reverse") == [("goodwill", -500), ("receivable", 500)]
    assert violations() == {}


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.integers(-3000, 3000), min_size=1, max_size=6))
def test_the_balance_moves_by_what_is_posted_and_by_nothing_else(statement, grant, amounts):
    """After any adjustments: balance after = before + posted, and the bill is never overpaid."""
    with transaction.atomic():
        before, posted, credited = stands(statement), 0, 0
        for amount in amounts:
            try:
                made = adjust(statement, amount, grant)
            except adjusting.BadAmount:
                assert amount == 0 or credited - amount > TOTAL
                continue
            credited += max(-amount, 0)
            posted += amount if made.state == "posted" else 0
            assert stands(statement) == before + posted
        found = balance(statement.account_id, "USD")
        assert found.balance == found.open_debt - found.available_credit
        assert violations() == {}
        transaction.set_rollback(True)


# --- what the database and check_ledger hold


def refused(statement, *parameters):
    with pytest.raises(DatabaseError), transaction.atomic():
        sql(statement, *parameters)


def test_plain_sql_neither_posts_above_the_limit_nor_lets_one_person_do_both(statement, grant):
    made = adjust(statement, -5500, grant)
    change = "UPDATE statements_adjustment SET state = 'posted', posted_on = '2026-11-10'"

    refused(change)
    refused(f"{change}, decided_by_id = %s", grant.employee.pk)
    refused("UPDATE statements_adjustment SET amount_minor = -10")
    refused("UPDATE statements_adjustment SET limit_minor = 999999")
    refused("DELETE FROM statements_adjustment")
    withdraw(made, grant.employee)
    refused("UPDATE statements_adjustment SET state = 'waiting'")


def forget_the_entry(adjustment):
    JournalEntry.objects.filter(source_key=f"adj:{adjustment.pk}").update(source_key="gone")


def forget_the_adjustment(adjustment):
    Adjustment.objects.filter(pk=adjustment.pk).delete()


def change_the_amount(adjustment):
    Adjustment.objects.filter(pk=adjustment.pk).update(amount_minor=-501)


def say_that_it_waits(adjustment):
    Adjustment.objects.filter(pk=adjustment.pk).update(state="waiting", posted_on=None)


def name_a_second_person(adjustment):
    Adjustment.objects.filter(pk=adjustment.pk).update(decided_by=make_staff("finance"))


def say_that_it_was_taken_back(adjustment):
    Adjustment.objects.filter(pk=adjustment.pk).update(state="reversed")


BROKEN = (
    forget_the_entry,
    forget_the_adjustment,
    change_the_amount,
    say_that_it_waits,
    name_a_second_person,
    say_that_it_was_taken_back,
)


@pytest.mark.django_db(transaction=True)
def test_check_ledger_names_who_adjusted_more_alone_than_the_limit(statement, grant):
    """Each of two is within the limit, and together they are not."""
    first, second = adjust(statement, -3000, grant), adjust(statement, -2000, grant)
    day = NOW + timedelta(days=1)
    later = adjust(statement, -300, grant, now=day)
    assert {first.state, second.state, later.state} == {"posted"}
    with unguarded(connection):
        Adjustment.objects.update(requested_on=NOW.date())

    [found] = integrity.check(Scope(now=clock.real_now()), only={"D10"})
    assert [(e.found, e.expected) for e in found.examples] == [
        ("adjusted 5300 alone", "at most 5000")
    ]


@pytest.mark.parametrize("corrupt", BROKEN)
@pytest.mark.django_db(transaction=True)
def test_check_ledger_names_a_broken_adjustment(statement, grant, corrupt):
    made = adjust(statement, -500, grant)
    with unguarded(connection):
        corrupt(made)

    found = integrity.check(Scope(now=clock.real_now()), only={"D10"})
    assert [row.code for row in found if row.violations] == ["D10"]
