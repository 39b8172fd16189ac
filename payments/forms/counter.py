"""Turns what is typed at the counter into clean values."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from accounts.models import CustomerAccount, User
from core.card_numbers import no_card_number
from core.money import NotExact, to_minor
from core.typed import TypedDecimal
from payments import access
from payments.models import Method


class CounterForm(forms.Form):
    """A payment at the counter: whose, how much, how, and by which receipt."""

    number = forms.CharField(label=_("Account number"), max_length=20)
    amount = TypedDecimal(
        label=_("Amount"),
        min_value=Decimal("0.0001"),
        max_digits=12,
        decimal_places=4,
        help_text=_("In the currency of the account, such as 12.50."),
        widget=forms.TextInput({"inputmode": "decimal", "dir": "ltr"}),
    )
    method = forms.ChoiceField(
        label=_("Method"),
        choices=[(method.value, method.label) for method in (Method.CASH, Method.BANK_TRANSFER)],
        initial=Method.CASH,
        required=False,
    )
    reference = forms.RegexField(
        label=_("Receipt number"),
        regex=r"^[A-Za-z0-9][A-Za-z0-9.-]*$",
        max_length=40,
        validators=[no_card_number],
        help_text=_("As printed on the receipt, or the bank's reference of a transfer."),
        error_messages={"invalid": _("Use letters, digits, dots and dashes.")},
    )

    account: CustomerAccount | None = None
    amount_minor: int = 0

    def __init__(self, user: User | AnonymousUser, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Find the account and read the amount in its currency."""
        cleaned = super().clean() or {}
        if "number" in cleaned:
            self.account = access.account_at_counter(self.user, cleaned["number"])
            if self.account is None:
                self.add_error("number", _("There is no account with this number."))
        if self.account and "amount" in cleaned:
            self._read_amount(cleaned["amount"], self.account.currency)
        return cleaned

    def clean_method(self) -> Method:
        return Method(self.cleaned_data["method"] or Method.CASH)

    def _read_amount(self, amount: Decimal, currency: str) -> None:
        try:
            self.amount_minor = to_minor(amount, currency)
        except NotExact:
            self.add_error("amount", _("This currency has no such small coins."))


class ReversalForm(forms.Form):
    """Why a payment is taken back."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It is kept with your name."),
        max_length=500,
        validators=[no_card_number],
        widget=forms.Textarea(attrs={"rows": 3}),
    )
