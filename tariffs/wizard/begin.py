"""What a wizard begins with: nothing, a template, or the newest version of a tariff."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from accounts.models import Utility
from core.wizard import Draft
from tariffs import authoring
from tariffs.authoring import NotExpressible
from tariffs.authoring.state import TariffForm
from tariffs.exchange.templates import Template, templates
from tariffs.models import TariffVersion, VersionState
from tariffs.wizard import typed

MONTHS = 12
Definition = Mapping[str, Any]


def blank(utility: Utility, *, service: str = "", kind: str = "") -> Draft:
    """Return a draft that knows at most the service and the rate type."""
    draft = Draft(about={"currency": utility.currency, "zone": utility.zone_name})
    if service:
        draft.typed[typed.BASICS] = {"commodity": service}
    if kind:
        draft.typed[typed.TYPE] = {"rate_type": kind}
    return draft


def offered() -> list[Template]:
    """Return the templates that the wizard can say; the others are files only."""
    return [each for each in templates() if _without_examples(each.definition) is not None]


def as_files() -> list[Template]:
    """Return the templates that only a file can say."""
    return [each for each in templates() if _without_examples(each.definition) is None]


def from_template(template: Template, utility: Utility) -> Draft:
    """Return a draft with the rates of a template; name, code and days are one's own.

    Its worked bills are left out, for they are right with its prices only.
    """
    draft = blank(utility)
    state = _without_examples(template.definition)
    if state is None:
        return draft
    draft.typed = typed.answers(state)
    draft.typed[typed.BASICS] |= {"name": "", "code": "", "first_day": "", "last_day": ""}
    draft.typed[typed.PREVIEW] = {}
    return draft


def from_version(version: TariffVersion, today: date) -> Draft:
    """Return a draft that says what a version says; a new one begins on the next day it may.

    :raises NotExpressible: if the wizard has no question for a part of it
    """
    state, kept = said(version.definition)
    answers = typed.answers(state)
    is_draft = version.state == VersionState.DRAFT
    if not is_draft:
        answers[typed.BASICS] |= {"first_day": _next_day(version, today).isoformat()}
        answers[typed.BASICS] |= {"last_day": ""}
    basics = state.basics
    about = {
        "code": basics.code,
        "commodity": basics.commodity,
        "currency": basics.currency,
        "zone": basics.zone,
        "number": version.number,
        "digest": version.digest,
        "is_draft": is_draft,
        "examples": kept,
        "base": deepcopy(answers),
    }
    token = f"v{version.number}-{version.digest[:12]}"
    return Draft(token=token, typed=answers, about=about)


def from_old(old: TariffVersion, newest: TariffVersion, today: date) -> Draft:
    """Return a draft that follows the newest version and says what an old one says.

    :raises NotExpressible: if the wizard has no question for a part of either
    """
    draft = from_version(newest, today)
    state, kept = said(old.definition)
    answers, days = typed.answers(state), draft.typed[typed.BASICS]
    answers[typed.BASICS] |= {"first_day": days["first_day"], "last_day": ""}
    draft.typed, draft.about = answers, {**draft.about, "examples": kept}
    return draft


def said(definition: Definition) -> tuple[TariffForm, list[Any]]:
    """Return the answers that make a definition, and the worked bills that only a file says.

    :raises NotExpressible: naming what else the wizard cannot say
    """
    plain = {name: value for name, value in definition.items() if name != "examples"}
    authoring.state_of(plain)
    all_said = [(row, _is_said(plain, row)) for row in definition.get("examples", [])]
    shown = [row for row, is_said in all_said if is_said]
    kept = [row for row, is_said in all_said if not is_said]
    return authoring.state_of({**plain, "examples": shown}), kept


def _is_said(plain: Definition, example: Any) -> bool:
    try:
        authoring.state_of({**plain, "examples": [example]})
    except NotExpressible:
        return False
    return True


def _without_examples(definition: Definition) -> TariffForm | None:
    plain = {name: value for name, value in definition.items() if name != "examples"}
    try:
        return authoring.state_of(plain)
    except NotExpressible:
        return None


def _next_day(version: TariffVersion, today: date) -> date:
    """Return the day after a version ends, or the first of the next month."""
    if version.ends_on and version.ends_on > today:
        return version.ends_on
    month = date(today.year + today.month // MONTHS, today.month % MONTHS + 1, 1)
    return max(month, version.starts_on + timedelta(days=1))
