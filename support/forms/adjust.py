"""By how much a bill is adjusted, which way, and why."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import formats
from core.card_numbers import no_card_number
from core.money import NotExact, to_minor
from payments.forms.desk import Amount, Reason
from statements.models import Adjustment

DIRECTIONS = [
    ("credit", _("Credit: the customer owes less")),
    ("charge", _("Charge: they owe more")),
]


class AdjustForm(forms.Form):
    """An adjustment as it is typed; the amount without a sign, in the currency of the bill."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    direction = forms.ChoiceField(label=_("What"), choices=DIRECTIONS)
    amount = Amount(label=_("Amount"))
    reason_code = forms.ChoiceField(label=_("Reason"), choices=Adjustment.Reason)
    note = Reason(label=_("Note for us"), help_text=_("What happened, and who asked for it."))
    customer_text = forms.CharField(
        label=_("Text for the customer"),
        help_text=_("Stands under the bill and in the message, after the reason."),
        max_length=200,
        required=False,
        validators=[no_card_number],
        widget=forms.Textarea({"rows": 2}),
    )

    amount_minor: int = 0  # negative is credit

    def __init__(self, *args: Any, currency: str, creditable_minor: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.currency = currency
        self.creditable_minor = creditable_minor

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        try:
            self.amount_minor = to_minor(amount, self.currency)
        except NotExact as error:
            raise forms.ValidationError(_("This currency has no such small coins.")) from error
        return amount

    def clean(self) -> dict[str, Any]:
        """Give the amount its sign; credit goes no further than the bill."""
        cleaned = super().clean() or {}
        if cleaned.get("direction") == "credit":
            self.amount_minor = -self.amount_minor
        if -self.amount_minor > self.creditable_minor:
            self.refuse_amount(self.creditable_minor)
        return cleaned

    def refuse_amount(self, creditable_minor: int) -> None:
        """Say how much credit the bill can still get."""
        most = formats.money(creditable_minor, self.currency)
        self.add_error(
            "amount", _("At most %(amount)s of this bill can be credited.") % {"amount": most}
        )
