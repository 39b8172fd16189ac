"""The admin pages of payments are for reading, by three roles, and show no secrets."""

from __future__ import annotations

import json

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils.html import escape

from payments.models import ProviderEvent
from payments.operations import inbox
from payments.providers.stripe import webhook
from tests.payments.desk import NOON
from tests.payments.late import charge, day, make_policy
from tests.payments.returning import ask, found_money, paid
from tests.payments.webhooks import body
from tests.statements.factories import FLAT, make_bill, make_staff, make_world

pytestmark = pytest.mark.django_db
MODELS = [model for model in admin.site._registry if model._meta.app_label == "payments"]
FINANCE, LOOKING = "finance", ("finance", "administrator", "auditor")


def address(model, page, *args):
    return reverse(f"admin:payments_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def rows(provider):
    """At least one row of most models."""
    make_world()
    payment = paid(make_bill(FLAT), provider)
    ask(payment, make_staff("cashier"), 100)
    found_money(provider)
    make_policy()
    make_bill(FLAT)
    charge(day(9))
    view = webhook.read(json.dumps(body()))
    inbox.receive(view, source="webhook", received_at=NOON)
    return payment


@pytest.mark.parametrize("role", LOOKING)
def test_who_looks_sees_every_list_and_row(client, rows, role):
    client.force_login(make_staff(role))

    for model in MODELS:
        assert client.get(address(model, "changelist")).status_code == 200, model
        row = model._default_manager.first()
        if row is not None:
            assert client.get(address(model, "change", row.pk)).status_code == 200, model


@pytest.mark.parametrize("role", ["cashier", "billing_manager", "support", "meter_employee"])
def test_others_see_none(client, rows, role):
    client.force_login(make_staff(role))

    assert {client.get(address(model, "changelist")).status_code for model in MODELS} == {403}


@pytest.mark.parametrize("role", LOOKING)
def test_nobody_writes(client, rows, role):
    client.force_login(make_staff(role))

    for model in MODELS:
        row = model._default_manager.first()
        assert client.get(address(model, "add")).status_code == 403, model
        if row is not None:
            assert client.post(address(model, "change", row.pk), {}).status_code == 403, model
            assert client.post(address(model, "delete", row.pk), {"post": "y"}).status_code == 403


def test_bodies_of_events_and_addresses_of_hosted_pages_are_not_shown(client, rows):
    event, attempt = ProviderEvent.objects.get(), rows.attempt
    client.force_login(make_staff(FINANCE))

    shown = client.get(address(ProviderEvent, "change", event.pk)).text
    page = client.get(address(type(attempt), "change", attempt.pk)).text

    assert escape(event.payload) not in shown
    assert "payload" not in shown.replace("payload_digest", "").replace("Payload digest", "")
    assert attempt.session_url and attempt.session_url not in page


def test_every_model_of_payments_can_be_looked_at():
    labels = {model._meta.model_name for model in MODELS}

    assert labels == {
        "payment",
        "paymentattempt",
        "paymentcase",
        "suspenseitem",
        "refund",
        "chargeback",
        "latefee",
        "latefeepolicy",
        "providerevent",
        "balancetransaction",
        "payout",
    }
