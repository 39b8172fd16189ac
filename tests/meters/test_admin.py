from datetime import UTC, datetime

import numpy as np
import pytest
from django.urls import reverse

from accounts.models import User
from meters import readings
from meters.models import CustomerAgreement, ReadingException, RegisterMap
from tests.meters.factories import AgreementFactory, ChannelFactory, InstallationFactory

pytestmark = pytest.mark.django_db

DAY = datetime(2026, 10, 1, tzinfo=UTC)
MODELS = [
    *("servicelocation", "usagepoint", "customeragreement", "registermap", "meter", "channel"),
    *("meterinstallation", "meterconnection", "registerread", "rawmessage", "readingexception"),
]


@pytest.fixture
def staff(client):
    client.force_login(User.objects.create_superuser("staff@example.org", "staff-password"))
    return client


@pytest.mark.parametrize("model", MODELS)
def test_every_list_opens(staff, model):
    AgreementFactory()
    InstallationFactory(meter=ChannelFactory().meter)

    assert staff.get(reverse(f"admin:meters_{model}_changelist")).status_code == 200


def test_a_channel_shows_its_latest_days(staff):
    channel = ChannelFactory()
    slots = readings.Slots(channel.pk, DAY, 900, np.full(96, 25))
    readings.store_slots([slots], source="modbus", recorded_at=DAY)

    page = staff.get(reverse("admin:meters_channel_change", args=[channel.pk])).content.decode()

    assert "<td>96</td><td>2400</td>" in page


def test_a_register_map_with_a_mistake_is_refused_in_words(staff):
    definition = (
        '{"code": "x", "registers": {"import": {"kind": "coil", "address": 1, "type": "int32"}}}'
    )

    page = staff.post(
        reverse("admin:meters_registermap_add"),
        {"code": "x", "name": "X", "registers": definition},
    )

    assert "kind &#x27;coil&#x27; is not holding or input" in page.content.decode()
    assert not RegisterMap.objects.exists()


def test_a_second_payer_for_the_same_time_is_refused_in_words(staff):
    first, second = AgreementFactory(), AgreementFactory()

    page = staff.post(
        reverse("admin:meters_customeragreement_add"),
        {
            "account": second.account_id,
            "usage_point": first.usage_point_id,
            "starts_at_0": "2026-10-01",
            "starts_at_1": "00:00:00",
            "payment_mode": "postpaid",
        },
    )

    assert f"belongs to account {first.account.number} in this time" in page.content.decode()
    assert CustomerAgreement.objects.count() == 2


def test_a_held_reading_is_rejected_by_an_action(staff):
    channel = ChannelFactory()
    held = ReadingException.objects.create(
        key="1", rule="negative", severity="held", meter=channel.meter, channel=channel,
        starts_at=DAY, ends_at=DAY, value_base=1, message="", recorded_at=DAY,
    )  # fmt: skip

    staff.post(
        reverse("admin:meters_readingexception_changelist"),
        {"action": "reject", "_selected_action": [held.pk]},
    )

    held.refresh_from_db()
    assert (held.resolution, held.resolved_by.email) == ("rejected", "staff@example.org")
