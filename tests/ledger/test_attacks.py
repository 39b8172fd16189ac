"""The database itself refuses wrong money, from its owner as from the application's role."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from core.db.unguarded import unguarded
from ledger import operations
from tests.ledger.books import bill, bill_entry, open_account, pay, settle_deferred, sql

pytestmark = pytest.mark.django_db

ENTRY = (
    "INSERT INTO ledger_entry "
    "(id, event_type, source_key, currency, effective_date, category, actor, reason, state) "
    "VALUES ({id}, 'x', '{key}', 'USD', '2026-03-01', 'other', 'me', '', '{state}')"
)
POSTING = (
    "INSERT INTO ledger_posting (id, entry_id, account_id, currency, amount) "
    "VALUES ({id}, {entry}, {account}, '{currency}', {amount})"
)


@pytest.fixture
def role(request):
    """Act as the owner of the tables, or as the application's role."""
    yield from _as(request.param)


def _as(name):
    if name == "owner":
        yield name
        return
    if connection.vendor != "postgresql":
        pytest.skip("roles exist on PostgreSQL only")
    if not sql("SELECT 1 FROM pg_roles WHERE rolname = 'meterbook_app_test'"):
        sql("CREATE ROLE meterbook_app_test")
    call_command("grant_app_role", role="meterbook_app_test", verbosity=0)
    yield name


def act_as(role):
    if role == "application":
        sql("SET LOCAL ROLE meterbook_app_test")


both_roles = pytest.mark.parametrize("role", ["owner", "application"], indirect=True)


@pytest.fixture
def posted():
    """One bill in the books: its entry, its postings and its ledger accounts."""
    account = open_account()
    entry = bill(account, 1000, "debt:1:issue")
    settle_deferred()
    postings = sql(
        "SELECT id, account_id FROM ledger_posting WHERE entry_id = %s ORDER BY id", entry
    )
    return {
        "account": account,
        "entry": entry,
        "posting": postings[0][0],
        "receivable": postings[0][1],
        "revenue": postings[1][1],
    }


def draft(posted, *amounts, currency="USD"):
    """Insert a draft with postings by plain SQL."""
    sql(ENTRY.format(id=900, key="attack", state="draft"))
    for place, amount in enumerate(amounts):
        account = posted["revenue"]
        sql(
            POSTING.format(
                id=9000 + place, entry=900, account=account, currency=currency, amount=amount
            )
        )


def unbalanced_flip(posted):
    draft(posted, 100, -99)
    sql("UPDATE ledger_entry SET state = 'posted' WHERE id = 900")


def flip_of_one_posting(posted):
    draft(posted, 100)
    sql("UPDATE ledger_entry SET state = 'posted' WHERE id = 900")


def flip_of_an_empty_entry(posted):
    draft(posted)
    sql("UPDATE ledger_entry SET state = 'posted' WHERE id = 900")


def insert_already_posted(posted):
    sql(ENTRY.format(id=900, key="attack", state="posted"))


def edit_an_amount(posted):
    sql("UPDATE ledger_posting SET amount = 1 WHERE id = %s", posted["posting"])


def edit_a_posted_entry(posted):
    sql("UPDATE ledger_entry SET effective_date = '2026-01-01' WHERE id = %s", posted["entry"])


def back_to_draft(posted):
    sql("UPDATE ledger_entry SET state = 'draft' WHERE id = %s", posted["entry"])


def edit_a_draft(posted):
    draft(posted, 100, -100)
    sql("UPDATE ledger_entry SET state = 'posted', source_key = 'other' WHERE id = 900")


def delete_a_posting(posted):
    sql("DELETE FROM ledger_posting WHERE id = %s", posted["posting"])


def delete_an_entry(posted):
    sql("DELETE FROM ledger_entry WHERE id = %s", posted["entry"])


def late_posting(posted):
    sql(
        POSTING.format(
            id=9000, entry=posted["entry"], account=posted["revenue"], currency="USD", amount=5
        )
    )


def posting_in_another_currency(posted):
    draft(posted, 100, currency="EUR")
    settle_deferred()


def repeated_source_key(posted):
    sql(ENTRY.format(id=900, key="debt:1:issue", state="draft"))


def change_the_currency_of_an_account(posted):
    sql("UPDATE ledger_account SET currency = 'EUR' WHERE id = %s", posted["receivable"])


def into_a_closed_day(posted):
    sql(
        "INSERT INTO ledger_close (effective_date, closed_by, recorded_at) "
        "VALUES ('2026-03-31', 'me', '2026-04-01 00:00:00')"
    )
    draft(posted, 100, -100)


def edit_an_allocation(posted):
    pay(posted["account"], 1000, "money:1")
    operations.allocate([posted["account"].pk])
    sql("UPDATE ledger_allocation SET amount = 1")


def delete_an_allocation(posted):
    pay(posted["account"], 1000, "money:1")
    operations.allocate([posted["account"].pk])
    sql("DELETE FROM ledger_allocation")


ATTACKS = [
    unbalanced_flip,
    flip_of_one_posting,
    flip_of_an_empty_entry,
    insert_already_posted,
    edit_an_amount,
    edit_a_posted_entry,
    back_to_draft,
    edit_a_draft,
    delete_a_posting,
    delete_an_entry,
    late_posting,
    posting_in_another_currency,
    repeated_source_key,
    change_the_currency_of_an_account,
    into_a_closed_day,
    edit_an_allocation,
    delete_an_allocation,
]


