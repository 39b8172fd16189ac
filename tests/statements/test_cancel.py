"""Taking a statement back: a mirror entry, a document of its own, and the period free again."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import AuditEvent
from core import clock
from core.integrity import Scope
from ledger import queries as ledger
from ledger.models import JournalEntry
from notifications.models import Notice
from payments.operations import record_counter_payment
from reports import integrity
from statements import numbers
from statements.models import Cancellation, NumberSeries, Statement, StatementCoverage
from statements.operations.cancel import NotCancellable, ReasonMissing, cancel
from tests.statements import factories as make
from tests.statements.factories import IN_DECEMBER

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def world():
    make.make_world()


def test_a_cancelled_statement_leaves_nothing_owed_and_keeps_its_number():
    statement = make.make_bill()

    cancel(statement, reason="Wrong meter", actor=None, cancelled_at=IN_DECEMBER)

    assert (statement.state, statement.number) == (Statement.State.CANCELLED, "B-2026-000001")
    assert ledger.balance(statement.account_id, "USD").balance == 0
    assert Cancellation.objects.get().number == "C-2026-000001"
    assert list(JournalEntry.objects.order_by("pk").values_list("source_key", flat=True)) == [
        f"stmt:{statement.pk}:issue",
        f"stmt:{statement.pk}:cancel",
    ]
    assert not StatementCoverage.objects.get().live
    assert Notice.objects.filter(key=f"statement.cancelled:{statement.pk}").exists()
    assert AuditEvent.objects.filter(action="statement.cancel").exists()


def test_what_was_paid_for_it_becomes_credit_for_the_bill_that_follows():
    statement = make.make_bill()
    record_counter_payment(
        statement.account,
        amount_minor=statement.total_minor,
        reference="R-1",
        received_on=date(2026, 11, 20),
        actor=None,
    )

    cancel(statement, reason="Wrong meter", actor=None, cancelled_at=IN_DECEMBER)
    make.run_month(as_of=IN_DECEMBER)

    again = Statement.objects.get(state=Statement.State.ISSUED)
    assert again.number == "B-2026-000002"
    assert again.total_minor == statement.total_minor
    assert ledger.balance(statement.account_id, "USD").balance == 0
    assert [r for r in integrity.check(Scope(now=clock.real_now())) if r.violations] == []


def test_it_cannot_be_cancelled_twice():
    statement = make.make_bill()
    cancel(statement, reason="Wrong meter", actor=None, cancelled_at=IN_DECEMBER)

    with pytest.raises(NotCancellable):
        cancel(statement, reason="Wrong meter", actor=None, cancelled_at=IN_DECEMBER)

    assert Cancellation.objects.count() == 1


def test_it_needs_a_reason():
    statement = make.make_bill()

    with pytest.raises(ReasonMissing):
        cancel(statement, reason="  ", actor=None, cancelled_at=IN_DECEMBER)


def test_a_rollback_gives_the_numbers_back():
    from django.db import transaction

    with pytest.raises(RuntimeError), transaction.atomic():
        assert numbers.take("B", year=2026, count=3)[-1] == "B-2026-000003"
        raise RuntimeError

    assert not NumberSeries.objects.filter(last__gt=0).exists()
    with transaction.atomic():
        assert numbers.take("B", year=2026, count=1) == ["B-2026-000001"]


def test_numbers_are_not_taken_outside_a_transaction():
    from django.db.transaction import TransactionManagementError

    with pytest.raises(TransactionManagementError):
        numbers.take("B", year=2026, count=1)
