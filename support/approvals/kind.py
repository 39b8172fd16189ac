"""What the inbox must know of each kind of approval."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.models import Approval, User
from accounts.staff import StaffRole


@dataclass(frozen=True)
class Change:
    """One thing before and after; amounts in minor units where it is money."""

    what: str
    before: Any
    after: Any
    is_money: bool = False


@dataclass(frozen=True)
class Described:
    """What the page of an approval shows beside who asked, when, how much and why."""

    facts: Sequence[tuple[str, Any]] = ()
    prices: Sequence[Change] = ()  # as customers read them
    changes: Sequence[Change] = ()
    link: str = ""  # to the page of the object
    warning: str = ""  # what to look at before deciding
    note_help: str = ""  # what a word beside the approval is good for; none is asked for if empty


@dataclass(frozen=True)
class Decision:
    """What a person decided, and when: the business moment and real time."""

    approval: Approval
    by: User
    note: str
    now: datetime
    real_now: datetime


@dataclass(frozen=True)
class Kind:
    """One kind of approval: who decides, what is shown, and the operations that carry it out.

    Each operation decides and acts in one transaction, and raises one of `refusals` or an
    exception of `accounts.operations.approvals` when it does not.
    """

    code: str
    label: Any
    deciding: Sequence[StaffRole]
    subject: Callable[[Approval], str]  # what it is about, in a word or two
    describe: Callable[[Approval], Described]
    has_changed: Callable[[Approval], bool]  # since it was asked for
    approve: Callable[[Decision], object]
    reject: Callable[[Decision], object]
    withdraw: Callable[[Decision], object] | None = None
    refusals: Mapping[type[Exception], Any] = field(default_factory=dict)
