"""A tariff or plan of its own that begins as a copy of another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from tariffs.engine.reading.definition import MAX_NAME
from tariffs.models import Plan, PlanVersion, Tariff, TariffVersion, VersionState
from tariffs.operations.bring_in import import_tariff
from tariffs.operations.life import NotPossible
from tariffs.operations.plans import import_plan
from tariffs.plans.reading import MAX_SHORT_NAME

MAX_CODE = 40


@transaction.atomic
def duplicate_tariff(tariff: Tariff, *, author: User | None, today: date) -> TariffVersion:
    """Store a draft of a new tariff that says what the newest version of this one says.

    It holds from today, if the other one began before.

    :param today: the day where the utility is
    :raises NotPossible: if there is no version to copy
    """
    taken = Tariff.objects.values_list("code", flat=True)
    code = _free(tariff.code, MAX_CODE, {each.lower() for each in taken})
    names = Tariff.objects.filter(role=Tariff.Role.OFFERED).values_list("name", flat=True)
    return import_tariff(_copied(tariff, code, set(names), today), author=author)


@transaction.atomic
def duplicate_plan(plan: Plan, *, author: User | None, today: date) -> PlanVersion:
    """Store a draft of a new plan that says what this one says; as `duplicate_tariff`."""
    taken = Plan.objects.values_list("code", flat=True)
    code = _free(plan.code, MAX_SHORT_NAME, {each.lower() for each in taken})
    names = set(Plan.objects.values_list("name", flat=True))
    return import_plan(_copied(plan, code, names, today), author=author)


def _copied(item: Tariff | Plan, code: str, names: set[str], today: date) -> Mapping[str, Any]:
    newest = item.versions.exclude(state=VersionState.WITHDRAWN).order_by("-number").first()
    if newest is None:
        raise NotPossible(_("%s has no version that could be copied.") % item)
    said = {
        **newest.definition,
        "code": code,
        "name": _free_name(item.name, {each.lower() for each in names}),
        "change_summary": _("Copy of %s") % newest,
        "from": max(newest.starts_on, today).isoformat(),
        "to": newest.ends_on and newest.ends_on.isoformat(),
    }
    if said["to"] and said["to"] <= said["from"]:
        said["to"] = None
    return said


def _free(code: str, longest: int, taken: set[str]) -> str:
    """Return the code with an ending that makes it a new one."""
    for n in _numbers():
        ending = f"-copy{n}"
        wanted = code[: longest - len(ending)] + ending
        if wanted.lower() not in taken:
            return wanted
    raise AssertionError("numbers do not end")


def _free_name(name: str, taken: set[str]) -> str:
    for n in _numbers():
        ending = f" ({_('copy')}{' ' if n else ''}{n})"
        wanted = name[: MAX_NAME - len(ending)] + ending
        if wanted.lower() not in taken:
            return wanted
    raise AssertionError("numbers do not end")


def _numbers() -> Iterator[str]:
    """Yield nothing, 2, 3 and so on."""
    yield ""
    n = 2
    while True:
        yield str(n)
        n += 1
