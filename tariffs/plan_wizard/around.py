"""Reads the price book around a plan, for its checks and its lists of choices."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from accounts import offered
from accounts.models import ConsumerCategory
from tariffs.authoring.plan_around import Around, RateFacts
from tariffs.models import Plan, PlanCategory, Tariff, TariffVersion, VersionState


def around(*, today: date, but: Plan | None, first_day: date | None = None) -> Around:
    """Return what a plan is checked against; four queries.

    :param but: the plan that is edited
    :param first_day: of the plan, for which versions of tariffs are chosen
    """
    others = Plan.objects.exclude(pk=but.pk) if but else Plan.objects.all()
    called = list(others.values_list("name", "code"))
    tree, words = _categories(but)
    return Around(
        today=today,
        names={name.lower(): f"{name} ({code})" for name, code in called},
        codes={code.lower(): f"{name} ({code})" for name, code in called},
        tree=tree,
        words=words,
        rates=rates(first_day or today),
    )


def rates(day: date) -> dict[str, RateFacts]:
    """Return the tariffs that plans may name, in the version that prices a day; one query.

    Where none does it is the next one to come, then the newest; a draft only where there is no
    version in force that reaches the day.
    """
    found: dict[str, TariffVersion] = {}
    versions = TariffVersion.objects.filter(tariff__role=Tariff.Role.OFFERED)
    versions = versions.exclude(state=VersionState.WITHDRAWN).select_related("tariff")
    for version in versions.order_by("tariff__name", "tariff_id", "number"):
        code = version.tariff.code
        if code not in found or _place(version, day) <= _place(found[code], day):
            found[code] = version
    return {code: _facts(version) for code, version in found.items()}


def _place(version: TariffVersion, day: date) -> tuple[int, int]:
    """Return how well a version fits a day, the best first."""
    is_draft = version.state in (VersionState.DRAFT, VersionState.IN_REVIEW)
    is_over = version.ends_on is not None and version.ends_on <= day
    is_later = version.starts_on > day
    return (2 if is_over else 1 if is_later else 0), int(is_draft)


def _facts(version: TariffVersion) -> RateFacts:
    served = version.definition.get("eligibility", {}).get("categories", ())
    return RateFacts(
        code=version.tariff.code,
        name=version.tariff.name,
        commodity=version.tariff.commodity,
        rate_type=version.rate_type,
        first_day=version.starts_on,
        end=version.ends_on,
        is_active=version.tariff.is_active,
        is_published=version.state not in (VersionState.DRAFT, VersionState.IN_REVIEW),
        categories=tuple(served),
        definition=version.definition,
    )


def _categories(but: Plan | None) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return the sub-categories by main category, by name, and the names of all.

    What the plan names already stays, even where it is not offered any more.
    """
    rows = list(offered.categories().order_by("name", "pk"))
    if but:
        named = ConsumerCategory.objects.filter(pk__in=_named_by(but)).select_related("parent")
        rows += [row for row in named if row not in rows]
        rows += [row.parent for row in named if row.parent and row.parent not in rows]
    tree: dict[str, list[str]] = {row.code: [] for row in rows if row.parent is None}
    for row in rows:
        if row.parent is not None:
            tree[row.parent.code].append(row.code)
    return tree, {row.code: str(row) for row in rows}


def _named_by(plan: Plan) -> QuerySet[PlanCategory, int]:
    rows = PlanCategory.objects.filter(plan_version__plan=plan)
    return rows.values_list("category", flat=True)
