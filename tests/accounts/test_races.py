"""Parallel claims, with the proof that the race is real without the guard."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from accounts import claims, operations
from accounts.models import AccountRole, AttemptLog, ClaimCode
from tests.accounts.factories import NOW, make_account, make_user
from tests.racing import gather

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_code_used_by_eight_people_at_once_counts_for_one():
    account = make_account()
    code = operations.issue_claim_code(account, NOW)
    users = [make_user() for _ in range(8)]

    results = gather(
        *[
            lambda i=i, user=user: operations.claim_account(
                user, number=account.number, code=code, now=NOW, ip=f"192.0.2.{i}"
            )
            for i, user in enumerate(users)
        ]
    )

    assert results.count(account) == 1, results
    assert sum(isinstance(r, operations.ClaimRefused) for r in results) == 7, results
    assert AccountRole.objects.count() == 1


def test_without_the_guard_one_code_would_count_for_several():
    """The control: read that the code is free, then mark it used."""
    account, users = make_account(), [make_user() for _ in range(4)]
    code = operations.issue_claim_code(account, NOW)
    hashes, pause = claims.digests(account.number, code), threading.Barrier(4)

    def naive(user):
        row = ClaimCode.objects.get(code_hash__in=hashes)
        free = row.used_at is None
        pause.wait()
        if free:
            operations.grant_role(user, account, "holder", starts_at=NOW)
        return free

    gather(*[lambda user=user: naive(user) for user in users])

    assert AccountRole.objects.count() == 4


def test_twenty_parallel_guesses_are_five_tries():
    user, account = make_user(), make_account()

    results = gather(
        *[
            lambda i=i: operations.claim_account(
                user, number=account.number, code="AAAA-BBBB-CCCC", now=NOW, ip=f"192.0.2.{i}"
            )
            for i in range(20)
        ]
    )

    assert sum(isinstance(r, operations.ClaimRefused) for r in results) == 5, results
    assert sum(isinstance(r, operations.TooManyAttempts) for r in results) == 15
    assert max(len(log.tried_at) for log in AttemptLog.objects.all()) == 5
    assert connection.vendor in {"sqlite", "postgresql"}
