"""A customer pays: the pages from the bill to the result, and everything that may go wrong."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from accounts.models import AccountRole
from ledger.models import JournalEntry
from payments import operations
from payments.gateway import Unanswered
from payments.models import Payment, PaymentAttempt
from payments.operations import receive
from statements.operations.cancel import cancel
from tests.accounts.factories import make_account, make_user
from tests.payments.paying import open_page, stands
from tests.statements.factories import (
    FLAT,
    IN_DECEMBER,
    IN_NOVEMBER,
    NOVEMBER,
    OCTOBER,
    bill,
    make_bill,
    make_home,
    make_staff,
    make_world,
    read_steadily,
)
from tests.statements.test_pages import holder_of, words

pytestmark = pytest.mark.django_db
ORDER = re.compile(r'name="order" value="([^"]+)"')
DAY = date(2026, 11, 10)


@pytest.fixture(autouse=True)
def world(settings, monkeypatch):
    settings.STRIPE_METHODS = ["card", "bank_debit"]
    monkeypatch.setattr("core.clock.now", lambda: datetime(2026, 11, 10, 15, tzinfo=UTC))
    make_world()


@pytest.fixture
def statement():
    return make_bill(FLAT)  # 58.12


@pytest.fixture
def payer(client, statement):
    user = holder_of(statement)
    client.force_login(user)
    return user


def pay_url(statement):
    return reverse("payments:pay_bill", args=[statement.number])


def check_url(statement):
    return reverse("payments:check_bill", args=[statement.number])


def result_url(attempt):
    return reverse("payments:result", args=[attempt.reference])


def text(answer):
    return re.sub(r" (?=[.,;])", "", words(answer.content.decode()))


def check(client, statement, **chosen):
    return client.get(check_url(statement), {"choice": "all", "method": "card", **chosen})


def order_of(answer):
    return ORDER.search(answer.content.decode())[1]


def press(client, statement, order):
    return client.post(check_url(statement), {"order": order})


def start(client, statement, **chosen):
    """Go from the first page to the provider's, and return the answer of the last button."""
    return press(client, statement, order_of(check(client, statement, **chosen)))


def attempt():
    return PaymentAttempt.objects.get()


# --- the way of a payment


def test_the_first_page_offers_what_is_due_and_says_the_bounds(client, statement, payer, provider):
    said = text(client.get(pay_url(statement)))

    assert "Balance You owe $58.12" in said
    assert "The whole amount due $58.12 Another amount" in said
    assert "At least $0.50 and at most $1,000.00." in said
    assert "Bank debit It takes up to 4 business days" in said
    assert "Only what is overdue" not in said and "This bill" not in said


def test_two_bills_offer_all_the_overdue_one_and_this_one(client, monkeypatch, provider):
    service = make_home(FLAT)
    read_steadily(service.channel, OCTOBER)
    october = bill(service)
    read_steadily(service.channel, NOVEMBER)
    november = bill(service, "2026-11", as_of=IN_DECEMBER)
    monkeypatch.setattr("core.clock.now", lambda: IN_DECEMBER)
    client.force_login(holder_of(october))
    both = stands(october)

    said = text(client.get(pay_url(november)))
    checked = text(check(client, november, choice="bill"))

    assert both == 5812 + november.total_minor
    assert f"The whole amount due ${both / 100} Only what is overdue $58.12 This bill" in said
    assert f"What it pays Paid Amount Bill {november.number}" in checked
    assert "$58.12 is still to be paid after it." in checked


def test_what_is_checked_is_what_the_ledger_will_do(client, statement, payer, provider):
    said = text(check(client, statement, choice="other", amount="70.00"))

    assert "Amount $70.00 Change : Amount Method Card Change" in said
    assert "When Today, November 10, 2026" in said and "Fee None" in said
    assert f"Bill {statement.number} $58.12 Credit for your next bill $11.88" in said
    assert "Your payment $70.00" in said
    assert "Pay $70.00" in said
    assert PaymentAttempt.objects.count() == 0


def test_the_button_leads_to_the_providers_page(client, statement, payer, provider):
    answer = start(client, statement)

    made = attempt()
    assert answer.status_code == 303
    assert answer.url == made.session_url == provider.sessions[made.session_id].url
    assert (made.amount_minor, made.currency, made.method) == (5812, "USD", "card")
    assert (made.statement, made.started_by, made.language) == (statement, payer, "en")


