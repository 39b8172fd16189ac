"""Late fees and their policy as the desk shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.names import initials
from core.money import from_minor
from core.typed import typed
from payments.models import LateFee, LateFeePolicy
from payments.queries.late_fees import fee_minor


@dataclass(frozen=True)
class LateFeeRow:
    """One late fee of the list; the customer by initials."""

    fee: LateFee
    customer: str
    state: str
    tag: str
    is_charged: bool


@dataclass(frozen=True)
class PolicyRow:
    """One version, and whether it is in force, to come or past."""

    policy: LateFeePolicy
    state: str
    tag: str


@dataclass(frozen=True)
class Sample:
    """What a bill with so much open costs at one step; minor units."""

    step: int
    open_minor: int
    fee_minor: int


def rows(fees: Iterable[LateFee]) -> list[LateFeeRow]:
    return [row(fee) for fee in fees]


def row(fee: LateFee) -> LateFeeRow:
    is_charged = fee.state == LateFee.State.CHARGED
    return LateFeeRow(
        fee=fee,
        customer=initials(fee.statement.account.customer.name),
        state=str(fee.get_state_display()),
        tag="wait" if is_charged else "off",
        is_charged=is_charged,
    )


def policies(versions: Iterable[LateFeePolicy], *, today: date) -> list[PolicyRow]:
    """Return the rows of versions that come with the newest first."""
    listed, is_taken = [], False
    for policy in versions:
        if policy.starts_on > today:
            state = (_("To come"), "wait")
        elif is_taken:
            state = (_("For older bills"), "off")
        else:
            state, is_taken = (_("In force"), "good"), True
        listed.append(PolicyRow(policy, *state))
    return listed


def samples(policy: LateFeePolicy, open_minor: int) -> list[Sample]:
    """Return what each step would cost if this amount stayed open all the time."""
    found: list[Sample] = []
    for step in range(1, policy.steps + 1):
        so_far = sum(sample.fee_minor for sample in found)
        fee = fee_minor(policy, open_minor, charged_minor=so_far)
        is_enough = open_minor > policy.tolerance_minor
        found.append(Sample(step, open_minor, fee if is_enough else 0))
    return found


def as_typed(policy: LateFeePolicy) -> dict[str, Any]:
    """Return the terms of a version as a person would type them, to begin the next one."""
    cap = policy.cap_minor
    return {
        "grace_days": policy.grace_days,
        "flat": typed(from_minor(policy.flat_minor, policy.currency)),
        "percent": typed(policy.percent.normalize()),
        "cap": None if cap is None else typed(from_minor(cap, policy.currency)),
        "tolerance": typed(from_minor(policy.tolerance_minor, policy.currency)),
        "steps": policy.steps,
        "days_between_steps": policy.days_between_steps,
    }
