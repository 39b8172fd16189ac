"""Sharing an account in a real browser: invited by mail, accepted after signing up, over in time."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.core import mail

from accounts.operations import create_user, grant_role
from tests.browser.conftest import PASSWORD, code_of_mail, main, sign_in
from tests.statements.factories import FLAT, LONG_AGO, make_bill, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LINK = re.compile(r"http://[^/]+(/invitation/\S+/)")


@pytest.fixture
def moved(monkeypatch):
    """The business clock, which a test moves."""
    moments = [datetime(2026, 11, 10, 15, tzinfo=UTC)]
    monkeypatch.setattr("core.clock.now", lambda: moments[-1])
    return moments.append


@pytest.fixture
def statement(transactional_db, moved):
    make_world()
    return make_bill(FLAT)


def invite(page, account, email, *, last_day):
    page.get_by_role("link", name="Who sees it").click()
    page.get_by_label("Name").fill("Gus Guest")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("They may").select_option("See and pay")
    page.get_by_label("Last day").fill(last_day)
    page.get_by_role("button", name="Send invitation").click()
    assert "Gus Guest · gus@example.org · see and pay" in main(page)


def sign_up(page, email):
    page.get_by_role("main").get_by_role("link", name="Sign up").click()
    page.get_by_label("Full name").fill("Gus Guest")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Mobile number").fill("+1 212 555 2368")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    page.get_by_label("Code").fill(code_of_mail())
    page.get_by_role("main").get_by_role("button").first.click()


def test_a_delegate_signs_up_accepts_and_sees_the_account_until_the_last_day(
    people, statement, moved
):
    account = statement.account
    holder = create_user("ada@example.org", password=PASSWORD, name="Ada Lovelace")
    grant_role(holder, account, "holder", starts_at=LONG_AGO)
    ada, gus = people(), people(viewport={"width": 390, "height": 800}, java_script_enabled=False)
    sign_in(ada, holder)
    invite(ada, account, "gus@example.org", last_day="2026-11-12")
    [link] = [found[1] for found in (LINK.search(message.body) for message in mail.outbox) if found]

    gus.goto(link)
    assert gus.url.endswith("/invitation/")
    sign_up(gus, "gus@example.org")
    assert gus.url.endswith("/invitation/"), main(gus)
    assert "Ada Lovelace wants to share an account with you." in main(gus)
    gus.get_by_role("button", name="Accept the invitation").click()
    gus.goto(f"/bills/{statement.number}/")
    assert statement.number in main(gus)

    moved(datetime(2026, 11, 13, 4, 59, tzinfo=UTC))  # the last minute of the last day
    assert gus.reload().status == 200
    moved(datetime(2026, 11, 13, 5, tzinfo=UTC))
    assert gus.reload().status == 404
    gus.goto("/")
    assert "No account belongs to your login yet." in main(gus)
    ada.reload()
    assert "Gus Guest" not in main(ada)
