"""Late fees: the examples of the page, by the calendar, once, and only on what is really late."""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from itertools import count
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import AuditEvent
from core.money import to_minor
from core.periods import local_month
from ledger import operations as ledger
from ledger.models import JournalEntry
from ledger.queries import balance
from meters.models import Channel
from notifications.models import Delivery, Notice
from payments import operations, tasks
from payments.models import Chargeback, LateFee, LateFeePolicy, Payment, PaymentAttempt
from payments.operations.late_fee_policies import add_policy
from payments.operations.late_fees import (
    AlreadyWaived,
    ReasonMissing,
    waive,
    waive_of_cancelled,
)
from payments.queries.late_fees import fee_minor
from payments.queries.lateness import Lateness, past_due, policy_of
from statements.documents import to_html
from statements.models import Statement
from statements.operations.cancel import cancel
from statements.operations.issue import content_digest
from tests.house.code import ROOT
from tests.ledger.books import violations
from tests.payments.late import DUE, charge, day, fees, later, make_policy
from tests.statements.factories import (
    FLAT,
    IN_DECEMBER,
    NOVEMBER,
    OCTOBER,
    ZONE,
    bill,
    make_bill,
    make_home,
    make_staff,
    make_world,
    read_steadily,
    run_month,
)

pytestmark = pytest.mark.django_db
PAGE = ROOT / "docs/explanation/overdue-and-late-fees.md"
OVERDUE = day(6)  # after five days of grace
serial = count(1)


def examples(first_column):
    """Return the rows of the page's table that begins with these columns."""
    found, inside = [], False
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith(first_column):
            inside = True
        elif inside and not line.startswith("|"):
            break
        elif inside and not re.match(r"\|-", line):
            found.append([cell.strip() for cell in line.strip("|").split("|")])
    assert found
    return found


def cents(text):
    return to_minor(Decimal(text or 0), "USD")


@pytest.mark.parametrize("row", examples("| flat |"), ids=lambda row: row[-1])
def test_a_fee_of_the_page(row):
    flat, percent, cap, tolerance, open_, so_far, fee, _why = row
    policy = LateFeePolicy(
        flat_minor=cents(flat),
        percent=Decimal(percent),
        cap_minor=cents(cap) if cap else None,
        tolerance_minor=cents(tolerance),
    )
    late = Lateness(Statement(due_date=DUE), policy, cents(open_), 0, False)

    charged = fee_minor(policy, late.late_minor, charged_minor=cents(so_far)) if late.counts else 0

    assert charged == cents(fee)


@pytest.mark.parametrize("row", examples("| due | grace"), ids=lambda row: f"{row[0]}+{row[1]}")
def test_a_day_of_the_page(row):
    due, grace, first = date.fromisoformat(row[0]), int(row[1]), date.fromisoformat(row[2])
    late = Lateness(Statement(due_date=due), LateFeePolicy(grace_days=grace), 100, 0, False)

    assert late.overdue_from == first
    assert not late.is_overdue(first - timedelta(days=1))


@pytest.mark.parametrize("row", examples("| due | version"), ids=lambda row: row[0])
def test_a_policy_of_the_page(row):
    versions = [
        LateFeePolicy(version=2, starts_on=date(2026, 12, 1), currency="USD"),
        LateFeePolicy(version=1, starts_on=date(2026, 11, 1), currency="USD"),
    ]
    chosen = policy_of(Statement(due_date=date.fromisoformat(row[0]), currency="USD"), versions)

    assert (str(chosen.version) if chosen else "none") == row[1]


def test_a_policy_of_another_currency_is_not_applied():
    euro = LateFeePolicy(version=1, starts_on=date(2026, 1, 1), currency="EUR")

    assert policy_of(Statement(due_date=DUE, currency="USD"), [euro]) is None


@pytest.fixture(autouse=True)
def world():
    make_world()


