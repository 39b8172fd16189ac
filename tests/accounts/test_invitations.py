"""Invitations: a link that works once, for the person whose address it was sent to."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse

from accounts import access
from accounts.invitations import LIFETIME, by_token, digest
from accounts.models import AccountRole, AuditEvent, Invitation
from accounts.operations import acceptance, invitations
from accounts.operations.roles import grant_role, revoke_role
from core import clock
from tests.accounts.factories import NOW, make_account, make_user, make_utility

pytestmark = pytest.mark.django_db
Role = AccountRole.Role
LINK = re.compile(r"http://\S+/invitation/(\S+)/")


@pytest.fixture(autouse=True)
def house():
    make_utility()


@pytest.fixture
def account():
    return make_account()


@pytest.fixture
def holder(account):
    user = make_user("holder@example.com", name="Hanna Holder")
    grant_role(user, account, Role.HOLDER, starts_at=NOW)
    return user


def guest(email="guest@example.com", *, verified=True):
    user = make_user(email)
    EmailAddress.objects.update_or_create(
        user=user, email=email, defaults={"verified": verified, "primary": True}
    )
    return user


def invite(account, holder, email="guest@example.com", **changes):
    values = {"account": account, "role": Role.READ_ONLY, "real_now": NOW, **changes}
    return invitations.invite("delegate", email, invited_by=holder, **values)


def accept(invitation, user, **changes):
    values = {"now": NOW, "real_now": NOW, **changes}
    acceptance.accept(invitation, user=user, **values)


def test_only_a_keyed_digest_of_a_long_token_is_kept(account, holder):
    invitation, token = invite(account, holder)

    assert len(token) >= 43  # 256 bits in 64 letters
    assert invitation.token_hash == digest(token)
    assert invitation.expires_at - invitation.invited_at == LIFETIME == timedelta(days=7)
    assert token not in str(Invitation.objects.values()) + str(AuditEvent.objects.values())


def test_the_link_is_mailed_when_the_invitation_stands(
    account, holder, django_capture_on_commit_callbacks
):
    make_user("guest@example.com", language="en")

    with django_capture_on_commit_callbacks(execute=True):
        _row, token = invite(account, holder)

    [message] = mail.outbox
    assert message.to == ["guest@example.com"]
    assert message.subject == "An invitation from Riverside Utilities"
    assert LINK.search(message.body)[1] == token
    assert f"Hanna Holder invites you to see account {account.number}" in message.body


def test_a_mail_server_that_is_away_loses_no_invitation(
    account, holder, django_capture_on_commit_callbacks, monkeypatch, caplog
):
    def away(*_values):
        raise ConnectionRefusedError

    monkeypatch.setattr("accounts.operations.invitations.send_mail", away)

    with django_capture_on_commit_callbacks(execute=True):
        row, token = invite(account, holder)

    assert by_token(token, NOW) == row
    assert "invitation.not_mailed" in caplog.text
    assert token not in caplog.text


def test_accepting_gives_the_role_from_now_to_the_end_that_was_set(account, holder):
    ends_at = NOW + timedelta(days=30)
    invitation, _token = invite(account, holder, role=Role.PAYER, role_ends_at=ends_at)
    user = guest()

    accept(invitation, user)

    role = AccountRole.objects.get(user=user)
    told = (role.account, role.role, role.starts_at, role.ends_at, role.given_by)
    assert told == (account, Role.PAYER, NOW, ends_at, holder)


def test_a_link_works_once(account, holder):
    invitation, token = invite(account, holder)
    accept(invitation, guest())

    with pytest.raises(acceptance.InvitationOver):
        accept(invitation, AccountRole.objects.get(given_by=holder).user)

    assert by_token(token, NOW) is None


@pytest.mark.parametrize("email", ["guest@example.com", "GUEST@example.com"])
def test_only_the_verified_owner_of_the_address_accepts(account, holder, email):
    invitation, _token = invite(account, holder, email)
    other, unproved = guest("other@example.com"), guest(verified=False)

    for person in (other, unproved):
        with pytest.raises(acceptance.NotInvited):
            accept(invitation, person)
    EmailAddress.objects.filter(user=unproved).update(verified=True)
    accept(invitation, unproved)

    assert list(access.accounts_for(unproved, NOW)) == [account]
    assert not access.accounts_for(other, NOW)


@pytest.mark.parametrize("way", ["old", "withdrawn", "renewed", "role is over", "holder gone"])
def test_what_is_over_gives_nothing(account, holder, way):
    ends_at = NOW + timedelta(days=1)
    invitation, token = invite(account, holder, role_ends_at=ends_at)
    later = NOW
    if way == "old":
        later = NOW + LIFETIME
    elif way == "withdrawn":
        invitations.withdraw(invitation, actor=holder, real_now=NOW)
    elif way == "renewed":
        invitations.send_again(invitation, actor=holder, real_now=NOW)
        assert by_token(token, NOW) is None
        return
    elif way == "role is over":
        later = ends_at
    else:
        revoke_role(AccountRole.objects.get(user=holder), ends_at=NOW)

    with pytest.raises(acceptance.InvitationOver):
        accept(invitation, guest(), now=later, real_now=later)

    assert not AccountRole.objects.filter(given_by=holder).exists()


def test_a_second_invitation_takes_the_place_of_the_first_role(account, holder):
    user = guest()
    first, _token = invite(account, holder)
    accept(first, user)
    second, _token = invite(account, holder, role=Role.AUTHORISED)

    accept(second, user, now=NOW + timedelta(days=1), real_now=NOW + timedelta(days=1))

    roles = AccountRole.objects.filter(user=user).order_by("pk")
    assert [(role.role, role.ends_at) for role in roles] == [
        (Role.READ_ONLY, NOW + timedelta(days=1)),
        (Role.AUTHORISED, None),
    ]


def test_who_holds_the_account_keeps_it(account, holder):
    guest_holder = guest()
    grant_role(guest_holder, account, Role.HOLDER, starts_at=NOW)
    invitation, _token = invite(account, holder)

    with pytest.raises(acceptance.AlreadyHolder):
        accept(invitation, guest_holder)

    assert AccountRole.objects.filter(user=guest_holder).count() == 1


def test_the_same_person_is_not_invited_twice_at_a_time(account, holder):
    invitation, _token = invite(account, holder)

    with pytest.raises(invitations.AlreadyInvited):
        invite(account, holder, "Guest@Example.com")

    invitations.withdraw(invitation, actor=holder, real_now=NOW)
    invite(account, holder)


def test_twenty_invitations_a_day_are_enough(account, holder):
    for number in range(19):
        invite(account, holder, f"guest{number}@example.com")
    last, _token = invite(account, holder)

    with pytest.raises(invitations.TooManyAttempts):
        invite(account, holder, "one.more@example.com")
    with pytest.raises(invitations.TooManyAttempts):
        invitations.send_again(last, actor=holder, real_now=NOW)

    invite(account, holder, "one.more@example.com", real_now=NOW + timedelta(days=1, seconds=1))


def test_every_step_is_noted_without_the_address(account, holder):
    invitation, _token = invite(account, holder)
    invitations.send_again(invitation, actor=holder, real_now=NOW)
    accept(invitation, guest())

    events = AuditEvent.objects.filter(account=account, action__startswith="invitation.")
    assert list(events.order_by("pk").values_list("action", flat=True)) == [
        "invitation.send",
        "invitation.send_again",
        "invitation.accept",
    ]
    assert "guest@example.com" not in str(events.values_list("detail"))


# The pages


@pytest.fixture
def link(account, holder):
    _row, token = invite(account, holder, real_now=clock.real_now())
    return reverse("open_invitation", args=[token])


def test_the_token_leaves_the_address_at_once(client, link):
    answer = client.get(link)

    assert (answer.status_code, answer["Location"]) == (303, "/invitation/")
    assert answer["Referrer-Policy"] == "same-origin"
    assert link.split("/")[2] not in str(dict(client.session))


def test_a_stranger_is_led_to_sign_in_and_back(client, link):
    client.get(link)

    page = client.get("/invitation/").content.decode()
    sent = client.post("/invitation/")

    assert "/accounts/login/?next=/invitation/" in page
    assert "/accounts/signup/?next=/invitation/" in page
    assert sent["Location"] == "/accounts/login/?next=/invitation/"
    assert "Hanna" not in page


def test_the_invited_person_accepts_on_the_page(client, link, account, monkeypatch):
    monkeypatch.setattr("core.clock.now", lambda: NOW)
    client.get(link)  # before signing in: the session remembers it
    user = guest()
    client.force_login(user)

    shown = client.get("/invitation/").content.decode()
    answer = client.post("/invitation/", follow=True)

    assert account.number in shown and "Hanna Holder" in shown
    assert "You have accepted the invitation." in answer.content.decode()
    assert list(access.accounts_for(user, NOW)) == [account]
    assert client.get("/invitation/").status_code == 404


def test_another_login_is_refused_calmly_and_learns_only_a_masked_address(client, link):
    client.force_login(guest("other@example.com"))
    client.get(link)

    shown, sent = client.get("/invitation/"), client.post("/invitation/")

    assert (shown.status_code, sent.status_code) == (403, 403)
    assert "g…@e….com" in shown.content.decode()
    assert "guest@example.com" not in shown.content.decode() + sent.content.decode()


@pytest.mark.parametrize("token", ["x", "a" * 43, "%20", "..%2f", "é" * 20])
def test_a_wrong_token_says_nothing_and_stays_in_no_log(client, token, caplog):
    answer = client.get(reverse("open_invitation", args=[token]), follow=True)

    assert answer.status_code == 404
    assert "does not work any more" in answer.content.decode()
    assert token not in caplog.text or len(token) < 3
