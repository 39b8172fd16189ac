"""What the provider is asked for a refund; frozen, since its key stands for these very words."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from payments.models import Payment
from payments.operations.receipts import Receipt


def parameters_of(uid: uuid.UUID, receipt: Receipt, amount_minor: int) -> dict[str, Any]:
    """Return the parameters of one refund; its metadata lets us know it again."""
    number = receipt.account.number if isinstance(receipt, Payment) else ""
    return {
        "payment_intent": receipt.intent_id,
        "amount": amount_minor,
        "metadata": {
            "refund": str(uid),
            "account": number,
            "environment": settings.STRIPE_ENVIRONMENT,
        },
    }


def digest(parameters: Mapping[str, Any]) -> str:
    """Return the SHA-256 of parameters in one spelling."""
    text = json.dumps(parameters, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
