"""Events as Stripe sends them: their bodies, their signatures, and the sending."""

from __future__ import annotations

import hashlib
import hmac
import json
from itertools import count

import stripe
from django.urls import reverse

from core import clock
from payments.models import ProviderEvent

SECRET = "whsec_of_the_endpoint_0123456789"
OLD_SECRET = "whsec_before_the_rotation_012345"
_numbers = count(1)


class Rung:
    """A provider that is there, in test mode, and answers nothing by itself."""

    is_livemode = False


def body(event_type="payout.paid", object_type="payout", object_id="po_1", **changes):
    """Return an event as a dictionary."""
    values = {
        "id": f"evt_{next(_numbers)}",
        "object": "event",
        "type": event_type,
        "api_version": stripe.api_version,
        "created": int(clock.real_now().timestamp()),
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "data": {"object": {"id": object_id, "object": object_type, "amount": 5812}},
    }
    return {**values, **changes}


def header(raw, secret=SECRET, *, at=None, age=0):
    """Return what `Stripe-Signature` says about raw bytes signed `age` seconds ago."""
    moment = (int(clock.real_now().timestamp()) if at is None else at) - age
    signed = hmac.new(secret.encode(), f"{moment}.".encode() + raw, hashlib.sha256)
    return f"t={moment},v1={signed.hexdigest()}"


def send(client, values, *, signature=None, **signing):
    """Post an event, or raw bytes, signed unless another signature is given."""
    raw = values if isinstance(values, bytes) else json.dumps(values).encode()
    return client.post(
        reverse("payments:stripe_webhook"),
        raw,
        content_type="application/json",
        headers={"Stripe-Signature": header(raw, **signing) if signature is None else signature},
    )


def states():
    """Return the state and reason of every event that is stored."""
    return dict(ProviderEvent.objects.values_list("pk", "state"))
