"""Telling customers something: rows in the caller's transaction, no network."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr

from django.conf import settings
from django.db import transaction

from core import bulk, clock
from notifications.models import Delivery, Notice


@dataclass(frozen=True, slots=True)
class Draft:
    """One event in the customer's words; `addresses` are the mail boxes that hear of it.

    `key` names the event, so that saying it twice tells it once. `link` is a path on this site,
    `attachment_ref` the name of a file in the document storage.
    """

    account_id: int
    kind: str
    key: str
    subject: str
    body: str
    language: str
    link: str = ""
    addresses: tuple[str, ...] = ()
    attachment_ref: str = ""


@transaction.atomic
def announce(drafts: Sequence[Draft], *, now: datetime | None = None) -> None:
    """Put the drafts into the inboxes and queue their mails, in a constant number of statements.

    A key that was announced before is ignored, together with its mails. `now` is the business
    moment shown in the inbox.
    """
    written_at = now or clock.now()
    ids = bulk.allocate_ids(Notice, len(drafts))
    by_id = dict(zip(ids, drafts, strict=True))
    notices = [_notice(pk, draft, written_at) for pk, draft in by_id.items()]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    new_ids = Notice.objects.filter(pk__in=ids).values_list("pk", flat=True)
    Delivery.objects.bulk_create(
        [_delivery(pk, address) for pk in new_ids for address in set(by_id[pk].addresses)]
    )


def mark_read(notices: Sequence[Notice], *, now: datetime) -> None:
    """Note when the notices were first read."""
    ids = [notice.pk for notice in notices]
    Notice.objects.filter(pk__in=ids, read_at__isnull=True).update(read_at=now)


def _notice(pk: int, draft: Draft, written_at: datetime) -> Notice:
    return Notice(
        pk=pk,
        account_id=draft.account_id,
        kind=draft.kind,
        key=draft.key,
        subject=" ".join(draft.subject.split())[:200],
        body=draft.body,
        language=draft.language,
        link=draft.link,
        attachment_ref=draft.attachment_ref,
        created_at=written_at,
    )


def _delivery(notice_id: int, address: str) -> Delivery:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    return Delivery(
        notice_id=notice_id,
        address=address,
        message_id=f"<{uuid.uuid4().hex}@{domain}>",
        due_at=clock.real_now(),
    )
