"""The hosted page in a real browser: paid without JavaScript, narrow, dark, and accessible."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(browser):
    """Open pages with chosen settings, and close them."""
    contexts = []

    def go(url, **settings):
        contexts.append(browser.new_context(**settings))
        page = contexts[-1].new_page()
        page.goto(url)
        return page

    yield go
    for context in contexts:
        context.close()


def fill_card(page, number):
    page.get_by_label("E-mail").fill("ana@example.org")
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Expiry date").fill("12/34")
    page.get_by_label("Security code").fill("123")
    page.get_by_label("Name on the card").fill("Ana Ruiz")
    page.get_by_role("button", name="Pay $123.45").click()


def test_declined_once_then_confirmed_and_paid_without_javascript(shop, opened):
    receipt = shop.paid().latest_charge.receipt_url
    session = shop.session(success_url=receipt + "?of={CHECKOUT_SESSION_ID}")
    page = opened(session.url, java_script_enabled=False)

    fill_card(page, "4000 0000 0000 0002")
    assert page.get_by_role("alert").get_by_role("link").inner_text() == "Your card was declined."
    assert page.get_by_label("Card number").input_value() == ""
    assert page.get_by_label("Name on the card").input_value() == "Ana Ruiz"

    fill_card(page, "4000 0000 0000 3220")
    page.get_by_role("button", name="Complete").click()

    assert page.url.endswith(session.id)
    assert shop.api.checkout.sessions.retrieve(session.id).payment_status == "paid"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_pages_are_accessible_in_every_dress(shop, opened, scheme, width):
    session = shop.session()
    waiting = shop.session()
    shop.sandbox.pay(waiting.id, card="4000000000003220")
    addresses = [
        session.url,
        f"{session.url}?with=us_bank_account",
        f"{shop.sandbox.url}/c/auth/{waiting.id}",
        f"{shop.sandbox.url}/_sandbox/",
    ]
    for address in addresses:
        page = opened(address, color_scheme=scheme, viewport={"width": width, "height": 800})
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    page.goto(session.url)
    page.get_by_role("button", name="Pay $123.45").click()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
