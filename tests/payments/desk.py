"""Helpers of the tests about the payments desk: who sees it, and what may not grow."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.accounts.factories import make_user
from tests.statements.factories import make_staff

NOON = datetime(2026, 11, 10, 15, tzinfo=UTC)
SEEING = ("cashier", "finance", "billing_manager", "auditor")
OTHERS = ("support", "meter_employee", "billing_specialist", "administrator")


def set_clock(settings, tmp_path, moment=NOON):
    """Let the business clock stand still."""
    (tmp_path / "clock").write_text(moment.isoformat())
    settings.CLOCK_FILE = str(tmp_path / "clock")


def answers(client, url):
    """Return what each role is answered, by role; "" is a stranger, "customer" no staff."""
    client.logout()
    found = {"": client.get(url).status_code}
    client.force_login(make_user())
    found["customer"] = client.get(url).status_code
    for role in (*SEEING, *OTHERS):
        client.force_login(make_staff(role))
        found[role] = client.get(url).status_code
    return found


def only(*roles, allowed=200):
    """Return the answers of a page that these roles see and nobody else."""
    everybody = ("customer", *SEEING, *OTHERS)
    return {"": 302, **{who: allowed if who in roles else 404 for who in everybody}}


def queries_of(client, url):
    """Return how many queries a page takes."""
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)