@pytest.fixture
def statement():
    return make_bill(FLAT)  # 58.12, due on 26 November


def pay(statement, amount_minor, on=DUE):
    return operations.record_counter_payment(
        statement.account,
        amount_minor=amount_minor,
        reference=f"R-{next(serial)}",
        received_on=on,
        actor=None,
    )


def attempt(statement, state="processing", *, amount_minor=5812, whole=False, **fields):
    n = next(serial)
    values = {
        "reference": f"REF{n}",
        "form_token": uuid4(),
        "account": statement.account,
        "statement": None if whole else statement,
        "target": f"acct:{statement.account_id}" if whole else f"stmt:{statement.pk}",
        "amount_minor": amount_minor,
        "currency": "USD",
        "method": "bank_debit",
        "environment": "test",
        "created_at": IN_DECEMBER,
        "idempotency_key": f"key:{n}",
        "parameters": {},
        "parameters_digest": "0" * 64,
        "state": state,
        "changed_at": IN_DECEMBER,
    }
    return PaymentAttempt.objects.create(**{**values, **fields})


def standing(statement):
    return balance(statement.account_id, "USD").balance


def test_the_fee_comes_on_the_day_after_the_grace_and_once(statement):
    make_policy()
    statement.account.customer.email = "ada@example.com"
    statement.account.customer.save()

    assert [charge(day(5)), charge(OVERDUE), charge(OVERDUE), charge(day(400))] == [0, 1, 0, 0]

    fee = LateFee.objects.get()
    entry = JournalEntry.objects.get(source_key=f"late:{statement.pk}:1")
    legs = entry.postings.values_list("account__kind", "amount")
    assert sorted(legs) == [("late_fee_income", -500), ("receivable", 500)]
    assert (entry.category, entry.due_on, entry.effective_date) == ("fee", OVERDUE, OVERDUE)
    assert (fee.open_minor, fee.amount_minor, fee.charged_on) == (5812, 500, OVERDUE)
    assert standing(statement) == 6312
    assert violations() == {}
    notice = Notice.objects.get(kind="late_fee.charged")
    assert notice.subject == f"A late fee for bill {statement.number}"
    assert "$58.12 of this bill was not paid; it was due on November 26, 2026." in notice.body
    assert "it is $5.00 for every bill that is paid late" in notice.body
    assert "+1 302 555 0100 · help@riverside.example" in notice.body
    assert Delivery.objects.get(notice=notice).address == "ada@example.com"


def test_the_notice_says_how_a_share_and_its_limits_were_worked_out(statement):
    make_policy(percent=Decimal("1.5"), cap_minor=550)

    charge(OVERDUE)

    body = Notice.objects.get(kind="late_fee.charged").body
    assert "How we worked it out: $5.00 and 1.5% of $58.12." in body
    assert "All late fees of one bill are at most $5.50." in body
    assert fees() == [(1, 5812, 550)]


def test_without_a_policy_nothing_is_charged(statement):
    assert charge(day(400)) == 0


def test_only_what_is_open_counts(statement):
    make_policy(percent=Decimal(10), flat_minor=0)
    pay(statement, 5000)

    charge(OVERDUE)

    assert fees() == [(1, 812, 81)]


def test_who_paid_or_was_cancelled_is_charged_nothing(statement):
    make_policy()
    pay(statement, 5812)
    other = make_bill(FLAT)
    cancel(other, reason="Wrong", actor=None, cancelled_at=IN_DECEMBER)

    assert charge(day(30)) == 0


def test_a_fee_bears_no_fee_and_the_steps_keep_their_distance(statement):
    make_policy(percent=Decimal(1), flat_minor=0, steps=3, days_between_steps=30)

    assert [charge(day(n)) for n in (6, 35, 36, 37, 200, 300)] == [1, 0, 1, 0, 1, 0]

    assert fees() == [(1, 5812, 58), (2, 5812, 58), (3, 5812, 58)]


