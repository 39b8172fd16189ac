"""Billing runs and what comes out of them: statements, their lines, documents, adjustments."""

from statements.models.adjustments import Adjustment
from statements.models.documents import Cancellation, NumberSeries, StatementDocument
from statements.models.plans import AccountCondition, BillingCycle, PlanAssignment
from statements.models.runs import BillingRun, RunChunk, RunItem
from statements.models.shadow import ShadowAccount, ShadowChunk, ShadowRun
from statements.models.statements import (
    PRICE_DIGITS,
    Carried,
    Statement,
    StatementCoverage,
    StatementLine,
    StatementQuerySet,
    Trace,
)
from statements.models.suggestions import SavingsCheck, SuggestionDismissal

__all__ = [
    "PRICE_DIGITS",
    "AccountCondition",
    "Adjustment",
    "BillingCycle",
    "BillingRun",
    "Cancellation",
    "Carried",
    "NumberSeries",
    "PlanAssignment",
    "RunChunk",
    "RunItem",
    "SavingsCheck",
    "ShadowAccount",
    "ShadowChunk",
    "ShadowRun",
    "Statement",
    "StatementCoverage",
    "StatementDocument",
    "StatementLine",
    "StatementQuerySet",
    "SuggestionDismissal",
    "Trace",
]
