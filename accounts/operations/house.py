"""Changing a setting of the utility."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import brand, house
from accounts.models import User, Utility
from accounts.operations.audit import audit

CHANGED = "utility.change"


class Fixed(Exception):
    """The setting cannot change any more."""


class NothingChanged(Exception):
    """The setting is already what it shall be."""


@transaction.atomic
def change_setting(field: str, value: str | int, *, actor: User, has_bills: bool) -> None:
    """Change one setting of the utility, with its history and an event of audit.

    :param has_bills: a bill was issued, which binds the zone
    :raises Fixed: if it cannot change any more, or is none of `house.SETTINGS`
    :raises NothingChanged: if it would stay as it is
    :raises ValidationError: if the value does not fit, such as a colour that cannot be read
    """
    held = Utility.objects.select_for_update().get(pk=1)
    if field not in house.BY_FIELD or field in house.fixed(has_bills=has_bills):
        raise Fixed(field)
    before = getattr(held, field)
    if before == value:
        raise NothingChanged(field)
    if field == "brand_colour" and value and not brand.is_readable(str(value)):
        raise ValidationError({field: "too light to read"})
    setattr(held, field, value)
    held.full_clean()
    held._history_user = actor  # type: ignore[attr-defined]
    held.save(update_fields=[field])
    detail = {"changed": [field], "before": {field: before}, "after": {field: value}}
    audit(CHANGED, held, actor=actor, detail=detail)