def test_the_cap_holds_over_all_steps(statement):
    make_policy(steps=5, days_between_steps=1, cap_minor=1200)

    assert [charge(day(n)) for n in range(6, 12)] == [1, 1, 1, 0, 0, 0]

    assert [fee for _, _, fee in fees()] == [500, 500, 200]


def test_a_job_that_did_not_run_charges_one_step_and_not_two(statement):
    make_policy(steps=2, days_between_steps=30)

    assert [charge(day(100)), charge(day(101)), charge(day(130))] == [1, 0, 1]


def test_within_the_tolerance_nobody_is_charged_or_reminded(statement):
    make_policy(tolerance_minor=200)
    pay(statement, 5612)

    assert charge(OVERDUE) == 0
    assert operations.notify_overdue(today=OVERDUE, now=IN_DECEMBER) == 0


@pytest.mark.parametrize("state", ["created", "submitting", "unknown", "processing"])
def test_what_is_on_its_way_is_neither_charged_nor_asked_for(statement, state):
    make_policy()
    attempt(statement, state)

    assert charge(day(60)) == 0
    assert operations.notify_overdue(today=OVERDUE, now=IN_DECEMBER) == 0


@pytest.mark.parametrize("state", ["failed", "expired", "cancelled", "abandoned"])
def test_what_ended_without_money_counts_again(statement, state):
    make_policy()
    attempt(statement, state)

    assert charge(OVERDUE) == 1


def test_an_open_page_counts_until_it_expires(statement):
    make_policy()
    attempt(statement, "open", session_expires_at=later(minutes=5))

    assert charge(OVERDUE) == 0

    PaymentAttempt.objects.update(session_expires_at=later(minutes=-5))
    assert charge(OVERDUE) == 1


def test_a_part_on_its_way_leaves_the_rest(statement):
    make_policy(percent=Decimal(10), flat_minor=0)
    attempt(statement, amount_minor=5000)

    charge(OVERDUE)
    operations.notify_overdue(today=OVERDUE, now=IN_DECEMBER)

    assert fees() == [(1, 812, 81)]
    assert "$8.12 of it is still open" in Notice.objects.get(kind="statement.overdue").body


def two_bills():
    service = make_home(FLAT)
    read_steadily(service.channel, OCTOBER)
    october = bill(service)
    read_steadily(service.channel, NOVEMBER)
    return october, bill(service, "2026-11", as_of=IN_DECEMBER)


def test_a_payment_of_the_whole_balance_reserves_the_oldest_first():
    make_policy()
    october, november = two_bills()
    attempt(october, amount_minor=october.total_minor, whole=True)

    charge(november.due_date + timedelta(days=6))

    assert [fee.statement_id for fee in LateFee.objects.all()] == [november.pk]


def test_a_payment_of_one_bill_reserves_that_bill_and_then_the_oldest():
    make_policy(percent=Decimal(10), flat_minor=0)
    october, november = two_bills()
    attempt(november, amount_minor=november.total_minor + 812)

    charge(november.due_date + timedelta(days=6))

    assert fees() == [(1, 5000, 500)]
    assert LateFee.objects.get().statement == october


def test_credit_that_paid_nothing_yet_covers_the_oldest(statement, monkeypatch):
    make_policy()
    monkeypatch.setattr(ledger, "allocate", lambda *args, **options: 0)
    pay(statement, 5812)

    assert balance(statement.account_id, "USD").available_credit == 5812
    assert charge(OVERDUE) == 0


def dispute(statement, payment, state="open", amount_minor=5000):
    return Chargeback.objects.create(
        provider_id=f"dp_{next(serial)}",
        payment=payment,
        amount_minor=amount_minor,
        currency="USD",
        provider_status="needs_response",
        state=state,
        opened_at=IN_DECEMBER,
    )


