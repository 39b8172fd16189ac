"""Help by an employee in real browsers: theirs and the customer's, side by side."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.test import Client

from accounts.models import AssistanceGrant, AuditEvent, Customer
from accounts.operations import create_user, grant_role
from accounts.staff import StaffRole
from core import clock
from reports import integrity
from tests.browser.conftest import PASSWORD, Phone, main, sign_in
from tests.signing_in import sign_in as sign_in_client
from tests.statements import factories as make
from tests.statements.test_pages import LONG_AGO

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAME, EMAIL = "Wilhelmina Quist", "mina@example.org"


@pytest.fixture
def bill(plain_files, monkeypatch):
    monkeypatch.setattr("core.clock.now", lambda: datetime(2026, 11, 10, 15, tzinfo=UTC))
    make.make_world()
    bill = make.make_bill(make.FLAT)
    customer = bill.account.customer
    customer.name, customer.email = NAME, EMAIL
    customer.save()
    return bill


@pytest.fixture
def holder(bill):
    user = create_user(EMAIL, password=PASSWORD, name=NAME)
    grant_role(user, bill.account, "holder", starts_at=LONG_AGO)
    return user


def make_employee(role=StaffRole.SUPPORT, email="abe@example.org", name="Abe Sutton"):
    return create_user(email, password=PASSWORD, name=name, roles=[role])


def enter(page, user):
    """Put a signed-in session of the person into the browser; staff have passed both factors."""
    client = Client()
    sign_in_client(client, user)
    name = django_settings.SESSION_COOKIE_NAME
    value = client.cookies[name].value
    page.goto("/accessibility/")
    root = page.url.removesuffix("accessibility/")
    page.context.add_cookies([{"name": name, "value": value, "url": root}])
    return page


def find(page, terms):
    page.goto("/help/")
    page.get_by_label("Find a customer").fill(terms)
    page.get_by_role("button", name="Search").click()


def open_session(page, bill, *, note="asks why the bill is high"):
    find(page, bill.account.number)
    page.get_by_role("link", name="Help W. Q.").click()
    page.get_by_label("The reason in your words").fill(note)
    page.get_by_label("How you know who it is").select_option(label="Ticket")
    page.get_by_label("Ticket", exact=True).fill("T-1204")
    page.get_by_role("button", name="Start the session").click()


def test_refused_set_up_then_helping_one_customer_who_sees_it(people, wait, bill, holder):
    employee = make_employee()
    at_work, at_home = people(), people(viewport={"width": 390, "height": 844})

    sign_in(at_work, employee)
    at_work.goto("/help/customer/")
    assert "Nothing else opens before that." in main(at_work)
    at_work.get_by_role("button", name="Show the picture").click()
    phone = Phone(at_work.locator("code.key").inner_text())
    at_work.get_by_label("Code").fill(phone.code(wait.now()))
    at_work.get_by_role("button", name="Set up").click()
    at_work.get_by_role("button", name="I have kept them").click()

    find(at_work, "Quist")
    assert "W. Q." in main(at_work)
    assert NAME not in at_work.content()
    assert at_work.goto(f"/bills/{bill.number}/").status == 404
    at_work.goto(f"/help/bills/{bill.number}/")
    assert bill.number not in main(at_work)

    enter(at_home, holder).goto("/security/help-code/")
    at_home.get_by_role("button", name="Show a code").click()
    code = at_home.locator("p.due").inner_text()
    find(at_work, "Quist")
    at_work.get_by_role("link", name="Help W. Q.").click()
    at_work.get_by_label("The reason in your words").fill("asks why the bill is high")
    check = at_work.get_by_label("How you know who it is")
    check.select_option(label="Help code from the customer's pages")
    at_work.get_by_label("Help code", exact=True).fill(code)
    at_work.get_by_role("button", name="Start the session").click()

    assert NAME in main(at_work)
    banner = at_work.get_by_role("complementary", name="Help session")
    assert "Helping W. Q." in banner.inner_text()
    banner.get_by_text("min left").wait_for()
    at_work.get_by_role("link", name=bill.number).first.click()
    assert "$58.12" in main(at_work)
    assert at_work.get_by_role("link", name="Pay $58.12").count() == 0

    at_home.goto("/security/who-looked/")
    seen = main(at_home)
    assert "asks why the bill is high" in seen
    assert bill.number in seen
    assert "Now" in seen

    at_work.get_by_role("link", name="End the help session").click()
    at_work.get_by_role("button", name="End").click()
    at_work.goto(f"/help/bills/{bill.number}/")
    assert bill.number not in main(at_work)
    assert [
        r.code for r in integrity.check(integrity.Scope(now=clock.real_now())) if r.violations
    ] == []


def test_a_form_that_outlives_its_session_is_given_back(people, wait, bill):
    page = enter(people(), make_employee())
    open_session(page, bill)
    page.get_by_role("link", name="Change contact data").click()
    page.get_by_label("Postal address").fill("Mill Lane 7\nRiverside")

    wait.a(minutes=20)
    page.context.request.get("/help/customer/")  # in another tab: still at work
    wait.a(minutes=11)
    page.get_by_role("button", name="Continue").click()
    assert "your draft is kept" in page.locator("body").inner_text()
    assert "Mill Lane" not in page.content()

    page.get_by_label("The reason in your words").fill("still changes the address")
    page.get_by_label("How you know who it is").select_option(label="Ticket")
    page.get_by_label("Ticket", exact=True).fill("T-1204")
    page.get_by_role("button", name="Start the session").click()
    page.goto("/help/edit/contact/")
    assert page.get_by_label("Postal address").input_value() == "Mill Lane 7\nRiverside"
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Change it").click()

    assert Customer.objects.get(name=NAME).postal_address.split() == [
        "Mill", "Lane", "7", "Riverside",
    ]  # fmt: skip
    first, second = AssistanceGrant.objects.order_by("opened_at")
    assert first.ended_at == first.expires_at
    assert AuditEvent.objects.filter(grant=second, kind="write", customer=bill.account.customer)


def test_a_form_that_outlives_the_sign_in_is_given_back_too(people, wait, bill):
    employee = make_employee()
    page = enter(people(), employee)
    open_session(page, bill)
    page.get_by_role("link", name="Change contact data").click()
    page.get_by_label("Postal address").fill("Mill Lane 7")

    wait.a(minutes=31)
    page.get_by_role("button", name="Continue").click()
    assert "your draft is kept" in page.locator("body").inner_text()
    assert "/accounts/login/" in page.url

    enter(page, employee)
    open_session(page, bill)
    page.goto("/help/edit/contact/")
    assert page.get_by_label("Postal address").input_value() == "Mill Lane 7"


def test_an_emergency_is_opened_first_and_reviewed_after(people, wait, bill, holder):
    make_employee(StaffRole.ADMINISTRATOR, "ida@example.org", "Ida Moreau")
    employee = make_employee()
    page = enter(people(), employee)
    find(page, bill.account.number)
    page.get_by_role("link", name="Help W. Q.").click()
    page.get_by_role("link", name="It is an emergency and nobody can be asked").click()
    page.get_by_label("What has happened").fill("gas smell at the house, caller cut off")
    page.get_by_role("button", name="Open it now").click()
    assert NAME in main(page)
    assert [m.recipients() for m in mail.outbox if "mergency" in m.subject] == [["ida@example.org"]]

    theirs = enter(people(), holder)
    theirs.goto("/security/who-looked/")
    assert "Emergency" in main(theirs)

    page.get_by_role("link", name="End the help session").click()
    page.get_by_role("button", name="End").click()
    find(page, bill.account.number)
    page.get_by_role("link", name="Help W. Q.").click()
    emergency = page.get_by_role("link", name="It is an emergency and nobody can be asked")
    if emergency.count():
        emergency.click()
        page.get_by_label("What has happened").fill("again the smell of gas")
        page.get_by_role("button", name="Open it now").click()
    assert "review" in main(page)
    assert AssistanceGrant.objects.filter(is_emergency=True).count() == 1

    grant = AssistanceGrant.objects.get()
    reviewer = enter(people(), make_employee(StaffRole.BILLING_MANAGER, "bea@example.org"))
    reviewer.goto(f"/help-sessions/{grant.uid}/")
    reviewer.get_by_label("Verdict").select_option(label="Justified")
    reviewer.get_by_label("Why").fill("the call was recorded")
    reviewer.get_by_role("button", name="Review").click()
    grant.refresh_from_db()
    assert grant.review == "justified"
    assert clock.real_now() - grant.opened_at < timedelta(hours=1)