@both_roles
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_refused(attack, role, posted):
    before = state_of_the_books()

    with pytest.raises(DatabaseError), transaction.atomic():
        act_as(role)
        attack(posted)

    assert state_of_the_books() == before


REPLACEMENTS = {
    "entry by id": lambda p: ENTRY.format(id=p["entry"], key="attack", state="draft"),
    "entry by source key": lambda p: ENTRY.format(id=900, key="debt:1:issue", state="draft"),
    "posting by id": lambda p: POSTING.format(
        id=p["posting"], entry=900, account=p["revenue"], currency="USD", amount=1
    ),
    "posting by number": lambda p: (
        "INSERT INTO ledger_posting "
        "(id, entry_id, account_id, currency, amount, account_seq, balance_after) "
        f"VALUES (9000, 900, {p['receivable']}, 'USD', 1, 1, 1)"
    ),
    "ledger account by id": lambda p: (
        f"INSERT INTO ledger_account (id, kind, code, currency) "
        f"VALUES ({p['revenue']}, 'revenue', 'energy', 'EUR')"
    ),
    "shared ledger account by its key": lambda p: (
        "INSERT INTO ledger_account (kind, code, currency) VALUES ('revenue', 'energy', 'USD')"
    ),
}


@pytest.mark.parametrize("name", REPLACEMENTS)
def test_insert_or_replace_is_refused(name, posted):
    if connection.vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE exists on SQLite only")
    draft(posted, 7)
    before = state_of_the_books()

    with pytest.raises(IntegrityError), transaction.atomic():
        sql(REPLACEMENTS[name](posted).replace("INSERT INTO", "INSERT OR REPLACE INTO", 1))

    assert state_of_the_books() == before


def test_an_amount_that_is_no_whole_number_is_refused(posted):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has only whole numbers in this column")

    with pytest.raises(IntegrityError), transaction.atomic():
        draft(posted, 0.5, -0.5)


@both_roles
@pytest.mark.parametrize(
    "table", ["ledger_entry", "ledger_posting", "ledger_allocation", "ledger_account"]
)
def test_truncate_is_refused(table, role, posted):
    if connection.vendor != "postgresql":
        pytest.skip("TRUNCATE exists on PostgreSQL only")

    with pytest.raises(DatabaseError), transaction.atomic():
        act_as(role)
        sql(f"TRUNCATE {table} CASCADE")


@both_roles
def test_a_draft_left_behind_is_not_committed(role, posted):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no deferred triggers; check_ledger reports drafts")

    with pytest.raises(IntegrityError, match="left behind"), transaction.atomic():
        act_as(role)
        draft(posted, 100, -100)
        settle_deferred()


@pytest.mark.parametrize("role", ["application"], indirect=True)
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE ledger_posting DISABLE TRIGGER ALL",
        "DROP TRIGGER ledger_posting_no_update ON ledger_posting",
        "SET session_replication_role = replica",
        "CREATE TABLE elsewhere (id bigint)",
        "DROP TABLE ledger_posting",
        "CREATE OR REPLACE FUNCTION core_guard_refuse() RETURNS trigger LANGUAGE plpgsql "
        "AS 'BEGIN RETURN NEW; END'",
    ],
)
def test_the_application_cannot_switch_a_guard_off(statement, role, posted):
    with pytest.raises(DatabaseError), transaction.atomic():
        act_as(role)
        sql(statement)


@pytest.mark.parametrize("role", ["application"], indirect=True)
def test_a_temporary_table_does_not_stand_in_for_ours(role, posted):
    with pytest.raises(DatabaseError), transaction.atomic():
        act_as(role)
        sql("CREATE TEMP TABLE ledger_entry AS SELECT 1 AS id, 'draft' AS state")
        sql(
            POSTING.format(
                id=9000, entry=posted["entry"], account=posted["revenue"], currency="USD", amount=5
            ).replace("ledger_posting", "public.ledger_posting")
        )


@both_roles
def test_ordinary_work_is_allowed(role, posted):
    account = posted["account"]
    with transaction.atomic():
        act_as(role)
        operations.post_many([bill_entry(account.pk, 300, "debt:2:issue")])
        pay(account, 1300, "money:1")
        operations.allocate([account.pk])
        operations.reverse(
            posted["entry"],
            source_key="debt:1:cancel",
            effective_date=bill_entry(1, 1, "").effective_date,
            reason="wrong meter",
            actor="me",
        )
        settle_deferred()

    assert sql("SELECT balance_minor, available_credit FROM ledger_balance") == [(-1000, 1000)]
    if role == "application":
        sql("RESET ROLE")


def state_of_the_books():
    return [
        sql("SELECT id, source_key, state, effective_date FROM ledger_entry ORDER BY id"),
        sql("SELECT id, entry_id, account_id, currency, amount FROM ledger_posting ORDER BY id"),
        sql("SELECT id, kind, currency FROM ledger_account ORDER BY id"),
        sql("SELECT id, amount FROM ledger_allocation ORDER BY id"),
    ]


@pytest.mark.parametrize(
    "attack",
    [attack for attack in ATTACKS if attack is not repeated_source_key],  # a plain unique key
    ids=lambda attack: attack.__name__,
)
def test_each_attack_works_once_the_guards_are_off(attack, posted):
    before = state_of_the_books()

    with unguarded(connection):
        attack(posted)

    assert state_of_the_books() != before
