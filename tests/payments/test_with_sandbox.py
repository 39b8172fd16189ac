"""The whole way with the library, the wire and the sandbox's own books as a second witness."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from core import clock
from core.failpoints import FailpointHit
from ledger.models import Posting
from payments.models import Payment, PaymentAttempt, PaymentCase, SuspenseItem
from payments.operations import look, submit, withdraw
from tests.ledger.books import settle_deferred, violations
from tests.payments.paying import NOW, begin, open_page, stands
from tests.sandbox.running import KEY, start
from tests.statements.factories import FLAT, make_bill, make_world

pytestmark = pytest.mark.django_db
CREATE = "POST /v1/checkout/sessions"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    process = start(tmp_path_factory.mktemp("sandbox"))
    yield process
    process.stop()


@pytest.fixture
def sandbox(running, settings):
    settings.STRIPE_SECRET_KEY = KEY
    settings.STRIPE_API_BASE = settings.STRIPE_CHECKOUT_ORIGIN = running.url
    running.faults([])
    make_world()
    yield running
    settle_deferred()
    assert violations() == {}


@pytest.fixture
def statement(sandbox):
    return make_bill(FLAT)  # 58.12


def looked_at(attempt) -> PaymentAttempt:
    look.look(attempt, now=NOW, cause="janitor")
    attempt.refresh_from_db()
    return attempt


def theirs(sandbox, attempt, kind="payment_intents") -> list[dict]:
    """Return what the sandbox's books hold about an attempt."""
    uid = str(attempt.uid)
    return [each for each in sandbox.books()[kind] if each["metadata"].get("attempt") == uid]


def clearing(sandbox, attempt) -> tuple[int, int]:
    """Return what a payment left at the provider: by its books, and by ours."""
    [intent] = theirs(sandbox, attempt)
    moved = sandbox.books()["balance_transactions"]
    at_provider = sum(m["net"] for m in moved if m["source"] == intent["latest_charge"])
    ours = Posting.objects.filter(account__kind="stripe_clearing")
    return at_provider, sum(ours.values_list("amount", flat=True))


def test_a_card_is_declined_then_pays_and_both_books_agree(statement, sandbox):
    attempt = open_page(statement)
    sandbox.pay(attempt.session_id, card="4000000000000002")
    assert looked_at(attempt).state == "open"
    assert attempt.failure_code

    sandbox.pay(attempt.session_id)

    assert (looked_at(attempt).state, stands(statement)) == ("succeeded", 0)
    at_provider, ours = clearing(sandbox, attempt)
    assert at_provider == ours > 0


def test_a_bank_debit_takes_days_and_succeeds(statement, sandbox):
    attempt = open_page(statement, method="bank_debit")
    sandbox.pay(attempt.session_id, account="000123456789")
    assert looked_at(attempt).state == "processing"

    sandbox.settle(payment_intent=attempt.intent_id)

    assert (looked_at(attempt).state, stands(statement)) == ("succeeded", 0)
    assert Payment.objects.get().instrument.endswith("6789")


def test_a_bank_debit_takes_days_and_fails(statement, sandbox):
    attempt = open_page(statement, method="bank_debit")
    sandbox.pay(attempt.session_id, account="000111111116")
    assert looked_at(attempt).state == "processing"

    sandbox.settle(payment_intent=attempt.intent_id)

    assert (looked_at(attempt).state, stands(statement)) == ("failed", 5812)
    assert attempt.failure_code == "no_account"


@pytest.mark.parametrize(
    ("kind", "healed"),
    [
        ("error_before", "open"),
        ("reset_before", "open"),
        ("rate_limit", "open"),
        ("reset", "open"),
        ("garbage", "open"),
        ("wrong_body", "open"),
        ("error_after", "unknown"),  # remembered by the provider: the search finds it later
    ],
)
def test_a_lost_answer_never_makes_a_second_page(statement, sandbox, kind, healed):
    sandbox.faults([{"where": CREATE, "kind": kind}])
    attempt = open_page(statement)
    assert attempt.state == "unknown"

    sandbox.faults([])
    attempt = submit.submit(attempt, now=NOW)

    assert attempt.state == healed
    assert len(theirs(sandbox, attempt, "sessions")) == 1


@pytest.mark.parametrize("place", ["after_intent_commit", "after_provider", "before_record"])
def test_a_crash_never_makes_a_second_page(statement, sandbox, settings, place):
    attempt = begin(statement)
    settings.FAILPOINTS = f"pay.{place}=raise"
    with pytest.raises(FailpointHit):
        submit.submit(attempt, now=NOW)
    settings.FAILPOINTS = ""

    with time_machine.travel(clock.real_now() + timedelta(seconds=61)):
        attempt = submit.submit(attempt, now=NOW)

    assert attempt.state == "open"
    assert len(theirs(sandbox, attempt, "sessions")) == 1


def test_another_amount_than_asked(statement, sandbox):
    attempt = open_page(statement)
    sandbox.faults([{"where": "payment", "kind": "partial_amount"}])
    sandbox.pay(attempt.session_id)

    assert looked_at(attempt).state == "succeeded"
    assert attempt.received_minor < 5812
    assert stands(statement) == 5812 - attempt.received_minor
    assert PaymentCase.objects.get().kind == "amount_mismatch"
    assert len(set(clearing(sandbox, attempt))) == 1


def test_another_currency_than_asked(statement, sandbox):
    attempt = open_page(statement)
    sandbox.faults([{"where": "payment", "kind": "other_currency"}])
    sandbox.pay(attempt.session_id)

    assert (looked_at(attempt).failure_code, stands(statement)) == ("currency_mismatch", 5812)
    assert SuspenseItem.objects.get().currency != "USD"
    assert len(set(clearing(sandbox, attempt))) == 1


def test_a_page_is_closed_at_the_provider(statement, sandbox):
    attempt = withdraw.withdraw(open_page(statement), now=NOW, cause="ada")

    assert attempt.state == "cancelled"
    [page] = theirs(sandbox, attempt, "sessions")
    assert page["status"] == "expired"


def test_who_pays_before_the_page_is_closed_has_paid(statement, sandbox):
    attempt = open_page(statement)
    sandbox.pay(attempt.session_id)

    attempt = withdraw.withdraw(attempt, now=NOW, cause="settled elsewhere")

    assert (attempt.state, stands(statement)) == ("succeeded", 0)
