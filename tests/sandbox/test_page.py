"""The hosted page, by plain forms and by a browser without JavaScript."""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request

import pytest

CARD = {"card": "4242 4242 4242 4242", "expiry": "12/34", "cvc": "123", "with": "card"}
BANK = {"routing": "110000000", "account": "000123456789", "with": "us_bank_account"}
PERSON = {"email": "ana@example.org", "name": "Ana Ruiz"}


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


def ask(url, fields=None):
    data = urllib.parse.urlencode(fields).encode() if fields is not None else None
    try:
        return urllib.request.build_opener(_Stay).open(url, data, timeout=10)
    except urllib.error.HTTPError as answer:
        return answer


def said(answer):
    return re.sub(r"\s+", " ", answer.read().decode())


def test_the_page_says_what_is_paid_and_that_it_is_no_money(shop):
    answer = ask(shop.session().url)
    page = said(answer)

    assert "Sandbox." in page and "No money moves here" in page
    assert "Pay Meterbook" in page and "$123.45" in page and "Statement 2026-000123" in page
    assert "4242 4242 4242 4242" in page and "<details>" in page and "<script" not in page
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert 'href="http://127.0.0.1:1/cancelled"' in page


def test_a_card_pays_and_the_browser_goes_back(shop):
    session = shop.session()
    answer = ask(session.url, PERSON | CARD)

    assert answer.status == 303
    assert answer.headers["Location"] == f"http://127.0.0.1:1/back?session={session.id}"
    paid = shop.api.checkout.sessions.retrieve(session.id)
    assert paid.payment_status == "paid" and paid.customer_details.name == "Ana Ruiz"
    assert ask(session.url, PERSON | CARD).status == 303  # a second click pays nothing
    assert len(shop.api.charges.list({"payment_intent": paid.payment_intent}).data) == 1


def test_a_bank_account_pays_later(shop):
    session = shop.session()
    assert "Account number" in said(ask(f"{session.url}?with=us_bank_account"))

    assert ask(session.url, PERSON | BANK).status == 303
    assert shop.api.checkout.sessions.retrieve(session.id).payment_status == "unpaid"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("card", "4242 4242 4242 4241", "not right. Check its digits"),
        ("card", "4111111111111111", "non test card"),
        ("card", "4000000000000002", "Your card was declined."),
        ("card", "4000000000009995", "insufficient funds"),
        ("card", "4000000000000069", "has expired"),
        ("expiry", "13/34", "month and year"),
        ("expiry", "01/20", "has expired"),
        ("cvc", "12", "3 or 4 digits"),
        ("email", "nobody", "Enter an e-mail address"),
        ("name", " ", "Enter the name"),
        ("card", "<script>", "12 to 19 digits"),
    ],
)
def test_errors_are_said_at_their_field_and_numbers_are_not_repeated(shop, field, value, words):
    session = shop.session()
    answer = ask(session.url, PERSON | CARD | {field: value})
    page = said(answer)

    assert answer.status == 422 and words in page
    assert f'href="#{field}"' in page and f'aria-describedby="{field}' in page.replace("hint ", "")
    assert 'role="alert"' in page and '4242 4242 4242 4242"' not in page and "<script" not in page
    assert shop.api.checkout.sessions.retrieve(session.id).status == "open"


def test_what_was_typed_is_escaped(shop):
    page = said(ask(shop.session().url, PERSON | CARD | {"card": "1", "name": '"><b>x'}))

    assert "&quot;&gt;&lt;b&gt;x" in page and "<b>x" not in page


def test_a_card_may_ask_for_a_confirmation(shop):
    session = shop.session()
    asks = ask(session.url, PERSON | CARD | {"card": "4000000000003220"}).headers["Location"]
    assert "Confirm the payment" in said(ask(asks))

    failed = ask(asks, {"answer": "fail"})
    assert failed.status == 422 and "unable to authenticate" in said(failed)
    ask(session.url, PERSON | CARD | {"card": "4000000000003220"})
    assert ask(asks, {"answer": "complete"}).headers["Location"].endswith(session.id)
    assert shop.api.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_an_expired_page_says_so(shop):
    session = shop.session()
    shop.api.checkout.sessions.expire(session.id)
    answer = ask(session.url)

    assert answer.status == 410 and "This page has expired" in said(answer)
    assert ask(session.url, PERSON | CARD).status == 410


@pytest.mark.parametrize(
    "path", ["/", "/c/pay/", "/c/pay/cs_test_none", "/receipts/ch_none", "/c/pay/%00"]
)
def test_there_is_nothing_elsewhere(shop, path):
    assert ask(shop.sandbox.url + path).status == 404


def test_a_receipt_has_an_address(shop):
    assert "$123.45 was paid to Meterbook" in said(ask(shop.paid().latest_charge.receipt_url))


def test_the_page_for_people_has_working_buttons(fresh):
    shop = fresh
    assert "Nothing has been paid yet" in said(ask(f"{shop.sandbox.url}/_sandbox/"))
    intent = shop.paid()
    desk = f"{shop.sandbox.url}/_sandbox/do"

    assert "Open a dispute" in said(ask(f"{shop.sandbox.url}/_sandbox/"))
    assert ask(f"{desk}/dispute", {"id": intent.id}).status == 303
    dispute = shop.api.disputes.list().data[0].id
    ask(f"{desk}/won", {"id": dispute})
    assert shop.api.disputes.retrieve(dispute).status == "won"
    assert ask(f"{desk}/won", {"id": dispute}).status == 409
    said_later = shop.sandbox.pay(shop.session().id, account="000123456789")
    ask(f"{desk}/advance", {"days": "4"})
    assert shop.intent(said_later["payment_intent"]).status == "succeeded"
    ask(f"{desk}/payout", {})
    assert ask(f"{desk}/fail_payout", {"id": shop.api.payouts.list().data[0].id}).status == 303
