from __future__ import annotations

import pytest
from django.db import transaction

from notifications import operations
from notifications.models import Delivery, Notice
from tests.accounts.factories import NOW, make_account

pytestmark = pytest.mark.django_db


def drafts(n, account, **changes):
    return [
        operations.Draft(
            account_id=account.pk,
            kind="statement.issued",
            key=f"statement.issued:{i}",
            subject="Your bill\nis ready",
            body="Hello",
            language="en",
            addresses=("ada@example.com", "bob@example.com"),
            **changes,
        )
        for i in range(n)
    ]


def test_a_notice_is_in_the_inbox_and_waits_for_the_post():
    operations.announce(drafts(1, make_account()), now=NOW)

    notice = Notice.objects.get()
    assert (notice.subject, notice.created_at) == ("Your bill is ready", NOW)
    sent = Delivery.objects.order_by("address").values_list("address", "state", "attempts")
    assert list(sent) == [("ada@example.com", "pending", 0), ("bob@example.com", "pending", 0)]


def test_the_same_event_told_again_changes_nothing():
    account = make_account()
    operations.announce(drafts(3, account), now=NOW)
    before = list(Notice.objects.order_by("pk").values())

    for _ in range(4):
        operations.announce(drafts(4, account, link="/elsewhere/"), now=NOW)

    assert list(Notice.objects.order_by("pk").values())[:3] == before
    assert (Notice.objects.count(), Delivery.objects.count()) == (4, 8)


def test_twenty_notices_cost_as_many_statements_as_one():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    account, counts = make_account(), []
    for batch in (drafts(21, account)[:1], drafts(21, account)[1:]):
        with CaptureQueriesContext(connection) as work:
            operations.announce(batch, now=NOW)
        counts.append(len(work))

    assert max(counts) <= 9, counts
    assert counts[1] <= counts[0]
    assert Delivery.objects.count() == 42


def test_what_is_rolled_back_was_never_said():
    account = make_account()

    with pytest.raises(RuntimeError), transaction.atomic():
        operations.announce(drafts(2, account), now=NOW)
        raise RuntimeError

    assert not Notice.objects.exists() and not Delivery.objects.exists()


def test_nothing_to_say_is_no_trouble():
    operations.announce([])

    assert not Notice.objects.exists()
