"""Put a draft into force, if it can be priced and nobody else claims its customers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from core import formats
from tariffs import engine, told_errors
from tariffs.engine import examples
from tariffs.models import (
    Charge,
    EligibilityKey,
    StatusEvent,
    Tariff,
    TariffVersion,
    VersionState,
)
from tariffs.operations import eligibility, events
from tariffs.operations.bring_in import NameTaken, refuse_taken_name

PUBLISHABLE = (VersionState.DRAFT, VersionState.IN_REVIEW)


class NotPublishable(Exception):
    """The version is no draft any more, or its rows say something else than its definition."""


class NoChangeSummary(NotPublishable):
    """A version without a summary of what changed."""


class ExampleFails(NotPublishable):
    """A worked example of the definition does not come out."""


class Overlap(NotPublishable):
    """Another tariff serves the same customers on some of the same days."""


class AlreadyBilled(NotPublishable):
    """Publishing would end a version on a day that issued statements have passed."""


@transaction.atomic
def publish(
    version: TariffVersion,
    *,
    approver: User | None,
    published_at: datetime,
    billed_until: date | None = None,
) -> None:
    """Freeze a draft and put it into force; the version before it ends where this one starts.

    billed_until is the first day that no issued statement covers, if any statement is issued.

    :raises NotPublishable: if it is no draft, lacks a summary, fails an example, overlaps
        another tariff, or would shorten a version that is already billed
    :raises engine.TariffError: if the definition cannot be priced
    """
    eligibility.hold()
    draft = (
        TariffVersion.objects.select_for_update(of=("self",))
        .select_related("tariff")
        .get(pk=version.pk)
    )
    parsed = _checked(draft)
    _end_predecessor(draft, billed_until, approver, published_at)
    _rename(draft, parsed, approver, published_at)
    keys = eligibility.keys(draft, parsed) if draft.tariff.role == Tariff.Role.OFFERED else []
    if overlap := overlapping(draft, keys):
        raise Overlap(overlap)
    Charge.objects.bulk_create(_charges(draft))
    EligibilityKey.objects.bulk_create(keys)
    TariffVersion.objects.filter(pk=draft.pk).update(
        state=VersionState.PUBLISHED, approver=approver, published_at=published_at
    )
    events.record(
        draft.tariff,
        StatusEvent.Kind.PUBLISHED,
        at=published_at,
        actor=approver,
        version=draft,
        effective_on=draft.starts_on,
        detail={"digest": draft.digest},
    )
    version.refresh_from_db()


def _checked(draft: TariffVersion) -> engine.Tariff:
    if draft.state not in PUBLISHABLE:
        raise NotPublishable(_("%(version)s is not a draft any more.") % {"version": draft})
    if not draft.change_summary.strip():
        raise NoChangeSummary(_("Say what changed before you publish %s.") % draft)
    if draft.digest != engine.digest(draft.definition):
        raise NotPublishable(_("The definition of %s was changed outside of an import.") % draft)
    parsed = engine.parse(draft.definition)
    said = (parsed.starts_on, parsed.ends_on, parsed.currency, parsed.rate_type)
    if said != (draft.starts_on, draft.ends_on, draft.currency, draft.rate_type):
        raise NotPublishable(_("%s does not say what its definition says.") % draft)
    failures = examples.failures(parsed)
    if failures:
        raise ExampleFails(told_errors.failures(failures))
    return parsed


def _rename(draft: TariffVersion, parsed: engine.Tariff, by: User | None, at: datetime) -> None:
    """Let the family have the name of its newest version."""
    family = draft.tariff
    if family.name == parsed.name:
        return
    if family.role == Tariff.Role.OFFERED:
        try:
            refuse_taken_name(parsed.name, but=family.code)
        except NameTaken as error:
            raise NotPublishable(str(error)) from error
    detail = {"before": family.name, "after": parsed.name}
    family.name = parsed.name
    family.save(update_fields=["name"])
    events.record(family, StatusEvent.Kind.RENAMED, at=at, actor=by, version=draft, detail=detail)


def _end_predecessor(
    draft: TariffVersion, billed_until: date | None, by: User | None, at: datetime
) -> None:
    """End the open version of the same tariff on the day this one starts."""
    before = TariffVersion.objects.in_force().filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=draft.starts_on),
        tariff_id=draft.tariff_id,
        starts_on__lt=draft.starts_on,
    )
    for earlier in before.select_related("tariff"):
        if billed_until is not None and draft.starts_on < billed_until:
            raise AlreadyBilled(
                _("%(version)s is already billed up to %(day)s.")
                % {"version": earlier, "day": formats.day(billed_until - timedelta(days=1))}
            )
        TariffVersion.objects.filter(pk=earlier.pk).update(
            ends_on=draft.starts_on, state=VersionState.SUPERSEDED
        )
        earlier.keys.update(ends_on=draft.starts_on)
        events.record(
            draft.tariff,
            StatusEvent.Kind.SUPERSEDED,
            at=at,
            actor=by,
            version=earlier,
            effective_on=draft.starts_on,
            detail={"ended": earlier.ends_on and earlier.ends_on.isoformat()},
        )


def overlapping(draft: TariffVersion, keys: Sequence[EligibilityKey]) -> str:
    """Say which other tariff serves the same customers on some of the same days; "" if none.

    What publishing the draft would end is none of them.
    """
    others = EligibilityKey.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=draft.starts_on)
    ).select_related("version__tariff")
    others = others.exclude(
        version__tariff_id=draft.tariff_id, version__starts_on__lt=draft.starts_on
    )
    if draft.ends_on is not None:
        others = others.filter(starts_on__lt=draft.ends_on)
    if settings.TARIFF_OVERLAP_STRICT:
        others = others.filter(commodity=draft.tariff.commodity, rate_type=draft.rate_type)
    else:
        others = others.filter(key__in=[key.key for key in keys])
    other = others.order_by("version_id", "pk").first()
    return _overlap_message(other.version) if other else ""


def _overlap_message(other: TariffVersion) -> str:
    """Name the other tariff and its days; people read the last included day."""
    first = formats.day(other.starts_on)
    names = {"tariff": other.tariff.name, "number": other.number, "first": first}
    if other.ends_on is None:
        return _("%(tariff)s v%(number)s serves these customers from %(first)s on.") % names
    names["last"] = formats.day(other.ends_on - timedelta(days=1))
    return _("%(tariff)s v%(number)s serves these customers from %(first)s to %(last)s.") % names


def _charges(draft: TariffVersion) -> list[Charge]:
    return [
        Charge(version=draft, position=i, code=spec["code"], kind=spec["kind"], spec=spec)
        for i, spec in enumerate(draft.definition["charges"])
    ]
