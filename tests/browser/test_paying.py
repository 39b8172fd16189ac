"""A customer pays in a real browser, on the hosted page of the sandbox, a process of its own."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.test import Client

from core import clock
from ledger.queries import balance
from notifications.models import Notice
from payments.models import Payment, PaymentAttempt
from payments.operations import inbox
from tests.statements import factories as make
from tests.statements.test_pages import holder_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GOOD_CARD, BAD_CARD = "4242 4242 4242 4242", "4000 0000 0000 0002"
GOOD_DEBIT, EMPTY_DEBIT = "000123456789", "000222222227"


@pytest.fixture
def bill(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    monkeypatch.setattr("core.clock.now", lambda: datetime(2026, 11, 10, 15, tzinfo=UTC))
    make.make_world()
    return make.make_bill(make.FLAT)  # 58.12


@pytest.fixture
def visit(browser, live_server, bill, sandbox):
    """Open pages as the holder of the account; collect what the browser refuses."""
    contexts = []
    refused = []
    person = Client()
    person.force_login(holder_of(bill))
    cookie = person.cookies[django_settings.SESSION_COOKIE_NAME].value

    def go(path, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        name = django_settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.on(
            "console",
            lambda m: refused.append(m.text) if "Content Security Policy" in m.text else None,
        )
        page.goto(f"{live_server.url}{path}")
        return page

    yield go
    for context in contexts:
        context.close()
    assert refused == []


def choose_and_check(page, bill, *, method="Card"):
    """Go from the bill to the page with the last button."""
    page.get_by_role("link", name="Pay $58.12").click()
    page.get_by_label(method, exact=True).check()
    page.get_by_role("button", name="Continue").click()
    assert f"Bill {bill.number}" in page.get_by_role("table").inner_text()
    return page.get_by_role("button", name="Pay $58.12")


def pay_by_card(page, number):
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Expiry date").fill("12/34")
    page.get_by_label("Security code").fill("123")
    page.get_by_label("Name on the card").fill("Ada Lovelace")
    page.get_by_role("button", name="Pay $58.12").click()


def pay_by_debit(page, account):
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("Routing number").fill("110000000")
    page.get_by_label("Account number").fill(account)
    page.get_by_label("Name of the account holder").fill("Ada Lovelace")
    page.get_by_role("button", name="Pay $58.12").click()


def hear(sandbox):
    """Let the sandbox ring, and work off what it rang about."""
    sandbox.deliver()
    while inbox.work(owner="test", now=clock.now()):
        pass


def main(page):
    return " ".join(page.get_by_role("main").inner_text().split())


def owes(bill):
    return balance(bill.account_id, "USD").balance


def test_declined_once_then_paid_and_the_receipt_is_kept(visit, sandbox, bill):
    page = visit(f"/bills/{bill.number}/")
    choose_and_check(page, bill).click()

    pay_by_card(page, BAD_CARD)
    assert "Your card was declined." in page.get_by_role("alert").inner_text()
    pay_by_card(page, GOOD_CARD)

    page.get_by_role("heading", name="Thank you, your payment is here").wait_for()
    payment = Payment.objects.get()
    assert payment.reference in main(page)
    page.get_by_role("link", name="Receipt", exact=True).click()
    assert "Amount received $58.12" in main(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    page.locator(".back a").click()
    assert f"{payment.reference} $58.12 Visa 4242" in main(page)
    page.get_by_role("link", name="Account history").click()
    assert f"Payment received Receipt {payment.reference} -$58.12 Nothing to pay" in main(page)

    hear(sandbox)
    assert owes(bill) == 0
    assert Payment.objects.count() == 1
    assert [i["status"] for i in sandbox.books()["payment_intents"]] == ["succeeded"]


def test_a_bank_debit_is_on_its_way_and_succeeds_four_days_later(visit, sandbox, bill):
    page = visit(f"/bills/{bill.number}/")
    choose_and_check(page, bill, method="Bank debit").click()
    pay_by_debit(page, GOOD_DEBIT)

    page.get_by_role("heading", name="Your payment is on its way").wait_for()
    assert "Please do not pay again." in main(page)
    assert owes(bill) == 5812
    result = page.url
    sandbox.advance(days=4)
    sandbox.settle()
    hear(sandbox)

    page.goto(result)
    assert "Thank you, your payment is here" in main(page)
    assert owes(bill) == 0
    assert Notice.objects.filter(kind="payment.received").count() == 1


def test_a_bank_debit_that_fails_says_so_plainly_and_is_tried_again(visit, sandbox, bill):
    page = visit(f"/bills/{bill.number}/")
    choose_and_check(page, bill, method="Bank debit").click()
    pay_by_debit(page, EMPTY_DEBIT)
    page.get_by_role("heading", name="Your payment is on its way").wait_for()
    result = page.url
    sandbox.advance(days=4)
    sandbox.settle()
    hear(sandbox)

    page.goto(result)
    assert "The payment did not succeed" in main(page)
    assert "There was not enough money on the account." in main(page)
    assert owes(bill) == 5812
    page.get_by_role("link", name="Try again").click()
    assert page.get_by_label("Bank debit", exact=True).is_checked()
    page.get_by_label("Card", exact=True).check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Pay $58.12").click()
    pay_by_card(page, GOOD_CARD)

    page.get_by_role("heading", name="Thank you, your payment is here").wait_for()
    assert owes(bill) == 0


def test_a_double_click_makes_one_payment(visit, sandbox, bill):
    page = visit(f"/bills/{bill.number}/")
    choose_and_check(page, bill).dblclick()
    on_its_page = page.get_by_label("Card number")
    on_ours = page.get_by_role("link", name="Go on to pay")  # when the second answer came first
    on_its_page.or_(on_ours).wait_for()
    if on_ours.is_visible():
        on_ours.click()
    pay_by_card(page, GOOD_CARD)
    page.get_by_role("heading", name="Thank you, your payment is here").wait_for()

    assert PaymentAttempt.objects.count() == 1
    assert len(sandbox.books()["sessions"]) == 1
    assert owes(bill) == 0


def test_the_back_button_leads_to_the_payment_that_is_under_way(visit, sandbox, bill):
    page = visit(f"/bills/{bill.number}/")
    choose_and_check(page, bill).click()
    page.get_by_label("Card number").wait_for()

    page.go_back()
    under_way = page.get_by_role("heading", name="A payment of this bill is already under way")
    under_way.wait_for()
    page.get_by_role("link", name="Go on with it").click()
    page.get_by_role("link", name="Go on to pay").click()
    pay_by_card(page, GOOD_CARD)
    page.get_by_role("heading", name="Thank you, your payment is here").wait_for()

    page.go_back()
    assert PaymentAttempt.objects.count() == 1
    assert Payment.objects.count() == 1
    assert owes(bill) == 0


def test_who_owes_nothing_pays_in_advance(visit, sandbox, bill):
    page = visit(f"/bills/{bill.number}/")
    choose_and_check(page, bill).click()
    pay_by_card(page, GOOD_CARD)
    page.get_by_role("heading", name="Thank you, your payment is here").wait_for()

    page.locator(".back a").click()
    page.get_by_role("link", name="Pay in advance").click()
    page.get_by_label("Another amount", exact=True).last.fill("58.12")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Pay $58.12").click()
    pay_by_card(page, GOOD_CARD)

    page.get_by_role("heading", name="Thank you, your payment is here").wait_for()
    page.get_by_role("link", name="Receipt", exact=True).click()
    assert "Credit for your next bill $58.12" in main(page)
    assert owes(bill) == -5812


def test_all_of_it_works_without_javascript(visit, sandbox, bill):
    page = visit(f"/bills/{bill.number}/", java_script_enabled=False)
    choose_and_check(page, bill).click()
    page.get_by_role("link", name=re.compile("Back to")).click()

    assert "Not paid yet" in main(page)
    page.get_by_role("link", name="Check again").click()
    page.get_by_role("link", name="Go on to pay").click()
    page.wait_for_timeout(4200)  # nobody types faster; the provider is not asked meanwhile
    pay_by_card(page, GOOD_CARD)

    assert "Thank you, your payment is here" in main(page)
    assert owes(bill) == 0


def test_the_page_learns_by_itself_that_it_was_paid_elsewhere(visit, sandbox, bill):
    page = visit(f"/bills/{bill.number}/")
    choose_and_check(page, bill).click()
    page.get_by_label("Card number").wait_for()
    attempt = PaymentAttempt.objects.get()
    page.goto(f"{page.url.split('/c/')[0]}/")
    page = visit(f"/pay/{attempt.reference}/")
    assert "Not paid yet" in main(page)

    sandbox.pay(attempt.session_id)

    page.get_by_role("heading", name="Thank you, your payment is here").wait_for(timeout=15_000)


def test_a_cancelled_payment_closes_the_hosted_page(visit, sandbox, bill):
    page = visit(f"/bills/{bill.number}/")
    choose_and_check(page, bill).click()
    page.get_by_label("Card number").wait_for()
    hosted = page.url
    page.get_by_role("link", name=re.compile("Back to")).click()
    page.get_by_role("button", name="Cancel this payment").click()
    assert "The payment is cancelled" in main(page)

    page.goto(hosted)

    assert page.get_by_label("Card number").count() == 0
    assert owes(bill) == 5812


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_are_accessible_in_every_dress(visit, sandbox, bill, scheme, width):
    page = visit(
        f"/bills/{bill.number}/", color_scheme=scheme, viewport={"width": width, "height": 800}
    )
    site = page.url.split("/bills/")[0]
    check = f"/bills/{bill.number}/pay/check/?choice=other&method=card"
    for path in (f"/bills/{bill.number}/pay/", check, f"{check}&amount=70"):
        page.goto(f"{site}{path}")
        accessible(page, width)
    page.goto(f"{site}/bills/{bill.number}/")
    choose_and_check(page, bill).click()
    page.get_by_label("Card number").wait_for()
    attempt = PaymentAttempt.objects.get()
    page.goto(f"{site}{check}&amount=5")
    accessible(page, width)  # already under way
    for path in (f"/bills/{bill.number}/pay/", f"/pay/{attempt.reference}/"):
        page.goto(f"{site}{path}")
        accessible(page, width)
    sandbox.pay(attempt.session_id)
    for path in (
        f"/pay/{attempt.reference}/",
        f"/bills/{bill.number}/pay/",
        f"/payments/{attempt.reference}/",
        f"/accounts/{bill.account.number}/payments/",
        f"/accounts/{bill.account.number}/history/",
    ):
        page.wait_for_timeout(100 if "pay/" not in path else 3100)
        page.goto(f"{site}{path}")
        accessible(page, width)


def accessible(page, width):
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
