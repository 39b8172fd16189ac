"""What can be decided about a held reading, in words and as a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.card_numbers import no_card_number
from meters import operations
from meters.models import ReadingException
from meters.vee.rules import Rule

RULES: Mapping[str, Promise] = {
    Rule.SERIAL: _("The message came from another meter"),
    Rule.MALFORMED: _("The message could not be read"),
    Rule.FUTURE: _("The reading lies in the future"),
    Rule.DUPLICATE: _("Two different values came for one moment"),
    Rule.LATE: _("The reading is older than the last one"),
    Rule.MISSING: _("Readings were missed; intervals are estimated"),
    Rule.NEGATIVE: _("The register went backwards"),
    Rule.IMPOSSIBLE: _("More passed than the connection can carry"),
    Rule.ROLLOVER: _("The register began again at zero"),
    Rule.CONFLICT: _("Another value came for an interval that has one"),
}
ACCEPT, REJECT, ESTIMATE = "accept", "reject", "estimate"
WORDS: Mapping[str, Promise] = {
    ACCEPT: _("Accept it: the meter really showed this"),
    REJECT: _("Leave it out for good"),
    ESTIMATE: _("Leave it out, and estimate the intervals that are empty"),
}
DEEDS: Mapping[str, operations.Decision] = {
    ACCEPT: operations.accept_reading,
    REJECT: operations.reject_reading,
    ESTIMATE: operations.estimate_instead,
}


def in_words(rule: str) -> str | Promise:
    """Return what a rule found, as people say it."""
    return RULES.get(rule, rule)


def possible(exception: ReadingException) -> list[str]:
    """Return what can be decided about an exception, which must be open."""
    if exception.resolution != ReadingException.Resolution.OPEN:
        return []
    found = [REJECT]
    if exception.channel_id and exception.value_base is not None:
        found.insert(0, ACCEPT)
    channel = exception.channel
    if channel and not channel.is_register_only and exception.rule != Rule.CONFLICT:
        found.append(ESTIMATE)
    return found


class DecideForm(forms.Form):
    """What becomes of a held reading, and why."""

    decision = forms.ChoiceField(label=_("Decision"))
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It is kept with your name."),
        min_length=5,
        max_length=120,
        validators=[no_card_number],
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args: Any, exception: ReadingException, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(key, WORDS[key]) for key in possible(exception)]
        self.fields["decision"] = forms.ChoiceField(
            label=_("Decision"), choices=[("", _("Choose")), *choices]
        )
