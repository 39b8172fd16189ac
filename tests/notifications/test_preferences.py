"""What one chooses to be told: the table of events row by row, and the pages over it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.core.mail import get_connection
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import operations as people
from accounts.models import AuditEvent
from accounts.staff import StaffRole
from notifications import choices, events, operations
from notifications.events import BY_KIND, EVENTS, Law, Mail
from notifications.mail import message
from notifications.models import Delivery, EmailChoice, Notice, ReminderDay
from tests.accounts.factories import NOW, make_account, make_user

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
TOLD = [event for event in EVENTS if event.kinds]
LOCKED = [event for event in EVENTS if event.is_locked]
SWITCHABLE = [event for event in EVENTS if not event.is_locked and not event.roles]


def keys(event):
    return event.key


@pytest.fixture
def holder(utility):
    user, account = make_user(), make_account()
    people.grant_role(user, account, "holder", starts_at=NOW)
    user.account = account
    return user


@pytest.fixture
def send(client, holder):
    client.force_login(holder)
    return lambda name, data=None, **more: client.post(
        reverse(f"notifications:{name}"), data or {}, **more
    )


def tell(user, kind, key="k"):
    draft = operations.Draft(
        account_id=user.account.pk,
        kind=kind,
        key=key,
        subject="Subject",
        body="Body",
        language="en",
        addresses=(user.email,),
    )
    operations.announce([draft], now=NOW)
    return Delivery.objects.filter(notice__key=key, address=user.email).exists()


def kinds_in_code():
    """Return every text like noun.verb in the files that write notices."""
    files = [*ROOT.glob("*/notices/*.py"), *ROOT.glob("*/*notices.py")]
    files.append(ROOT / "support/operations/message.py")
    texts = {
        node.value
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in texts if re.fullmatch(r"[a-z_]+\.[a-z_]+", text)} | {events.DUE_SOON}


def test_the_table_knows_every_kind_that_is_told_and_no_other():
    assert kinds_in_code() == set(BY_KIND)


def test_a_kind_belongs_to_one_event_and_a_locked_one_says_why():
    assert sum(len(event.kinds) for event in EVENTS) == len(BY_KIND)
    assert [event.key for event in EVENTS if bool(event.why) is not event.is_locked] == []
    assert {event.mail for event in EVENTS if event.law is Law.LEGAL} == {Mail.ALWAYS}


@pytest.mark.parametrize("event", TOLD, ids=keys)
@pytest.mark.parametrize("choice", [None, True, False])
def test_the_choice_counts_where_it_may_and_nowhere_else(holder, event, choice):
    """A row that somebody wrote into the table by hand switches off nothing that is locked."""
    if choice is not None:
        EmailChoice.objects.create(user=holder, event=event.key, is_on=choice)
    usual = event.mail is not Mail.ON_REQUEST
    wanted = usual if choice is None or event.is_locked else choice

    mailed = [tell(holder, kind, key=f"k:{kind}") for kind in event.kinds]

    assert mailed == [wanted] * len(event.kinds)
    assert Notice.objects.count() == len(event.kinds)  # the inbox keeps all of them


@pytest.mark.parametrize("event", LOCKED, ids=keys)
@pytest.mark.parametrize("data", [{}, {"email": "on"}, {"email": ""}, {"email": "off"}])
@pytest.mark.parametrize("htmx", [False, True])
def test_no_request_switches_a_locked_one(holder, send, event, data, htmx):
    headers = {"HX-Request": "true"} if htmx else {}

    response = send("switch_email", {"event": event.key, **data}, headers=headers)

    assert response.status_code == 422
    assert not EmailChoice.objects.exists()
    assert not AuditEvent.objects.filter(action="notification.change").exists()
    with pytest.raises(operations.Locked):
        operations.switch_email(holder, event.key, is_on=False)


@pytest.mark.parametrize("event", SWITCHABLE, ids=keys)
def test_a_switch_is_kept_honoured_and_written_down_once(holder, send, event):
    usual = event.is_usual
    data = {"event": event.key} if usual else {"event": event.key, "email": "on"}

    first = send("switch_email", data)
    send("switch_email", data)

    assert first.status_code == 302
    assert choices.email_choices(holder)[event.key] is not usual
    assert tell(holder, event.kinds[0]) is not usual
    (written,) = AuditEvent.objects.filter(action="notification.change")
    assert written.actor == holder
    assert written.detail == {"email": event.key, "before": usual, "after": not usual}


def test_what_one_switches_off_others_still_get(holder):
    other = make_user()
    operations.switch_email(holder, "payment_received", is_on=False)
    draft = operations.Draft(
        account_id=holder.account.pk,
        kind="payment.received",
        key="k",
        subject="s",
        body="b",
        language="en",
        addresses=(holder.email, other.email, "nobody@example.com"),
    )

    operations.announce([draft], now=NOW)

    told = set(Delivery.objects.values_list("address", flat=True))
    assert told == {other.email, "nobody@example.com"}


def test_the_page_shows_the_whole_table(client, holder):
    client.force_login(holder)

    text = client.get(reverse("notifications:preferences")).content.decode()

    for event in EVENTS:
        assert (f'id="event-{event.key}"' in text) is (not event.roles)
        assert (f'id="email-{event.key}"' in text) is (event in SWITCHABLE)
    assert text.count("The law requires this.") >= 3
    assert "7 days" in text and text.count("checked") == 2 + 2  # two events, two days


def test_a_row_saves_itself_and_says_so(send):
    response = send("switch_email", {"event": "payment_received"}, headers={"HX-Request": "true"})

    text = response.content.decode()
    assert response.status_code == 200 and "Saved" in response["HX-Trigger"]
    assert text.strip().startswith("<tr") and "Saved" in text and "checked" not in text


@pytest.mark.parametrize(
    ("roles", "told"),
    [
        ([], {"sign_in"}),
        (["cashier"], {"sign_in"}),
        (["billing_manager"], {"sign_in", "prices_end"}),
        (["administrator"], {"sign_in", "emergency_help", "prices_end"}),
    ],
)
def test_who_has_no_account_sees_only_what_is_told_to_them(client, utility, roles, told):
    user = make_user(roles=[StaffRole(role) for role in roles])
    client.force_login(user)

    text = client.get(reverse("notifications:preferences")).content.decode()

    assert set(re.findall(r'id="event-(\w+)"', text)) == told
    assert "days-form" not in text
    url = reverse("notifications:switch_email")
    assert client.post(url, {"event": "payment_received"}).status_code == 422
    assert client.post(reverse("notifications:reminder_days"), {"days": 3}).status_code == 422
    assert not ReminderDay.objects.exists() and not EmailChoice.objects.exists()


def test_days_are_chosen_and_written_down(holder, send):
    response = send("reminder_days", {"days": ["14", "3"]})
    send("reminder_days", {"days": ["3", "14"]})

    assert response.status_code == 302
    assert choices.reminder_days([holder.pk]) == {holder.pk: (14, 3)}
    (written,) = AuditEvent.objects.filter(action="notification.change")
    assert written.detail == {"days": [14, 3], "before": [7, 1]}


@pytest.mark.parametrize("days", [[], ["0"], ["15"], ["x"], ["3", "99"], ["-1"]])
def test_other_days_are_refused(holder, send, days):
    assert send("reminder_days", {"days": days}).status_code == 422
    part = send("reminder_days", {"days": days}, headers={"HX-Request": "true"})
    assert part.status_code == 422 and part.content.decode().strip().startswith("<form")
    assert not ReminderDay.objects.exists()


@pytest.mark.parametrize("day", [0, 15])
def test_the_database_takes_no_other_day(holder, day):
    with pytest.raises(IntegrityError), transaction.atomic():
        ReminderDay.objects.create(user=holder, days_before=day)


def test_the_language_of_messages_is_chosen_for_ones_own_customers(holder, send):
    customer = holder.account.customer
    theirs = make_account("Somebody Else").customer

    send("notice_language", {"customer": customer.uid, "language": "es"})
    foreign = send("notice_language", {"customer": theirs.uid, "language": "es"})
    unknown = send("notice_language", {"customer": customer.uid, "language": "xx"})

    customer.refresh_from_db()
    theirs.refresh_from_db()
    assert (customer.language, theirs.language) == ("es", "en")
    assert foreign.status_code == unknown.status_code == 422
    event = AuditEvent.objects.get(action="contact.change")
    assert event.actor == holder and event.detail["changed"] == ["language"]


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_asks_a_fixed_number_of_times(
    client, holder, number, django_assert_max_num_queries
):
    for _ in range(number - 1):
        people.grant_role(holder, make_account(), "holder", starts_at=NOW)
    for event in SWITCHABLE[:number]:
        operations.switch_email(holder, event.key, is_on=True)
    client.force_login(holder)
    url = reverse("notifications:preferences")
    client.get(url)

    with django_assert_max_num_queries(14):
        client.get(url)


def test_the_inbox_shows_types_and_what_is_unread(client, holder, say):
    say(key="a", account_id=holder.account.pk)
    say(key="b", account_id=holder.account.pk, kind="payment.received", subject="Money came")
    client.force_login(holder)
    unread = reverse("notifications:inbox", query={"show": "unread"})
    paid = Notice.objects.get(key="b")

    back = client.post(reverse("notifications:read", args=[paid.pk]), {"show": "unread"})
    every, new = (
        client.get(url).content.decode() for url in (reverse("notifications:inbox"), unread)
    )

    assert back["Location"] == unread
    assert "Bill ready" in every and "Payment received" in every
    assert "Money came" in every and "Money came" not in new
    part = client.get(unread, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part and "Bill ready" in part


def test_all_of_mine_and_nothing_of_others_is_marked_read(client, holder, say):
    for key in "abc":
        say(key=key, account_id=holder.account.pk)
    (theirs,) = say(key="theirs")
    client.force_login(holder)

    page = client.post(reverse("notifications:read_all"), follow=True).content.decode()
    again = client.get(reverse("notifications:inbox", query={"show": "unread"})).content.decode()

    assert "3 messages marked as read" in page and "You have read everything" in again
    assert list(Notice.objects.filter(read_at=None)) == [theirs.notice]


@pytest.mark.parametrize(
    ("kind", "is_told"), [("payment.received", True), ("late_fee.charged", False)]
)
def test_a_mail_says_where_it_is_switched_off_if_it_can_be(utility, say, kind, is_told):
    (row,) = say(kind=kind)

    mail = message(row, get_connection("django.core.mail.backends.dummy.EmailBackend"))

    assert ("/inbox/preferences/" in mail.body) is is_told
    assert ("/inbox/preferences/" in str(mail.alternatives[0][0])) is is_told
