"""Parallel acceptances, invitations, removals and changes of contact data."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accounts import access
from accounts.contact import ContactChange, fingerprint
from accounts.models import AccountRole, AuditEvent, Customer, Invitation
from accounts.operations import acceptance, contact, delegates, invitations
from accounts.operations.roles import NoSuchRole, grant_role
from accounts.rights import Right
from tests.accounts.factories import NOW, make_account, make_user, make_utility
from tests.accounts.test_invitations import guest, invite
from tests.racing import gather

pytestmark = pytest.mark.django_db(transaction=True)
Role = AccountRole.Role


@pytest.fixture
def account():
    make_utility()
    return make_account()


def holder_of(account):
    return grant_role(make_user(), account, Role.HOLDER, starts_at=NOW)


def test_one_invitation_accepted_in_eight_tabs_gives_one_role(account):
    invitation, _token = invite(account, holder_of(account).user)
    user = guest()

    def accept():
        mine = Invitation.objects.get(pk=invitation.pk)
        acceptance.accept(mine, user=user, now=NOW, real_now=NOW)

    results = gather(*[accept] * 8)

    assert results.count(None) == 1, results
    assert sum(isinstance(r, acceptance.InvitationOver) for r in results) == 7, results
    assert AccountRole.objects.filter(user=user).count() == 1


def test_accepting_and_taking_back_at_once_leaves_one_of_them(account):
    holder = holder_of(account).user
    invitation, _token = invite(account, holder)
    user = guest()

    results = gather(
        *[
            lambda: acceptance.accept(invitation, user=user, now=NOW, real_now=NOW),
            lambda: invitations.withdraw(
                Invitation.objects.get(pk=invitation.pk), actor=holder, real_now=NOW
            ),
        ]
    )

    row = Invitation.objects.get()
    assert results.count(None) == 1, results
    assert (row.accepted_at is None) is (row.withdrawn_at is not None)
    assert access.accounts_for(user, NOW).exists() is (row.accepted_at is not None)


def test_a_double_click_invites_once(account):
    holder = holder_of(account).user

    results = gather(*[lambda: invite(account, holder)] * 4)

    assert sum(isinstance(r, tuple) for r in results) == 1, results
    assert sum(isinstance(r, invitations.AlreadyInvited) for r in results) == 3, results
    assert Invitation.objects.count() == 1


def test_two_holders_who_remove_each_other_leave_one(account):
    roles = [holder_of(account) for _ in range(2)]

    results = gather(
        *[lambda role=role: delegates.remove(role, now=NOW, actor=role.user) for role in roles]
    )

    assert results.count(None) == 1, results
    assert sum(isinstance(r, delegates.LastHolder) for r in results) == 1, results
    held = [role for role in roles if access.accounts_for(role.user, NOW, Right.INVITE)]
    assert len(held) == 1


def test_one_person_is_removed_once(account):
    holder = holder_of(account).user
    role = grant_role(make_user(), account, Role.PAYER, starts_at=NOW)

    results = gather(*[lambda: delegates.remove(role, now=NOW, actor=holder)] * 4)

    assert results.count(None) == 1, results
    assert sum(isinstance(r, NoSuchRole) for r in results) == 3, results
    assert AuditEvent.objects.filter(action="role.revoke").count() == 1


def test_of_changes_from_the_same_page_one_counts(account):
    customer, user = account.customer, holder_of(account).user
    shown = ContactChange(
        name="",
        email="",
        phone="",
        postal_address="",
        language="en",
        has_special_need=False,
        fingerprint=fingerprint(customer),
    )

    results = gather(
        *[
            lambda name=name: contact.change_contact(
                Customer.objects.get(pk=customer.pk), changes=replace(shown, name=name), actor=user
            )
            for name in ("One", "Two", "Three", "Four")
        ]
    )

    assert results.count(["name"]) == 1, results
    assert sum(isinstance(r, contact.ChangedSince) for r in results) == 3, results
    assert AuditEvent.objects.filter(action="contact.change").count() == 1
