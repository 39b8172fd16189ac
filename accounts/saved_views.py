"""The views of lists that people saved for themselves: theirs alone, a few for each list."""

from __future__ import annotations

from django.db import transaction

from accounts.models import SavedView, User

MOST = 12  # of one person and list
LONGEST_NAME, LONGEST_QUERY = 40, 500


class TooMany(Exception):
    """The person has as many views of this list as they may."""


def of(user: User, page: str) -> list[SavedView]:
    """Return the views that a person saved of a list, by name."""
    return list(SavedView.objects.filter(user=user, page=page).order_by("name", "pk"))


@transaction.atomic
def keep(user: User, page: str, name: str, query: str) -> None:
    """Keep a view under a name, in place of the one that had it.

    :raises TooMany: if there are `MOST` others
    :raises ValueError: if the name is empty, or one of the two is too long
    """
    if not name or len(name) > LONGEST_NAME or len(query) > LONGEST_QUERY:
        raise ValueError("a view has a name and a query of some length")
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    others = SavedView.objects.filter(user=user, page=page).exclude(name=name)
    if others.count() >= MOST:
        raise TooMany
    SavedView.objects.update_or_create(user=user, page=page, name=name, defaults={"query": query})


def forget(user: User, page: str, pk: int) -> None:
    """Forget a view of this person; of nobody else's."""
    SavedView.objects.filter(user=user, page=page, pk=pk).delete()
