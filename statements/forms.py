"""Turns what people type on the pages of bills and runs into clean values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.card_numbers import no_card_number
from core.offering import offer
from statements.models import BillingCycle, PlanAssignment
from statements.operations.assign import NotAssignable, assign_plan
from statements.presentation.standing import FILTERS


class DayForm(forms.Form):
    """Which day of a line's readings is open."""

    day = forms.DateField(input_formats=["%Y-%m-%d"], required=False)


class LanguageForm(forms.Form):
    """In which language a document is wanted."""

    lang = forms.ChoiceField(choices=lambda: settings.LANGUAGES, required=False)


class BillsForm(forms.Form):
    """Which bills are listed; nonsense lists all of them."""

    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)
    account = forms.ChoiceField(label=_("Account"), required=False)
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("All")), *((key, words) for key, (words, _kinds) in FILTERS.items())],
    )

    def __init__(
        self, *args: Any, years: Iterable[int], accounts: Iterable[str], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        for name, values in (("year", years), ("account", accounts)):
            offer(self, name, [("", _("All")), *((value, str(value)) for value in values)])


class ReasonForm(forms.Form):
    """Why something is decided; it stays in the audit trail."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It is kept with your name."),
        max_length=500,
        validators=[no_card_number],
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class MonthForm(forms.Form):
    """The month that a new run closes."""

    month = forms.RegexField(
        label=_("Month"),
        help_text=_("Year and month, as in 2026-10."),
        regex=r"^\d{4}-\d{2}$",
        max_length=7,
        error_messages={"invalid": _("Write the month as year and month, as in 2026-10.")},
    )
    cycle = forms.ModelChoiceField(
        BillingCycle.objects.order_by("name"), label=_("Cycle"), empty_label=None
    )


class BillNumberForm(forms.Form):
    """The number of a bill to look for."""

    number = forms.CharField(label=_("Bill number"), max_length=24)


class PlanAssignmentForm(forms.ModelForm[PlanAssignment]):
    """A plan for an agreement from a moment on; the plan before ends there."""

    class Meta:
        model = PlanAssignment
        fields = ["agreement", "plan_version", "starts_at"]

    def clean(self) -> dict[str, Any]:
        """Try the operation and take it back, so that its refusals stand beside the fields."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                with transaction.atomic():
                    assign_plan(**cleaned, actor=None)
                    transaction.set_rollback(True)
            except (NotAssignable, IntegrityError) as error:
                told = _("This plan cannot be given: %(reason)s") % {"reason": error}
                raise forms.ValidationError(told) from error
        return cleaned


class NoteForm(forms.Form):
    """A word beside what is asked for or decided, where one is of use."""

    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=500,
        validators=[no_card_number],
        widget=forms.Textarea(attrs={"rows": 2}),
    )
