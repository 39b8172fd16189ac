"""Bring a plan in and put it into force, with the tariffs that its own charges become."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import ConsumerCategory, ServiceArea, User
from accounts.operations import audit
from core import formats
from tariffs import engine, plans
from tariffs.models import (
    Plan,
    PlanArea,
    PlanCategory,
    PlanTariff,
    PlanVersion,
    StatusEvent,
    Tariff,
    VersionState,
)
from tariffs.operations import events, fitting
from tariffs.operations.bring_in import NameTaken, NotImportable, import_tariff
from tariffs.operations.publish import (
    PUBLISHABLE,
    AlreadyBilled,
    NoChangeSummary,
    NotPublishable,
    publish,
)


class UnknownPart(NotImportable):
    """A plan names a tariff, category or area that does not exist."""


@transaction.atomic
def import_plan(definition: Mapping[str, Any], *, author: User | None) -> PlanVersion:
    """Check what a plan says and store it as its next draft.

    The definition that the newest version already has is not stored again.

    :raises engine.TariffError: naming the row at fault, also of what its charges become
    :raises NotImportable: if the name is taken, or a tariff, category or area is unknown
    """
    terms = plans.read(definition)
    tariffs = tariffs_of(terms)
    for own in plans.own_tariffs(terms).values():
        engine.parse(own)
    family = _family(terms)
    newest = family.versions.order_by("-number").first()
    if newest and newest.digest == terms.digest and newest.state != VersionState.WITHDRAWN:
        return newest
    draft = PlanVersion.objects.create(
        plan=family,
        number=newest.number + 1 if newest else 1,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        frequency=terms.frequency,
        definition=dict(definition),
        digest=terms.digest,
        tax={**terms.tax, "currency": terms.currency} if terms.tax else None,
        change_summary=terms.change_summary,
        author=author,
    )
    write_parts(draft, terms, tariffs)
    audit("plan.imported", draft, actor=author, detail={"digest": terms.digest})
    return draft


@transaction.atomic
def publish_plan(
    version: PlanVersion,
    *,
    approver: User | None,
    published_at: datetime,
    billed_until: date | None = None,
) -> None:
    """Freeze a draft and put it into force; the version before it ends where this one starts.

    billed_until is the first day that no issued statement of this plan covers.

    :raises NotPublishable: if it is no draft, lacks a summary, names a tariff that does not fit its
        customers or does not hold, or would shorten a version that is already billed
    """
    draft = (
        PlanVersion.objects.select_for_update(of=("self",))
        .select_related("plan")
        .get(pk=version.pk)
    )
    terms = _checked(draft)
    fitting.refuse_misfits(draft)
    _end_predecessor(draft, billed_until, approver, published_at)
    _rename(draft, terms, approver, published_at)
    _publish_own(draft, terms, approver, published_at)
    PlanVersion.objects.filter(pk=draft.pk).update(
        state=VersionState.PUBLISHED, approver=approver, published_at=published_at
    )
    events.record(
        draft.plan,
        StatusEvent.Kind.PUBLISHED,
        at=published_at,
        actor=approver,
        version=draft,
        effective_on=draft.starts_on,
        detail={"digest": draft.digest},
    )
    version.refresh_from_db()


def tariffs_of(terms: plans.PlanTerms) -> list[Tariff]:
    """Return the tariffs of the services, in their order.

    :raises UnknownPart: naming one that does not exist
    """
    codes = [service.tariff for service in terms.services]
    known = Tariff.objects.filter(role=Tariff.Role.OFFERED).in_bulk(codes, field_name="code")
    found = []
    for i, service in enumerate(terms.services):
        tariff = known.get(service.tariff)
        if tariff is None or tariff.commodity != service.commodity:
            words = {"i": i, "code": service.tariff, "commodity": service.commodity}
            raise UnknownPart(
                _("services[%(i)s].tariff: there is no tariff %(code)s for %(commodity)s.") % words
            )
        found.append(tariff)
    return found


def _family(terms: plans.PlanTerms) -> Plan:
    """Return the plan of this short name, locked, so that version numbers follow each other."""
    refuse_taken_plan_name(terms.name, but=terms.code)
    if not Plan.objects.filter(code__iexact=terms.code).exists():
        Plan.objects.create(code=terms.code, name=terms.name)
    return Plan.objects.select_for_update().get(code__iexact=terms.code)


def refuse_taken_plan_name(name: str, *, but: str) -> None:
    """Refuse a name that a plan of another short name has.

    :raises NameTaken: naming it
    """
    if other := Plan.objects.filter(name__iexact=name).exclude(code__iexact=but).first():
        words = {"name": other.name, "code": other.code}
        raise NameTaken(_("Another plan is called %(name)s already: %(code)s.") % words)


def write_parts(draft: PlanVersion, terms: plans.PlanTerms, tariffs: list[Tariff]) -> None:
    """Write the rows of a draft: its tariffs, categories and areas.

    :raises UnknownPart: naming a category or area that does not exist
    """
    PlanTariff.objects.bulk_create(
        PlanTariff(plan_version=draft, tariff=tariff) for tariff in tariffs
    )
    categories = ConsumerCategory.objects.in_bulk(terms.categories, field_name="code")
    areas = ServiceArea.objects.in_bulk(terms.areas, field_name="code")
    for name, codes, known in (
        ("categories", terms.categories, categories),
        ("areas", terms.areas, areas),
    ):
        for i, code in enumerate(codes):
            if code not in known:
                words = {"path": f"eligibility.{name}[{i}]", "code": code}
                raise UnknownPart(_("%(path)s: %(code)s does not exist.") % words)
    PlanCategory.objects.bulk_create(
        PlanCategory(plan_version=draft, category=each) for each in categories.values()
    )
    PlanArea.objects.bulk_create(PlanArea(plan_version=draft, area=each) for each in areas.values())


def _checked(draft: PlanVersion) -> plans.PlanTerms:
    if draft.state not in PUBLISHABLE:
        raise NotPublishable(_("%(version)s is not a draft any more.") % {"version": draft})
    if not draft.change_summary.strip():
        raise NoChangeSummary(_("Say what changed before you publish %s.") % draft)
    if draft.digest != engine.digest(draft.definition):
        raise NotPublishable(_("The definition of %s was changed outside of an import.") % draft)
    return plans.read(draft.definition)


def _end_predecessor(
    draft: PlanVersion, billed_until: date | None, by: User | None, at: datetime
) -> None:
    """End the open version of the same plan on the day this one starts."""
    reaching = PlanVersion.objects.in_force().filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=draft.starts_on), plan_id=draft.plan_id
    )
    if later := reaching.filter(starts_on__gte=draft.starts_on).select_related("plan").first():
        words = {"version": later, "day": formats.day(later.starts_on)}
        raise NotPublishable(_("%(version)s holds from %(day)s already.") % words)
    for earlier in reaching.select_related("plan"):
        if billed_until is not None and draft.starts_on < billed_until:
            words = {"version": earlier, "day": formats.day(billed_until - timedelta(days=1))}
            raise AlreadyBilled(_("%(version)s is already billed up to %(day)s.") % words)
        PlanVersion.objects.filter(pk=earlier.pk).update(
            ends_on=draft.starts_on, state=VersionState.SUPERSEDED
        )
        events.record(
            draft.plan,
            StatusEvent.Kind.SUPERSEDED,
            at=at,
            actor=by,
            version=earlier,
            effective_on=draft.starts_on,
            detail={"ended": earlier.ends_on and earlier.ends_on.isoformat()},
        )


def _rename(draft: PlanVersion, terms: plans.PlanTerms, by: User | None, at: datetime) -> None:
    """Let the plan have the name of its newest version."""
    plan = draft.plan
    if plan.name == terms.name:
        return
    try:
        refuse_taken_plan_name(terms.name, but=plan.code)
    except NameTaken as error:
        raise NotPublishable(str(error)) from error
    detail = {"before": plan.name, "after": terms.name}
    plan.name = terms.name
    plan.save(update_fields=["name"])
    events.record(plan, StatusEvent.Kind.RENAMED, at=at, actor=by, version=draft, detail=detail)


def _publish_own(draft: PlanVersion, terms: plans.PlanTerms, by: User | None, at: datetime) -> None:
    """Publish the tariffs that the plan's own charges become, and bundle them."""
    totals = fitting.totals_of(draft)
    for commodity, definition in plans.own_tariffs(terms, totals).items():
        own = import_tariff(definition, author=draft.author, role=Tariff.Role.PLAN)
        publish(own, approver=by, published_at=at)
        scope = PlanTariff.Scope.OWN if commodity else PlanTariff.Scope.COMMON
        PlanTariff.objects.create(plan_version=draft, tariff=own.tariff, scope=scope)