def test_only_the_page_with_the_button_may_lead_to_the_provider(
    client, statement, payer, provider, settings
):
    settings.STRIPE_CHECKOUT_ORIGIN = "https://checkout.example"

    policies = {
        name: client.get(url).headers["Content-Security-Policy"]
        for name, url in {
            "check": check_url(statement) + "?choice=all&method=card",
            "pay": pay_url(statement),
            "bill": reverse("statements:detail", args=[statement.number]),
        }.items()
    }

    assert "form-action 'self' https://checkout.example" in policies["check"]
    assert "checkout.example" not in policies["pay"] + policies["bill"]
    assert all("unsafe" not in policy for policy in policies.values())


def test_the_result_is_told_as_soon_as_the_provider_knows_it(client, statement, payer, provider):
    start(client, statement)
    provider.pay(attempt().session_id)

    said = text(client.get(result_url(attempt())))

    assert "Thank you, your payment is here" in said
    assert f"Reference {attempt().reference}" in said
    assert "Method Visa 4242" in said
    assert f"What it paid Paid Amount Bill {statement.number} $58.12" in said
    assert "Receipt" in said
    assert stands(statement) == 0


def test_a_refused_card_is_told_plainly_and_the_page_stays_open(client, statement, payer, provider):
    start(client, statement)
    provider.decline(attempt().session_id)

    said = text(client.get(result_url(attempt())))

    assert "Not paid yet" in said
    assert "The bank declined the payment." in said
    assert "Go on to pay" in said and "Cancel this payment" in said
    assert "card_declined" not in said


def test_a_bank_debit_says_when_it_is_known_and_not_to_pay_again(
    client, statement, payer, provider
):
    start(client, statement, method="bank_debit")
    provider.process(attempt().session_id)

    said = text(client.get(result_url(attempt())))
    again = text(client.get(pay_url(statement)))

    assert "Your payment is on its way" in said
    assert "you hear from us by November 16, 2026 at the latest." in said
    assert "You need do nothing. Please do not pay again." in said
    assert "$58.12 is on its way and is not asked for again." in again
    assert "Nothing else is left to pay." in again
    assert "How much do you want to pay?" not in again


def test_a_bill_leads_to_the_payment_that_is_under_way_for_it(client, statement, payer, provider):
    bill = reverse("statements:detail", args=[statement.number])
    start(client, statement, method="bank_debit")

    begun = text(client.get(bill))
    provider.process(attempt().session_id)
    client.get(result_url(attempt()))
    going = text(client.get(bill))

    assert "Finish your payment" in begun and "Pay $58.12" not in begun
    assert "Your payment is under way" in going and "Finish your payment" not in going


def test_a_bank_debit_that_fails_says_why_and_keeps_what_was_chosen(
    client, statement, payer, provider, monkeypatch
):
    start(client, statement, method="bank_debit")
    intent = provider.process(attempt().session_id)
    receive.apply_intent(intent, now=IN_NOVEMBER, cause="test")
    receive.apply_intent(provider.fail(intent), now=IN_NOVEMBER, cause="test")

    answer = client.get(result_url(attempt()))
    again = re.search(r'id="again" href="([^"]+)"', answer.content.decode())[1]
    page = client.get(again.replace("&amp;", "&")).content.decode()

    assert "The payment did not succeed" in text(answer)
    assert "There was not enough money on the account." in text(answer)
    assert "Nothing was charged." in text(answer)
    assert 'value="58.12"' in page
    assert 'id="id_choice_other" checked' in page and 'id="id_method_bank_debit" checked' in page


def test_an_unknown_result_asks_not_to_pay_again(client, statement, payer, provider):
    provider.fail_next("create_session", Unanswered("timed out"), after=True)

    answer = start(client, statement)
    said = text(client.get(answer.url))

    assert (answer.status_code, answer.url) == (303, result_url(attempt()))
    assert "We are checking this payment" in said
    assert "Please do not pay again; we will e-mail you." in said
    assert "Cancel this payment" not in said and "failed" not in said.lower()
    assert "We are checking a payment of $58.12." in text(client.get(pay_url(statement)))


