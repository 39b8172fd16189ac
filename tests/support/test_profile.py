"""The customer's own profile: contact data, who they are, and what was changed."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse

from accounts.contact import fingerprint
from accounts.models import AccountRole, AuditEvent, Customer
from accounts.operations import contact
from accounts.operations.roles import grant_role
from notifications.models import Delivery, Notice
from tests.accounts.factories import make_account, make_user, make_utility
from tests.signing_in import let_it_be_long_ago
from tests.statements.factories import LONG_AGO
from tests.statements.test_pages import words

pytestmark = pytest.mark.django_db
Role = AccountRole.Role


@pytest.fixture(autouse=True)
def house():
    make_utility()


@pytest.fixture
def customer():
    row = make_account("Ada Lovelace").customer
    row.email, row.phone, row.postal_address = "old@example.org", "+12125552368", "1 Mill Lane"
    row.save()
    return row


def person_of(customer, role=Role.HOLDER):
    user = make_user(name="Hanna Holder")
    grant_role(user, customer.accounts.get(), role, starts_at=LONG_AGO)
    return user


def url(customer):
    return reverse("support:profile_contact", args=[customer.uid])


def typed(customer, **changes):
    shown = Customer.objects.get(pk=customer.pk)
    return {
        "name": shown.name,
        "email": shown.email,
        "phone": shown.phone,
        "postal_address": shown.postal_address,
        "language": shown.language,
        "fingerprint": fingerprint(shown),
        **changes,
    }


def test_contact_data_is_changed_noted_and_told_to_both_addresses(client, customer):
    user = person_of(customer)
    client.force_login(user)

    changes = {
        "email": "new@example.org",
        "phone": "+1 212 555 9999",
        "postal_address": " 2 Hill Road \r\n\r\nRiverside ",
        "has_special_need": "on",
    }
    page = client.post(url(customer), typed(customer, **changes), follow=True)

    customer.refresh_from_db()
    assert (customer.email, customer.phone) == ("new@example.org", "+12125559999")
    assert customer.postal_address == "2 Hill Road\nRiverside"
    assert customer.has_special_need
    assert "The contact data is changed" in page.content.decode()
    [event] = AuditEvent.objects.filter(action="contact.change")
    fields = ["email", "phone", "postal_address", "has_special_need"]
    assert (event.actor, event.customer, event.detail["changed"]) == (user, customer, fields)
    assert event.detail["before"]["email"] == "o…@e….org"
    assert event.detail["after"]["phone"] == "… 99"
    for secret in ("old@example", "new@example", "Hill", "Mill", "5559999", "2368"):
        assert secret not in str(event.detail)
    notice = Notice.objects.get()
    assert notice.kind == "contact.changed"
    assert "Changed: E-mail, Phone, Postal address, Special need." in notice.body
    addresses = set(Delivery.objects.values_list("address", flat=True))
    assert addresses == {"old@example.org", "new@example.org", user.email}


def test_the_customer_reads_what_was_changed_and_by_whom(client, customer):
    client.force_login(person_of(customer))
    client.post(url(customer), typed(customer, name="Ada King"))

    shown = words(client.get(reverse("support:profile")).content.decode())

    assert "Contact data: Name – You" in shown
    assert "Hanna Holder may now see, pay, manage and invite others" in shown
    assert "Ada King" in shown


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Name: This field is required."),
        ("name", "x" * 161, "Name: Ensure this value has at most 160 characters"),
        ("name", "Ada\0", "Name: Null characters are not allowed."),
        ("name", "4111 1111 1111 1111", "Name: This looks like a card number."),
        ("email", "nobody", "E-mail: Enter a valid email address."),
        ("phone", "12", "Phone: Enter a number that exists"),
        ("postal_address", "x" * 501, "Postal address: Ensure this value has at most 500"),
        ("language", "xx", "Language: Select a valid choice."),
    ],
)
def test_wrong_input_names_its_field_and_changes_nothing(client, customer, field, value, said):
    client.force_login(person_of(customer))

    page = client.post(url(customer), typed(customer, **{field: value}))

    assert page.status_code == 422
    assert said in words(page.content.decode())
    assert not AuditEvent.objects.filter(action="contact.change").exists()
    assert not Notice.objects.exists()


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(client, customer):
    client.force_login(person_of(customer))
    shown = typed(customer, name="Mine")
    Customer.objects.filter(pk=customer.pk).update(name="Theirs")

    page = client.post(url(customer), shown)

    customer.refresh_from_db()
    assert page.status_code == 422
    assert "Somebody changed this meanwhile" in page.content.decode()
    assert customer.name == "Theirs"


def test_the_same_again_changes_and_tells_nothing(client, customer):
    client.force_login(person_of(customer))

    page = client.post(url(customer), typed(customer), follow=True)

    assert "Nothing was different" in page.content.decode()
    assert not Notice.objects.exists()


@pytest.mark.parametrize("role", Role)
def test_only_who_may_manage_sees_and_changes_contact_data(client, customer, role):
    client.force_login(person_of(customer, role))
    may = role in (Role.HOLDER, Role.AUTHORISED)

    shown = client.get(reverse("support:profile")).content.decode()
    answers = [client.get(url(customer)), client.post(url(customer), typed(customer, name="X"))]

    customer.refresh_from_db()
    assert [answer.status_code for answer in answers] == ([200, 302] if may else [404, 404])
    assert ("1 Mill Lane" in shown, "old@example.org" in shown) == (may, may)
    assert customer.name == ("X" if may else "Ada Lovelace")


def test_foreign_contact_data_does_not_exist(client, customer):
    client.force_login(person_of(make_account("Foreign Person").customer))

    answer = client.post(url(customer), typed(customer, name="X"))

    assert answer.status_code == 404
    assert "Lovelace" not in client.get(reverse("support:profile")).content.decode()


@pytest.mark.parametrize("page", ["contact", "you"])
def test_changes_need_a_fresh_proof_of_who_one_is(client, customer, page):
    client.force_login(person_of(customer))
    let_it_be_long_ago(client)
    address = url(customer) if page == "contact" else reverse("support:profile_you")

    asked = client.get(address)
    sent = client.post(address, typed(customer, name="X"))

    customer.refresh_from_db()
    for answer in (asked, sent):
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("security_step_up"))
    assert customer.name == "Ada Lovelace"


def test_name_number_and_language_are_changed_and_told_by_mail(
    client, customer, django_capture_on_commit_callbacks
):
    user = person_of(customer)
    client.force_login(user)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            reverse("support:profile_you"),
            {"name": "Hanna H.", "phone": "+1 212 555 2369", "language": "es"},
        )

    user.refresh_from_db()
    assert (user.name, user.phone, user.language) == ("Hanna H.", "+12125552369", "es")
    assert type(user).objects.get(phone_index=user.phone_index) == user
    [event] = AuditEvent.objects.filter(action="user.change")
    assert event.detail["changed"] == ["name", "phone", "language"]
    assert "2369" not in str(event.detail)
    assert [message.to for message in mail.outbox] == [[user.email]]


def test_no_field_but_those_of_the_form_can_be_changed(client, customer):
    user = person_of(customer)
    client.force_login(user)
    before = Customer.objects.values("uid", "kind", "pk").get(pk=customer.pk)

    client.post(
        url(customer),
        typed(customer, name="X", kind="organisation", pk="9", uid=str(user.uid), id="9"),
    )
    client.post(
        reverse("support:profile_you"),
        {"name": "X", "phone": "", "language": "en", "email": "x@x.example", "is_staff": "1"},
    )

    user.refresh_from_db()
    assert Customer.objects.values("uid", "kind", "pk").get(pk=customer.pk) == before
    assert (user.is_staff, user.email == "x@x.example") == (False, False)


def test_a_script_in_a_field_is_text(client, customer):
    client.force_login(person_of(customer))
    script = "<script>alert(1)</script>"

    client.post(url(customer), typed(customer, name=script, postal_address=script))
    page = client.get(reverse("support:profile")).content.decode()

    assert script not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_address_for_signing_in_changes_only_by_a_code_and_the_old_one_is_told(client):
    user = make_user("before@example.com")
    client.force_login(user)

    client.post(
        reverse("account_email"), {"action_add": "", "email": "after@example.com"}, follow=True
    )
    unproved = type(user).objects.get(pk=user.pk).email
    code = re.search(r"^\s*([A-Z0-9-]{6,9})\s*$", mail.outbox[-1].body, re.MULTILINE)[1]
    client.post(reverse("account_email_verification_sent"), {"code": code}, follow=True)

    user.refresh_from_db()
    assert unproved == "before@example.com"
    assert user.email == "after@example.com"
    assert list(EmailAddress.objects.filter(user=user).values_list("email", "verified")) == [
        ("after@example.com", True)
    ]
    told = [message for message in mail.outbox if message.to == ["before@example.com"]]
    assert len(told) == 1


def test_both_operations_refuse_what_changes_nothing(customer):
    user = person_of(customer)

    with pytest.raises(contact.NothingChanged):
        contact.change_person(user, name=user.name, phone=user.phone, language=user.language)
