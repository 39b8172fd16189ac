"""The way of an API request: key, faults, idempotency, effect, answer."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import logging
import time
from typing import Any

from payments.sandbox import errors, faults, forms, idempotency, ids, routes
from payments.sandbox.books import API_VERSION, Books, Cause, Json
from payments.sandbox.errors import ApiError
from payments.sandbox.expand import expanded
from payments.sandbox.http_answers import JSON, Answer, Request
from payments.sandbox.idempotency import Stored
from payments.sandbox.provider import Sandbox

logger = logging.getLogger("payments.sandbox")
UNLIKE = json.dumps({"object": "list", "data": [], "has_more": False, "url": "/v1/nothing"})


def answer(sandbox: Sandbox, request: Request) -> Answer:
    """Return the answer to one request under /v1/."""
    number = ids.new("req", 14)
    try:
        _authorise(sandbox, request)
        fault = sandbox.faults.strike(f"{request.method} {request.path}", faults.HTTP) or {}
        kind = fault.get("kind", "")
        if kind in faults.BEFORE:
            return _instead(request, kind, number)
        with sandbox.in_flight.hold(_key(request)):
            if kind == "delay":
                time.sleep(fault["seconds"])
            stored, replayed = _run(sandbox, request, number, fail=kind == "error_after")
    except ApiError as error:
        return _said(request, _error(error, number), number)
    return _struck(_said(request, stored, number, replayed=replayed), fault)


def _run(sandbox: Sandbox, request: Request, number: str, *, fail: bool) -> tuple[Stored, bool]:
    """Return the answer and whether it is a repeat; `fail` does the work and says it broke."""
    key = _key(request)
    params = forms.decode(request.text if request.method == "POST" else request.query)
    asked = idempotency.digest(request.method, request.path, params)
    try:
        with sandbox.books(Cause(number, key or None)) as books:
            before = idempotency.stored(books, key, asked) if key else None
            if before:
                return before, True
            stored = _work(sandbox, books, request, params, number)
            if fail:
                stored = _error(errors.broken(), number)
            if key:
                idempotency.keep(books, key, asked, stored)
            return stored, False
    except ApiError as error:
        stored = _error(error, number)
        if key and error.kept:
            with sandbox.books() as books:
                idempotency.keep(books, key, asked, stored)
        return stored, False
    except Exception:
        logger.exception("sandbox.request_failed %s %s", request.method, request.path)
        return _error(errors.broken(), number), False


def _work(sandbox: Sandbox, books: Books, request: Request, params: Json, number: str) -> Stored:
    endpoint, which = routes.find(request.method, request.path)
    found = endpoint(sandbox, books, params, *which)
    if "expand" in params:
        found = expanded(books, found, params["expand"])
    return Stored(200, json.dumps(found, indent=2), number)


def _authorise(sandbox: Sandbox, request: Request) -> None:
    given = _given(request.headers.get("authorization", ""))
    if not hmac.compare_digest(given.encode(), sandbox.config.key.encode()):
        raise errors.bad_key(given)


def _given(header: str) -> str:
    kind, _, value = header.partition(" ")
    if kind.lower() == "bearer":
        return value.strip()
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode().split(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _key(request: Request) -> str:
    return request.headers.get("idempotency-key", "") if request.method == "POST" else ""


def _error(error: ApiError, number: str) -> Stored:
    body = {"error": error.error | {"request_log_url": None}}
    return Stored(error.status, json.dumps(body, indent=2), number)


def _said(request: Request, stored: Stored, number: str, *, replayed: bool = False) -> Answer:
    version = request.headers.get("stripe-version", API_VERSION)
    headers = {"Request-Id": number, "Stripe-Version": version}
    if replayed:
        headers |= {"Idempotent-Replayed": "true", "Original-Request": stored.request}
    if stored.status == 409:
        headers["Stripe-Should-Retry"] = "true"
    return Answer(stored.status, stored.body.encode(), JSON, headers)


def _instead(request: Request, kind: str, number: str) -> Answer:
    """Return the answer of a fault that strikes before anything is done."""
    if kind == "reset_before":
        return Answer(cut=True)
    error = errors.too_many() if kind == "rate_limit" else errors.broken()
    return _said(request, _error(error, number), number)


def _struck(good: Answer, fault: dict[str, Any]) -> Answer:
    """Return what is sent instead of a good answer, after the effect is in the books."""
    kind = fault.get("kind", "")
    if kind == "reset":
        return Answer(cut=True)
    if kind == "timeout":
        return Answer(good.status, good.body, good.kind, good.headers, wait=fault["seconds"])
    if kind == "garbage":
        return Answer(200, good.body[: len(good.body) // 2] + b'"\x00', JSON, good.headers)
    if kind == "wrong_body":
        return Answer(200, UNLIKE.encode(), JSON, good.headers)
    return good
