"""Who may only see an account is offered no way to pay it, and finds none by its address."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from accounts.models import AccountRole
from tests.payments.paying import open_page
from tests.payments.provider import provider
from tests.statements.factories import FLAT, make_bill, make_world
from tests.statements.test_pages import holder_of

__all__ = ["provider"]
pytestmark = pytest.mark.django_db
Role = AccountRole.Role
PAYING = {Role.HOLDER: True, Role.PAYER: True, Role.AUTHORISED: True}
PAYING |= {Role.LANDLORD: False, Role.READ_ONLY: False}


@pytest.fixture(autouse=True)
def world(settings, monkeypatch):
    settings.STRIPE_METHODS = ["card", "bank_debit"]
    monkeypatch.setattr("core.clock.now", lambda: datetime(2026, 11, 10, 15, tzinfo=UTC))
    make_world()


@pytest.fixture
def statement(provider):
    return make_bill(FLAT)


@pytest.mark.parametrize("role", Role)
def test_only_who_may_pay_finds_a_way_to_pay(client, statement, role):
    client.force_login(holder_of(statement, role))
    number, account = statement.number, statement.account.number

    paying = {
        name: client.get(reverse(f"payments:{name}", args=[key])).status_code
        for name, key in (("pay_bill", number), ("pay_account", account))
    }
    posted = {
        name: client.post(reverse(f"payments:{name}", args=[key]), {"order": "x"}).status_code
        for name, key in (("check_bill", number), ("check_account", account))
    }
    seeing = [
        client.get(reverse(name, args=[key]))
        for name, key in (("statements:detail", number), ("payments:list", account))
    ]
    home = client.get(reverse("home"))

    may = PAYING[role]
    assert set(paying.values()) == {200 if may else 404}
    assert set(posted.values()) == {422 if may else 404}
    assert [page.status_code for page in seeing] == [200, 200]
    for page in (*seeing, home):
        body = page.content.decode()
        assert ("/pay/" in body.split("<main", 1)[-1]) is may


@pytest.mark.parametrize("role", [Role.PAYER, Role.READ_ONLY])
def test_only_who_may_pay_cancels_a_payment(client, statement, role):
    attempt = open_page(statement)
    client.force_login(holder_of(statement, role))

    page = client.get(reverse("payments:result", args=[attempt.reference]))
    answer = client.post(reverse("payments:cancel", args=[attempt.reference]))

    may = PAYING[role]
    assert page.status_code == 200
    assert ('id="cancel"' in page.content.decode()) is may
    assert answer.status_code == (302 if may else 404)
