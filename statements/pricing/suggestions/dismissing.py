"""Putting a suggestion away with a reason, and taking it back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations import audit
from statements.models import SuggestionDismissal
from statements.pricing.suggestions.found import Found, Suggestion


class NoReason(ValueError):
    """Nobody said why; the words are for people."""


@transaction.atomic
def dismiss(
    code: str, object_key: str, *, reason: str, actor: User | None, at: datetime
) -> SuggestionDismissal:
    """Show a suggestion no more; what was dismissed before keeps its reason.

    :raises NoReason: if no reason is given
    """
    if not reason.strip():
        raise NoReason(_("Say why it shall not be shown again."))
    known, is_new = SuggestionDismissal.objects.get_or_create(
        code=code,
        object_key=object_key,
        defaults={"reason": reason.strip(), "actor": actor, "dismissed_at": at},
    )
    if is_new:
        told = {"suggestion": f"{code} {object_key}", "reason": known.reason}
        audit("suggestion.dismiss", known, actor=actor, detail=told)
    return known


@transaction.atomic
def restore(dismissal: SuggestionDismissal, *, actor: User | None) -> None:
    """Show a suggestion again."""
    told = {"suggestion": str(dismissal), "reason": dismissal.reason}
    audit("suggestion.restore", dismissal, actor=actor, detail=told)
    dismissal.delete()


def without_dismissed(found: Found) -> Found:
    """Return what was found with the dismissed apart; one query."""
    away = set(SuggestionDismissal.objects.values_list("code", "object_key"))
    shown, dismissed = list[Suggestion](), list[Suggestion]()
    for each in found.suggestions:
        is_away = (str(each.code), each.object_key) in away
        (dismissed if is_away else shown).append(each)
    return Found(shown, found.lacking, dismissed)
