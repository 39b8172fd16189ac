"""Numbers are read as the reader's language writes them, and asked back where that is not clear."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django import forms
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core import typed


@pytest.mark.parametrize(
    ("language", "text", "number"),
    [
        ("en", "12.50", "12.50"),
        ("en", "12,50", "12.50"),
        ("en", "1,234.50", "1234.50"),
        ("en", "1.234", "1.234"),
        ("en", " 1 234.5 ", "1234.5"),
        ("en", ".5", "0.5"),
        ("en", "-3.04", "-3.04"),
        ("en", "1,234,567", "1234567"),
        ("es", "12,50", "12.50"),
        ("es", "12.50", "12.50"),
        ("es", "1.234,50", "1234.50"),
        ("es", "1,234", "1.234"),
        ("es", "1.234.567", "1234567"),
        ("es", "12345.678", "12345.678"),
        ("es", "0.125", "0.125"),
        ("es", "1\u202f234,5", "1234.5"),
        ("es", "7", "7"),
    ],
)
def test_what_is_clear(language, text, number):
    with translation.override(language):
        assert typed.read(text) == Decimal(number)


@pytest.mark.parametrize(
    ("language", "text"), [("es", "1.234"), ("es", "-12.500"), ("en", "1,234")]
)
def test_what_may_be_two_numbers_is_not_guessed(language, text):
    with translation.override(language), pytest.raises(typed.Ambiguous):
        typed.read(text)


@pytest.mark.parametrize(
    "text", ["", "-", ".", "1,2,3", "1.23.456", "12,34,56.7", "1e5", "NaN", "½", "1.234.5"]
)
def test_what_is_no_number(text):
    with translation.override("en"), pytest.raises(ValueError):
        typed.read(text)


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9
    )
)
@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_what_we_write_we_read(language, number):
    with translation.override(language):
        assert typed.read(typed.typed(number)) == number


def test_a_form_asks_back():
    class Form(forms.Form):
        amount = typed.TypedDecimal(max_digits=12, decimal_places=2, min_value=0)

    with translation.override("es"):
        assert Form({"amount": "58,12"}).is_valid()
        asked = Form({"amount": "1.234"}).errors["amount"]
        assert "1234" in asked[0] and "1,234" in asked[0]
        assert not Form({"amount": "-1"}).is_valid()
        assert not Form({"amount": "abc"}).is_valid()
        assert not Form({"amount": "1,234"}).is_valid()  # three decimals
