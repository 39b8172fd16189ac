"""Every admin page opens; books, statements and audit can be looked at and nothing more."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.models import User
from accounts.operations import audit
from statements.models import Statement
from tests.statements import factories as make

FOR_READING = (
    "ledger",
    "payments",
    "statements.statement",
    "accounts.auditevent",
    "accounts.user",
)

pytestmark = pytest.mark.django_db


def address(model, page, *args):
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=args)


@pytest.fixture
def root(client):
    make.make_world()
    statement = make.make_bill()
    user = User.objects.create_superuser("root@example.org")
    audit("statement.look", statement, actor=user, account=statement.account)
    client.force_login(user)
    return client


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_list_and_row_open(root, model):
    assert root.get(address(model, "changelist")).status_code == 200

    row = model._default_manager.first()
    if row is not None:
        assert root.get(address(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize(
    "model",
    [m for m in admin.site._registry if m._meta.label_lower.startswith(FOR_READING)],
    ids=lambda model: model._meta.label,
)
def test_what_is_for_reading_refuses_every_write_even_to_a_superuser(root, model):
    row = model._default_manager.first()
    assert root.get(address(model, "add")).status_code == 403
    if row is not None:
        assert root.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
        assert root.post(address(model, "change", row.pk), {"state": "x"}).status_code == 403
        assert model._default_manager.filter(pk=row.pk).exists()


def test_statements_are_among_what_is_for_reading():
    assert Statement in admin.site._registry
