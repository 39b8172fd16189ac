"""What customers see of our looks at their data, and the code they read to us."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import AuditEvent, HelpCode
from accounts.operations import grants
from accounts.operations.audit import audit_read
from accounts.operations.roles import grant_role
from core import clock
from tests.accounts.factories import make_account, make_user, make_utility
from tests.statements.factories import LONG_AGO, make_staff
from tests.support.helping import NOTE, open_session

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def utility():
    make_utility()


@pytest.fixture
def account():
    return make_account()


@pytest.fixture
def grant(account):
    employee = make_staff("support")
    employee.name = "Grace Hopper"
    employee.save()
    return open_session(employee, account.customer, at=clock.real_now())


def signed_in(client, account, role="holder"):
    person = make_user()
    grant_role(person, account, role, starts_at=LONG_AGO)
    client.force_login(person)
    return person


def page_of(client):
    return client.get(reverse("who_looked")).content.decode()


def look(grant, action, **detail):
    audit_read(action, grant.customer, actor=grant.employee, grant=grant, detail=detail)


def test_the_holder_reads_who_when_why_and_what(client, account, grant):
    signed_in(client, account)
    look(grant, "help.customer")
    look(grant, "help.bill", number="B-2026-000001")
    look(grant, "help.reveal", field="phone")

    page = page_of(client)

    for told in (
        "Support, G. H.",
        NOTE,
        "Question about a bill",
        "Bill B-2026-000001",
        "Your phone number",
    ):
        assert told in page, told
    assert "Hopper" not in page


def test_the_name_is_told_where_the_utility_tells_it(client, account, grant, settings):
    settings.HELP_NAMES_EMPLOYEES = True
    signed_in(client, account)

    assert "Support, Grace Hopper" in page_of(client)


@pytest.mark.parametrize("role", ["payer", "authorised", "read_only", "landlord"])
def test_delegates_do_not(client, account, grant, role):
    signed_in(client, account, role)

    assert NOTE not in page_of(client)
    assert client.get(reverse("object_to_help", args=[grant.uid])).status_code == 404
    assert client.post(reverse("help_code")).status_code == 404


def test_nor_do_other_customers(client, grant):
    signed_in(client, make_account())

    assert NOTE not in page_of(client)
    assert client.post(reverse("object_to_help", args=[grant.uid])).status_code == 404
    assert not AuditEvent.objects.filter(action="help.objection").exists()


def test_an_emergency_is_marked(client, account):
    employee = make_staff("support")
    grants.open_emergency(
        employee, account.customer, note="gas smell at the house", real_now=clock.real_now()
    )
    signed_in(client, account)

    page = page_of(client)

    assert "Emergency" in page and "Another person will review it" in page


def test_looks_by_role_are_told_too(client, account):
    finance = make_staff("finance")
    audit_read("payment.read", account, actor=finance, account=account)
    signed_in(client, account)

    page = page_of(client)

    assert "Looks as part of daily work" in page and "Looked at data of yours" in page


def test_an_objection_reaches_the_supervisors(client, account, grant):
    person = signed_in(client, account)

    answer = client.post(reverse("object_to_help", args=[grant.uid]), {"note": "I was on holiday"})

    assert answer["Location"] == reverse("who_looked")
    [event] = AuditEvent.objects.filter(action="help.objection")
    assert (event.actor, event.customer) == (person, account.customer)
    assert "You objected" in page_of(client)
    client.force_login(make_staff("auditor"))
    report = client.get(reverse("support:report")).content.decode()
    assert "I was on holiday" in report and "Objected to" in report


class TestHelpCode:
    def test_it_is_shown_once_to_the_holder(self, client, account):
        signed_in(client, account)

        page = client.post(reverse("help_code")).content.decode()

        [shown] = re.findall(r"(\d{3} \d{3})</bdi>", page)
        assert shown.replace(" ", "") not in client.get(reverse("help_code")).content.decode()
        row = HelpCode.objects.get()
        assert row.expires_at - row.created_at == timedelta(minutes=10)

    def test_asking_is_no_way_to_make_many(self, client, account):
        signed_in(client, account)

        answers = [client.post(reverse("help_code")).status_code for _ in range(11)]

        assert answers == [200] * 10 + [302]

    def test_looking_at_the_page_makes_none(self, client, account):
        signed_in(client, account)

        client.get(reverse("help_code"))

        assert not HelpCode.objects.exists()
