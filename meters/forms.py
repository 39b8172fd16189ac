"""Forms of the administration: mistakes are told before the database refuses them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from meters import queries
from meters.models import CustomerAgreement, RegisterMap
from meters.sources.modbus import BadMap, Map


class RegisterMapForm(forms.ModelForm[RegisterMap]):
    class Meta:
        model = RegisterMap
        fields = ["code", "name", "registers"]

    def clean_registers(self) -> dict[str, Any]:
        definition: dict[str, Any] = self.cleaned_data["registers"]
        try:
            Map.parse(definition)
        except (BadMap, AttributeError) as error:
            raise forms.ValidationError(str(error)) from error
        return definition


class CustomerAgreementForm(forms.ModelForm[CustomerAgreement]):
    class Meta:
        model = CustomerAgreement
        fields = ["account", "usage_point", "starts_at", "ends_at", "payment_mode"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            other = queries.overlapping_agreement(
                cleaned["usage_point"],
                starts_at=cleaned["starts_at"],
                ends_at=cleaned["ends_at"],
                besides=self.instance.pk,
            )
            if other:
                raise forms.ValidationError(
                    _("%(usage_point)s belongs to account %(account)s in this time."),
                    params={"usage_point": cleaned["usage_point"], "account": other.account},
                )
        return cleaned
