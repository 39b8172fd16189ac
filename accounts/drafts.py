"""What people had typed and not sent yet: kept on the server, encrypted, theirs alone, for a week.

A draft belongs to one person and one page; in the help room to one customer too. The help room
keeps its forms here (`support.drafts`), and so does every wizard (`core.wizard`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Customer, FormDraft, User
from core.wizard.draft import TooLong

KEPT = timedelta(days=7)
LARGEST = 20_000  # characters
LONGEST_PAGE = 120


def keep(
    owner: User,
    page: str,
    body: Mapping[str, Any],
    *,
    real_now: datetime,
    customer: Customer | None = None,
    largest: int = LARGEST,
) -> FormDraft | None:
    """Keep what was typed on a page, in place of what was kept of it before.

    What is longer than any form of ours is not kept: the answer is None then.
    """
    text = json.dumps(body)
    if not body or len(text) > largest or len(page) > LONGEST_PAGE:
        return None
    draft, _is_new = FormDraft.objects.update_or_create(
        owner=owner,
        customer=customer,
        page=page,
        defaults={"body": text, "saved_at": real_now},
    )
    return draft


def kept(owner: User, page: str, *, customer: Customer | None = None) -> dict[str, Any]:
    """Return what this person had typed on this page, or nothing."""
    draft = _drafts(owner, page, customer).first()
    found: dict[str, Any] = json.loads(draft.body) if draft else {}
    return found


def forget(owner: User, page: str, *, customer: Customer | None = None) -> None:
    """Forget a draft: its form was sent, or is begun anew."""
    _drafts(owner, page, customer).delete()


def forget_old(real_now: datetime) -> int:
    """Delete the drafts that nobody came back for and return how many."""
    return FormDraft.objects.filter(saved_at__lt=real_now - KEPT).delete()[0]


class PersonalDraft:
    """The draft of one person's wizard, as `core.wizard` wants it kept."""

    def __init__(
        self, owner: User, page: str, *, real_now: datetime, largest: int = LARGEST
    ) -> None:
        self.owner, self.page, self.real_now = owner, page, real_now
        self.largest = largest  # characters

    def read(self) -> dict[str, Any]:
        """Return what was kept, or nothing once it is older than a week."""
        draft = _drafts(self.owner, self.page, None).first()
        if draft is None or draft.saved_at < self.real_now - KEPT:
            return {}
        found: dict[str, Any] = json.loads(draft.body)
        return found

    def write(self, body: Mapping[str, Any]) -> None:
        """Keep the draft.

        :raises TooLong: if it is longer than any of our forms
        """
        real_now, largest = self.real_now, self.largest
        if keep(self.owner, self.page, body, real_now=real_now, largest=largest) is None:
            raise TooLong("a draft is too long")

    def forget(self) -> None:
        forget(self.owner, self.page)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let no other window of this person change the draft until the block has committed."""
        with transaction.atomic():
            User.objects.select_for_update(of=("self",)).get(pk=self.owner.pk)
            yield


def _drafts(owner: User, page: str, customer: Customer | None) -> QuerySet[FormDraft]:
    return FormDraft.objects.filter(owner=owner, customer=customer, page=page)