def test_who_comes_back_sees_the_result_though_another_tab_has_just_asked(
    client, statement, payer, provider
):
    start(client, statement)
    client.get(result_url(attempt()), {"since": "1"}, headers={"HX-Request": "true"})
    provider.pay(attempt().session_id)

    said = text(client.get(result_url(attempt())))

    assert "Thank you, your payment is here" in said


def test_a_cancelled_payment_charges_nothing_and_can_start_anew(client, statement, payer, provider):
    start(client, statement)

    answer = client.post(reverse("payments:cancel", args=[attempt().reference]), follow=True)

    assert "The payment is cancelled Nothing was charged." in text(answer)
    assert provider.sessions[attempt().session_id].status == "expired"
    assert start(client, statement).status_code == 303


def test_cancelling_what_was_paid_meanwhile_keeps_the_payment(client, statement, payer, provider):
    start(client, statement)
    provider.pay(attempt().session_id)

    answer = client.post(reverse("payments:cancel", args=[attempt().reference]), follow=True)

    assert "Thank you, your payment is here" in text(answer)
    assert stands(statement) == 0


def test_the_page_asks_by_itself_for_a_minute_at_most(client, statement, payer, provider, settings):
    start(client, statement)
    url = result_url(attempt())
    now = int(datetime.now(UTC).timestamp())
    ask = {"headers": {"HX-Request": "true"}}

    page = client.get(url).content.decode()
    same = client.get(url, {"since": now, "seen": "open"}, **ask)
    late = client.get(url, {"since": now - 61, "seen": "open"}, **ask)
    provider.pay(attempt().session_id)
    forget_the_last_look()
    news = client.get(url, {"since": now, "seen": "open"}, **ask)

    assert 'hx-trigger="every 3s"' in page and "htmx-2.min.js" in page and "<noscript>" in page
    assert (same.status_code, late.status_code, news.status_code) == (204, 286, 200)
    assert "we will e-mail you" in late.content.decode()
    assert "hx-get" not in late.content.decode() + news.content.decode()
    assert "<html" not in news.content.decode() and "Thank you" in news.content.decode()
    assert client.get(url, {"since": "x", "seen": "y"}, **ask).status_code in (200, 286)


def forget_the_last_look():
    from django.core.cache import cache

    cache.clear()


# --- nothing due, too little, no provider


def test_nothing_due_is_paid_in_advance(client, provider):
    account = make_account()
    client.force_login(holder_of(account))
    page = client.get(reverse("payments:pay_account", args=[account.number]))
    url = reverse("payments:check_account", args=[account.number])

    checked = client.get(url, {"choice": "other", "amount": "20", "method": "card"})
    answer = client.post(url, {"order": order_of(checked)})

    assert "Pay in advance" in text(page) and "Nothing is due now." in text(page)
    assert "Credit for your next bill $20.00" in text(checked)
    assert answer.url == attempt().session_url


def test_credit_is_shown(client, statement, payer, provider):
    pay_cash(statement, 6000)

    said = text(client.get(pay_url(statement)))

    assert "Pay in advance" in said
    assert "Nothing is due, and you have credit." in said
    assert "Balance $1.88 in credit" in said


def test_less_than_the_provider_takes_is_carried_forward(client, statement, payer, provider):
    pay_cash(statement, 5800)

    said = text(client.get(pay_url(statement)))

    assert (
        "$0.12 is less than $0.50, the least that can be paid online. "
        "It is carried forward to your next bill; you need do nothing." in said
    )
    assert "The whole amount due" not in said


def test_without_a_provider_the_page_says_how_else_to_pay(client, statement, payer, settings):
    settings.STRIPE_SECRET_KEY = ""

    page = client.get(pay_url(statement))
    button = client.get(reverse("statements:detail", args=[statement.number]))

    assert page.status_code == 200
    assert "Paying online is not possible now." in text(page)
    assert f"bring the account number {statement.account.number}" in text(page)
    assert "Pay $58.12" not in text(button)


def test_a_provider_that_was_switched_off_meanwhile_answers_calmly(
    client, statement, payer, provider, monkeypatch
):
    order = order_of(check(client, statement))
    monkeypatch.setattr("payments.gateway.gateway", lambda: None)

    answer = press(client, statement, order)

    assert answer.status_code == 503
    assert "Paying online is not possible now. Nothing was charged." in text(answer)


