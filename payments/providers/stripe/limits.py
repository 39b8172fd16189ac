"""What Stripe takes at least and at most, and by which of its means; minor units.

Source: docs.stripe.com/currencies, "Minimum and maximum charge amounts". The minimum holds for
the currency in which we are paid out, which is taken to be that of the bill.
"""

from __future__ import annotations

from core.money import minor_digits

MOST = 99_999_999
LEAST = {
    "AED": 2_00,
    "AUD": 50,
    "BGN": 1_00,
    "BRL": 50,
    "CAD": 50,
    "CHF": 50,
    "CZK": 15_00,
    "DKK": 2_50,
    "EUR": 50,
    "GBP": 30,
    "HKD": 4_00,
    "HUF": 175_00,
    "INR": 50,
    "JPY": 50,
    "MXN": 10_00,
    "MYR": 2_00,
    "NOK": 3_00,
    "NZD": 50,
    "PLN": 2_00,
    "RON": 2_00,
    "SEK": 3_00,
    "SGD": 50,
    "THB": 10_00,
    "USD": 50,
}
# Stripe counts these in other units than ISO 4217, or takes no odd thousandths of them.
COUNTED_OTHERWISE = frozenset("BHD IQD ISK JOD KWD LYD MGA OMR TND UGX".split())
MEANS = {
    "card": {"": "card"},
    "bank_debit": {"USD": "us_bank_account", "EUR": "sepa_debit"},
}


def minimum(currency: str) -> int:
    """Return the smallest payment; one whole unit of a currency that Stripe's table leaves out."""
    whole_unit: int = 10 ** minor_digits(currency)
    return LEAST.get(currency, whole_unit)


def means(method: str, currency: str) -> str:
    """Return Stripe's word for a method of ours in a currency, or nothing if it is not offered."""
    if currency in COUNTED_OTHERWISE:
        return ""
    offered = MEANS.get(method, {})
    return offered.get(currency) or offered.get("", "")
