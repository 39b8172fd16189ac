"""What Stripe is asked for one attempt to pay: a hosted page, by redirect. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import translation
from django.utils.translation import gettext as _

from payments.models import PaymentAttempt
from payments.providers.stripe import limits

PAGE_LANGUAGES = frozenset("da de en es et fi fr hu it ja lt lv nb nl pl pt ro sv tr zh".split())


def session_parameters(
    attempt: PaymentAttempt, *, result_url: str, email: str, expires_at: datetime
) -> dict[str, Any]:
    """Return the parameters of a Checkout Session; besides `email` they hold no personal data."""
    metadata = metadata_of(attempt)
    parameters: dict[str, Any] = {
        "mode": "payment",
        "client_reference_id": str(attempt.uid),
        "line_items": [{"quantity": 1, "price_data": _price(attempt)}],
        "allowed_payment_method_types": [limits.means(attempt.method, attempt.currency)],
        "success_url": result_url,
        "cancel_url": f"{result_url}?back=1",
        "expires_at": int(expires_at.timestamp()),
        "locale": attempt.language if attempt.language in PAGE_LANGUAGES else "auto",
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata},
    }
    if _is_plain(email):
        parameters["customer_email"] = email
    return parameters


def _is_plain(email: str) -> bool:
    """Say whether Stripe takes an address; it refuses the whole page for one that it does not."""
    try:
        validate_email(email)
    except ValidationError:
        return False
    return email.isascii()


def metadata_of(attempt: PaymentAttempt) -> dict[str, str]:
    """Return what stands at the provider about an attempt, so that it can be found again.

    Without empty values: Stripe takes one as a wish to have no such key.
    """
    told = {
        "attempt": str(attempt.uid),
        "account": attempt.account.number,
        "reference": attempt.reference,
        "statement": str(attempt.statement_id or ""),
        "environment": attempt.environment,
    }
    return {name: value for name, value in told.items() if value}


def _price(attempt: PaymentAttempt) -> dict[str, Any]:
    return {
        "currency": attempt.currency.lower(),
        "unit_amount": attempt.amount_minor,
        "product_data": {"name": _title(attempt)},
    }


def _title(attempt: PaymentAttempt) -> str:
    with translation.override(attempt.language):
        if attempt.statement:
            return _("Bill %(number)s") % {"number": attempt.statement.number}
        return _("Account balance")
