"""The last page: what changed, and what happens next."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from core.offering import offer

DRAFT, REVIEW = "draft", "review"
AS_DRAFT = gettext_lazy("Save as a draft, to go on with it later")
FOR_REVIEW = gettext_lazy("Save and send for review, to be published by a colleague")


class ClosingForm(forms.Form):
    """What changed; and a review at once, unless the draft must be tried on past bills first."""

    summary = forms.CharField(
        label=gettext_lazy("What changed"),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("For colleagues and auditors; kept with the version for good."),
        error_messages={"required": gettext_lazy("Say what changed.")},
    )
    after = forms.ChoiceField(
        label=gettext_lazy("What happens next"),
        choices=[(DRAFT, AS_DRAFT), (REVIEW, FOR_REVIEW)],
        initial=DRAFT,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if settings.SHADOW_REQUIRED:
            offer(self, "after", [(DRAFT, AS_DRAFT)])
