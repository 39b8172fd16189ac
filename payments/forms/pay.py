"""How much a customer pays and by which means, as clean values."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formats, offering
from core.money import NotExact, to_minor
from core.typed import TypedDecimal
from payments.customer.offer import OTHER, Offer


class PayForm(forms.Form):
    """A choice of amount and method among those that are offered now."""

    choice = forms.ChoiceField(
        label=gettext_lazy("How much do you want to pay?"),
        error_messages={"required": gettext_lazy("Choose an amount.")},
    )
    amount = TypedDecimal(
        label=gettext_lazy("Another amount"),
        required=False,
        max_digits=12,
        decimal_places=4,
        widget=forms.TextInput({"inputmode": "decimal", "dir": "ltr", "autocomplete": "off"}),
    )
    method = forms.ChoiceField(
        label=gettext_lazy("How do you want to pay?"),
        error_messages={"required": gettext_lazy("Choose how to pay.")},
    )

    amount_minor: int = 0

    def __init__(self, offer: Offer, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.offer = offer
        values = [option.value for option in offer.options] + [OTHER]
        ways = [way.value for way in offer.ways]
        for name, offered in (("choice", values), ("method", ways)):
            offering.offer(self, name, [(value, value) for value in offered])
        gone = _("This is not offered now; please choose again.")
        for name in ("choice", "method"):
            self.fields[name].error_messages["invalid_choice"] = gone

    def clean(self) -> dict[str, Any]:
        """Find the amount of the choice, within what can be paid."""
        cleaned = super().clean() or {}
        if cleaned.get("choice") == OTHER:
            self._read_amount(cleaned.get("amount"))
        elif "choice" in cleaned:
            self.amount_minor = self.offer.amount_of(cleaned["choice"]) or 0
        return cleaned

    def refuse_amount(self, text: str) -> None:
        """Say at the amount why it cannot be paid."""
        self.add_error("amount" if self.data.get("choice") == OTHER else None, text)

    def _read_amount(self, amount: Decimal | None) -> None:
        if amount is None:
            if "amount" not in self.errors:
                self.add_error("amount", _("Enter the amount."))
            return
        offer = self.offer
        try:
            self.amount_minor = to_minor(amount, offer.currency)
        except NotExact:
            self.add_error("amount", _("This currency has no such small coins."))
            return
        if not offer.minimum_minor <= self.amount_minor <= offer.limit_minor:
            self.add_error("amount", bounds(offer))


def bounds(offer: Offer) -> str:
    """Say between which amounts a payment must lie."""
    least = formats.money(offer.minimum_minor, offer.currency)
    most = formats.money(offer.limit_minor, offer.currency)
    return _("At least %(least)s and at most %(most)s.") % {"least": least, "most": most}
