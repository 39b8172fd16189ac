"""Where the edit of a plan begins: what its newest version says, and which one that was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from core.wizard import Draft
from tariffs.authoring import PlanForm, plan_state_of
from tariffs.authoring.plan_around import Around
from tariffs.models import Plan, PlanVersion, VersionState
from tariffs.plan_wizard import basics, categories, charges, services

OPEN = (VersionState.DRAFT, VersionState.IN_REVIEW)


def newest(plan: Plan) -> PlanVersion | None:
    """Return the version that an edit begins with; its number is what the author has seen."""
    return plan.versions.select_related("author").order_by("-number").first()


def about(version: PlanVersion) -> dict[str, Any]:
    """Return which version is edited, and what it said when the edit began."""
    return {
        "number": version.number,
        "digest": version.digest,
        "definition": version.definition,
    }


def token(version: PlanVersion) -> str:
    """Return what tells one state of a version from another."""
    return f"v{version.number}-{version.digest[:16]}"


def draft_of(version: PlanVersion, around: Around, old: PlanVersion | None = None) -> Draft:
    """Return the draft that says what a version says.

    What is published already goes on from the first day of the next month.

    :param version: the newest one, which the answers will follow
    :param old: an earlier one whose answers are taken instead

    :raises NotExpressible: where the form cannot say it
    """
    said = plan_state_of((old or version).definition)
    if old or version.state not in OPEN:
        said = _next(said, around.today)
    return Draft(token=token(version), typed=typed(said, around), about=about(version))


def typed(said: PlanForm, around: Around) -> dict[str, dict[str, str | list[str]]]:
    """Return the fields of all steps that make these answers."""
    return {
        "basics": dict(basics.typed(said.basics)),
        "categories": categories.typed(said.categories, around.tree),
        "services": dict(services.typed(said.services, around.rates, said.beside)),
        "charges": charges.typed(said.charges),
    }


def _next(said: PlanForm, today: date) -> PlanForm:
    first = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    last = said.basics.last_day
    ends = last if last is None or last >= first else None
    return replace(said, basics=replace(said.basics, first_day=first, last_day=ends))
