"""Break the stored books in each way; the check must name it by its code."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection

from core.db.unguarded import unguarded
from ledger import operations
from ledger.checks import CHECKS
from ledger.entries import Entry, Leg
from tests.ledger.books import (
    DAY,
    bill,
    open_account,
    pay,
    settle_deferred,
    sql,
    violations,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def books():
    """Two accounts: bills, payments, one reversal and so one released allocation."""
    one, two = open_account(), open_account()
    cancelled = bill(one, 1000, "debt:1:issue")
    bill(one, 700, "debt:2:issue")
    bill(two, 400, "debt:3:issue")
    pay(one, 1200, "money:1")
    pay(two, 100, "money:2")
    operations.allocate([one.pk, two.pk])
    operations.reverse(
        cancelled, source_key="debt:1:cancel", effective_date=DAY, reason="wrong", actor="me"
    )
    found = [Leg("bank", 5), Leg("suspense", -5)]
    operations.post(Entry("receipt.unidentified", "found:1", "USD", DAY, found))
    settle_deferred()
    return {"one": one, "two": two}


def entry_id(key):
    return sql("SELECT id FROM ledger_entry WHERE source_key = %s", key)[0][0]


def posting_of(key, *, amount_is="<> 0"):
    return sql(
        f"SELECT id FROM ledger_posting WHERE entry_id = %s AND amount {amount_is} ORDER BY id",
        entry_id(key),
    )[0][0]


def change_an_amount():
    sql("UPDATE ledger_posting SET amount = amount + 1 WHERE id = %s", posting_of("debt:2:issue"))


def empty_an_entry():
    sql("DELETE FROM ledger_posting WHERE entry_id = %s", entry_id("found:1"))


def leave_a_draft():
    sql(
        "UPDATE ledger_entry SET state = 'draft', recorded_at = '2026-01-01 00:00:00' "
        "WHERE source_key = 'money:2'"
    )


def orphan_a_posting():
    sql("UPDATE ledger_posting SET entry_id = 987654 WHERE id = %s", posting_of("money:2"))


def change_a_currency():
    sql("UPDATE ledger_posting SET currency = 'EUR' WHERE id = %s", posting_of("debt:2:issue"))


def change_a_balance():
    sql("UPDATE ledger_balance SET balance_minor = balance_minor + 1")


def lose_a_balance():
    sql("DELETE FROM ledger_balance WHERE balance_minor = 300")


def skip_a_number():
    sql(
        "UPDATE ledger_posting SET account_seq = 77 WHERE id = %s",
        posting_of("money:2", amount_is="< 0"),
    )


def break_the_chain():
    sql(
        "UPDATE ledger_posting SET balance_after = 5 WHERE id = %s",
        posting_of("money:2", amount_is="< 0"),
    )


def repeat_a_key():
    if connection.vendor == "sqlite":
        pytest.skip("SQLite cannot drop a unique key without building the table anew")
    sql("ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_source_once")
    sql("UPDATE ledger_entry SET source_key = 'money:1' WHERE source_key = 'money:2'")


def bend_the_mirror():
    other = sql("SELECT id FROM ledger_account WHERE kind = 'cash_drawer'")[0][0]
    sql(
        "UPDATE ledger_posting SET account_id = %s WHERE id = %s",
        other,
        posting_of("debt:1:cancel", amount_is="> 0"),
    )


def reverse_a_reversal():
    sql(
        "UPDATE ledger_entry SET reverses_id = %s WHERE source_key = 'money:2'",
        entry_id("debt:1:cancel"),
    )


def record_in_the_future():
    sql("UPDATE ledger_entry SET recorded_at = '2199-01-01 00:00:00' WHERE source_key = 'money:2'")


def record_out_of_order():
    sql("UPDATE ledger_entry SET recorded_at = '2020-01-01 00:00:00' WHERE source_key = 'money:2'")


def date_into_a_closed_day():
    sql(
        "INSERT INTO ledger_close (effective_date, closed_by, recorded_at) "
        "VALUES ('2026-03-31', 'me', '2026-04-01 00:00:00')"
    )


def overdraw_suspense():
    legs = [Leg("suspense", 50), Leg("bank", -50)]
    operations.post(Entry("money.given", "susp:1", "USD", DAY, legs))


def overdraw_prepaid():
    account = open_account()
    legs = [Leg("prepaid", 50, account.pk), Leg("revenue", -50)]
    operations.post(Entry("prepaid.rated", "pp:1:1", "USD", DAY, legs))


def allocate_too_much():
    sql(
        "INSERT INTO ledger_allocation (credit_id, debit_id, amount, policy, recorded_at) "
        "VALUES (%s, %s, 401, 'x:1', '2026-03-01 00:00:00')",
        posting_of("money:2", amount_is="< 0"),
        posting_of("debt:3:issue"),
    )


def allocate_to_a_stranger():
    sql(
        "UPDATE ledger_allocation SET debit_id = %s WHERE credit_id = %s",
        posting_of("debt:2:issue"),
        posting_of("money:2", amount_is="< 0"),
    )


def change_the_credit():
    sql("UPDATE ledger_balance SET available_credit = available_credit + 1")


def lose_an_allocation():
    sql(
        "DELETE FROM ledger_allocation WHERE credit_id = %s",
        posting_of("money:2", amount_is="< 0"),
    )


def bend_a_counter_row():
    sql("UPDATE ledger_allocation SET amount = amount - 1 WHERE reverses_id IS NOT NULL")


def lose_an_open_debit():
    sql("DELETE FROM ledger_open_debit")


def keep_a_settled_debit():
    sql("UPDATE ledger_open_debit SET open_minor = open_minor + 1")


def owe_on_another_day():
    sql("UPDATE ledger_open_debit SET dated = '2020-01-01'")


CORRUPTIONS = [
    ("L01", change_an_amount),
    ("L02", empty_an_entry),
    ("L02", leave_a_draft),
    ("L02", orphan_a_posting),
    ("L03", change_an_amount),
    ("L04", change_a_currency),
    ("L05", change_a_balance),
    ("L05", lose_a_balance),
    ("L05", change_an_amount),
    ("L06", skip_a_number),
    ("L06", break_the_chain),
    ("L07", repeat_a_key),
    ("L08", bend_the_mirror),
    ("L08", reverse_a_reversal),
    ("L09", record_in_the_future),
    ("L09", record_out_of_order),
    ("L09", date_into_a_closed_day),
    ("L10", overdraw_suspense),
    ("L11", overdraw_prepaid),
    ("A01", allocate_too_much),
    ("A02", allocate_to_a_stranger),
    ("A03", change_the_credit),
    ("A03", lose_an_allocation),
    ("A05", bend_a_counter_row),
    ("A06", lose_an_allocation),
    ("A06", lose_an_open_debit),
    ("A06", keep_a_settled_debit),
    ("A06", owe_on_another_day),
]


def test_sound_books_are_clean(books):
    assert violations(warnings=True) == {}


@pytest.mark.parametrize(
    ("code", "corrupt"), CORRUPTIONS, ids=[f"{code}-{c.__name__}" for code, c in CORRUPTIONS]
)
def test_corruption_is_reported_under_its_code(code, corrupt, books):
    with unguarded(connection):
        corrupt()

    found = violations()

    assert code in found
    assert all(f.subject and f.found != f.expected for f in found[code])


def test_idle_credit_is_a_warning(books):
    pay(books["two"], 50, "money:3")

    assert violations() == {}
    assert list(violations(warnings=True)) == ["A04"]


def test_every_code_of_the_ledger_is_corrupted_above():
    assert {code for code, _ in CORRUPTIONS} | {"A04"} == set(CHECKS)


def test_one_account_is_checked_alone(books, capsys):
    with unguarded(connection):
        sql(
            "UPDATE ledger_balance SET balance_minor = balance_minor + 1 WHERE account_id = %s",
            books["one"].pk,
        )

    assert run("--account", books["two"].number) == 0
    assert run("--account", books["one"].number) == 1
    assert run("--account", "nobody") == 2
    assert "Could not check" in capsys.readouterr().err


def test_since_looks_at_late_entries_only(books):
    with unguarded(connection):
        change_an_amount()

    assert run("--only", "L01", "--since", "2199-01-01") == 0
    assert run("--only", "L01", "--since", "2020-01-01T00:00:00+00:00") == 1


def test_the_answer_as_json_names_both_sides(books, capsys):
    with unguarded(connection):
        change_an_amount()
    capsys.readouterr()

    assert run("--json", "--fast") == 1

    answer = json.loads(capsys.readouterr().out)
    found = {check["code"]: check for check in answer["checks"]}
    assert not answer["clean"]
    assert found["L01"]["violations"] == 1
    assert found["L01"]["examples"] == [
        {"subject": "debt:2:issue USD", "found": "1", "expected": "0", "is_warning": False}
    ]


def test_an_unknown_code_is_not_clean(books):
    assert run("--only", "L99") == 2


@pytest.mark.django_db(transaction=True)
def test_the_snapshot_cannot_write_and_does_not_see_later_entries(books):
    from django.db import DatabaseError

    from reports import integrity

    with pytest.raises(DatabaseError), integrity.snapshot():
        sql("DELETE FROM ledger_close")

    assert run() == 0
    bill(books["one"], 5, "debt:9:issue")  # the usual connection is back


def run(*arguments):
    with pytest.raises(SystemExit) as end:
        call_command("check_ledger", *arguments)
    return end.value.code


def test_a_day_without_entries_may_be_closed(books):
    operations.close_period(date(2026, 2, 1), actor="me")

    assert violations() == {}
