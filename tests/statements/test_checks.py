"""Every way in which the tables of billing can be corrupted is reported under its code."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from accounts.models import AuditEvent
from accounts.operations import audit
from core import clock
from core.db.unguarded import unguarded
from core.integrity import Scope
from ledger.models import JournalEntry, Posting
from meters.models import ReadingBlock
from notifications.models import Notice
from reports import integrity
from statements.models import (
    BillingRun,
    NumberSeries,
    RunChunk,
    RunItem,
    Statement,
    StatementCoverage,
    StatementLine,
    Trace,
)
from statements.operations import cancel
from tariffs.models import TariffVersion
from tests.statements import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def issued():
    make.make_world()
    services = [make.make_home() for _ in range(3)]
    for service in services:
        make.read_steadily(service.channel, make.OCTOBER)
    make.run_month()


def violated():
    return {r.code for r in integrity.check(Scope(now=clock.real_now())) if r.violations}


def first():
    return Statement.objects.order_by("pk")[0]


def test_an_untouched_database_is_clean():
    assert violated() == set()


def change_a_line():
    StatementLine.objects.filter(statement=first(), seq=1).update(
        amount_minor=F("amount_minor") + 1
    )


def change_a_total():
    Statement.objects.filter(pk=first().pk).update(
        total_minor=F("total_minor") + 1, net_minor=F("net_minor") + 1
    )


def remove_an_entry():
    entry = JournalEntry.objects.get(source_key=f"stmt:{first().pk}:issue")
    from ledger.models import Allocation, OpenDebit

    Allocation.objects.filter(debit__entry=entry).delete()
    OpenDebit.objects.filter(posting__entry=entry).delete()
    Posting.objects.filter(entry=entry).delete()
    JournalEntry.objects.filter(pk=entry.pk).delete()


def orphan_an_entry():
    JournalEntry.objects.filter(source_key=f"stmt:{first().pk}:issue").update(
        source_key="stmt:999999:issue"
    )


def bill_a_period_twice():
    row = StatementCoverage.objects.order_by("pk")[0]
    StatementCoverage.objects.create(
        statement=Statement.objects.order_by("pk")[1],
        agreement=row.agreement,
        starts_at=row.starts_at + timedelta(days=1),
        ends_at=row.ends_at,
    )


def forget_that_it_is_live():
    StatementCoverage.objects.filter(statement=first()).update(live=False)


def leave_a_number_out():
    Statement.objects.filter(number="B-2026-000002").update(number="B-2026-000009")


def turn_the_counter_back():
    NumberSeries.objects.update(last=2)


def change_a_due_date():
    Statement.objects.filter(pk=first().pk).update(due_date=F("due_date") + timedelta(days=30))


def change_a_trace():
    other = Trace.objects.exclude(statement=first()).first()
    Trace.objects.filter(statement=first()).update(data=other.data)


def change_a_reading_behind_a_bill():
    block = ReadingBlock.objects.filter(day="2026-10-15").first()
    data = bytearray(block.data)
    data[0] ^= 1
    ReadingBlock.objects.filter(pk=block.pk).update(data=bytes(data))


def change_a_billed_quantity():
    StatementLine.objects.filter(statement=first(), charge="energy").update(
        quantity=F("quantity") + 1000
    )


def reprice_a_published_tariff():
    version = TariffVersion.objects.get()
    version.definition["charges"][0]["price"] = "0.99"
    TariffVersion.objects.filter(pk=version.pk).update(definition=version.definition)


def end_a_tariff_before_its_bills():
    TariffVersion.objects.update(ends_on="2026-10-10")


def lose_an_item():
    RunItem.objects.filter(account=first().account).delete()


def forget_that_an_item_was_issued():
    RunItem.objects.filter(account=first().account).update(state="pending")


def hold_a_lease_for_ever():
    RunChunk.objects.filter(phase="issue").update(
        state="pending", lease_owner="gone", lease_until=clock.real_now() - timedelta(hours=1)
    )


def try_without_end():
    RunItem.objects.filter(account=first().account).update(attempts=9)


def lose_a_notice():
    Notice.objects.filter(key=f"statement.issued:{first().pk}").update(key="statement.issued:0")


@pytest.mark.parametrize(
    ("corrupt", "code"),
    [
        (change_a_line, "D01"),
        (change_a_total, "D01"),
        (remove_an_entry, "D02"),
        (orphan_an_entry, "D02"),
        (forget_that_it_is_live, "D03"),
        (leave_a_number_out, "D04"),
        (turn_the_counter_back, "D04"),
        (change_a_due_date, "D05"),
        (change_a_trace, "D06"),
        (change_a_reading_behind_a_bill, "D06"),
        (change_a_billed_quantity, "D07"),
        (reprice_a_published_tariff, "D09"),
        (end_a_tariff_before_its_bills, "D09"),
        (lose_an_item, "R01"),
        (forget_that_an_item_was_issued, "R01"),
        (hold_a_lease_for_ever, "R02"),
        (try_without_end, "R02"),
        (lose_a_notice, "R03"),
    ],
)
def test_corruption_is_reported_under_its_code(corrupt, code):
    with unguarded(connection):
        corrupt()

    assert code in violated()


def test_a_period_billed_twice_is_reported_when_the_constraint_is_gone():
    table = "statements_statementcoverage"
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT coverage_no_overlap")
        with unguarded(connection):
            bill_a_period_twice()
        found = violated()
        transaction.set_rollback(True)

    assert "D03" in found


@pytest.mark.parametrize(
    "corrupt",
    [
        change_a_line,
        change_a_total,
        bill_a_period_twice,
        leave_a_number_out,
        change_a_due_date,
        change_a_trace,
        reprice_a_published_tariff,
    ],
)
def test_the_database_refuses_what_the_checks_would_find(corrupt):
    with pytest.raises(DatabaseError), transaction.atomic():
        corrupt()

    assert violated() == set()


@pytest.mark.parametrize("action", ["statement.cancel", "billing_run.approve"])
def test_what_a_person_decided_is_missed_in_the_audit_trail(action, settings):
    actor = make.make_staff("billing_manager")
    cancel.cancel(first(), reason="Wrong meter", actor=actor, cancelled_at=clock.now())
    BillingRun.objects.update(approved_by=actor.email)
    run = BillingRun.objects.get()
    audit("billing_run.approve", run, actor=actor)
    assert "U01" not in violated()

    with unguarded(connection):
        assert AuditEvent.objects.filter(action=action).delete()[0] == 1

    assert violated() == {"U01"}
