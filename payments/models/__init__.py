"""Attempts to pay, money that came, and what became of it."""

from payments.models.attempts import LIVE, AttemptChange, PaymentAttempt
from payments.models.balance import BalanceTransaction, Payout
from payments.models.cases import PaymentCase
from payments.models.chargebacks import Chargeback
from payments.models.events import ProviderEvent
from payments.models.late_fees import LateFee, LateFeePolicy
from payments.models.payments import Method, Payment
from payments.models.refunds import Refund
from payments.models.suspense import SuspenseItem

__all__ = [
    "LIVE",
    "AttemptChange",
    "BalanceTransaction",
    "Chargeback",
    "LateFee",
    "LateFeePolicy",
    "Method",
    "Payment",
    "PaymentAttempt",
    "PaymentCase",
    "Payout",
    "ProviderEvent",
    "Refund",
    "SuspenseItem",
]
