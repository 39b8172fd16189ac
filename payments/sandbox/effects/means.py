"""The test numbers, and what becomes of a payment with each. A full number is never kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

LUHN_DOUBLE = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
NAMES = {"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express"}


class NotTaken(ValueError):
    """What was typed cannot be charged; the text says why, `field` where."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True)
class Outcome:
    """What a test number does; `code` is Stripe's word for a failure."""

    does: str  # pays, declines, asks, fails, disputes
    words: str
    code: str = ""
    decline: str = ""
    refund: str = "at once"  # at once, later, fails


@dataclass(frozen=True)
class Means:
    """How someone pays: only the kind, the brand or bank, and the last four digits."""

    kind: str  # card, us_bank_account, sepa_debit
    brand: str
    last4: str
    outcome: Outcome


CARDS = {
    "4242424242424242": Outcome("pays", "Visa, is paid"),
    "4000056655665556": Outcome("pays", "Visa debit, is paid"),
    "5555555555554444": Outcome("pays", "Mastercard, is paid"),
    "378282246310005": Outcome("pays", "American Express, is paid"),
    "4000000000000002": Outcome("declines", "is declined", "card_declined", "generic_decline"),
    "4000000000009995": Outcome(
        "declines", "has too little money", "card_declined", "insufficient_funds"
    ),
    "4000000000000069": Outcome("declines", "has expired", "expired_card"),
    "4000000000003220": Outcome("asks", "asks for a confirmation"),
    "4000002500003155": Outcome("asks", "asks for a confirmation"),
    "4000000000000259": Outcome("disputes", "is paid, then disputed", "fraudulent"),
    "4000000000007726": Outcome("pays", "is paid; a refund takes days", refund="later"),
    "4000000000005126": Outcome("pays", "is paid; a refund fails later", refund="fails"),
}
ROUTING = "110000000"
ACCOUNTS = {
    "000123456789": Outcome("pays", "is paid after four days"),
    "000222222227": Outcome("fails", "has too little money, fails", "insufficient_funds"),
    "000111111113": Outcome("fails", "is closed, fails", "account_closed"),
    "000111111116": Outcome("fails", "does not exist, fails", "no_account"),
    "000333333335": Outcome("fails", "is not authorised, fails", "debit_not_authorized"),
    "000000004954": Outcome("disputes", "is paid, then returned", "insufficient_funds"),
    "000555555559": Outcome("disputes", "is paid, then returned", "debit_not_authorized"),
}
IBANS = {
    "AT611904300234573201": Outcome("pays", "is paid after four days"),
    "DE89370400440532013000": Outcome("pays", "is paid after four days"),
    "AT861904300235473202": Outcome("fails", "has too little money, fails", "insufficient_funds"),
    "AT591904300235473203": Outcome("disputes", "is paid, then returned", "debit_not_authorized"),
}
WORDS = {
    "generic_decline": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
}
LIVE = "Your card was declined. Your request was in test mode, but used a non test card."


def card(number: str) -> Means:
    """Return a card by its number.

    :raises NotTaken: for a number that no card has, or that is not for tests
    """
    digits = re.sub(r"[\s-]", "", number)
    if not re.fullmatch(r"[0-9]{12,19}", digits):
        raise NotTaken("card", "Enter the card number: 12 to 19 digits.")
    if not luhn(digits):
        raise NotTaken("card", "This card number is not right. Check its digits.")
    if digits not in CARDS:
        raise NotTaken("card", LIVE)
    return Means("card", _brand(digits), digits[-4:], CARDS[digits])


def bank(account: str, routing: str = ROUTING) -> Means:
    """Return a bank account of the United States.

    :raises NotTaken: unless both are test numbers
    """
    if re.sub(r"\s", "", routing) != ROUTING:
        raise NotTaken("routing", f"Use the test routing number {ROUTING}.")
    digits = re.sub(r"[\s-]", "", account)
    if digits not in ACCOUNTS:
        raise NotTaken("account", "Use one of the test account numbers below.")
    return Means("us_bank_account", "STRIPE TEST BANK", digits[-4:], ACCOUNTS[digits])


def iban(text: str) -> Means:
    """Return a bank account of the single euro payments area.

    :raises NotTaken: unless it is a test number
    """
    said = re.sub(r"[\s-]", "", text).upper()
    if said not in IBANS:
        raise NotTaken("iban", "Use one of the test IBANs below.")
    return Means("sepa_debit", said[:2], said[-4:], IBANS[said])


def account(number: str) -> Means:
    """Return a bank account of either kind by its number alone."""
    return iban(number) if re.match(r"\s*[A-Za-z]{2}", number) else bank(number)


def luhn(digits: str) -> bool:
    """Tell whether the last digit agrees with the others."""
    odd, even = digits[-1::-2], digits[-2::-2]
    return (sum(map(int, odd)) + sum(LUHN_DOUBLE[int(digit)] for digit in even)) % 10 == 0


def _brand(digits: str) -> str:
    if digits[:2] in ("34", "37"):
        return "amex"
    return "mastercard" if digits[0] == "5" else "visa"
