"""Every component in every state, on one page, with made-up data."""

from __future__ import annotations

from datetime import date

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from core.templatetags.page import SHAPES


class ExampleForm(forms.Form):
    """Each kind of field once."""

    name = forms.CharField(label=_("Name"), help_text=_("As it is on the letter."))
    amount = forms.DecimalField(
        label=_("Amount"),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        min_value=1,
    )
    commodity = forms.ChoiceField(
        label=_("Service"), choices=[("e", _("Electricity")), ("w", _("Water"))]
    )
    note = forms.CharField(label=_("Note"), widget=forms.Textarea, required=False)
    sure = forms.BooleanField(label=_("I have read what happens next"))


@require_GET
def styleguide(request: HttpRequest) -> HttpResponse:
    context = {
        "form": ExampleForm(prefix="good"),
        "wrong_form": ExampleForm({"wrong-amount": "-3", "wrong-name": ""}, prefix="wrong"),
        "tags": list(SHAPES),
        "today": date(2026, 11, 21),
        "rows": [("INV-2026-110042", 84_20, "wait"), ("INV-2026-100037", 79_10, "good")],
    }
    return render(request, "billing_site/styleguide.html", context)
