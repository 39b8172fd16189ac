"""A tariff that is billed already cannot end before the last billed day."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from accounts.models import User
from tariffs.models import TariffVersion
from tariffs.operations import import_tariff
from tests.statements import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def billed():
    make.make_world()
    make.make_bill()


def successor(starts_on):
    return {**make.FLAT, "from": starts_on, "change_summary": "Dearer"}


def write(tmp_path, definition):
    file = tmp_path / "tariff.json"
    file.write_text(json.dumps(definition))
    return file


def test_a_successor_may_start_where_the_bills_end(tmp_path):
    call_command("import_tariff", str(write(tmp_path, successor("2026-11-01"))), "--publish")

    old, new = TariffVersion.objects.order_by("number")
    assert (str(old.ends_on), new.state) == ("2026-11-01", "published")


def test_a_successor_that_would_reach_into_a_billed_month_is_refused(tmp_path):
    with pytest.raises(CommandError, match="tariff"):
        call_command("import_tariff", str(write(tmp_path, successor("2026-10-15"))), "--publish")

    assert TariffVersion.objects.count() == 1


def test_the_admin_refuses_it_too(client):
    client.force_login(User.objects.create_superuser("root@example.org"))
    draft = import_tariff(successor("2026-10-15"), author=None)

    address = reverse("admin:tariffs_tariffversion_changelist")
    client.post(address, {"action": "publish", "_selected_action": [draft.pk]})

    draft.refresh_from_db()
    assert draft.state == "draft"
