"""Who manages prices hears of those that end, soon and once they have: once each, in one message."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core import mail
from django.urls import reverse

from accounts.staff import StaffRole
from core import clock
from notifications.delivery import deliver_batch
from notifications.models import Delivery, Notice
from notifications.operations import switch_email
from statements.tasks import follow_price_book
from tariffs import operations
from tests.accounts.factories import make_user
from tests.statements import factories as make
from tests.statements.pricing.test_price_lists import plan, tariff

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(monkeypatch):
    """Let the night of a day pass."""

    def pass_night(year, month, day):
        monkeypatch.setattr(clock, "now", lambda: datetime(year, month, day, 12, tzinfo=UTC))
        follow_price_book()

    return pass_night


@pytest.fixture
def people():
    """Return a billing manager, an administrator who reads Spanish, and two who are not told."""
    make.make_world()
    return [
        make_user(email="manager@staff.example", roles=[StaffRole.BILLING_MANAGER]),
        make_user(email="admin@staff.example", roles=[StaffRole.ADMINISTRATOR], language="es"),
        make_user(email="auditor@staff.example", roles=[StaffRole.AUDITOR]),
        make_user(email="customer@mail.example"),
    ]


def told(kind):
    rows = Notice.objects.filter(kind=kind).order_by("pk")
    return list(rows.values_list("user__email", "subject", "language"))


def test_each_end_is_told_once_before_and_once_after(people, day, settings):
    tariff("old", "Old", to="2026-12-01")
    tariff("alone", "Alone", to="2026-12-01", rate_type="slab")  # no plan uses it
    plan("SAVER", "Saver", "old")
    plan("SHORT", "Short", "old", to="2026-11-20")

    day(2026, 10, 5)
    assert not Notice.objects.exists()
    day(2026, 11, 5)
    day(2026, 11, 6)
    assert [row[0] for row in told("prices.ending")] == [
        "manager@staff.example",
        "admin@staff.example",
    ]
    assert told("prices.ending")[0][1:] == ("2 tariffs or plans end soon", "en")
    assert told("prices.ending")[1][2] == "es"
    body = Notice.objects.first().body
    assert "Plan Short: the last day is November 19, 2026." in body
    assert "Tariff Old: the last day is November 30, 2026. Plans that use it: Saver, Short." in body
    assert "Alone" not in body

    day(2026, 12, 1)
    day(2026, 12, 2)
    assert told("prices.expired")[0][1] == "2 tariffs or plans have ended"
    assert len(told("prices.expired")) == 2
    expired = Notice.objects.filter(kind="prices.expired").first().body
    assert "Plans that use it: Saver." in expired
    settings.PRICE_END_NOTICE_DAYS = 0
    tariff("next", "Next", to="2026-12-20", rate_type="fixed")
    plan("NEXT", "Next", "next")
    day(2026, 12, 3)
    assert len(told("prices.ending")) == 2


def test_who_is_told_reads_it_in_their_inbox_and_by_mail_and_nobody_else(people, day, client):
    manager, _admin, auditor, _customer = people
    tariff("old", "Old", to="2026-12-01")
    plan("SAVER", "Saver", "old")
    other = make_user(email="other@staff.example", roles=[StaffRole.BILLING_MANAGER])
    switch_email(other, "prices_end", is_on=False)
    day(2026, 11, 5)
    assert Notice.objects.filter(user=other).exists()
    notice = Notice.objects.get(user=manager)

    client.force_login(manager)
    assert (
        "1 tariff or plan ends soon" in client.get(reverse("notifications:inbox")).content.decode()
    )
    client.post(reverse("notifications:read", args=[notice.pk]))
    notice.refresh_from_db()
    assert notice.read_at
    client.force_login(auditor)
    assert "ends soon" not in client.get(reverse("notifications:inbox")).content.decode()
    assert client.post(reverse("notifications:read", args=[notice.pk])).status_code == 404
    assert set(Delivery.objects.values_list("address", flat=True)) == {
        "manager@staff.example",
        "admin@staff.example",
    }
    deliver_batch()
    text = next(m.body for m in mail.outbox if m.to == ["manager@staff.example"])
    assert "because of your work" in text
    assert "/manage/prices/" in text


def test_a_next_version_silences_it(people, day):
    old = tariff("old", "Old", to="2026-12-01")
    plan("SAVER", "Saver", "old")
    following = {**old.definition, "from": "2026-12-01", "to": None, "description": "Next"}
    version = operations.import_tariff(following, author=None)
    operations.publish(version, approver=None, published_at=datetime(2026, 1, 1, tzinfo=UTC))

    day(2026, 11, 5)
    day(2026, 12, 2)

    assert not Notice.objects.exists()
