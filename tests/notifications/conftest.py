from __future__ import annotations

from datetime import timedelta

import pytest

from notifications import delivery, operations
from notifications.models import Delivery
from tests.accounts.factories import NOW, make_account, make_utility
from tests.notifications.smtp import MailServer


@pytest.fixture
def utility():
    return make_utility()


@pytest.fixture
def server(settings, utility):
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_TIMEOUT = 2
        yield server


@pytest.fixture
def say():
    """Announce one notice and return its deliveries."""

    def announce(key="statement.issued:1", addresses=("ada@example.com",), **changes):
        values = {
            "account_id": changes.pop("account_id", None) or make_account().pk,
            "kind": "statement.issued",
            "subject": "Your bill is ready",
            "body": "You owe $12.00 until November 5, 2026.",
            "language": "en",
            "link": "/bills/2026-000001/",
            **changes,
        }
        operations.announce([operations.Draft(key=key, addresses=addresses, **values)], now=NOW)
        return list(Delivery.objects.filter(notice__key=key).order_by("pk"))

    return announce


@pytest.fixture
def later():
    """Let the pauses between the attempts pass."""

    def wait():
        past = delivery.clock.real_now() - timedelta(seconds=1)
        Delivery.objects.filter(state="pending").update(due_at=past)
        Delivery.objects.filter(state="sending").update(lease_until=past)

    return wait
