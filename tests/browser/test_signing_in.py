"""Both factors in a real browser: set up, sign in, recover, and what opens before them."""

from __future__ import annotations

import pytest

from accounts.operations import create_user
from accounts.staff import StaffRole
from tests.accounts.factories import make_utility
from tests.browser.conftest import PASSWORD, Phone, code_of_mail, main, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NEW_PASSWORD = "a longer walk along the river"


@pytest.fixture(autouse=True)
def utility(transactional_db):
    make_utility()


def set_up_app(page, wait):
    """Go through the set-up from its first page and return the phone and the recovery codes."""
    page.get_by_role("button", name="Show the picture").click()
    phone = Phone(page.locator("code.key").inner_text())
    page.get_by_label("Code").fill(phone.code(wait.now()))
    page.get_by_role("button", name="Set up").click()
    codes = page.locator("ul.codes code").all_inner_texts()
    page.get_by_role("button", name="I have kept them").click()
    return phone, codes


def recover(page, user):
    page.goto("/accounts/password/reset/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_role("button", name="Send a code").click()
    page.get_by_label("Code").fill(code_of_mail())
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    again = page.get_by_label("New password again")
    if again.count():
        again.fill(NEW_PASSWORD)
    page.get_by_role("button", name="Set password").click()


def assert_waits_for_the_code(page):
    """The password alone opens no page: each leads back to the code."""
    for path in ("/security/", "/bills/"):
        assert page.goto(path).url.endswith("/accounts/second-factor/")
        assert "Type your code" in main(page)


def sign_out(page):
    inside = page.get_by_role("navigation", name="Your login")
    inside.locator("summary").click()
    inside.get_by_role("button", name="Sign out").click()


def test_a_customer_sets_up_the_app_signs_in_and_recovers_without_skipping_it(people, wait):
    user = create_user("ada@example.org", password=PASSWORD, name="Ada Lovelace")
    page = people()
    sign_in(page, user)
    page.goto("/security/enrol/")
    phone, codes = set_up_app(page, wait)
    assert len(set(codes)) == 10
    sign_out(page)

    wait.a(seconds=60)
    sign_in(page, user)
    assert_waits_for_the_code(page)
    page.get_by_label("Code").fill(phone.code(wait.now()))
    page.get_by_role("button", name="Sign in").click()
    page.goto("/security/")
    assert "10 recovery codes are left" in main(page)
    used = phone.code(wait.now())
    sign_out(page)

    recover(page, user)
    assert page.goto("/security/").url.endswith("/accounts/login/?next=/security/")
    sign_in(page, user, password=NEW_PASSWORD)
    assert_waits_for_the_code(page)
    page.get_by_label("Code").fill(used)  # a code that was used opens nothing again
    page.get_by_role("button", name="Sign in").click()
    assert "There is a problem" in main(page)
    wait.a(seconds=60)
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Sign in").click()
    page.goto("/security/")
    assert "9 recovery codes are left" in main(page)


def test_staff_reach_nothing_but_the_set_up_before_it_is_done(people, wait):
    user = create_user(
        "abe@example.org", password=PASSWORD, name="Abe Sutton", roles=[StaffRole.SUPPORT]
    )
    page = people()
    sign_in(page, user)
    for path in ("/", "/help/", "/health/", "/admin/", "/bills/"):
        page.goto(path)
        assert "Nothing else opens before that." in main(page), path

    set_up_app(page, wait)
    assert page.goto("/help/").ok
    assert "Set up an authenticator app" not in main(page)
