"""Pages from right to left, and in a language with long words: nothing breaks or runs over."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from accounts import operations
from accounts.models import AccountRole
from tests.accounts.factories import make_user
from tests.browser.conftest import PASSWORD
from tests.browser.looking import OVERFLOW, SMALL, Eye
from tests.statements import factories as make
from tests.words import pseudo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOW = datetime(2026, 12, 5, 15, tzinfo=UTC)


@pytest.fixture
def statement(monkeypatch):
    """A bill for hours of three prices, and readings after it."""
    monkeypatch.setattr("core.clock.now", lambda: NOW)
    make.make_world()
    service = make.make_home(make.TIME)
    for month in (make.OCTOBER, make.NOVEMBER):
        make.read_steadily(service.channel, month)
    make.bill(service)
    return make.bill(service, "2026-11", as_of=NOW)


def holder(statement, language):
    user = make_user(password=PASSWORD, language=language, name="Ada Lovelace")
    role = AccountRole.Role.HOLDER
    operations.grant_role(user, statement.account, role, starts_at=make.LONG_AGO)
    return user


def enter(page, user):
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(user.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(lambda url: "login" not in url)


def paths(statement):
    account, bill = f"/accounts/{statement.account.number}", f"/bills/{statement.number}"
    return [
        *("/", "/bills/", f"{bill}/", f"{bill}/readings/1/", f"{account}/usage/"),
        *(f"{account}/service/", f"{account}/years/2026/", f"{account}/calendar/"),
        *(f"{account}/history/", f"{account}/payments/", "/inbox/", "/inbox/preferences/"),
        *("/help-topics/", "/profile/", "/security/", "/display/", "/privacy/"),
    ]


def test_from_right_to_left(people, statement):
    page = people(locale="ar")
    enter(page, holder(statement, "ar"))
    eye = Eye(page)

    eye.visit(*paths(statement))

    assert eye.found == []
    assert page.locator("html").get_attribute("dir") == "rtl"


def test_numbers_keep_their_order_from_right_to_left(people, statement):
    """The sign stands left of its number, and the number left of its unit, as drawn."""
    page = people()
    enter(page, holder(statement, "ar"))
    page.goto(f"/bills/{statement.number}/")

    drawn = (
        page.locator(".bill-sums bdi.money")
        .nth(1)
        .evaluate(
            """box => {
            const text = box.firstChild, at = sign => {
                const range = document.createRange(), place = text.data.indexOf(sign);
                range.setStart(text, place); range.setEnd(text, place + 1);
                return range.getBoundingClientRect().left;
            };
            return ['.', '$'].map(at);
        }"""
        )
    )
    assert drawn[0] < drawn[1]


def test_long_words_fit_a_small_screen(people, statement):
    page = people(viewport=SMALL)
    user = holder(statement, "en")
    wide = []
    with pseudo.spoken():
        enter(page, user)
        for path in paths(statement):
            assert page.goto(path).status == 200, path
            assert "⟦" in page.locator("h1").first.inner_text(), path
            if over := page.evaluate(OVERFLOW):
                wide.append((path, over))

    assert wide == []
