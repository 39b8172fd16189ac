"""The consumer categories and service areas that are offered to what is written from now on, and
what categories are called in the language in use."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.models import ConsumerCategory, ServiceArea


def categories() -> QuerySet[ConsumerCategory]:
    """Return the categories that are offered, main ones too; one below a retired one is not."""
    above = Q(parent__isnull=True) | Q(parent__is_offered=True)
    return ConsumerCategory.objects.filter(above, is_offered=True).select_related("parent")


def areas(commodity: str = "") -> QuerySet[ServiceArea]:
    """Return the areas that are offered, of one commodity if it is given."""
    above = Q(parent__isnull=True) | Q(parent__is_offered=True)
    found = ServiceArea.objects.filter(above, is_offered=True).select_related("parent")
    return found.filter(commodity=commodity) if commodity else found


def category_names() -> dict[str, str]:
    """Return the name of each category by its code, those that are not offered too; one query."""
    return {row.code: str(row) for row in ConsumerCategory.objects.all()}
