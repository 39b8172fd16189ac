"""Beginning to pay: one attempt for one thing, its parameters frozen, its page made once."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction

from accounts.models import AuditEvent
from core import clock
from core.failpoints import FailpointHit
from payments import operations, queries, references
from payments.gateway import Refused, Unanswered
from payments.models import LIVE, Payment, PaymentAttempt
from payments.operations import attempts, look, receive, submit, withdraw
from payments.operations.attempts import (
    AboveLimit,
    BelowMinimum,
    FormReused,
    MethodOff,
    NotPayable,
    Offline,
    UnderWay,
)
from payments.providers.stripe.errors import KEY_REFUSED
from statements.operations.cancel import cancel
from tests.accounts.factories import make_account, make_user
from tests.payments.paying import NOW, begin, open_page, stands, steps
from tests.statements.factories import FLAT, make_bill, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world():
    make_world()


@pytest.fixture
def statement():
    return make_bill(FLAT)  # 58.12


def pay_in_cash(statement, amount_minor=5812):
    return operations.record_counter_payment(
        statement.account,
        amount_minor=amount_minor,
        reference=f"R-{uuid.uuid4().hex[:8]}",
        received_on=date(2026, 11, 10),
        actor=None,
    )


# --- what is begun


def test_an_attempt_reserves_and_freezes_what_the_provider_is_asked(statement, provider):
    user = make_user("ada@example.com")

    attempt = begin(statement, user=user)

    assert attempt.state == "created"
    assert attempt.target == f"stmt:{statement.pk}"
    assert attempt.idempotency_key == f"development:{attempt.uid}:session:1"
    assert references.clean(attempt.reference.lower().replace("-", " ")) == attempt.reference
    assert steps(attempt) == [("created", "begun")]
    assert provider.calls == []  # nobody was called
    stands_at = queries.standing(statement.account)
    assert (stands_at.balance, stands_at.reserved, stands_at.payable) == (5812, 5812, 0)
    assert AuditEvent.objects.get(action="payment.begin").actor == user
    asked = attempt.parameters
    metadata = {
        "attempt": str(attempt.uid),
        "account": statement.account.number,
        "reference": attempt.reference,
        "statement": str(statement.pk),
        "environment": "development",
    }
    assert asked["metadata"] == asked["payment_intent_data"]["metadata"] == metadata
    assert asked["line_items"] == [
        {
            "quantity": 1,
            "price_data": {
                "currency": "usd",
                "unit_amount": 5812,
                "product_data": {"name": f"Bill {statement.number}"},
            },
        }
    ]
    assert asked["allowed_payment_method_types"] == ["card"]
    assert asked["customer_email"] == "ada@example.com"
    assert asked["success_url"] == f"http://localhost:8000/pay/{attempt.reference}/"
    assert asked["cancel_url"] == asked["success_url"] + "?back=1"


def test_a_bank_debit_goes_by_the_debit_of_the_currency(statement, provider):
    attempt = begin(statement, method="bank_debit")

    assert attempt.parameters["allowed_payment_method_types"] == ["us_bank_account"]


def test_a_reference_is_read_back_however_it_is_typed_and_never_wrongly():
    reference = references.new_reference()
    body = reference.replace("-", "")

    assert len(reference) == 12
    assert references.clean(f" {body.lower()} ") == reference
    for place in range(10):
        for letter in references.ALPHABET.replace(body[place], ""):
            assert references.clean(body[:place] + letter + body[place + 1 :]) == ""


# --- what is not begun


def test_without_a_provider_nobody_pays_online(statement):
    with pytest.raises(Offline):
        begin(statement)


@pytest.mark.parametrize("method", ["cash", "bank_transfer", "bitcoin", ""])
def test_only_offered_methods_are_taken(statement, provider, method):
    with pytest.raises(MethodOff):
        begin(statement, method=method)


def test_a_method_can_be_switched_off(statement, provider, settings):
    settings.STRIPE_METHODS = ["card"]
    with pytest.raises(MethodOff):
        begin(statement, method="bank_debit")


@pytest.mark.parametrize("currency", ["GBP", "KWD"])
def test_no_debit_in_other_currencies_and_no_thousandths(provider, currency):
    account = make_account(currency=currency)
    method = "bank_debit" if currency == "GBP" else "card"
    with pytest.raises(MethodOff):
        attempts.begin(account, **(PAY | {"amount_minor": 5000, "method": method}))


PAY = {
    "statement": None,
    "method": "card",
    "user": None,
    "language": "en",
    "now": NOW,
    "form_token": uuid.UUID(int=1),
}


@pytest.mark.parametrize("amount", [49, 0, -5812])
def test_below_the_minimum_nothing_is_begun(statement, provider, amount):
    with pytest.raises(BelowMinimum) as refusal:
        begin(statement, amount)

    assert refusal.value.minimum_minor == queries.minimum("USD") == 50
    assert begin(statement, 50).amount_minor == 50


def test_a_rest_below_the_minimum_is_carried_forward(statement, provider):
    pay_in_cash(statement, 5812 - 49)

    with pytest.raises(BelowMinimum):
        begin(statement, 49)
    assert begin(statement, 50).amount_minor == 50  # who insists leaves a cent as credit


def test_nobody_pays_a_hundred_times_the_bill_by_a_slip(statement, provider):
    with pytest.raises(AboveLimit) as refusal:
        begin(statement, 1_000_01)
    assert refusal.value.limit_minor == 1_000_00  # 2000 times the minimum

    assert begin(statement, 1_000_00).state == "created"


def test_the_limit_grows_with_the_bill_and_ends_at_the_provider_s():
    assert attempts.most_at_once(0, "USD") == 1_000_00
    assert attempts.most_at_once(500_00, "USD") == 5_000_00
    assert attempts.most_at_once(50_000_000, "USD") == 99_999_999
    assert attempts.most_at_once(0, "JPY") == 100_000


def test_a_paid_bill_is_not_payable(statement, provider):
    pay_in_cash(statement)

    with pytest.raises(NotPayable):
        begin(statement)


def test_a_cancelled_bill_is_not_payable(statement, provider):
    cancel(statement, reason="Wrong meter", actor=None, cancelled_at=NOW)

    with pytest.raises(NotPayable):
        begin(statement)


def test_another_account_s_bill_is_not_payable(statement, provider):
    with pytest.raises(NotPayable):
        attempts.begin(
            make_account(),
            amount_minor=5812,
            **(PAY | {"statement": statement}),
        )
    assert not PaymentAttempt.objects.exists()


# --- the balance, and in advance


def test_who_owes_nothing_may_pay_in_advance(provider):
    account = make_account()

    attempt = attempts.begin(account, amount_minor=20_00, **PAY)
    opened = submit.submit(attempt, now=NOW)

    assert (attempt.target, opened.state) == (f"adv:{account.pk}", "open")
    assert opened.parameters["line_items"][0]["price_data"]["product_data"] == {
        "name": "Account balance"
    }


def test_the_whole_balance_is_one_target(statement, provider):
    attempt = attempts.begin(statement.account, amount_minor=5812, **PAY)
    assert attempt.target == f"acct:{statement.account_id}"

    with pytest.raises(UnderWay) as other:
        begin(statement)  # the bill is in that balance
    assert other.value.attempt == attempt


# --- twice


def test_a_double_click_is_one_attempt(statement, provider):
    token = uuid.uuid4()

    assert begin(statement, form_token=token) == begin(statement, form_token=token)
    assert PaymentAttempt.objects.count() == 1


@pytest.mark.parametrize("change", [{"amount_minor": 100}, {"method": "bank_debit"}])
def test_a_form_is_not_sent_again_with_other_values(statement, provider, change):
    token = uuid.uuid4()
    begin(statement, form_token=token)

    with pytest.raises(FormReused):
        begin(statement, **{"amount_minor": 5812, **change}, form_token=token)


def test_a_form_is_not_sent_again_by_somebody_else_or_for_another_account(statement, provider):
    token = uuid.uuid4()
    begin(statement, form_token=token)

    with pytest.raises(FormReused):
        begin(statement, form_token=token, user=make_user())
    with pytest.raises(FormReused):
        attempts.begin(make_account(), amount_minor=5812, **(PAY | {"form_token": token}))


def test_two_tabs_are_one_attempt_and_one_clear_answer(statement, provider):
    first = begin(statement)

    with pytest.raises(UnderWay) as second:
        begin(statement)
    assert second.value.attempt == first


def test_with_the_first_look_switched_off_the_index_still_holds(statement, provider, monkeypatch):
    first = begin(statement)
    monkeypatch.setattr(attempts, "_refuse_live", lambda attempt: None)
    monkeypatch.setattr(attempts.queries, "standing", lambda *a, **k: FREE)

    with pytest.raises(UnderWay) as second:
        begin(statement)
    assert second.value.attempt == first


FREE = queries.Standing(5812, 0, 0, 0, 5812, 0)


@pytest.mark.parametrize("state", [state for state in PaymentAttempt.State if state in LIVE])
def test_every_live_state_holds_the_target(statement, provider, state):
    attempt = begin(statement)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(state=state)

    with pytest.raises(UnderWay):
        begin(statement)


@pytest.mark.parametrize("state", ["failed", "expired", "cancelled", "abandoned"])
def test_every_ended_state_frees_it(statement, provider, state):
    attempt = begin(statement)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(state=state)

    assert begin(statement).pk != attempt.pk


# --- frozen


@pytest.mark.parametrize(
    "change",
    [
        {"amount_minor": 1},
        {"parameters": {}},
        {"idempotency_key": "other"},
        {"target": "stmt:0"},
        {"currency": "EUR"},
        {"method": "cash"},
    ],
    ids=str,
)
def test_the_database_keeps_what_was_asked(statement, provider, change):
    attempt = begin(statement)

    with pytest.raises(DatabaseError), transaction.atomic():
        PaymentAttempt.objects.filter(pk=attempt.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        attempt.delete()


def test_other_parameters_never_go_out_under_the_same_key(statement, provider, monkeypatch):
    attempt = begin(statement)
    monkeypatch.setattr(submit, "digest", lambda parameters: "0" * 64)

    with pytest.raises(submit.ParametersChanged):
        submit.submit(attempt, now=NOW)
    assert provider.calls == []


def test_the_key_is_not_used_when_the_provider_may_have_forgotten_it(statement, provider):
    attempt = begin(statement)
    provider.fail_next("create_session")
    submit.submit(attempt, now=NOW)

    later = clock.real_now() + timedelta(hours=23, minutes=1)
    with time_machine.travel(later), pytest.raises(submit.KeyTooOld):
        submit.submit(attempt, now=NOW)
    assert provider.calls == ["create_session"]


# --- sent


def test_an_attempt_is_sent_once_and_opens(statement, provider):
    attempt = open_page(statement)

    assert submit.submit(attempt, now=NOW) == attempt
    assert provider.calls == ["create_session"]
    assert attempt.session_url == provider.sessions[attempt.session_id].url
    assert [state for state, _ in steps(attempt)] == ["created", "submitting", "open"]
    assert (attempt.lease_owner, attempt.attempts) == ("", 1)


def test_paid_by_cash_a_second_ago(statement, provider):
    attempt = begin(statement)
    pay_in_cash(statement)

    attempt = submit.submit(attempt, now=NOW)

    assert attempt.state == "cancelled"
    assert steps(attempt)[-1] == ("cancelled", "settled elsewhere")
    assert provider.calls == []


def test_no_answer_is_unknown_and_never_failed(statement, provider):
    attempt = begin(statement)
    provider.fail_next("create_session", after=True)

    attempt = submit.submit(attempt, now=NOW)
    assert (attempt.state, attempt.due_at is not None) == ("unknown", True)
    with pytest.raises(UnderWay):
        begin(statement)  # so that nobody pays twice

    attempt = submit.submit(attempt, now=NOW)
    assert (attempt.state, len(provider.sessions)) == ("open", 1)


def test_a_clear_no_has_failed_with_its_code(statement, provider):
    attempt = begin(statement)
    provider.fail_next("create_session", Refused("no", "amount_too_small"))

    attempt = submit.submit(attempt, now=NOW)

    assert (attempt.state, attempt.failure_code) == ("failed", "amount_too_small")
    assert attempt.due_at is None
    assert begin(statement).state == "created"


def test_a_refused_key_of_ours_says_nothing_about_a_page_that_may_exist(statement, provider):
    attempt = begin(statement)
    provider.fail_next("create_session", after=True)
    submit.submit(attempt, now=NOW)
    provider.fail_next("create_session", Refused("who are you", KEY_REFUSED))

    assert submit.submit(attempt, now=NOW).state == "unknown"


def test_while_one_worker_sends_it_another_does_not(statement, provider):
    attempt = begin(statement)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(
        lease_owner="somebody", lease_until=clock.real_now() + timedelta(seconds=30)
    )

    assert submit.submit(attempt, now=NOW).state == "created"
    assert provider.calls == []


def test_what_came_before_the_answer_is_not_stepped_back_from(statement, provider, monkeypatch):
    """The page is paid and the webhook applied while our own call is still on its way."""
    attempt = begin(statement)
    create = provider.create_session

    def create_and_pay(parameters, *, key):
        session = create(parameters, key=key)
        receive.apply_intent(provider.pay(session), now=NOW, cause="evt_1")
        return session

    monkeypatch.setattr(provider, "create_session", create_and_pay)
    attempt = submit.submit(attempt, now=NOW)

    assert attempt.state == "succeeded"
    assert attempt.session_id in provider.sessions
    assert stands(statement) == 0


# --- crashes: who dies leaves rows, and the repeat makes one page


@pytest.mark.parametrize("place", ["after_intent_commit", "after_provider", "before_record"])
def test_a_crash_while_sending_is_healed_by_sending_again(statement, provider, settings, place):
    attempt = begin(statement)
    settings.FAILPOINTS = f"pay.{place}=raise"
    with pytest.raises(FailpointHit):
        submit.submit(attempt, now=NOW)
    settings.FAILPOINTS = ""
    attempt.refresh_from_db()
    assert attempt.state == "submitting"
    assert submit.submit(attempt, now=NOW).state == "submitting"  # the dead one's lease holds

    with time_machine.travel(clock.real_now() + timedelta(seconds=61)):
        attempt = submit.submit(attempt, now=NOW)

    assert (attempt.state, len(provider.sessions)) == ("open", 1)


def test_a_crash_before_the_commit_leaves_nothing(statement, provider, settings):
    settings.FAILPOINTS = "pay.before_intent_commit=raise"
    with pytest.raises(FailpointHit):
        begin(statement)
    settings.FAILPOINTS = ""

    assert not PaymentAttempt.objects.exists()
    assert open_page(statement).state == "open"


# --- withdrawn


def test_the_page_is_closed_at_the_provider_first(statement, provider):
    attempt = open_page(statement)

    attempt = withdraw.withdraw(attempt, now=NOW, cause="ada@example.com")

    assert provider.sessions[attempt.session_id].status == "expired"
    assert steps(attempt)[-1] == ("cancelled", "ada@example.com")
    assert begin(statement).state == "created"


def test_what_was_paid_meanwhile_is_paid(statement, provider):
    attempt = open_page(statement)
    provider.pay(attempt.session_id)

    attempt = withdraw.withdraw(attempt, now=NOW, cause="ada")

    assert (attempt.state, stands(statement)) == ("succeeded", 0)


def test_a_debit_on_its_way_cannot_be_withdrawn(statement, provider):
    attempt = open_page(statement, method="bank_debit")
    receive.apply_intent(provider.process(attempt.session_id), now=NOW, cause="evt")

    assert withdraw.withdraw(attempt, now=NOW, cause="ada").state == "processing"


def test_without_an_answer_the_attempt_stays_open(statement, provider):
    attempt = open_page(statement)
    provider.fail_next("expire_session", after=True)

    assert withdraw.withdraw(attempt, now=NOW, cause="ada").state == "open"
    assert withdraw.withdraw(attempt, now=NOW, cause="ada").state in ("expired", "cancelled")


def test_an_attempt_that_was_never_sent_is_just_cancelled(statement, provider):
    attempt = withdraw.withdraw(begin(statement), now=NOW, cause="ada")

    assert (attempt.state, provider.calls) == ("cancelled", [])


def test_settled_elsewhere_closes_the_open_page(statement, provider):
    attempt = open_page(statement)
    assert withdraw.expire_settled(now=NOW) == 0
    pay_in_cash(statement)

    assert withdraw.expire_settled(now=NOW) == 1
    attempt.refresh_from_db()
    assert (attempt.state, provider.sessions[attempt.session_id].status) == ("cancelled", "expired")


def test_a_bill_cancelled_while_paying_closes_its_page_and_late_money_is_credit(
    statement, provider
):
    attempt = open_page(statement)
    cancel(statement, reason="Wrong meter", actor=None, cancelled_at=NOW)
    intent = provider.pay(attempt.session_id)  # a second before we close it

    assert withdraw.expire_settled(now=NOW) == 1
    attempt.refresh_from_db()
    assert (attempt.state, stands(statement)) == ("succeeded", -5812)
    assert Payment.objects.get().intent_id == intent.id


# --- looked at


def test_the_return_page_asks_at_most_once_in_three_seconds(statement, provider):
    attempt = open_page(statement)
    provider.pay(attempt.session_id)

    look.refresh(attempt, now=NOW, cause="return page")
    look.refresh(attempt, now=NOW, cause="return page")

    assert attempt.state == "succeeded"
    assert provider.calls == ["create_session", "session", "intent"]


def test_a_look_without_an_answer_changes_nothing(statement, provider):
    attempt = open_page(statement)
    provider.fail_next("session", Unanswered("lost"))

    assert look.refresh(attempt, now=NOW, cause="return page").state == "open"


def test_an_expired_page_ends_the_attempt(statement, provider):
    attempt = open_page(statement)
    provider.expire(attempt.session_id)

    assert look.refresh(attempt, now=NOW, cause="janitor").state == "expired"
