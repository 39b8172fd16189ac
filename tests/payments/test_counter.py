"""Money over the counter: posted once, used on the oldest debt, taken back by its mirror."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from accounts.models import AuditEvent
from ledger.models import JournalEntry, Posting
from ledger.queries import balance, settlement
from payments import operations
from payments.models import Method, Payment
from statements import entries
from tests.accounts.factories import make_user
from tests.payments.returning import paid
from tests.statements.factories import FLAT, make_bill, make_staff, make_world

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 10)


@pytest.fixture(autouse=True)
def world():
    make_world()


@pytest.fixture
def statement():
    return make_bill(FLAT)  # 58.12


def pay(statement, amount_minor=5812, reference="R-1", **changes):
    values = {"received_on": TODAY, "actor": None, **changes}
    return operations.record_counter_payment(
        statement.account, amount_minor=amount_minor, reference=reference, **values
    )


def paid_state(statement):
    key = entries.issue_key(statement.pk)
    return settlement([key])[key].state


def standing(statement):
    return balance(statement.account_id, "USD").balance


def test_a_payment_is_posted_and_pays_the_bill(statement):
    payment = pay(statement)

    entry = JournalEntry.objects.get(source_key=f"rcpt:{payment.pk}")
    legs = entry.postings.values_list("account__kind", "account__code", "amount")
    assert sorted(legs) == [("cash_drawer", "main", 5812), ("receivable", "", -5812)]
    assert standing(statement) == 0
    assert paid_state(statement) == "settled"
    assert AuditEvent.objects.filter(action="payment.record").count() == 1


def test_paying_more_leaves_credit(statement):
    pay(statement, 6000)

    assert standing(statement) == -188


def test_the_same_receipt_again_posts_nothing(statement):
    first = pay(statement)

    assert pay(statement) == first
    assert JournalEntry.objects.filter(event_type="payment.received").count() == 1


def test_a_receipt_number_belongs_to_one_payment(statement):
    pay(statement)

    with pytest.raises(operations.ReceiptTaken):
        pay(statement, 100)
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_is_no_payment(statement, amount):
    with pytest.raises(operations.BadAmount):
        pay(statement, amount)


def test_a_reversal_opens_the_bill_again(statement):
    payment = pay(statement)

    operations.reverse_counter_payment(
        payment, reason="Wrong account", reversed_on=TODAY, actor=None
    )

    assert payment.state == Payment.State.REVERSED
    assert standing(statement) == 5812
    assert paid_state(statement) == "open"
    assert sum(Posting.objects.values_list("amount", flat=True)) == 0


def test_a_payment_is_reversed_once_and_with_a_reason(statement):
    payment = pay(statement)
    with pytest.raises(operations.ReasonMissing):
        operations.reverse_counter_payment(payment, reason=" ", reversed_on=TODAY, actor=None)
    operations.reverse_counter_payment(payment, reason="Twice", reversed_on=TODAY, actor=None)

    with pytest.raises(operations.NotReversible):
        operations.reverse_counter_payment(payment, reason="Twice", reversed_on=TODAY, actor=None)
    assert standing(statement) == 5812


@pytest.mark.parametrize("change", [{"amount_minor": 1}, {"reference": "R-2"}, {"currency": "EUR"}])
def test_the_database_refuses_to_edit_a_payment(statement, change):
    payment = pay(statement)

    with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(**change)
    with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).delete()


def typed(statement, **changes):
    return {"number": statement.account.number, "amount": "58.12", "reference": "R-7", **changes}


def test_the_cashier_sees_what_will_be_posted_before_it_is(client, statement):
    client.force_login(make_staff("cashier"))
    url = reverse("payments:counter")

    asked = client.post(url, typed(statement))
    assert Payment.objects.count() == 0
    assert "Nothing to pay" in asked.content.decode()
    done = client.post(url, typed(statement, confirmed="1"), follow=True)

    assert done.redirect_chain[-1][0] == reverse("payments:receipt", args=["R-7"])
    assert "The payment is recorded." in done.content.decode()
    client.post(url, typed(statement, confirmed="1"))
    assert standing(statement) == 0


def test_a_receipt_number_that_was_used_is_said_before_anything_is_confirmed(client, statement):
    client.force_login(make_staff("cashier"))
    url = reverse("payments:counter")
    client.post(url, typed(statement, confirmed="1"))

    again = client.post(url, typed(statement))
    client.post(reverse("payments:reverse", args=["R-7"]), {"reason": "wrong account"})
    after = client.post(url, typed(statement, confirmed="1"))

    assert again.status_code == after.status_code == 422
    assert "This receipt is recorded already." in again.content.decode()
    assert "This receipt was reversed. Enter another number." in after.content.decode()
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"number": "0000000000"}, "There is no account with this number."),
        ({"amount": "0"}, "greater than or equal to"),
        ({"amount": "1.005"}, "This currency has no such small coins."),
        ({"amount": "twelve"}, "Enter a number."),
        ({"reference": ".."}, "Use letters, digits, dots and dashes."),
        ({"reference": "a/b"}, "Use letters, digits, dots and dashes."),
    ],
)
def test_wrong_input_names_its_field(client, statement, changes, said):
    client.force_login(make_staff("cashier"))

    answer = client.post(reverse("payments:counter"), typed(statement, **changes))

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Payment.objects.count() == 0


def test_the_cashier_takes_a_mistake_back_with_a_reason(client, statement):
    payment = pay(statement)
    client.force_login(make_staff("cashier"))
    url = reverse("payments:reverse", args=[payment.reference])

    assert client.post(url, {"reason": ""}).status_code == 422
    page = client.post(url, {"reason": "Wrong account"}, follow=True)

    assert "Reversed" in page.content.decode()
    assert standing(statement) == 5812


def test_only_cashiers_and_finance_find_the_counter(client, statement):
    payment = pay(statement)
    urls = [
        reverse("payments:counter"),
        reverse("payments:receipt", args=[payment.reference]),
        reverse("payments:reverse", args=[payment.reference]),
    ]

    assert [client.get(url).status_code for url in urls] == [302] * 3
    for user in (make_user(), make_staff(), make_staff("billing_manager")):
        client.force_login(user)
        assert [client.get(url).status_code for url in urls] == [404] * 3
    client.force_login(make_staff("finance"))
    assert [client.get(url).status_code for url in urls] == [200] * 3


def test_a_bank_transfer_lies_at_the_bank_and_in_no_drawer(statement):
    payment = pay(statement, method=Method.BANK_TRANSFER)

    entry = JournalEntry.objects.get(source_key=f"rcpt:{payment.pk}")
    legs = entry.postings.values_list("account__kind", "account__code", "amount")
    assert sorted(legs) == [("bank", "", 5812), ("receivable", "", -5812)]
    assert (payment.method, payment.drawer) == ("bank_transfer", "")
    assert pay(statement, method=Method.BANK_TRANSFER) == payment
    with pytest.raises(operations.ReceiptTaken):
        pay(statement)


def test_the_cashier_says_how_the_money_came(client, statement):
    client.force_login(make_staff("cashier"))
    url = reverse("payments:counter")

    asked = client.post(url, typed(statement, method="bank_transfer"))
    assert "Bank transfer" in asked.content.decode()
    client.post(url, typed(statement, method="bank_transfer", confirmed="1"))

    assert Payment.objects.get().method == "bank_transfer"
    assert client.post(url, typed(statement, method="card", reference="R-8")).status_code == 422


def test_an_online_payment_is_not_reversed_at_the_counter(client, statement, provider):
    payment = paid(statement, provider)
    client.force_login(make_staff("cashier"))

    for name in ("receipt", "reverse"):
        url = reverse(f"payments:{name}", args=[payment.reference])
        assert client.get(url).status_code == 404
    with pytest.raises(operations.NotReversible):
        operations.reverse_counter_payment(payment, reason="x", reversed_on=TODAY, actor=None)
