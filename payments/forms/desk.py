"""What is typed at the payments desk, as clean values."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.card_numbers import no_card_number
from core.money import NotExact, to_minor
from core.typed import TypedDecimal
from payments.desk.payments import FATES
from payments.models import Method, PaymentCase


class Reason(forms.CharField):
    """Words that are kept with a decision; card numbers have no place in them."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Reason"))
        options.setdefault("help_text", _("It is kept with your name."))
        options.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        super().__init__(**{"max_length": 500, "validators": [no_card_number], **options})


class Amount(TypedDecimal):
    """An amount of money as people type it; the form knows the currency."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput({"inputmode": "decimal", "dir": "ltr"}))
        super().__init__(
            **{"max_digits": 12, "decimal_places": 4, "min_value": Decimal("0.0001"), **options}
        )


class DayField(forms.DateField):
    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.DateInput({"type": "date"}), **options)


class PageForm(forms.Form):
    """Where a page of a list begins."""

    before = forms.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, widget=forms.HiddenInput
    )


class PaymentFilterForm(PageForm):
    """Which payments the list shows."""

    state = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All")), *FATES.items()]
    )
    method = forms.ChoiceField(
        label=_("Method"), required=False, choices=[("", _("All")), *Method.choices]
    )
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("To"), required=False)
    account = forms.CharField(label=_("Account number"), max_length=20, required=False)
    reference = forms.CharField(
        label=_("Receipt number begins with"), max_length=80, required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day lies before the first."))
        return cleaned


class AttemptFilterForm(PageForm):
    """Whose attempts the list shows, whatever became of them; else those without a result."""

    account = forms.CharField(label=_("Account number"), max_length=20, required=False)
    reference = forms.CharField(label=_("Reference"), max_length=80, required=False)


class StateFilterForm(PageForm):
    """Whether a list shows what is done, too."""

    everything = forms.BooleanField(label=_("Show what is done, too"), required=False)


class CaseFilterForm(StateFilterForm):
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All")), *PaymentCase.Kind.choices]
    )


class RefundForm(forms.Form):
    """How much of a payment goes back, and why."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    amount = Amount(label=_("Amount"))
    reason = Reason()

    amount_minor: int = 0

    def __init__(self, *args: Any, currency: str, refundable_minor: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.currency = currency
        self.refundable_minor = refundable_minor

    def clean_amount(self) -> Decimal:
        """Read the amount in the currency of the payment."""
        amount: Decimal = self.cleaned_data["amount"]
        try:
            self.amount_minor = to_minor(amount, self.currency)
        except NotExact as error:
            raise forms.ValidationError(_("This currency has no such small coins.")) from error
        if self.amount_minor > self.refundable_minor:
            raise forms.ValidationError(_("That is more than is left of this payment."))
        return amount


class ApprovalForm(forms.Form):
    """A word on why to approve although the payer's bank may still take the money back."""

    override = Reason(label=_("Why it cannot wait"), required=False)


class RejectionForm(forms.Form):
    reason = Reason(label=_("Why not"))


class AccountForm(forms.Form):
    """Whose money it is."""

    number = forms.CharField(label=_("Account number"), max_length=20)


class NoteForm(forms.Form):
    note = Reason(label=_("What was done"))


class WaiverForm(forms.Form):
    reason = Reason(max_length=200)
