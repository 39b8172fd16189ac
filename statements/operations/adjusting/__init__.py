"""Adjustments: an issued bill is corrected beside it, within a limit alone, above it by two."""

from statements.operations.adjusting.asking import adjust
from statements.operations.adjusting.deciding import (
    DECIDING,
    approve_adjustment,
    reject_adjustment,
    withdraw_adjustment,
)
from statements.operations.adjusting.effect import KIND, Effect, effect
from statements.operations.adjusting.posting import take_back
from statements.operations.adjusting.rules import (
    BadAmount,
    NotAdjustable,
    NoteMissing,
    creditable_minor,
    left_alone_minor,
)

__all__ = [
    "DECIDING",
    "KIND",
    "BadAmount",
    "Effect",
    "NotAdjustable",
    "NoteMissing",
    "adjust",
    "approve_adjustment",
    "creditable_minor",
    "effect",
    "left_alone_minor",
    "reject_adjustment",
    "take_back",
    "withdraw_adjustment",
]
