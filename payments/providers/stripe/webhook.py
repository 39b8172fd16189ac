"""What Stripe sends to our address: is it theirs, is it fresh, and what does it say.

Only the signature is the library's; its constructors are not used, since one of them takes an
unsigned body and another lets the body choose its own wrapping.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from stripe import SignatureVerificationError, WebhookSignature

from payments.gateway import EventView

TOLERANCE = timedelta(seconds=300)  # on both sides of real time
LONGEST_HEADER = 2_000  # a few signatures; a thousand of them is no header of Stripe's
DEEPEST = 50  # levels of objects in objects; Stripe's have about ten
WORD = re.compile(r"[A-Za-z0-9_.:-]{1,80}")


class NotSigned(ValueError):
    """None of our secrets signed these bytes, or not in these minutes."""


class NotAnEvent(ValueError):
    """The body is signed, and still it is no event."""


def signed_text(body: bytes, header: str, *, secrets: Sequence[str], now: datetime) -> str:
    """Return the body as text if one of the secrets signed it within five minutes of `now`.

    Every secret is tried, so that they can be rotated; nothing in the request chooses among them.

    :raises NotSigned: if none did
    """
    if len(header) > LONGEST_HEADER:
        raise NotSigned("the header is too long")
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise NotSigned("the body is not UTF-8") from error
    if not any(_is_signed(text, header, secret) for secret in secrets):
        raise NotSigned("no secret of ours signed this body")
    _check_age(header, now)
    return text


def read(text: str) -> EventView:
    """Read an event that Stripe sends, or a member of its list of events.

    :raises NotAnEvent: if it is none
    """
    try:
        values = json.loads(text)
        if not isinstance(values, dict) or values.get("object") != "event":
            raise ValueError("it does not call itself an event")
        _refuse_nests(values)
        subject = _mapping(_mapping(values, "data"), "object")
        return EventView(
            id=_word(values, "id"),
            type=_word(values, "type"),
            object_type=_name(subject, "object"),
            object_id=_name(subject, "id"),
            api_version=_name(values, "api_version")[:40],
            account=_word(values, "account") if values.get("account") else "",
            is_livemode=_flag(values, "livemode"),
            created_at=_moment(values),
            payload=text,
        )
    except (ValueError, OverflowError, OSError, RecursionError) as error:
        raise NotAnEvent(str(error)[:200]) from error


def _is_signed(text: str, header: str, secret: str) -> bool:
    try:
        return bool(WebhookSignature.verify_header(text, header, secret, tolerance=None))
    except (SignatureVerificationError, ValueError, TypeError):  # TypeError: not ASCII
        return False


def _check_age(header: str, now: datetime) -> None:
    """Refuse both sides: the library believes a signature from the future."""
    stated = next(item[2:] for item in header.split(",") if item.startswith("t="))
    try:
        age = abs(now.timestamp() - int(stated))
    except (ValueError, OverflowError) as error:
        raise NotSigned("its time is no time") from error
    if age > TOLERANCE.total_seconds():
        raise NotSigned("it was not signed now")


def _refuse_nests(values: object) -> None:
    """Refuse what would take more of the stack than any event does."""
    level = [values]
    for _ in range(DEEPEST):
        level = [child for each in level for child in _children(each)]
        if not level:
            return
    raise ValueError("it is nested too deeply")


def _children(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _mapping(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = values.get(name)
    if not isinstance(found, dict):
        raise ValueError(f"{name} is no object")
    return found


def _name(values: Mapping[str, Any], name: str) -> str:
    """Return a name or nothing: objects that are not ours may be called anything."""
    found = values.get(name)
    return found if isinstance(found, str) and WORD.fullmatch(found) else ""


def _word(values: Mapping[str, Any], name: str) -> str:
    found = values.get(name)
    if not isinstance(found, str) or not WORD.fullmatch(found):
        raise ValueError(f"{name} is no word")
    return found


def _flag(values: Mapping[str, Any], name: str) -> bool:
    found = values.get(name)
    if not isinstance(found, bool):
        raise ValueError(f"{name} is neither true nor false")
    return found


def _moment(values: Mapping[str, Any]) -> datetime:
    found = values.get("created")
    if not isinstance(found, int) or isinstance(found, bool):
        raise ValueError("created is no moment")
    return datetime.fromtimestamp(found, UTC)
