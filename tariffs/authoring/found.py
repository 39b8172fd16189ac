"""What a check says: where, how grave, and a code with numbers for the words of the page."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Step(StrEnum):
    """The steps of the wizard that ask something."""

    BASICS = "basics"
    RATES = "rates"
    CHARGES = "charges"
    EXAMPLES = "examples"
    SUMMARY = "summary"


class PlanStep(StrEnum):
    """The steps of the plan wizard."""

    BASICS = "basics"
    CATEGORIES = "categories"
    SERVICES = "services"
    CHARGES = "charges"
    SUMMARY = "check"


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Check:
    """One line of the panel of checks; an error stops at Continue, a warning does not."""

    step: StrEnum  # of the wizard: `Step`, or `PlanStep`
    field: str  # as the state names it, e.g. `rows[1].up_to`
    level: Level
    code: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def error(step: StrEnum, where: str, code: str, **params: Any) -> Check:
    return Check(step, where, Level.ERROR, code, params)


def warning(step: StrEnum, where: str, code: str, **params: Any) -> Check:
    return Check(step, where, Level.WARNING, code, params)


def fine(step: StrEnum, where: str, code: str, **params: Any) -> Check:
    return Check(step, where, Level.OK, code, params)
