"""What is left of each debit is kept by the database, whatever is posted, paid and taken back."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import operations
from ledger.items import open_items
from ledger.models import OpenDebit
from ledger.open_debits import FILL
from tests.ledger.books import DAY, bill, open_account, pay, violations

pytestmark = pytest.mark.django_db


def kept():
    return {row.source_key: row.open_minor for row in OpenDebit.objects.all()}


def undo(entry_id, key):
    operations.reverse(entry_id, source_key=key, effective_date=DAY, reason="wrong", actor="test")


def test_a_debit_is_open_until_it_is_settled_and_again_when_that_is_taken_back():
    account = open_account()

    bill(account, 100, "stmt:1:issue")
    assert kept() == {"stmt:1:issue": 100}
    first = pay(account, 30, "money:1")
    operations.allocate([account.pk])
    assert kept() == {"stmt:1:issue": 70}
    second = pay(account, 70, "money:2")
    operations.allocate([account.pk])
    assert kept() == {}
    undo(second, "money:2:reverse")
    assert kept() == {"stmt:1:issue": 70}
    undo(first, "money:1:reverse")
    assert kept() == {"stmt:1:issue": 100}
    row = OpenDebit.objects.get()
    assert (row.account_id, row.currency, row.dated) == (account.pk, "USD", DAY)
    assert row.category == "statement"


def test_a_bill_that_is_taken_back_is_not_open():
    account = open_account()
    entry = bill(account, 100, "stmt:1:issue")

    undo(entry, "stmt:1:cancel")

    assert kept() == {}


STEPS = st.lists(
    st.tuples(st.sampled_from(["bill", "pay", "allocate", "undo"]), st.integers(1, 90)), max_size=12
)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_it_is_what_the_allocations_leave_after_any_life(steps):
    account = open_account()
    entries = []
    for n, (what, amount) in enumerate(steps):
        key = f"{account.pk}:{n}"
        if what == "bill":
            entries.append(bill(account, amount, f"stmt:{key}"))
        elif what == "pay":
            entries.append(pay(account, amount, f"money:{key}"))
        elif what == "allocate":
            operations.allocate([account.pk])
        elif entries:
            undo(entries.pop(amount % len(entries)), f"undo:{key}")

    left = {
        item.posting_id: item.left for item in open_items([account.pk])[account.pk, "USD"].debits
    }
    assert (
        dict(OpenDebit.objects.filter(account=account).values_list("posting_id", "open_minor"))
        == left
    )
    assert "A06" not in violations()


def test_a_database_in_use_is_filled_from_its_allocations():
    account = open_account()
    for key, amount in (("stmt:1:issue", 100), ("stmt:2:issue", 50)):
        bill(account, amount, key)
    pay(account, 120, "money:1")
    operations.allocate([account.pk])
    before = kept()
    OpenDebit.objects.all().delete()

    with connection.cursor() as cursor:
        cursor.execute(FILL)

    assert kept() == before == {"stmt:2:issue": 30}


def test_what_was_missed_while_the_triggers_were_gone_is_worked_out_anew(capsys):
    account = open_account()
    bill(account, 100, "stmt:1:issue")
    bill(account, 50, "stmt:2:issue")
    OpenDebit.objects.filter(source_key="stmt:1:issue").update(open_minor=7)
    OpenDebit.objects.filter(source_key="stmt:2:issue").delete()
    assert "A06" in violations()

    call_command("refill_open_debits")

    assert kept() == {"stmt:1:issue": 100, "stmt:2:issue": 50}
    assert "A06" not in violations()
    assert capsys.readouterr().out == "1 open debits were kept, 2 are open.\n"
