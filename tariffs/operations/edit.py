"""Changing a draft, and making the next version: what somebody else did meanwhile is never lost.

Who edits says what they saw: of a draft its digest, of a family the number of its newest version.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations import audit
from tariffs import engine, plans
from tariffs.models import Plan, PlanVersion, Tariff, TariffVersion, VersionState
from tariffs.operations.bring_in import NotImportable, import_tariff, refuse_taken_name
from tariffs.operations.life import NotPossible
from tariffs.operations.plans import (
    import_plan,
    refuse_taken_plan_name,
    tariffs_of,
    write_parts,
)


class VersionConflict(Exception):
    """Somebody else changed it since it was looked at."""

    def __init__(self, theirs: TariffVersion | PlanVersion) -> None:
        super().__init__(_("%s was changed by somebody else meanwhile.") % theirs)
        self.theirs = theirs


@transaction.atomic
def add_tariff_version(
    definition: Mapping[str, Any], *, seen: int, author: User | None
) -> TariffVersion:
    """Store the next draft of a tariff, if nobody added another since.

    :param seen: the number of the newest version that the author saw; 0 for a new tariff
    :raises VersionConflict: if there is a newer one, or the code is taken by now
    :raises engine.TariffError, NotImportable: as `import_tariff`
    """
    parsed = engine.parse(definition)
    family = Tariff.objects.select_for_update().filter(code=parsed.code).first()
    newest = family.versions.order_by("-number").first() if family else None
    _refuse_newer(newest, seen)
    return import_tariff(definition, author=author)


@transaction.atomic
def add_plan_version(
    definition: Mapping[str, Any], *, seen: int, author: User | None
) -> PlanVersion:
    """Store the next draft of a plan, if nobody added another since; as `add_tariff_version`."""
    terms = plans.read(definition)
    family = Plan.objects.select_for_update().filter(code__iexact=terms.code).first()
    newest = family.versions.order_by("-number").first() if family else None
    _refuse_newer(newest, seen)
    return import_plan(definition, author=author)


@transaction.atomic
def edit_tariff(
    draft: TariffVersion, definition: Mapping[str, Any], *, seen: str, author: User | None
) -> None:
    """Let a draft say something else.

    :param seen: the digest of what the author began with
    :raises VersionConflict: if it says something else by now
    :raises NotPossible: if it is no draft any more
    :raises engine.TariffError, NotImportable: as `import_tariff`
    """
    drafts = TariffVersion.objects.select_for_update(of=("self",)).select_related("tariff")
    held = drafts.get(pk=draft.pk)
    _refuse_changed(held, seen)
    parsed = engine.parse(definition)
    family = held.tariff
    if (parsed.code, parsed.commodity) != (family.code, family.commodity):
        raise NotImportable(_("A version keeps the code and the service of its tariff."))
    refuse_taken_name(parsed.name, but=family.code)
    TariffVersion.objects.filter(pk=held.pk).update(
        rate_type=parsed.rate_type,
        starts_on=parsed.starts_on,
        ends_on=parsed.ends_on,
        currency=parsed.currency,
        definition=dict(definition),
        digest=parsed.digest,
        change_summary=parsed.change_summary,
        author=author,
    )
    audit("tariff.edited", held, actor=author, detail={"from": seen, "to": parsed.digest})
    draft.refresh_from_db()


@transaction.atomic
def edit_plan(
    draft: PlanVersion, definition: Mapping[str, Any], *, seen: str, author: User | None
) -> None:
    """Let a draft of a plan say something else; as `edit_tariff`."""
    held = (
        PlanVersion.objects.select_for_update(of=("self",)).select_related("plan").get(pk=draft.pk)
    )
    _refuse_changed(held, seen)
    terms = plans.read(definition)
    if terms.code.lower() != held.plan.code.lower():
        raise NotImportable(_("A version keeps the short name of its plan."))
    refuse_taken_plan_name(terms.name, but=terms.code)
    found = tariffs_of(terms)
    for own in plans.own_tariffs(terms).values():
        engine.parse(own)
    PlanVersion.objects.filter(pk=held.pk).update(
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        frequency=terms.frequency,
        definition=dict(definition),
        digest=terms.digest,
        tax={**terms.tax, "currency": terms.currency} if terms.tax else None,
        change_summary=terms.change_summary,
        author=author,
    )
    for parts in (held.plan_tariffs, held.categories, held.areas):
        parts.all().delete()
    write_parts(held, terms, found)
    audit("plan.edited", held, actor=author, detail={"from": seen, "to": terms.digest})
    draft.refresh_from_db()


def _refuse_newer(newest: TariffVersion | PlanVersion | None, seen: int) -> None:
    if newest is not None and newest.number != seen:
        raise VersionConflict(newest)


def _refuse_changed(held: TariffVersion | PlanVersion, seen: str) -> None:
    if held.state != VersionState.DRAFT:
        words = {"version": held, "state": held.get_state_display()}
        raise NotPossible(_("%(version)s is no draft any more: %(state)s.") % words)
    if held.digest != seen:
        raise VersionConflict(held)