def test_a_method_that_is_not_offered_cannot_be_chosen(
    client, statement, payer, provider, settings
):
    settings.STRIPE_METHODS = ["card"]

    assert "Bank debit" not in text(client.get(pay_url(statement)))
    assert check(client, statement, method="bank_debit").status_code == 422
    assert check(client, statement, method="cash").status_code == 422


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"choice": ""}, "Choose an amount."),
        ({"choice": "everything"}, "This is not offered now; please choose again."),
        ({"choice": "bill"}, "This is not offered now; please choose again."),
        ({"method": ""}, "Choose how to pay."),
        ({"choice": "other"}, "Enter the amount."),
        ({"choice": "other", "amount": "twelve"}, "Enter a number."),
        ({"choice": "other", "amount": "-5"}, "At least $0.50 and at most $1,000.00."),
        ({"choice": "other", "amount": "0.49"}, "At least $0.50 and at most $1,000.00."),
        ({"choice": "other", "amount": "1000.01"}, "At least $0.50 and at most $1,000.00."),
        ({"choice": "other", "amount": "NaN"}, "Enter a number."),
        ({"choice": "other", "amount": "1e9999"}, "Another amount"),
        ({"choice": "other", "amount": "5.005"}, "This currency has no such small coins."),
        ({"choice": "other", "amount": "9" * 400}, "Another amount"),
    ],
)
def test_wrong_input_names_its_field(client, statement, payer, provider, chosen, said):
    answer = check(client, statement, **chosen)

    assert answer.status_code == 422
    assert "There is a problem" in text(answer)
    assert said in text(answer)
    assert PaymentAttempt.objects.count() == 0


# --- twice, tampered, too late


def test_a_double_click_pays_once(client, statement, payer, provider):
    order = order_of(check(client, statement))

    first, second = press(client, statement, order), press(client, statement, order)

    assert first.url == second.url == attempt().session_url
    assert provider.calls.count("create_session") == 1


def test_a_form_sent_again_while_nobody_knows_asks_the_provider_no_more(
    client, statement, payer, provider
):
    order = order_of(check(client, statement))
    provider.fail_next("create_session", Unanswered("timed out"))
    press(client, statement, order)

    answer = press(client, statement, order)

    assert answer.url == result_url(attempt())
    assert provider.calls.count("create_session") == 1


def test_the_back_button_after_paying_shows_the_result(client, statement, payer, provider):
    order = order_of(check(client, statement))
    press(client, statement, order)
    receive.apply_intent(provider.pay(attempt().session_id), now=IN_NOVEMBER, cause="test")

    answer = press(client, statement, order)

    assert (answer.status_code, answer.url) == (303, result_url(attempt()))
    assert Payment.objects.count() == 1


def test_two_tabs_pay_once_and_the_second_is_told(client, statement, payer, provider):
    first, second = order_of(check(client, statement)), order_of(check(client, statement))

    assert press(client, statement, first).url == attempt().session_url
    answer = press(client, statement, second)

    assert answer.status_code == 409
    assert "A payment of this bill is already under way" in text(answer)
    assert attempt().reference in text(answer)
    assert "Cancel it and start anew" in text(answer)


def test_two_browsers_of_two_people_pay_once(client, statement, payer, provider):
    from django.test import Client

    other = Client()
    other.force_login(holder_of(statement, AccountRole.Role.PAYER))
    mine, theirs = order_of(check(client, statement)), order_of(check(other, statement))

    press(client, statement, mine)
    answer = press(other, statement, theirs)

    assert answer.status_code == 409
    assert "A payment of this bill is already under way" in text(answer)
    assert PaymentAttempt.objects.count() == 1
    assert text(other.get(result_url(attempt()))).count("Go on to pay") == 1


def test_the_one_under_way_is_cancelled_to_start_anew(client, statement, payer, provider):
    start(client, statement, choice="other", amount="12.50")

    answer = client.post(
        reverse("payments:cancel", args=[attempt().reference]), {"anew": "1"}, follow=True
    )

    assert "The payment is cancelled. Nothing was charged." in answer.content.decode()
    assert answer.redirect_chain[-1][0].startswith(pay_url(statement))
    assert 'value="12.50"' in answer.content.decode()


