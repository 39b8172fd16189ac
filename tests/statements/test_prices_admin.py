"""Plans and tariffs in the admin pages: the same objects, changed by the same operations."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from django.urls import reverse

from accounts.models import AuditEvent, ConsumerCategory
from tariffs import operations
from tariffs.models import Tariff
from tests.statements import factories as make
from tests.statements.factories import FLAT
from tests.statements.test_assign import SAVER

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def manager(client):
    make.make_world()
    ConsumerCategory.objects.create(code="single-family", name="Single Family")
    person = make.make_staff("billing_manager")
    client.force_login(person)
    return person


def opened(client, model, version):
    """Return the address of the form of a draft, and its fields as the page shows them."""
    address = reverse(f"admin:tariffs_{model}_change", args=[version.pk])
    text = client.get(address).content.decode()
    body = re.search(r'<textarea name="definition"[^>]*>(.*?)</textarea>', text, re.DOTALL)[1]
    seen = re.search(r'name="seen" value="(\w+)"', text)[1]
    return address, {"definition": unescape(body).strip(), "seen": seen}


def test_a_draft_is_changed_by_the_operation_and_the_second_of_two_is_told(client, manager):
    draft = operations.import_tariff(FLAT, author=None)
    address, fields = opened(client, "tariffversion", draft)
    said = json.loads(fields["definition"])
    assert said == FLAT
    dearer = {**said, "description": "Dearer"}

    answer = client.post(address, {**fields, "definition": json.dumps(dearer)})

    assert answer.status_code == 302
    draft.refresh_from_db()
    assert (draft.definition, draft.author) == (dearer, manager)
    assert AuditEvent.objects.get(action="tariff.edited").actor == manager
    late = client.post(address, {**fields, "definition": json.dumps({**said, "name": "Late"})})
    assert "was changed by somebody else meanwhile" in late.content.decode()
    wrong = {**said, "charges": [{**said["charges"][0], "price": 0.5}]}
    address, fields = opened(client, "tariffversion", draft)
    for definition in (json.dumps(wrong), "[]", "{"):
        assert client.post(address, {**fields, "definition": definition}).status_code == 200
    draft.refresh_from_db()
    assert draft.definition == dearer
    operations.submit(draft, actor=None, at=make.IN_NOVEMBER)
    assert client.post(address, {**fields, "definition": json.dumps(said)}).status_code == 403
    assert "readonly" in client.get(address).content.decode()


def test_a_draft_of_a_plan_too(client):
    make.make_version(FLAT)
    draft = operations.import_plan(SAVER, author=None)
    address, fields = opened(client, "planversion", draft)
    said = {**json.loads(fields["definition"]), "description": "Better"}

    client.post(address, {**fields, "definition": json.dumps(said)})

    draft.refresh_from_db()
    assert draft.definition == said
    assert draft.tariffs.count() == 1


@pytest.mark.parametrize("deed", ["activate", "deactivate", "end"])
def test_the_lists_lead_to_the_pages_that_change_prices(client, deed):
    make.make_version(FLAT)
    row = Tariff.objects.get()
    lists = reverse("admin:tariffs_tariff_changelist")

    answer = client.post(lists, {"action": deed, "_selected_action": [row.pk]}, follow=True)

    address = reverse("statements:price_tariffs_change")
    assert answer.redirect_chain == [(f"{address}?do={deed}&row={row.code}", 302)]
    assert row.name in answer.content.decode()
    client.force_login(make.make_staff("auditor"))
    assert client.post(lists, {"action": deed, "_selected_action": [row.pk]}).status_code == 403
