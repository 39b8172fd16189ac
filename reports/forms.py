"""Turns what addresses carry into clean values."""

from __future__ import annotations

from django import forms


class PageForm(forms.Form):
    """Where a page of movements begins."""

    before = forms.IntegerField(min_value=1, required=False)