def online_payment(statement, amount_minor):
    """Book a payment by card without the provider, as its result is booked."""
    from ledger.entries import Entry, Leg

    payment = Payment.objects.create(
        account=statement.account,
        reference=f"ON-{next(serial)}",
        amount_minor=amount_minor,
        currency="USD",
        received_on=DUE,
        drawer="",
        actor="system",
        method="card",
        intent_id=f"pi_{next(serial)}",
    )
    legs = [
        Leg("stripe_clearing", amount_minor),
        Leg("receivable", -amount_minor, statement.account_id),
    ]
    ledger.post(Entry("payment.received", f"pi:{payment.intent_id}:ok", "USD", DUE, legs))
    ledger.allocate([statement.account_id])
    return payment


@pytest.mark.parametrize(("state", "charged"), [("open", 0), ("inquiry", 0), ("won", 1)])
def test_a_disputed_bill_is_left_alone_until_the_bank_has_decided(statement, state, charged):
    make_policy()
    dispute(statement, online_payment(statement, 5000), state)

    assert charge(OVERDUE) == charged
    assert operations.notify_overdue(today=OVERDUE, now=IN_DECEMBER) == charged


def test_a_dispute_of_one_bill_leaves_the_other_late():
    make_policy()
    october, november = two_bills()
    dispute(october, online_payment(october, 5000))

    charge(november.due_date + timedelta(days=6))

    assert [fee.statement_id for fee in LateFee.objects.all()] == [november.pk]


def test_a_bill_keeps_the_policy_under_which_it_fell_due(statement):
    make_policy(flat_minor=500)
    make_policy(flat_minor=900, starts_on=day(1))

    charge(day(60))

    assert fees() == [(1, 5812, 500)]


def test_a_fee_is_waived_once_and_what_was_paid_for_it_stays_the_customers(statement):
    make_policy()
    charge(OVERDUE)
    pay(statement, 6312, on=OVERDUE)
    fee = LateFee.objects.get()
    staff = make_staff("finance")

    with pytest.raises(ReasonMissing):
        waive(fee, reason=" ", actor=staff, waived_on=OVERDUE)
    waive(fee, reason="First time", actor=staff, waived_on=OVERDUE)
    with pytest.raises(AlreadyWaived):
        waive(fee, reason="Again", actor=staff, waived_on=OVERDUE)

    assert (fee.state, fee.waived_by, fee.waive_reason) == ("waived", staff.email, "First time")
    assert standing(statement) == -500
    assert JournalEntry.objects.get(source_key=f"late:{statement.pk}:1:waive").reverses_id
    assert AuditEvent.objects.get(action="late_fee.waive").detail["reason"] == "First time"
    assert (
        "You need not pay the late fee of $5.00." in Notice.objects.get(kind="late_fee.waived").body
    )
    assert violations() == {}


def test_the_fee_of_a_cancelled_bill_is_taken_back_the_next_morning(statement):
    make_policy()
    charge(OVERDUE)
    cancel(statement, reason="Wrong meter", actor=None, cancelled_at=IN_DECEMBER)
    before = standing(statement)

    taken = waive_of_cancelled(today=day(30)), waive_of_cancelled(today=day(31))

    assert (before, taken, standing(statement)) == (500, (1, 0), 0)
    assert LateFee.objects.get().state == LateFee.State.WAIVED
    assert violations() == {}


def test_a_waived_fee_is_not_charged_again(statement):
    make_policy()
    charge(OVERDUE)
    waive(LateFee.objects.get(), reason="First time", actor=None, waived_on=OVERDUE)

    assert charge(day(90)) == 0
    assert standing(statement) == 5812


@pytest.mark.parametrize("change", [{"amount_minor": 1}, {"open_minor": 1}, {"step": 9}])
def test_the_database_refuses_to_edit_a_fee_or_a_policy(statement, change):
    make_policy()
    charge(OVERDUE)

    for rows, changes in ((LateFee.objects, change), (LateFeePolicy.objects, {"flat_minor": 1})):
        with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
            rows.update(**changes)
        with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
            rows.all().delete()


