"""Delegates: invited by the holder, with a scope and an end, and gone at once when it is over."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse

from accounts import access
from accounts.models import AccountRole, AuditEvent, Invitation
from accounts.operations import delegates as roles
from accounts.operations.roles import NoSuchRole, grant_role
from accounts.rights import Right
from notifications.models import Delivery, Notice
from tests.accounts.factories import make_account, make_user, make_utility
from tests.statements.factories import FLAT, LONG_AGO, make_bill, make_world
from tests.statements.test_pages import words

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 10, 15, tzinfo=UTC)
Role = AccountRole.Role


class Clock:
    """The business clock and the real one, moved together."""

    def __init__(self):
        self.at = NOW

    def __call__(self):
        return self.at


@pytest.fixture(autouse=True)
def now(monkeypatch):
    moved = Clock()
    monkeypatch.setattr("core.clock.now", moved)
    make_utility(zone_name="America/New_York")
    return moved


@pytest.fixture
def account():
    return make_account()


@pytest.fixture
def holder(account):
    user = make_user(name="Hanna Holder")
    grant_role(user, account, Role.HOLDER, starts_at=LONG_AGO)
    return user


def delegate(account, role=Role.READ_ONLY, **dates):
    user = make_user(name="Dora Delegate")
    return grant_role(user, account, role, starts_at=LONG_AGO, **dates)


def url(name, account, *more):
    return reverse(f"support:{name}", args=[account.number, *more])


def send(client, account, **changes):
    typed = {"name": "Gus", "email": "gus@example.com", "role": "read_only", "last_day": ""}
    return client.post(url("people", account), typed | changes, follow=True)


def test_the_holder_invites_by_mail_with_scope_and_last_day(
    client, account, holder, django_capture_on_commit_callbacks
):
    client.force_login(holder)

    with django_capture_on_commit_callbacks(execute=True):
        page = send(client, account, role="payer", last_day="2026-12-24")

    row = Invitation.objects.get()
    told = (row.kind, row.email, row.name, row.account, row.role, row.invited_by)
    assert told == ("delegate", "gus@example.com", "Gus", account, Role.PAYER, holder)
    assert row.role_ends_at == datetime(2026, 12, 25, 5, tzinfo=UTC)  # midnight in New York
    assert [message.to for message in mail.outbox] == [["gus@example.com"]]
    shown = words(page.content.decode())
    assert "Gus · gus@example.com · see and pay" in shown
    assert "Last day: December 24, 2026." in re.sub(r" (?=[.])", "", shown)
    notice = Notice.objects.get(account=account)
    assert notice.kind == "delegate.invited"
    assert "g…@e….com was invited to: see and pay." in notice.body
    assert [d.address for d in notice.deliveries.all()] == [holder.email]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("email", "nobody", "E-mail: Enter a valid email address."),
        ("email", "", "E-mail: This field is required."),
        ("name", "", "Name: This field is required."),
        ("name", "4111 1111 1111 1111", "Name: This looks like a card number."),
        ("role", "holder", "They may: Select a valid choice."),
        ("role", "landlord", "They may: Select a valid choice."),
        ("last_day", "2026-11-09", "Last day: This day is over."),
        ("last_day", "soon", "Last day: Enter a valid date."),
    ],
)
def test_wrong_input_names_its_field(client, account, holder, field, value, said):
    client.force_login(holder)

    page = send(client, account, **{field: value})

    assert page.status_code == 422
    assert said in words(page.content.decode())
    assert not Invitation.objects.exists()


def test_an_invitation_is_sent_again_and_taken_back(client, account, holder):
    client.force_login(holder)
    send(client, account)
    row = Invitation.objects.get()
    first = row.token_hash

    again = client.post(url("send_again", account, row.uid), follow=True)
    row.refresh_from_db()
    second = row.token_hash
    gone = client.post(url("withdraw", account, row.uid), follow=True)
    late = client.post(url("send_again", account, row.uid), follow=True)

    assert first != second
    assert "The old one works no more." in again.content.decode()
    assert "gus@example.com" not in words(gone.content.decode())
    assert "accepted or taken back already" in late.content.decode()


def test_the_person_accepts_and_sees_the_account_until_the_last_day_is_over(
    client, account, holder, now, django_capture_on_commit_callbacks
):
    client.force_login(holder)
    with django_capture_on_commit_callbacks(execute=True):
        send(client, account, last_day="2026-11-12")
    [path] = re.findall(r"http://[^/]+(/invitation/\S+/)", mail.outbox[0].body)
    guest = make_user("gus@example.com")
    EmailAddress.objects.filter(user=guest).update(verified=True)

    client.force_login(guest)
    client.get(path)
    accepted = client.post("/invitation/", follow=True)
    now.at = datetime(2026, 11, 13, 4, 59, tzinfo=UTC)  # one minute before midnight
    before = client.get(reverse("home"))
    now.at = datetime(2026, 11, 13, 5, 0, tzinfo=UTC)
    after = client.get(reverse("home"))

    assert accepted.status_code == 200
    assert account.number in before.content.decode()
    assert account.number not in after.content.decode()


def test_a_live_session_sees_nothing_any_more_when_the_date_passes(client, now):
    make_world()
    statement = make_bill(FLAT)
    role = delegate(statement.account, Role.PAYER, ends_at=NOW + timedelta(hours=1))
    client.force_login(role.user)
    number, account = statement.number, statement.account.number
    pages = [
        reverse("statements:detail", args=[number]),
        reverse("statements:readings", args=[number, 1]),
        reverse("statements:pdf", args=[number]),
        reverse("payments:pay_bill", args=[number]),
        reverse("payments:pay_account", args=[account]),
        reverse("payments:list", args=[account]),
        reverse("payments:sheet", args=[account]),
        reverse("reports:account_history", args=[account]),
        reverse("property_name", args=[account]),
        reverse("support:leave", args=[account]),
    ]
    lists = [reverse(name) for name in ("notifications:inbox", "statements:list", "home")]
    seen = {page: client.get(page).status_code for page in pages}
    shown = [account in client.get(page).content.decode() for page in lists]

    now.at = NOW + timedelta(hours=1)
    gone = {page: client.get(page) for page in pages}
    hidden = [client.get(page).content.decode() for page in lists]

    assert set(seen.values()) <= {200, 503}  # the PDF needs a library
    assert all(shown)
    assert {answer.status_code for answer in gone.values()} == {404}
    for body in hidden:
        assert account not in body and number not in body
    for page, answer in gone.items():
        body = answer.content.decode().replace(page, "")  # the form of the language comes back here
        assert account not in body and number not in body


@pytest.mark.parametrize("role", [Role.PAYER, Role.LANDLORD, Role.AUTHORISED, Role.READ_ONLY])
def test_only_a_holder_invites_and_removes(client, account, holder, role):
    held = delegate(account, role)
    client.force_login(holder)
    send(client, account)
    row = Invitation.objects.get()
    mine = AccountRole.objects.get(user=holder)

    client.force_login(held.user)
    answers = [
        client.get(url("people", account)),
        client.post(url("people", account), {"name": "x", "email": "x@example.com"}),
        client.get(url("person", account, mine.pk)),
        client.post(url("person", account, mine.pk), {"last_day": ""}),
        client.post(url("person_remove", account, mine.pk)),
        client.post(url("send_again", account, row.uid)),
        client.post(url("withdraw", account, row.uid)),
    ]
    home = client.get(reverse("home")).content.decode()

    assert {answer.status_code for answer in answers} == {404}
    assert url("people", account) not in home
    assert url("leave", account) in home
    assert Invitation.objects.get().withdrawn_at is None
    assert list(access.accounts_for(holder, NOW, Right.INVITE)) == [account]


def test_people_of_another_account_are_out_of_reach(client, account, holder):
    foreign = make_account()
    theirs = delegate(foreign)
    client.force_login(holder)

    answers = [
        client.get(url("people", foreign)),
        client.get(url("person", account, theirs.pk)),
        client.post(url("person_remove", account, theirs.pk)),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert list(access.accounts_for(theirs.user, NOW)) == [foreign]


def test_removing_a_person_ends_it_at_once_and_nothing_else(client, account, holder):
    held = delegate(account, Role.PAYER)
    other = make_account()
    grant_role(held.user, other, Role.READ_ONLY, starts_at=LONG_AGO)
    client.force_login(holder)

    asked = client.get(url("person_remove", account, held.pk))
    page = client.post(url("person_remove", account, held.pk), follow=True)

    held.refresh_from_db()
    assert asked.status_code == 200
    assert "Dora Delegate sees this account no more." in page.content.decode()
    assert held.ends_at == NOW
    assert list(access.accounts_for(held.user, NOW)) == [other]
    [event] = AuditEvent.objects.filter(action="role.revoke")
    assert (event.actor, event.account) == (holder, account)
    told = Delivery.objects.filter(notice__kind="delegate.removed")
    assert {delivery.address for delivery in told} == {holder.email, held.user.email}


def test_the_last_day_of_the_calendar_is_a_last_day_too(client, account, holder):
    client.force_login(holder)

    page = send(client, account, last_day="9999-12-31")

    assert "Last day: December 31, 9998" in words(page.content.decode())


def test_the_last_day_is_changed_and_taken_away(client, account, holder):
    held = delegate(account, ends_at=NOW + timedelta(days=9))
    client.force_login(holder)

    client.post(url("person", account, held.pk), {"last_day": "2026-11-30"})
    held.refresh_from_db()
    until = held.ends_at
    wrong = client.post(url("person", account, held.pk), {"last_day": "2026-11-09"})
    client.post(url("person", account, held.pk), {"last_day": ""})
    held.refresh_from_db()

    assert until == datetime(2026, 12, 1, 5, tzinfo=UTC)
    assert wrong.status_code == 422
    assert held.ends_at is None
    details = AuditEvent.objects.filter(action="role.change").order_by("pk")
    assert [(d.detail["before"][:10], d.detail["after"][:10]) for d in details] == [
        ("2026-11-19", "2026-12-01"),
        ("2026-12-01", ""),
    ]


def test_the_last_holder_stays(client, account, holder):
    own = AccountRole.objects.get(user=holder)
    client.force_login(holder)

    removed = client.post(url("person_remove", account, own.pk), follow=True)
    left = client.post(url("leave", account), follow=True)

    for page in (removed, left):
        assert "the last holder stays" in page.content.decode()
    assert list(access.accounts_for(holder, NOW)) == [account]


def test_of_two_holders_one_may_go(client, account, holder):
    second = delegate(account, Role.HOLDER)
    client.force_login(holder)

    client.post(url("person_remove", account, second.pk))

    assert not access.accounts_for(second.user, NOW)
    with pytest.raises(roles.LastHolder):
        roles.remove(AccountRole.objects.get(user=holder), now=NOW, actor=holder)


def test_a_landlord_was_not_let_in_by_the_holder(client, account, holder):
    landlord = delegate(account, Role.LANDLORD)
    client.force_login(holder)

    page = client.post(url("person_remove", account, landlord.pk), follow=True)

    assert "talk to us" in page.content.decode()
    assert list(access.accounts_for(landlord.user, NOW)) == [account]


def test_a_delegate_leaves_by_themselves(client, account, holder):
    held = delegate(account)
    client.force_login(held.user)

    asked = client.get(url("leave", account))
    page = client.post(url("leave", account), follow=True)

    assert asked.status_code == 200
    assert account.number not in words(page.content.decode()).replace(
        f"You see account {account.number} no more.", ""
    )
    assert client.post(url("leave", account)).status_code == 404
    assert Notice.objects.get(account=account).kind == "delegate.removed"


def test_a_role_that_ended_is_not_ended_again(account, holder):
    held = delegate(account)
    roles.remove(held, now=NOW, actor=holder)

    with pytest.raises(NoSuchRole):
        roles.remove(held, now=NOW, actor=holder)
    with pytest.raises(NoSuchRole):
        roles.change_end(held, None, now=NOW, actor=holder)


def test_disabled_people_are_gone_at_the_next_request(client, account):
    held = delegate(account)
    client.force_login(held.user)
    assert client.get(reverse("home")).status_code == 200

    held.user.is_active = False
    held.user.save()

    assert account.number not in client.get(reverse("home"), follow=True).content.decode()
