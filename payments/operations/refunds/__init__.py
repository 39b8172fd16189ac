"""Give money back through the provider: asked for by one person, decided by another."""

from payments.operations.receipts import refundable_minor
from payments.operations.refunds.applying import apply_refund
from payments.operations.refunds.deciding import (
    KIND,
    RETURN_WINDOW,
    AlreadyDecided,
    BadAmount,
    ChangedSince,
    NotRefundable,
    ReasonMissing,
    SamePerson,
    StillReturnable,
    approve,
    reject,
    request_refund,
    returnable_until,
)
from payments.operations.refunds.sending import (
    NotSendable,
    ParametersChanged,
    ProviderMissing,
    give_up,
    submit_due,
    submit_refund,
)

__all__ = [
    "KIND",
    "RETURN_WINDOW",
    "AlreadyDecided",
    "BadAmount",
    "ChangedSince",
    "NotRefundable",
    "NotSendable",
    "ParametersChanged",
    "ProviderMissing",
    "ReasonMissing",
    "SamePerson",
    "StillReturnable",
    "apply_refund",
    "approve",
    "give_up",
    "refundable_minor",
    "reject",
    "request_refund",
    "returnable_until",
    "submit_due",
    "submit_refund",
]
