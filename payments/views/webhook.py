"""Where the payment provider rings: check that it is the provider, store, answer."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core import clock
from payments import tasks
from payments.models import ProviderEvent
from payments.operations import inbox
from payments.providers.stripe import webhook

LONGEST_BODY = 512 * 1024  # bytes
logger = logging.getLogger(__name__)


class TooLong(ValueError):
    """The body is longer than any event."""


@login_not_required
@csrf_exempt
@never_cache
@require_POST
def stripe(request: HttpRequest) -> HttpResponse:
    """Store a signed event once and answer; whatever it means is found out later."""
    secrets = [secret for secret in settings.STRIPE_WEBHOOK_SECRETS if secret.strip()]
    if not secrets:
        return _answer(503, "no secret")
    now = clock.real_now()
    try:
        text = webhook.signed_text(
            _body(request),
            request.headers.get("Stripe-Signature", ""),
            secrets=secrets,
            now=now,
        )
        event = webhook.read(text)
    except TooLong as error:
        return _answer(413, str(error))
    except (ValueError, UnreadablePostError) as error:
        return _answer(400, str(error))
    if inbox.receive(event, source=ProviderEvent.Source.WEBHOOK, received_at=now):
        transaction.on_commit(tasks.ring_inbox)
    return HttpResponse(status=200)


def _answer(status: int, why: str) -> HttpResponse:
    logger.warning("webhook.refused", extra={"answer": status, "why": why})
    return HttpResponse(status=status)


def _body(request: HttpRequest) -> bytes:
    """Read the raw body, whatever length it claims to have, and never more than we take.

    :raises TooLong: if it goes on after that
    """
    if _stated_length(request) > LONGEST_BODY:
        raise TooLong("it says so itself")
    body: bytes = _stream(request).read(LONGEST_BODY + 1)
    if len(body) > LONGEST_BODY:
        raise TooLong("it does not end")
    return body


def _stated_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _stream(request: HttpRequest) -> Any:
    """A body in chunks states no length; the server says whether it ends by itself."""
    if not request.META.get("CONTENT_LENGTH") and request.META.get("wsgi.input_terminated"):
        return request.META["wsgi.input"]
    return request