@pytest.mark.parametrize("number", [1, 4])
def test_the_number_of_queries_does_not_grow(number, django_assert_max_num_queries):
    make_policy()
    services = [make_home(FLAT) for _ in range(number)]
    for service in services:
        read_steadily(service.channel, OCTOBER)
    bill(services[0])

    with django_assert_max_num_queries(52):
        assert charge(OVERDUE) == number


def version(**changes):
    values = {
        "starts_on": date(2027, 1, 1),
        "grace_days": 5,
        "flat_minor": 500,
        "actor": None,
        "today": date(2026, 12, 1),
    }
    return add_policy(**{**values, **changes})


def test_each_change_is_a_new_version():
    first = version(percent=Decimal("1.5"), cap_minor=900)
    second = version(starts_on=date(2027, 2, 1), flat_minor=600)

    assert [(p.version, p.currency, p.flat_minor) for p in (first, second)] == [
        (1, "USD", 500),
        (2, "USD", 600),
    ]
    said = AuditEvent.objects.filter(action="late_fee_policy.add").order_by("pk")
    assert [event.detail["version"] for event in said] == [1, 2]


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("starts_on", {"starts_on": date(2026, 11, 30)}),
        ("starts_on", {"starts_on": date(2026, 12, 24)}),
        ("percent", {"percent": Decimal(101)}),
        ("percent", {"percent": Decimal(-1)}),
        ("flat_minor", {"flat_minor": -1}),
        ("tolerance_minor", {"tolerance_minor": -1}),
        ("cap_minor", {"cap_minor": 0}),
        ("steps", {"steps": 0}),
        ("days_between_steps", {"steps": 2, "days_between_steps": 0}),
    ],
)
def test_a_wrong_version_names_its_field(field, changes):
    version(starts_on=date(2026, 12, 24))

    with pytest.raises(ValidationError) as refused:
        version(**changes)

    assert field in refused.value.message_dict
    assert LateFeePolicy.objects.count() == 1


