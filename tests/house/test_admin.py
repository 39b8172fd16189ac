"""Every admin page opens, shows no customer without a help session, and changes no books."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.audited import AuditedAdmin
from accounts.models import AccountRole, AuditEvent, Customer, User
from accounts.operations import grant_role, grants
from core import clock
from core.admin import ReadOnlyAdmin
from notifications.models import Delivery
from statements.models import Statement
from tariffs.models import GivenNumber
from tests.accounts.factories import NOW, make_account, make_user
from tests.statements import factories as make

FOR_READING = (
    "ledger",
    "payments",
    "statements.statement",
    "accounts.user",
    "accounts.customer",
)
EDITABLE = {"accounts.customeraccount"}  # its state and category; whose it is stays

# What is known of the one customer of these tests, each found nowhere else.
MARKERS = {
    "name": "Quirinius Wetherby",
    "email": "q.wetherby@marker.example",
    "phone": "+12125552368",
    "postal_address": "77 Marker Lane",
}
LOGIN_EMAIL, LOGIN_NAME = "login.wetherby@marker.example", "Quirinius Login"
SECRETS = (*MARKERS.values(), "Wetherby", "wetherby@", "Marker Lane", LOGIN_EMAIL, LOGIN_NAME)

pytestmark = pytest.mark.django_db


def address(model, page, *args):
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=args)


@pytest.fixture
def customer():
    make.make_world()
    account = make_account(MARKERS["name"])
    customer = account.customer
    for field, value in MARKERS.items():
        setattr(customer, field, value)
    customer.save()
    statement = make.make_bill(account=account)
    login = make_user(LOGIN_EMAIL, name=LOGIN_NAME)
    grant_role(login, account, AccountRole.Role.HOLDER, starts_at=NOW, actor=login)
    told = Delivery.objects.filter(notice__account=statement.account)
    assert told.update(error=f"550 {MARKERS['email']} is unknown")
    return customer


@pytest.fixture
def root(client, customer):
    user = make.make_staff("administrator")
    client.force_login(user)
    client.user = user
    return client


def pages(model):
    """Return the addresses of every page of a model: list, rows, their histories."""
    yield address(model, "changelist")
    for row in model._default_manager.all()[:5]:
        yield address(model, "change", row.pk)
        yield address(model, "history", row.pk)


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_every_page_opens_and_shows_nothing_of_a_customer(root, model):
    for page in pages(model):
        answer = root.get(page)

        needs_session = model is Customer and "changelist" not in page and "/customer/" in page
        is_list = page == address(model, "changelist")
        assert answer.status_code == (403 if needs_session and not is_list else 200), page
        text = answer.content.decode()
        assert [secret for secret in SECRETS if secret in text] == [], page


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_no_search_finds_a_customer_by_what_they_are_called(root, model):
    if not admin.site._registry[model].search_fields:
        return
    for word in ("Wetherby", MARKERS["email"], "Marker Lane", LOGIN_EMAIL):
        found = root.get(address(model, "changelist"), {"q": word})
        assert list(found.context["cl"].result_list) == []


def test_autocomplete_shows_initials_at_most(root, customer):
    asked = {
        "app_label": "meters",
        "model_name": "customeragreement",
        "field_name": "account",
        "term": customer.accounts.get().number,
    }

    answer = root.get(reverse("admin:autocomplete"), asked)

    assert answer.status_code == 200
    assert not any(secret in answer.content.decode() for secret in SECRETS)


def help_session(user, customer):
    return grants.open_grant(
        user,
        customer,
        role="administrator",
        reason="contact",
        note="Moved to another street",
        channel="none",
        caller_check="none",
        real_now=clock.real_now(),
    )


def test_a_customer_opens_in_a_help_session_with_them_and_that_is_noted(root, customer):
    other = make_account("Somebody Else").customer
    grant = help_session(root.user, customer)

    page = root.get(address(Customer, "change", customer.pk))
    history = root.get(address(Customer, "history", customer.pk))
    foreign = root.get(address(Customer, "change", other.pk))
    grants.end(grant, outcome="solved", note="", real_now=clock.real_now())
    after = root.get(address(Customer, "change", customer.pk))

    assert MARKERS["name"] in page.content.decode()
    assert MARKERS["phone"] not in page.content.decode()
    assert (page.status_code, history.status_code) == (200, 200)
    assert (foreign.status_code, after.status_code) == (403, 403)
    reads = AuditEvent.objects.filter(kind="read", grant=grant, object_key=str(customer.pk))
    assert list(reads.order_by("pk").values_list("action", flat=True)) == [
        "customer.look",
        "customer.history",
    ]


def test_whose_an_account_is_cannot_be_changed(root, customer):
    account = customer.accounts.get()
    other = make_account("Somebody Else").customer
    thief = make_user()
    typed = {
        "status": "open",
        "cycle_code": "monthly",
        "opened_on": "2025-10-01",
        "customer": other.pk,
        "number": "1",
        "currency": "EUR",
        "categories-TOTAL_FORMS": "0",
        "categories-INITIAL_FORMS": "0",
        "roles-TOTAL_FORMS": "1",
        "roles-INITIAL_FORMS": "0",
        "roles-0-user": thief.pk,
        "roles-0-role": "holder",
        "roles-0-starts_at_0": "2026-01-01",
        "roles-0-starts_at_1": "00:00",
    }

    root.post(address(type(account), "change", account.pk), typed)

    account.refresh_from_db()
    assert (account.customer_id, account.currency) == (customer.pk, "USD")
    assert not thief.account_roles.exists()


@pytest.mark.parametrize(
    "model",
    [
        m
        for m in admin.site._registry
        if m._meta.label_lower.startswith(FOR_READING) and m._meta.label_lower not in EDITABLE
    ],
    ids=lambda model: model._meta.label,
)
@pytest.mark.parametrize("is_superuser", [False, True], ids=["administrator", "superuser"])
def test_what_is_for_reading_refuses_every_write_even_to_a_superuser(root, model, is_superuser):
    User.objects.filter(pk=root.user.pk).update(is_superuser=is_superuser)
    row = model._default_manager.first()
    assert root.get(address(model, "add")).status_code == 403
    if row is not None:
        before = model._default_manager.filter(pk=row.pk).values().get()
        assert root.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
        assert root.post(address(model, "change", row.pk), {"state": "x"}).status_code == 403
        assert model._default_manager.filter(pk=row.pk).values().get() == before


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_whatever_can_be_changed_is_written_to_the_audit_trail(model):
    page = admin.site._registry[model]

    assert isinstance(page, ReadOnlyAdmin | AuditedAdmin)


def test_a_change_stands_in_the_audit_trail(root):
    number = GivenNumber.objects.create(code="calorific", value=39, starts_on=date(2026, 1, 1))

    root.post(
        address(GivenNumber, "change", number.pk),
        {"code": "calorific", "value": "39.5", "starts_on": "2026-01-01", "ends_on": ""},
    )

    event = AuditEvent.objects.get(action="admin.change")
    assert (event.actor, event.object_key) == (root.user, str(number.pk))
    assert event.detail == {"changed": [{"changed": {"fields": ["Value"]}}]}


def test_statements_are_among_what_is_for_reading():
    assert Statement in admin.site._registry