def test_the_page_that_offers_less_than_is_under_way_says_so(client, statement, payer, provider):
    start(client, statement, choice="other", amount="50")

    said = text(client.get(pay_url(statement)))

    assert "Under way $50.00 Left to pay $8.12" in said
    assert "A payment of $50.00 was begun and is not finished. Finish or cancel it" in said
    assert "The whole amount due $8.12" in said


def test_what_the_browser_says_of_amounts_is_not_believed(client, statement, payer, provider):
    order = order_of(check(client, statement))

    answer = client.post(
        check_url(statement),
        {"order": order, "amount": "0.50", "amount_minor": "50", "currency": "JPY"},
    )

    assert answer.status_code == 303
    assert (attempt().amount_minor, attempt().currency) == (5812, "USD")


@pytest.mark.parametrize(
    "spoil", [lambda o: "", lambda o: "x" + o, lambda o: o[:-1], lambda o: "{}:1:2"]
)
def test_a_changed_order_pays_nothing(client, statement, payer, provider, spoil):
    answer = press(client, statement, spoil(order_of(check(client, statement))))

    assert answer.status_code == 422
    assert "This page has changed on its way. Nothing was charged." in text(answer)
    assert PaymentAttempt.objects.count() == 0


def test_an_order_is_of_one_person_account_and_bill(client, statement, payer, provider):
    other = make_bill(FLAT, account=None)
    order = order_of(check(client, statement))
    account_url = reverse("payments:check_account", args=[statement.account.number])

    in_account = client.post(account_url, {"order": order})
    client.force_login(holder_of(other))
    foreign = press(client, other, order)
    foreign_address = press(client, statement, order)
    client.force_login(holder_of(statement))
    of_somebody_else = press(client, statement, order)

    codes = [a.status_code for a in (in_account, foreign, foreign_address, of_somebody_else)]
    assert codes == [422, 422, 404, 422]
    assert PaymentAttempt.objects.count() == 0


def test_a_bill_paid_meanwhile_at_the_counter_is_not_paid_again(client, statement, payer, provider):
    order = order_of(check(client, statement))
    pay_cash(statement, 5812)

    answer = press(client, statement, order)

    assert answer.status_code == 409
    assert "What you owe has changed since you looked." in text(answer)
    assert PaymentAttempt.objects.count() == 0


def test_a_part_paid_meanwhile_shows_the_new_amount(client, statement, payer, provider):
    order = order_of(check(client, statement))
    pay_cash(statement, 5000)

    answer = press(client, statement, order)

    assert answer.status_code == 409
    assert "The whole amount due $8.12" in text(answer)


@pytest.mark.parametrize("chosen", [{}, {"choice": "other", "amount": "20"}])
def test_a_bill_cancelled_meanwhile_is_not_paid(client, statement, payer, provider, chosen):
    order = order_of(check(client, statement, **chosen))
    cancel(statement, reason="Wrong meter", actor=None, cancelled_at=IN_DECEMBER)

    answer = press(client, statement, order)

    assert answer.status_code == 409
    assert f"Bill {statement.number} is cancelled. You need not pay it." in text(answer)
    assert PaymentAttempt.objects.count() == 0


def test_money_for_a_bill_cancelled_while_it_was_paid_becomes_credit(
    client, statement, payer, provider
):
    start(client, statement)
    cancel(statement, reason="Wrong meter", actor=None, cancelled_at=IN_DECEMBER)
    provider.pay(attempt().session_id)

    said = text(client.get(result_url(attempt())))

    assert "Thank you, your payment is here" in said
    assert stands(statement) == -5812


def test_a_typed_return_address_proves_nothing(client, statement, payer, provider):
    start(client, statement)

    typed = client.get(
        result_url(attempt()), {"status": "succeeded", "session_id": "cs_x", "paid": "1"}
    )

    assert "Not paid yet" in text(typed)
    assert stands(statement) == 5812
    assert client.get(reverse("payments:result", args=["AAAA-AAAA-AA"])).status_code == 404


# --- who may


