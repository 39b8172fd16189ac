"""Events of the provider in words; of their bodies only what names nobody."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.formats import money
from payments.desk.words import Tag
from payments.models import ProviderEvent

MOST_MINOR = 10**15  # beyond that it is no amount
TAGS = {
    ProviderEvent.State.RECEIVED: "wait",
    ProviderEvent.State.PROCESSED: "good",
    ProviderEvent.State.IGNORED: "off",
    ProviderEvent.State.DEAD: "warn",
}


@dataclass(frozen=True)
class EventRow:
    """One event with its state and reason in words."""

    event: ProviderEvent
    tag: Tag
    reason: str


def row(event: ProviderEvent) -> EventRow:
    state = ProviderEvent.State(event.state)
    return EventRow(event, (str(state.label), TAGS[state]), reason_words(event.reason))


def reason_words(reason: str) -> str:
    """Return why an event is ignored; what a person wrote stays as it is."""
    told = {
        "mode": _("It belongs to test mode and we are live, or the reverse."),
        "account": _("It belongs to another account at the provider."),
        "api_version": _("It is written in another version of the provider's interface."),
        "type": _("Nothing of ours depends on events of this type."),
        "not_ours": _("Its payment belongs to another installation."),
        "absent": _("The provider knows no such object."),
    }
    return told.get(reason, reason)


def essentials(event: ProviderEvent) -> Sequence[tuple[str, str]]:
    """Return names and values from the body: amount, state, reference. No names, no addresses."""
    subject = _subject(event.payload)
    found = [
        (_("Amount"), _amount(subject)),
        (pgettext("of an object at the provider", "State"), _word(subject, "status")),
        (_("Reference"), _word(_mapping(subject, "metadata"), "reference")),
        (_("Account"), _word(_mapping(subject, "metadata"), "account")),
    ]
    return [(name, value) for name, value in found if value]


def _subject(payload: str) -> Mapping[str, Any]:
    try:
        values = json.loads(payload)
    except ValueError:
        return {}
    return _mapping(_mapping(values, "data"), "object")


def _mapping(values: object, name: str) -> Mapping[str, Any]:
    found = values.get(name) if isinstance(values, dict) else None
    return found if isinstance(found, dict) else {}


def _word(values: Mapping[str, Any], name: str) -> str:
    found = values.get(name)
    return found[:40] if isinstance(found, str) else ""


def _amount(subject: Mapping[str, Any]) -> str:
    amount, currency = subject.get("amount", subject.get("amount_total")), subject.get("currency")
    if type(amount) is int and abs(amount) < MOST_MINOR and isinstance(currency, str):
        return money(amount, currency.upper())
    return ""
