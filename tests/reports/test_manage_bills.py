"""All bills: numbers by hand and as the books have them, names by right, bills sent again."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import AuditEvent, Commodity
from core import clock
from core.models import Job
from ledger import operations as ledger
from ledger.items import open_items
from meters.models import CustomerAgreement, UsagePoint
from notifications.models import Delivery, Notice
from reports.manage_bills import queries
from statements.models import Statement
from statements.operations.cancel import cancel
from tests.accounts.factories import make_account
from tests.signing_in import let_it_be_long_ago
from tests.statements.factories import FLAT, WATER, make_bill, make_service, make_staff, make_world
from tests.support.helping import open_session

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 10, 15, tzinfo=UTC)
LATE = NOW + timedelta(days=60)
ADDRESS = reverse("reports:manage_bills")


@pytest.fixture(autouse=True)
def world(monkeypatch):
    monkeypatch.setattr("core.clock.now", lambda: NOW)
    make_world()


def sign_in(client, *roles):
    user = make_staff(*roles)
    client.force_login(user)
    return user


def pay(statement, minor):
    """Let money come that pays this bill first."""
    from ledger.entries import Entry, Leg

    entry = Entry(
        event_type="payment.received",
        source_key=f"rcpt:{uuid4()}",
        currency="USD",
        effective_date=date(2026, 11, 9),
        legs=(
            Leg("bank", minor, code="main"),
            Leg("receivable", -minor, account_id=statement.account_id),
        ),
        actor="test",
    )
    ledger.post(entry)
    ledger.allocate([statement.account_id])


def page(client, **asked):
    answer = client.get(ADDRESS, asked)
    assert answer.status_code == 200
    return answer


def rows(client, **asked):
    """Return the cells of the list by the key of their column."""
    lines = page(client, **asked).context["list"].lines
    return [{cell.column.key: cell.value for cell in line.cells} for line in lines]


def numbers(client, **asked):
    return [row["number"].text for row in rows(client, **asked)]


def test_a_bill_worked_by_hand(client):
    """
    October 2026 has 744 hours; 0.5 kWh in each is 372 kWh.
    372 x 0.12345 = 45.92, with the standing charge of 9.30 it is 55.22; tax 5.25 % is 2.90.
    """
    statement = make_bill(FLAT)
    pay(statement, 2000)
    sign_in(client, "finance")

    [row] = rows(client, columns=["number", *(c.key for c in columns())])

    assert row["number"].text == statement.number
    assert row["customer"] == "Ada Lovelace"
    assert row["account"] == statement.account.number
    assert (row["issued"], row["due"]) == (statement.issue_date, statement.due_date)
    assert (row["energy"], row["water"]) == (372, None)
    assert row["amount"].minor == 5812
    assert row["received"].minor == 2000
    assert row["open"].minor == 3812
    assert (row["payment"], row["connections"]) == ("Postpaid", 1)
    assert row["status"].word == "Part paid"


def columns():
    from reports.manage_bills.table import COLUMNS

    return COLUMNS


def test_water_is_in_its_own_column_and_connections_are_the_accounts(client):
    statement = make_bill(WATER, each=100)
    other = make_service(statement.account, FLAT)
    CustomerAgreement.objects.filter(pk=other.agreement.pk).update(payment_mode="prepaid")
    off = make_service(statement.account, FLAT)
    UsagePoint.objects.filter(pk=off.agreement.usage_point_id).update(
        connection_state=UsagePoint.ConnectionState.DISCONNECTED
    )
    sign_in(client, "auditor")

    [row] = rows(client, columns=["energy", "water", "payment", "connections"])

    assert (row["energy"], str(row["water"])) == (None, "74.4")
    assert (row["payment"], row["connections"]) == ("Prepaid and postpaid", 2)


@pytest.mark.parametrize(
    ("roles", "is_named"),
    [
        (["finance"], True),
        (["auditor"], True),
        (["billing_manager"], False),
        (["billing_specialist"], False),
        (["billing_specialist", "finance"], True),
    ],
)
def test_names_are_read_by_finance_and_auditors_and_each_look_is_noted(client, roles, is_named):
    make_bill(FLAT)
    user = sign_in(client, *roles)

    text = page(client, status="open").text

    assert ("Ada Lovelace" in text, "A. L." in text) == (is_named, not is_named)
    noted = AuditEvent.objects.filter(action="bill.list", actor=user)
    assert [event.detail for event in noted] == (
        [{"terms": "status=open", "found": 1}] if is_named else []
    )


def test_a_help_session_opens_the_name_of_its_customer_and_no_other(client):
    first, other = make_bill(FLAT), make_bill(FLAT, account=make_account("Grace Hopper"))
    user = sign_in(client, "billing_specialist")

    before = {row["number"].text: row["number"].url for row in rows(client)}
    open_session(user, first.account.customer, at=clock.real_now())
    after = {row["number"].text: (row["customer"], row["number"].url) for row in rows(client)}

    help_page = reverse("support:bill", args=[first.number])
    assert after[first.number] == ("Ada Lovelace", help_page)
    assert after[other.number][0] == "G. H."
    looks = AuditEvent.objects.filter(action="help.bills")
    assert [(look.actor, look.customer) for look in looks] == [(user, first.account.customer)]
    start = reverse("support:start", args=[first.account.customer.uid])
    assert before[first.number].startswith(f"{start}?next=")


@pytest.mark.parametrize(
    ("role", "leads_to"),
    [("billing_manager", "/runs/"), ("auditor", "/runs/"), ("finance", "/desk/payments/?account=")],
)
def test_a_number_leads_to_where_its_reader_works(client, role, leads_to):
    make_bill(FLAT)
    sign_in(client, role)

    [row] = rows(client)

    assert row["number"].url.startswith(leads_to)
    assert client.get(row["number"].url).status_code == 200


@pytest.mark.parametrize("role", ["support", "meter_employee", "cashier", "administrator"])
def test_the_others_find_nothing_here(client, role):
    sign_in(client, role)

    for name in ("manage_bills", "manage_bills_csv", "manage_bills_xlsx", "send_bills_again"):
        assert client.get(reverse(f"reports:{name}")).status_code == 404
    assert client.post(reverse("statements:send_again")).status_code == 404


@pytest.fixture
def every_kind(monkeypatch):
    """Return bills by how they stand on a day after they fell due, all but one."""
    kinds = {name: make_bill(FLAT) for name in ("overdue", "part_paid", "paid", "cancelled")}
    pay(kinds["part_paid"], 1000)
    pay(kinds["paid"], 5812)
    kinds["open"] = make_bill(FLAT)
    cancel(kinds["cancelled"], reason="wrong meter", actor=None, cancelled_at=NOW)
    return kinds


@pytest.mark.parametrize(
    ("status", "found", "open_minor"),
    [
        ("", ["open", "cancelled", "paid", "part_paid", "overdue"], 5812 * 3 - 1000),
        ("open", ["open", "part_paid", "overdue"], 5812 * 3 - 1000),
        ("overdue", ["open", "part_paid", "overdue"], 5812 * 3 - 1000),
        ("part_paid", ["part_paid"], 4812),
        ("paid", ["paid"], 0),
        ("cancelled", ["cancelled"], 0),
        ("estimated", [], 0),
    ],
)
def test_a_status_finds_its_bills_and_their_sum(
    client, every_kind, monkeypatch, status, found, open_minor
):
    monkeypatch.setattr("core.clock.now", lambda: LATE)
    sign_in(client, "finance")

    answer = page(client, status=status)

    shown = [line.name for line in answer.context["list"].lines]
    assert shown == [every_kind[name].number for name in found]
    assert answer.context["sums"].open_minor == open_minor


def test_what_is_not_due_yet_is_open_and_not_overdue(client):
    statement = make_bill(FLAT)
    sign_in(client, "finance")

    assert numbers(client, status="open") == [statement.number]
    assert numbers(client, status="overdue") == []
    assert rows(client)[0]["status"].word == "To pay"


def test_the_sums_are_those_of_the_books(client, every_kind):
    sign_in(client, "finance")

    sums = page(client).context["sums"]

    items = open_items({bill.account_id for bill in every_kind.values()})
    assert sums.open_minor == sum(d.left for each in items.values() for d in each.debits)
    assert sums.billed_minor == 4 * 5812
    assert sums.received_minor == 1000 + 5812
    assert sums.billed_minor == sums.received_minor + sums.open_minor
    assert sums.count == 5


def test_nothing_adds_up_to_nothing():
    assert queries.sums(queries.bills()) == queries.Sums(0, 0, 0, 0)


def test_a_list_too_long_to_sum_says_so(client, monkeypatch):
    make_bill(FLAT), make_bill(FLAT)
    sign_in(client, "finance")
    monkeypatch.setattr(queries, "MOST_SUMMED", 1)

    answer = page(client)

    assert "Narrow the list" in answer.text and "table-sums" not in answer.text
    assert len(answer.context["list"].lines) == 2


def test_filters_narrow_by_number_account_service_month_due_date_and_amount(client):
    first, water = make_bill(FLAT), make_bill(WATER, each=100)
    sign_in(client, "finance")
    due = first.due_date.isoformat()

    assert numbers(client, q=first.number.lower()) == [first.number]
    assert set(numbers(client, q=first.number[:-1])) == {first.number, water.number}
    assert numbers(client, q=water.account.number) == [water.number]
    assert numbers(client, q="nothing") == []
    assert numbers(client, service=Commodity.WATER) == [water.number]
    assert len(numbers(client, month="2026-10")) == 2
    assert numbers(client, month="2026-09") == []
    assert len(numbers(client, **{"due-from": due, "due-to": due})) == 2
    assert numbers(client, **{"due-from": (first.due_date + timedelta(days=1)).isoformat()}) == []
    assert numbers(client, **{"amount-min": "58.12", "amount-max": "58.12"}) == [first.number]


@pytest.mark.parametrize("sort", ["number", "issued", "due", "amount"])
def test_every_order_shows_all_bills_both_ways(client, sort):
    bills = {make_bill(FLAT).number, make_bill(WATER, each=100).number}
    sign_in(client, "finance")

    up, down = numbers(client, sort=sort), numbers(client, sort=f"-{sort}")

    assert set(up) == bills
    assert down == list(reversed(up))


def test_a_wrong_filter_is_said_and_shows_nothing(client):
    make_bill(FLAT)
    sign_in(client, "finance")

    answer = client.get(ADDRESS, {"month": "2026-13"})

    assert answer.status_code == 422
    assert answer.context["list"].lines == [] and "such as 2026-10" in answer.text


def test_htmx_gets_the_list_alone_and_a_screen_reader_the_count(client):
    make_bill(FLAT)
    sign_in(client, "finance")

    answer = client.get(ADDRESS, headers={"HX-Request": "true"})

    assert "<h1" not in answer.text and "<table" in answer.text
    assert "1 bill found." in answer["HX-Trigger"]
    assert answer["Cache-Control"] == "private, no-store"


def of_the_list(client):
    """Return the queries that the page asks beyond session, person, device, roles and frame."""
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page(client)
    ours = ("statements_", "meters_", "ledger_")
    return [q["sql"] for q in asked if any(f'FROM "{name}' in q["sql"] for name in ours)]


@pytest.mark.parametrize("role", ["billing_specialist", "finance"])
def test_the_list_takes_at_most_five_queries_whatever_its_size(client, role):
    make_bill(FLAT)
    sign_in(client, role)
    page(client)
    one = len(of_the_list(client))
    for _ in range(2):
        make_bill(FLAT)

    assert len(of_the_list(client)) == one <= 5


def test_the_files_hold_every_bill_that_matches_with_names_by_right(client, every_kind):
    user = sign_in(client, "finance")

    answer = client.get(reverse("reports:manage_bills_csv"), {"status": "paid"})
    head, row = csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")))

    told = dict(zip(head, row, strict=True))
    assert told["Bill"] == every_kind["paid"].number
    assert told["Customer"] == "Ada Lovelace"
    assert (told["Bill amount"], told["Bill amount: currency"]) == ("58.12", "USD")
    assert (told["Outstanding"], told["Energy in kWh"]) == ("0.00", "372")
    event = AuditEvent.objects.get(action="bill.export")
    assert (event.actor, event.detail) == (user, {"terms": "status=paid", "form": "csv"})

    sign_in(client, "billing_manager")
    excel = client.get(reverse("reports:manage_bills_xlsx"), {"sort": "number"})
    sheet = load_workbook(io.BytesIO(excel.getvalue())).worksheets[0]
    excel.close()
    cells = list(sheet.iter_rows(min_row=2))
    assert [row[0].value for row in cells] == sorted(bill.number for bill in every_kind.values())
    assert {row[1].value for row in cells} == {"A. L."}


def test_a_file_asks_who_one_is_once_more(client):
    sign_in(client, "finance")
    let_it_be_long_ago(client)

    assert client.get(reverse("reports:manage_bills_csv")).status_code == 302


def test_a_file_that_would_be_too_long_is_refused_in_words(client, monkeypatch):
    make_bill(FLAT), make_bill(FLAT)
    sign_in(client, "finance")
    monkeypatch.setitem(__import__("core.tables.sheets").tables.sheets.MOST_ROWS, "csv", 1)

    answer = client.get(reverse("reports:manage_bills_csv"), {"sort": "due"}, follow=True)

    assert answer.redirect_chain == [(f"{ADDRESS}?sort=due", 302)]
    assert "More than 1 bills match" in answer.text


def confirm(client, **picked):
    return client.get(reverse("reports:send_bills_again"), picked)


def test_bills_are_confirmed_sent_again_once_and_each_has_its_outcome(client, every_kind):
    Statement.objects.values("pk")
    for bill in every_kind.values():
        bill.account.customer.email = f"{bill.pk}@mail.example"
        bill.account.customer.save()
    user = sign_in(client, "billing_manager")
    before = set(Notice.objects.values_list("pk", flat=True))

    asked = confirm(client, which="all")
    plan = asked.context["plan"]
    sent = {name: plan.form[name].initial for name in ("token", "rows")}
    answers = [client.post(reverse("statements:send_again"), sent) for _ in range(2)]
    told = client.get(answers[0].url)

    assert {one.name: one.why_not for one in plan.staying} == {
        every_kind["cancelled"].number: "It was cancelled.",
        every_kind["paid"].number: "Nothing of it is left to pay.",
    }
    assert len(plan.changing) == 3
    assert answers[0].url == answers[1].url
    outcomes = {one.name: one.is_done for one in told.context["outcomes"]}
    assert outcomes == {
        bill.number: name in ("open", "part_paid", "overdue") for name, bill in every_kind.items()
    }
    new = Notice.objects.exclude(pk__in=before)
    assert {n.account_id for n in new} == {
        every_kind[n].account_id for n in ("open", "part_paid", "overdue")
    }
    assert Delivery.objects.filter(notice__in=new).count() == 3
    part = new.get(account=every_kind["part_paid"].account)
    assert "$48.12 of bill" in part.body and "Its due date is" in part.body
    assert AuditEvent.objects.filter(action="statement.send_again", actor=user).count() == 3
    assert Job.objects.filter(kind="statement.send_again").count() == 1


def test_a_bill_of_somebody_unreachable_is_not_sent(client):
    statement = make_bill(FLAT)
    sign_in(client, "billing_specialist")

    plan = confirm(client, row=statement.pk).context["plan"]

    assert [one.why_not for one in plan.staying] == [
        "Nobody has a login for this account, and there is no e-mail address."
    ]
    assert "There is nothing to do." in confirm(client, row=statement.pk).text


@pytest.mark.parametrize(
    ("picked", "words"), [({}, "Tick the bills first."), ({"which": "all"}, "More than 1 bills")]
)
def test_nothing_or_too_much_picked_leads_back_and_says_so(client, monkeypatch, picked, words):
    make_bill(FLAT), make_bill(FLAT)
    monkeypatch.setattr("reports.views.manage_bills.MOST_SENT", 1)
    sign_in(client, "billing_manager")

    answer = client.get(reverse("reports:send_bills_again"), {**picked, "sort": "due"}, follow=True)

    assert answer.redirect_chain == [(f"{ADDRESS}?sort=due", 302)]
    assert words in answer.text


def test_what_was_sent_is_told_to_who_sent_it_alone(client, every_kind):
    sign_in(client, "billing_manager")
    plan = confirm(client, which="all").context["plan"]
    sent = {name: plan.form[name].initial for name in ("token", "rows")}
    done = client.post(reverse("statements:send_again"), sent).url
    sign_in(client, "billing_manager")

    assert client.get(done).status_code == 404
    assert client.post(reverse("statements:send_again"), {"rows": "x"}).status_code == 302
    sign_in(client, "finance")
    assert client.post(reverse("statements:send_again"), sent).status_code == 404
