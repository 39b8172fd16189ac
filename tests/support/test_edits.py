"""What an employee changes for the customer in the room: told, noted, and only while it lasts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from accounts import access
from accounts.contact import fingerprint
from accounts.models import (
    AccountRole,
    AssistanceGrant,
    AuditEvent,
    Customer,
    FormDraft,
    Invitation,
)
from accounts.operations import grants
from accounts.operations.roles import grant_role
from core import clock
from notifications.models import Delivery, Notice
from tests.accounts.factories import make_account, make_user, make_utility
from tests.statements.factories import LONG_AGO, make_staff
from tests.statements.test_pages import words
from tests.support.helping import open_session

pytestmark = pytest.mark.django_db
Role = AccountRole.Role
CONTACT = "/help/edit/contact/"
PEOPLE = "/help/edit/delegates/"


@pytest.fixture(autouse=True)
def house():
    make_utility()


@pytest.fixture
def account():
    return make_account("Ada Lovelace")


@pytest.fixture
def customer(account):
    row = account.customer
    row.email, row.phone, row.postal_address = "old@example.org", "+12125552368", "1 Mill Lane"
    row.save()
    return row


@pytest.fixture
def employee(client):
    user = make_staff("support")
    client.force_login(user)
    return user


@pytest.fixture
def grant(employee, customer):
    return open_session(employee, customer, at=clock.real_now())


def typed(customer, grant, **changes):
    shown = Customer.objects.get(pk=customer.pk)
    return {
        "help_session": str(grant.uid),
        "name": shown.name,
        "email": shown.email,
        "phone": shown.phone,
        "postal_address": shown.postal_address,
        "language": shown.language,
        "fingerprint": fingerprint(shown),
        **changes,
    }


def end(grant, monkeypatch):
    """Let the half hour be over, for everybody who asks."""
    later = grant.expires_at + timedelta(seconds=1)
    monkeypatch.setattr("core.clock.real_now", lambda: later)


def delegate(account, role=Role.PAYER, **dates):
    user = make_user(name="Dora Delegate")
    return grant_role(user, account, role, starts_at=LONG_AGO, **dates)


def test_contact_data_is_checked_first_then_changed_and_told(client, account, customer, grant):
    holder = delegate(account, Role.HOLDER).user
    fields = typed(customer, grant, email="new@example.org", language="es", name="Ada King")

    shown = client.get(CONTACT)
    check = client.post(CONTACT, fields)
    customer.refresh_from_db()
    unchanged = customer.name
    done = client.post(CONTACT, {**fields, "confirmed": "1"}, follow=True)

    customer.refresh_from_db()
    grant.refresh_from_db()
    assert (shown.status_code, check.status_code, unchanged) == (200, 200, "Ada Lovelace")
    assert "Name Ada Lovelace Ada King" in words(check.content.decode())
    assert "E-mail old@example.org new@example.org" in words(check.content.decode())
    assert "The customer was told" in done.content.decode()
    assert (customer.name, customer.email) == ("Ada King", "new@example.org")
    assert grant.level == AssistanceGrant.Level.ACT
    [event] = AuditEvent.objects.filter(action="contact.change")
    assert (event.actor, event.grant, event.basis) == (grant.employee, grant, "grant")
    assert event.detail["changed"] == ["name", "email", "language"]
    assert event.detail["before"]["name"] == "A. L."
    notice = Notice.objects.get()
    assert (notice.account, notice.language) == (account, "es")
    addresses = set(Delivery.objects.values_list("address", flat=True))
    assert addresses == {"old@example.org", "new@example.org", holder.email}


def test_every_inbox_of_the_customer_is_told_and_one_mail_goes(client, account, customer, grant):
    second = make_account()
    second.customer = customer
    second.save()

    client.post(CONTACT, typed(customer, grant, name="X", confirmed="1"))

    assert set(Notice.objects.values_list("account", flat=True)) == {account.pk, second.pk}
    assert Delivery.objects.count() == 1


def test_looking_at_the_form_is_noted(client, customer, grant):
    client.get(CONTACT)
    client.get(PEOPLE)

    events = AuditEvent.objects.filter(kind="read", grant=grant).order_by("pk")
    told = list(events.values_list("action", "customer", "basis"))
    assert ("contact.read", customer.pk, "grant") in told
    assert ("people.read", customer.pk, "grant") in told


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Name: This field is required."),
        ("email", "nobody", "E-mail: Enter a valid email address."),
        ("phone", "12", "Phone: Enter a number that exists"),
        ("postal_address", "4111 1111 1111 1111", "Postal address: This looks like a card number."),
        ("language", "xx", "Language: Select a valid choice."),
    ],
)
def test_wrong_input_names_its_field(client, customer, grant, field, value, said):
    fields = typed(customer, grant, confirmed="1", **{field: value})

    page = client.post(CONTACT, fields)

    assert page.status_code == 422
    assert said in words(page.content.decode())
    assert not Notice.objects.exists()


def test_what_the_customer_changed_meanwhile_is_not_overwritten(client, customer, grant):
    fields = typed(customer, grant, name="Ours", confirmed="1")
    Customer.objects.filter(pk=customer.pk).update(name="Theirs")

    page = client.post(CONTACT, fields)

    customer.refresh_from_db()
    assert (page.status_code, customer.name) == (422, "Theirs")
    assert "Somebody changed this meanwhile" in page.content.decode()


def test_a_session_that_ends_in_the_form_changes_nothing_and_keeps_the_draft(
    client, employee, customer, monkeypatch
):
    grant = open_session(employee, customer, at=clock.real_now() - timedelta(minutes=25))
    fields = typed(customer, grant, name="Ada King", has_special_need="on", confirmed="1")
    end(grant, monkeypatch)

    stopped = client.post(CONTACT, fields)
    customer.refresh_from_db()
    unchanged = customer.name
    again = open_session(employee, customer, at=clock.real_now())
    page = client.get(CONTACT).content.decode()
    client.post(CONTACT, typed(customer, again, name="Ada King", confirmed="1"))

    customer.refresh_from_db()
    assert stopped.status_code == 303
    assert str(customer.uid) in stopped["Location"]
    assert unchanged == "Ada Lovelace"
    assert "What you had typed is here again." in page
    assert 'value="Ada King"' in page and f'value="{again.uid}"' in page
    assert customer.name == "Ada King"
    assert not FormDraft.objects.exists()


def test_a_form_of_one_session_changes_nothing_in_another(client, employee, customer, grant):
    fields = typed(customer, grant, name="X", confirmed="1")
    grants.end(grant, outcome="solved", note="", real_now=clock.real_now())
    other = make_account("Grace Hopper").customer
    open_session(employee, other, at=clock.real_now())

    answer = client.post(CONTACT, fields)

    assert answer.status_code == 303
    assert set(Customer.objects.values_list("name", flat=True)) == {"Ada Lovelace", "Grace Hopper"}


def test_without_a_session_nothing_is_shown_or_changed(client, account, customer, employee):
    role = delegate(account)

    answers = [
        client.get(CONTACT),
        client.post(CONTACT, {"name": "X", "confirmed": "1"}),
        client.get(PEOPLE),
        client.get(f"{PEOPLE}{role.pk}/"),
        client.post(f"{PEOPLE}{role.pk}/", {"remove": "1"}),
    ]

    assert {answer.status_code for answer in answers} == {303}
    for answer in answers:
        assert b"Lovelace" not in answer.content and b"Dora" not in answer.content
    assert list(access.accounts_for(role.user, clock.now())) == [account]


@pytest.mark.parametrize("role", ["cashier", "finance", "auditor", "meter_employee"])
def test_who_helps_nobody_finds_no_such_page(client, customer, role):
    client.force_login(make_staff(role))

    assert [client.get(page).status_code for page in (CONTACT, PEOPLE)] == [404, 404]


def test_a_disabled_employee_or_a_lost_role_ends_it_at_the_next_request(
    client, customer, grant, employee
):
    employee.groups.clear()

    answer = client.post(CONTACT, typed(customer, grant, name="X", confirmed="1"))

    customer.refresh_from_db()
    assert answer.status_code in (303, 404)
    assert customer.name == "Ada Lovelace"


def test_a_delegate_is_removed_and_both_sides_are_told(client, account, grant):
    holder, role = delegate(account, Role.HOLDER).user, delegate(account)
    url = f"{PEOPLE}{role.pk}/"

    listed = words(client.get(PEOPLE).content.decode())
    done = client.post(url, {"remove": "1", "help_session": str(grant.uid)}, follow=True)

    assert "Dora Delegate See and pay" in listed
    assert "both sides were told" in done.content.decode()
    assert not access.accounts_for(role.user, clock.now())
    [event] = AuditEvent.objects.filter(action="role.revoke")
    assert (event.actor, event.grant) == (grant.employee, grant)
    told = set(Delivery.objects.values_list("address", flat=True))
    assert told == {holder.email, role.user.email}


def test_the_last_day_is_made_shorter_never_longer(client, account, grant):
    now = clock.now()
    role = delegate(account, ends_at=now + timedelta(days=10))
    url, session = f"{PEOPLE}{role.pk}/", str(grant.uid)
    longer, shorter = (now + timedelta(days=days) for days in (20, 5))

    refused = client.post(url, {"last_day": f"{longer:%Y-%m-%d}", "help_session": session})
    past = client.post(url, {"last_day": "2020-01-01", "help_session": session})
    done = client.post(url, {"last_day": f"{shorter:%Y-%m-%d}", "help_session": session})

    role.refresh_from_db()
    assert [page.status_code for page in (refused, past, done)] == [422, 422, 302]
    day_after = shorter.date() + timedelta(days=1)
    assert role.ends_at == datetime(day_after.year, day_after.month, day_after.day, tzinfo=UTC)


@pytest.mark.parametrize("whose", ["holder", "foreign"])
def test_holders_and_people_of_others_are_out_of_reach(client, account, grant, whose):
    role = delegate(account, Role.HOLDER) if whose == "holder" else delegate(make_account())

    answers = [
        client.get(f"{PEOPLE}{role.pk}/"),
        client.post(f"{PEOPLE}{role.pk}/", {"remove": "1", "help_session": str(grant.uid)}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert access.accounts_for(role.user, clock.now())


def test_an_employee_invites_nobody(client, account, grant):
    url = reverse("support:people", args=[account.number])

    answer = client.post(url, {"name": "x", "email": "x@example.com", "role": "read_only"})

    assert answer.status_code == 404
    assert not Invitation.objects.exists()
