"""Why a payment failed, in plain words; the provider's codes stay out of sight."""

from __future__ import annotations

from django.utils.translation import gettext as _


def failure(code: str) -> str:
    """Return one sentence about a failure code that says what to do next."""
    return _sentences().get(code) or _("The payment did not go through. Please try again.")


def _sentences() -> dict[str, str]:
    declined = _("The bank declined the payment. Please use another card or ask your bank.")
    funds = _("There was not enough money on the account. Please try again or pay another way.")
    expired = _("The card has expired. Please use another card.")
    closed = _("The bank account is closed or cannot be debited. Please use another one.")
    wrong = _("The card details were not right. Please check them and try again.")
    confirm = _("The payment was not confirmed with the bank. Please try again.")
    later = _("The bank could not be reached. Please try again later.")
    withdrawn = _("The permission for the bank debit was withdrawn. Please pay another way.")
    return {
        "card_declined": declined,
        "generic_decline": declined,
        "do_not_honor": declined,
        "debit_not_authorized": withdrawn,
        "payment_method_provider_decline": declined,
        "insufficient_funds": funds,
        "expired_card": expired,
        "account_closed": closed,
        "bank_account_restricted": closed,
        "bank_account_unusable": closed,
        "no_account": closed,
        "invalid_account_number": closed,
        "incorrect_cvc": wrong,
        "incorrect_number": wrong,
        "invalid_expiry_month": wrong,
        "invalid_expiry_year": wrong,
        "authentication_required": confirm,
        "payment_intent_authentication_failure": confirm,
        "processing_error": later,
        "issuer_not_available": later,
        "canceled": _("The bank debit was cancelled. Please pay again or another way."),
        "currency_mismatch": _("The money came in another currency. We look into it."),
    }
