"""Taking away: one administrator is enough, and it holds at the person's next request."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.operations.audit import audit
from accounts.operations.people import administrators, ending
from accounts.operations.people.changing import NothingToChange
from accounts.operations.people.standing import Standing, named, put, standing


@transaction.atomic
def disable(person: User, *, actor: User, reason: str, real_now: datetime) -> None:
    """Let the person sign in no more; their roles stay noted for the day they come back.

    :raises NothingToChange: if they are disabled already
    :raises OwnRoles, NotAdministrator: if the actor may not
    :raises LastAdministrator: if nobody else could put things right
    """
    _take("user.disable", person, actor=actor, reason=reason, real_now=real_now, is_active=False)


@transaction.atomic
def take_roles(
    person: User, roles: Collection[str], *, actor: User, reason: str, real_now: datetime
) -> None:
    """Take roles from a person.

    :raises NothingToChange: if they have none of them
    :raises OwnRoles, NotAdministrator, LastAdministrator: as in `disable`
    """
    gone = named(roles)
    _take("user.roles", person, actor=actor, reason=reason, real_now=real_now, without=gone)


def _take(
    action: str,
    person: User,
    *,
    actor: User,
    reason: str,
    real_now: datetime,
    without: frozenset[str] = frozenset(),
    is_active: bool = True,
) -> None:
    administrators.lock()
    held = User.objects.select_for_update().get(pk=person.pk)
    before = standing(held)
    after = Standing(before.roles - without, before.is_active and is_active)
    if after == before:
        raise NothingToChange
    administrators.must_be_left(held, after)
    administrators.must_be_allowed(actor, about=held)
    put(held, after)
    detail = {"before": before.kept, "after": after.kept, "reason": reason}
    audit(action, held, actor=actor, detail=detail)
    ending.end_everything(held, actor=actor, real_now=real_now)