def test_strangers_sign_in_and_others_find_nothing(client, statement, provider):
    made = open_page(statement)
    payment_url = reverse("payments:payment", args=[made.reference])
    number = statement.account.number
    urls = [
        pay_url(statement),
        check_url(statement),
        reverse("payments:pay_account", args=[number]),
        reverse("payments:check_account", args=[number]),
        result_url(made),
        reverse("payments:list", args=[number]),
        reverse("payments:sheet", args=[number]),
        payment_url,
        payment_url + "receipt.pdf",
    ]

    assert [client.get(url).status_code for url in urls] == [302] * len(urls)
    for user in (make_user(), make_staff("finance"), holder_of(make_account())):
        client.force_login(user)
        assert [client.get(url).status_code for url in urls] == [404] * len(urls)
        cancelled = client.post(reverse("payments:cancel", args=[made.reference]))
        assert cancelled.status_code == 404


def test_no_page_of_paying_is_kept_by_browser_or_proxy(client, statement, payer, provider):
    start(client, statement, choice="other", amount="50")
    urls = [
        pay_url(statement),
        check_url(statement) + "?choice=other&amount=5&method=card",
        result_url(attempt()),
        reverse("payments:list", args=[statement.account.number]),
        reverse("payments:sheet", args=[statement.account.number]),
    ]

    for url in urls:
        answer = client.get(url)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_addresses_refuse_what_they_are_not_for(client, statement, payer, provider):
    made = open_page(statement)

    assert client.post(pay_url(statement)).status_code == 405
    assert client.get(reverse("payments:cancel", args=[made.reference])).status_code == 405
    assert client.get("/pay/%00/").status_code == 404


def test_the_bill_leads_to_paying_it_until_it_is_paid(client, statement, payer, provider):
    url = reverse("statements:detail", args=[statement.number])

    before = client.get(url).content.decode()
    pay_cash(statement, 5812)
    after = client.get(url).content.decode()

    assert (
        f'href="{pay_url(statement)}"><span>Pay <bdi class="money">$58.12</bdi></span></a>'
        in before
    )
    assert pay_url(statement) not in after


def test_home_leads_to_paying_and_payments(client, statement, payer):
    html = client.get(reverse("home")).content.decode()

    assert pay_url(statement) in html
    assert reverse("payments:list", args=[statement.account.number]) in html


@pytest.mark.parametrize("bills", [1, 3])
def test_the_pages_take_a_constant_number_of_queries(
    client, provider, bills, monkeypatch, django_assert_max_num_queries
):
    statement = months(bills)
    monkeypatch.setattr("core.clock.now", lambda: datetime(2027, 1, 10, tzinfo=UTC))
    client.force_login(holder_of(statement))
    client.get(pay_url(statement))

    with django_assert_max_num_queries(24):
        client.get(reverse("statements:detail", args=[statement.number]))
    with django_assert_max_num_queries(15):
        client.get(pay_url(statement))
    with django_assert_max_num_queries(15):
        order = order_of(check(client, statement))
    press(client, statement, order)
    provider.pay(attempt().session_id)
    client.get(result_url(attempt()))
    with django_assert_max_num_queries(21):  # three tell when the next bill comes
        client.get(result_url(attempt()))


def months(number):
    """Return the last of the bills of one home, one for each month from October on."""
    from core.periods import local_month
    from tests.statements.factories import ZONE

    service = make_home(FLAT)
    spans = [(2026, 10), (2026, 11), (2026, 12)][:number]
    last = None
    for year, month in spans:
        period = local_month(year, month, ZONE)
        read_steadily(service.channel, period)
        as_of = period.ends_at + timedelta(days=4)
        last = bill(service, f"{year}-{month:02d}", as_of=as_of)
    return last


def pay_cash(statement, amount_minor, reference="R-1"):
    return operations.record_counter_payment(
        statement.account,
        amount_minor=amount_minor,
        reference=reference,
        received_on=DAY,
        actor=None,
    )


def test_nothing_of_it_touches_the_books_before_money_comes(client, statement, payer, provider):
    before = JournalEntry.objects.count()

    client.get(pay_url(statement))
    start(client, statement)
    provider.decline(attempt().session_id)
    client.get(result_url(attempt()))

    assert JournalEntry.objects.count() == before