def command(*arguments):
    out = StringIO()
    call_command("charge_late_fees", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_the_command_shows_and_charges(statement, monkeypatch):
    make_policy()
    monkeypatch.setattr("core.clock.now", lambda: IN_DECEMBER)  # 5 December

    assert command("--dry-run") == [
        f"{statement.number} step 1: 5.00 USD of 58.12, policy 1",
        "1 late fees are due; nothing is charged",
    ]
    assert command("--as-of", "2026-12-01") == ["0 late fees charged"]
    assert command() == ["1 late fees charged"]
    assert command() == ["0 late fees charged"]
    with pytest.raises(CommandError, match="has not come yet"):
        command("--as-of", "2026-12-06")


def test_the_command_names_closed_books(statement, monkeypatch):
    make_policy()
    monkeypatch.setattr("core.clock.now", lambda: IN_DECEMBER)
    ledger.close_period(IN_DECEMBER.date(), actor="finance")

    with pytest.raises(CommandError, match="are closed"):
        command()
    assert LateFee.objects.count() == 0


@pytest.mark.parametrize(
    ("grace", "moment", "charged"),
    [
        (5, "2026-12-02T04:59:59+00:00", 0),  # still 1 December in New York
        (5, "2026-12-02T05:00:00+00:00", 1),
        (108, "2027-03-15T03:59:59+00:00", 0),  # the end of the day on which the clocks go on
        (108, "2027-03-15T04:00:00+00:00", 1),
        (460, "2028-03-01T04:59:59+00:00", 0),  # the end of the leap day
        (460, "2028-03-01T05:00:00+00:00", 1),
    ],
)
def test_the_daily_task_uses_the_day_of_the_utility(statement, monkeypatch, grace, moment, charged):
    make_policy(grace_days=grace)
    monkeypatch.setattr("core.clock.now", lambda: datetime.fromisoformat(moment))

    tasks.charge_late_fees()

    assert LateFee.objects.count() == charged


def test_the_oldest_bill_comes_first_and_says_what_is_late():
    october, november = two_bills()

    late = past_due([october.account_id], today=date(2027, 2, 1), at=later())

    assert [(each.statement.pk, each.late_minor) for each in late] == [
        (october.pk, october.total_minor),
        (november.pk, november.total_minor),
    ]


def next_bill(between):
    """Bill October, let something happen in November, bill November, and return both."""
    service = make_home(FLAT)
    read_steadily(service.channel, OCTOBER)
    october = bill(service)
    between(october)
    read_steadily(service.channel, NOVEMBER)
    return october, bill(service, "2026-11", as_of=IN_DECEMBER)


def summary(statement):
    return statement.previous_minor, statement.fees_minor, statement.payments_minor


def fined(statement):
    make_policy()
    charge(OVERDUE)


def test_the_next_bill_shows_fees_and_payments_apart():
    def fined_and_paid(statement):
        fined(statement)
        pay(statement, 5812, on=OVERDUE)

    _, november = next_bill(fined_and_paid)

    assert summary(november) == (5812, 500, -5812)
    assert november.amount_due_minor == 500 + november.total_minor
    rows = re.findall(
        r'<th scope="row">([^<]+)</th><td class="num">(.*?)</td>', to_html(november, "en")
    )
    told = [(words, re.sub(r"<[^>]+>", "", shown)) for words, shown in rows]
    assert ("Late fees since the last bill", "$5.00") in told
    assert ("Payments and credits – thank you", "-$58.12") in told


def test_a_fee_that_was_waived_before_the_bill_is_not_on_it():
    def fined_and_waived(statement):
        fined(statement)
        waive(LateFee.objects.get(), reason="First time", actor=None, waived_on=OVERDUE)

    _, november = next_bill(fined_and_waived)

    assert summary(november) == (5812, 0, 0)
    assert "Late fees" not in to_html(november, "en")


def test_a_fee_is_shown_once_and_taken_back_on_the_bill_after_its_waiver():
    october, november = next_bill(fined)
    waive(LateFee.objects.get(), reason="Sorry", actor=None, waived_on=IN_DECEMBER.date())
    channel = Channel.objects.get(
        meter__installations__usage_point__agreements__account=october.account
    )
    read_steadily(channel, local_month(2026, 12, ZONE))
    run_month("2026-12", as_of=IN_DECEMBER + timedelta(days=31))
    december = Statement.objects.get(run__month="2026-12")

    assert [summary(s)[1] for s in (october, november, december)] == [0, 500, -500]
    assert december.previous_minor == november.amount_due_minor
    assert december.amount_due_minor == december.previous_minor - 500 + december.total_minor
    assert "Late fees taken back" in to_html(december, "en")
    assert [content_digest(s) == s.content_digest for s in (october, november, december)] == [
        True
    ] * 3


def test_the_digest_of_a_bill_from_before_there_were_fees_stays(statement):
    with_fees = content_digest(statement)
    statement.fees_minor = None

    assert content_digest(statement) != with_fees
    said = (
        f"{statement.number}|{statement.account_id}|USD|{statement.starts_at.isoformat()}|"
        f"{statement.ends_at.isoformat()}|{statement.net_minor}|{statement.tax_minor}|"
        f"{statement.total_minor}|0|0|5812|{statement.issue_date}|{statement.due_date}|"
        f"{statement.input_digest}|{statement.lines_digest}"
    )
    assert content_digest(statement) == hashlib.sha256(said.encode()).hexdigest()


def test_the_fees_of_an_issued_bill_are_frozen(statement):
    with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
        Statement.objects.filter(pk=statement.pk).update(fees_minor=1)
