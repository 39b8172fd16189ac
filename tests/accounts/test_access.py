from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, IntegrityError, transaction
from django.http import Http404

from accounts import access, operations, queries
from accounts.models import AccountCategory, AuditEvent, ConsumerCategory, User
from tests.accounts.factories import NOW, make_account, make_user, make_utility

pytestmark = pytest.mark.django_db


def test_only_a_live_role_opens_an_account():
    user, account, foreign = make_user(), make_account(), make_account()
    role = operations.grant_role(user, account, "holder", starts_at=NOW)

    assert access.account_for(user, account.number, NOW) == account
    assert list(access.accounts_for(user, NOW)) == [account]
    for number, when in [
        (foreign.number, NOW),
        ("nonsense", NOW),
        (account.number, NOW - timedelta(seconds=1)),
    ]:
        with pytest.raises(Http404):
            access.account_for(user, number, when)

    operations.revoke_role(role, ends_at=NOW + timedelta(days=1))
    assert list(access.accounts_for(user, NOW + timedelta(days=1))) == []
    with pytest.raises(operations.NoSuchRole):
        operations.revoke_role(role, ends_at=NOW + timedelta(days=2))


def test_strangers_and_disabled_logins_see_nothing():
    user, account = make_user(), make_account()
    operations.grant_role(user, account, "holder", starts_at=NOW)
    User.objects.filter(pk=user.pk).update(is_active=False)
    user.refresh_from_db()

    assert not access.accounts_for(user, NOW).exists()
    assert not access.accounts_for(AnonymousUser(), NOW).exists()


def test_a_role_is_granted_once():
    user, account = make_user(), make_account()

    first = operations.grant_role(user, account, "holder", starts_at=NOW)
    again = operations.grant_role(user, account, "holder", starts_at=NOW)

    assert first == again
    assert AuditEvent.objects.filter(action="role.grant").count() == 1


def test_those_to_tell_are_found_in_one_query(django_assert_num_queries):
    accounts, payer = [make_account() for _ in range(3)], make_user()
    for account in accounts:
        operations.grant_role(make_user(), account, "holder", starts_at=NOW)
    operations.grant_role(payer, accounts[0], "payer", starts_at=NOW)
    operations.grant_role(make_user(), accounts[1], "read_only", starts_at=NOW)

    with django_assert_num_queries(1):
        told = queries.people_to_tell([a.pk for a in accounts], NOW)

    assert [len(told[a.pk]) for a in accounts] == [2, 1, 1]


def test_an_account_opens_with_number_category_and_audit():
    category = ConsumerCategory.objects.create(code="single-family", name="Single family")

    account = make_account(category=category, number="")

    assert len(account.number) == 10
    assert account.categories.get().category == category
    assert AuditEvent.objects.get().action == "account.open"


def test_two_categories_at_once_are_refused_by_the_database():
    category = ConsumerCategory.objects.create(code="office", name="Office")
    account = make_account(category=category)

    with pytest.raises(IntegrityError), transaction.atomic():
        AccountCategory.objects.create(
            account=account, category=category, starts_on=account.opened_on + timedelta(days=9)
        )


def test_the_audit_trail_can_neither_be_edited_nor_deleted():
    make_account()

    for change in (lambda: AuditEvent.objects.update(action="x"), AuditEvent.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert AuditEvent.objects.get().action == "account.open"


def test_the_utility_is_one_row():
    utility = make_utility()

    assert queries.utility() == utility
    with pytest.raises(IntegrityError), transaction.atomic():
        type(utility).objects.create(pk=2, name="Another", currency="EUR")


def test_an_email_is_taken_whatever_its_case():
    make_user("ada@example.com")

    with pytest.raises(IntegrityError), transaction.atomic():
        make_user("Ada@Example.com")
