"""What the provider is asked for a refund; frozen, since its key stands for these very words."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings

from payments.models import Payment
from payments.operations.receipts import Receipt


def parameters_of(uid: uuid.UUID, receipt: Receipt, amount_minor: int) -> dict[str, Any]:
    """Return the parameters of one refund; its metadata lets us know it again."""
    metadata = {"refund": str(uid), "environment": settings.STRIPE_ENVIRONMENT}
    if isinstance(receipt, Payment):
        metadata["account"] = receipt.account.number
    return {"payment_intent": receipt.intent_id, "amount": amount_minor, "metadata": metadata}
