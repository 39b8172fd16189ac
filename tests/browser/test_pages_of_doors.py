"""Every page of the doors, of help and of people: to read by all, on any screen, from this host."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.conf import settings as django_settings
from django.test import Client

from accounts.doors import limits
from accounts.models import AccountRole, Approval, Customer
from accounts.operations import create_user, grant_role, grants, invitations
from accounts.operations import people as colleagues
from core import clock
from tests.browser.conftest import PASSWORD, Phone, sign_in
from tests.browser.looking import Eye
from tests.signing_in import sign_in as sign_in_client
from tests.statements import factories as make
from tests.statements.adjusting import adjust, session_with

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def bill(plain_files, monkeypatch):
    monkeypatch.setattr("core.clock.now", lambda: datetime(2026, 11, 10, 15, tzinfo=UTC))
    make.make_world()
    bill = make.make_bill(make.FLAT)
    Customer.objects.filter(pk=bill.account.customer_id).update(
        name="Wilhelmina Quist", email="wilhelmina.quist@a-long-name-of-a-host.example.org"
    )
    bill.account.customer.refresh_from_db()
    return bill


@pytest.fixture
def holder(bill):
    user = create_user("mina@example.org", password=PASSWORD, name="Wilhelmina Quist")
    grant_role(user, bill.account, AccountRole.Role.HOLDER, starts_at=make.LONG_AGO)
    return user


@pytest.fixture
def guest(bill, holder):
    user = create_user("gus@example.org", password=PASSWORD, name="Gus Guest")
    return grant_role(user, bill.account, AccountRole.Role.READ_ONLY, starts_at=make.LONG_AGO)


@pytest.fixture
def eye(people):
    """Looks as one person; at the end nothing wrong may have been found."""
    eye = Eye(people())
    yield eye
    assert eye.found == []


def enter(eye, user):
    """Put a signed-in session of the person into the browser; staff have passed both factors."""
    client = Client()
    sign_in_client(client, user)
    name = django_settings.SESSION_COOKIE_NAME
    eye.page.goto("/accessibility/")
    root = eye.page.url.removesuffix("accessibility/")
    cookie = {"name": name, "value": client.cookies[name].value, "url": root}
    eye.page.context.clear_cookies()
    eye.page.context.add_cookies([cookie])


def test_before_signing_in(eye, bill, holder, monkeypatch):
    _row, token = invitations.invite(
        "delegate",
        "gus@example.org",
        invited_by=holder,
        name="Gus Guest",
        account=bill.account,
        role="read_only",
        real_now=clock.real_now(),
    )
    eye.visit("/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/")
    eye.visit("/accessibility/", "/privacy/", f"/invitation/{token}/")
    eye.visit("/nowhere/", status=404)
    sign_in(eye.page, holder, password="a wrong one")
    eye.look()

    refused = {"account_signup": (limits.Limit("ip", 1, limits.HOUR),)}
    monkeypatch.setattr(limits, "DOORS", refused)
    eye.page.goto("/accounts/signup/")
    eye.press("Sign up")
    eye.press("Sign up")
    assert "Too many tries" in eye.page.title()


def test_both_factors(eye, bill, holder, wait):
    enter(eye, holder)
    eye.visit("/security/", "/security/enrol/")
    eye.press("Show the picture")
    phone = Phone(eye.page.locator("code.key").inner_text())
    eye.press("Set up")  # without a code
    eye.page.get_by_label("Code").fill(phone.code(wait.now()))
    eye.press("Set up")
    eye.press("I have kept them")
    eye.visit("/security/step-up/", "/security/remove/", "/security/verify/")
    eye.visit("/accounts/password/change/", "/accounts/email/")

    eye.page.context.clear_cookies()
    sign_in(eye.page, holder)
    eye.look()
    assert eye.page.url.endswith("/accounts/second-factor/")


def test_as_a_customer(eye, bill, holder, guest):
    grant = session_with(bill)
    adjust(bill, -500, grant)
    grants.end(grant, outcome="solved", note="", real_now=clock.real_now())
    number = bill.account.number
    enter(eye, holder)
    eye.visit("/", "/security/who-looked/", f"/security/who-looked/{grant.uid}/objection/")
    eye.visit("/security/help-code/")
    eye.press("Show a code")
    eye.visit("/profile/", "/profile/you/", f"/profile/contact/{bill.account.customer.uid}/")
    eye.visit(f"/accounts/{number}/people/", f"/accounts/{number}/people/{guest.pk}/")
    eye.visit(f"/accounts/{number}/people/{guest.pk}/remove/")
    eye.visit("/properties/", f"/properties/{number}/name/", f"/bills/{bill.number}/")
    eye.visit("/help/", status=404)
    eye.visit("/statistics/", status=403)
    enter(eye, guest.user)
    eye.visit("/", f"/accounts/{number}/leave/")


def test_as_support(eye, bill, guest):
    employee = make.make_staff("support")
    enter(eye, employee)
    eye.visit("/", "/help/", "/help/relations/", "/audit/", "/statistics/", "/health/", "/profile/")
    eye.page.goto("/help/")
    eye.page.get_by_label("Find a customer").fill("nobody at all")
    eye.press("Search")
    eye.page.get_by_label("Find a customer").fill(bill.account.number)
    eye.press("Search")
    customer = bill.account.customer
    eye.visit(f"/help/start/{customer.uid}/", f"/help/emergency/{customer.uid}/")
    eye.page.goto(f"/help/start/{customer.uid}/")
    eye.press("Start the session")

    session_with(bill, employee)
    eye.visit("/help/customer/", f"/help/bills/{bill.number}/", "/help/")
    eye.visit(f"/help/accounts/{bill.account.number}/payments/", "/help/message/")
    eye.visit("/help/edit/delegates/", f"/help/edit/delegates/{guest.pk}/", "/help/edit/contact/")
    eye.page.get_by_label("Postal address").fill("Mill Lane 7\nRiverside")
    eye.press("Continue")
    eye.visit(f"/help/bills/{bill.number}/adjust/")
    eye.page.get_by_label("Amount").fill("55.00")
    eye.page.get_by_label("Note for us").fill("The line was down for two days")
    eye.press("Continue")
    eye.press("Ask for")
    eye.visit("/help/session/extend/", "/help/session/end/", "/approvals/")
    eye.visit(f"/approvals/{Approval.objects.get().uid}/")


def test_as_an_administrator(eye, bill, holder):
    boss, other = make.make_staff("administrator"), make.make_staff("administrator")
    person, gone = make.make_staff("support"), make.make_staff("cashier")
    real_now = clock.real_now()
    grant = grants.open_emergency(
        person, bill.account.customer, note="gas smell at the house", real_now=real_now
    )
    asked = colleagues.ask_role_change(
        person, ["finance"], asked_by=other, reason="covers for a colleague", real_now=real_now
    )
    colleagues.disable(gone, actor=other, reason="left the house", real_now=real_now)
    enter(eye, boss)
    eye.visit("/", "/people/", "/people/invite/", f"/people/{person.uid}/", f"/people/{gone.uid}/")
    changes = ("roles", "disable", "second-factor")
    eye.visit(*(f"/people/{person.uid}/{change}/" for change in changes))
    eye.visit(f"/people/{gone.uid}/enable/", "/audit/", "/statistics/")
    eye.visit("/help-sessions/", f"/help-sessions/{grant.uid}/")
    eye.visit("/approvals/", f"/approvals/{asked.uid}/")
    eye.visit(f"/admin/accounts/customer/{bill.account.customer_id}/change/", status=403)


def test_as_finance(eye, bill):
    adjust(bill, -5500, session_with(bill))
    enter(eye, make.make_staff("finance"))
    eye.visit("/", "/approvals/", f"/approvals/{Approval.objects.get().uid}/")
    eye.press("Approve")
