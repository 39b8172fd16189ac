"""Telling customers something: rows in the caller's transaction, no network."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from functools import lru_cache

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from core import bulk, clock
from notifications import choices
from notifications.models import Delivery, Notice

NOTICE = (
    "id account_id kind key subject body language link attachment_ref created_at user_id"
).split()
DELIVERY = ("notice_id channel address state message_id due_at attempts lease_owner error").split()


@dataclass(frozen=True, slots=True)
class Draft:
    """One event in the customer's words; `addresses` are the mail boxes that hear of it.

    It is of an account, or of one member of staff: then `user_id` is given and `account_id` None.
    `key` names the event, so that saying it twice tells it once. `link` is a path on this site,
    `attachment_ref` the name of a file in the document storage.
    """

    account_id: int | None
    kind: str
    key: str
    subject: str
    body: str
    language: str
    link: str = ""
    addresses: tuple[str, ...] = ()
    attachment_ref: str = ""
    user_id: int | None = None


@transaction.atomic
def announce(drafts: Sequence[Draft], *, now: datetime | None = None) -> None:
    """Put the drafts into the inboxes and queue their mails, in a constant number of statements.

    A key that was announced before is ignored, together with its mails; nobody is mailed what
    they switched off. `now` is the business moment shown in the inbox.
    """
    written_at = now or clock.now()
    ids = bulk.allocate_ids(Notice, len(drafts))
    by_id = dict(zip(ids, drafts, strict=True))
    notices = [_notice(pk, draft, written_at) for pk, draft in by_id.items()]
    new_ids = bulk.write_new(Notice, NOTICE, notices)
    told = [(pk, by_id[pk].kind, box) for pk in new_ids for box in set(by_id[pk].addresses)]
    wanted = choices.wishes((kind, box) for _pk, kind, box in told)
    domain, due_at = _domain(settings.DEFAULT_FROM_EMAIL), clock.real_now()
    deliveries = [_delivery(pk, box, domain, due_at) for pk, kind, box in told if wanted(kind, box)]
    bulk.write(Delivery, DELIVERY, deliveries)


def mark_read(notices: Sequence[Notice] | QuerySet[Notice], *, now: datetime) -> int:
    """Note when the notices were first read and return how many were not yet."""
    ids = [notice.pk for notice in notices]
    return Notice.objects.filter(pk__one_of=ids, read_at__isnull=True).update(read_at=now)


def _notice(pk: int, draft: Draft, written_at: datetime) -> tuple[object, ...]:
    return (
        pk,
        draft.account_id,
        draft.kind,
        draft.key,
        " ".join(draft.subject.split())[:200],
        draft.body,
        draft.language,
        draft.link,
        draft.attachment_ref,
        written_at,
        draft.user_id,
    )


def _delivery(notice_id: int, address: str, domain: str, due_at: datetime) -> tuple[object, ...]:
    message_id = f"<{uuid.uuid4().hex}@{domain}>"
    email = Delivery.Channel.EMAIL.value
    return notice_id, email, address, Delivery.State.PENDING.value, message_id, due_at, 0, "", ""


@lru_cache
def _domain(sender: str) -> str:
    return parseaddr(sender)[1].partition("@")[2] or "localhost"
