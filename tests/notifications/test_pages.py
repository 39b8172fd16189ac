from __future__ import annotations

import pytest
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from accounts import operations as people
from accounts.staff import StaffRole
from core import clock
from notifications import outbox
from notifications.models import Notice
from notifications.tasks import deliver_pending
from tests.accounts.factories import NOW, make_account, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder(utility):
    user, account = make_user(), make_account()
    people.grant_role(user, account, "holder", starts_at=NOW)
    user.account = account
    return user


def test_the_inbox_shows_mine_and_not_theirs(client, holder, say):
    say(account_id=holder.account.pk)
    say(key="theirs", subject="A secret of somebody else")
    client.force_login(holder)

    text = client.get(reverse("notifications:inbox")).content.decode()

    assert "Your bill is ready" in text and "/bills/2026-000001/" in text
    assert "secret" not in text


def test_reading_is_noted_once_and_only_by_those_who_may(client, holder, say):
    (mine,) = say(account_id=holder.account.pk)
    (theirs,) = say(key="theirs")
    client.force_login(holder)
    url = reverse("notifications:read", args=[mine.notice_id])

    assert client.get(url).status_code == 405
    client.post(url)
    first = Notice.objects.get(pk=mine.notice_id).read_at
    client.post(url)

    assert Notice.objects.get(pk=mine.notice_id).read_at == first is not None
    foreign = client.post(reverse("notifications:read", args=[theirs.notice_id]))
    missing = client.post(reverse("notifications:read", args=[10**9]))
    assert foreign.status_code == missing.status_code == 404
    assert Notice.objects.get(pk=theirs.notice_id).read_at is None


def test_an_empty_inbox_says_why(client, holder):
    client.force_login(holder)

    assert "Nothing here yet" in client.get(reverse("notifications:inbox")).content.decode()


@pytest.mark.parametrize("n", [1, 3])
def test_the_inbox_asks_the_database_a_fixed_number_of_times(
    client, holder, say, n, django_assert_max_num_queries
):
    for i in range(n):
        say(key=f"k{i}", account_id=holder.account.pk)
    client.force_login(holder)

    with django_assert_max_num_queries(7):
        client.get(reverse("notifications:inbox"))


def test_long_inboxes_have_pages(client, holder, say):
    for i in range(27):
        say(key=f"k{i}", account_id=holder.account.pk, addresses=())
    client.force_login(holder)

    text = client.get(reverse("notifications:inbox"), {"page": 2}).content.decode()

    assert text.count('class="card"') == 2
    assert "Page 2 of 2" in text


def test_the_demonstrations_outbox_shows_the_mails(client, utility, settings, tmp_path):
    settings.DEMO, settings.VAR_DIR = True, tmp_path
    mail = EmailMultiAlternatives("Grüße <b>", "Code: AB12 <script>", to=["ada@example.com"])
    mail.attach_alternative("<p>html</p>", "text/html")
    mail.attach("bill.pdf", b"%PDF", "application/pdf")
    outbox.FileBackend().send_messages([mail])

    text = client.get(reverse("notifications:demo_outbox")).content.decode()

    assert "Grüße &lt;b&gt;" in text and "AB12 &lt;script&gt;" in text
    assert "bill.pdf" in text and "ada@example.com" in text


@pytest.mark.parametrize(("demo", "production"), [(False, False), (True, True)])
def test_there_is_no_outbox_page_outside_the_demonstration(
    client, utility, settings, demo, production
):
    settings.DEMO, settings.PRODUCTION = demo, production

    assert client.get("/demo/outbox/").status_code == 404


def test_admin_shows_notices_and_deliveries(client, utility, say):
    say()
    client.force_login(make_user(roles=[StaffRole.ADMINISTRATOR]))

    for model in ("notice", "delivery"):
        page = client.get(reverse(f"admin:notifications_{model}_changelist"))
        assert page.status_code == 200
    assert client.get(reverse("admin:notifications_notice_add")).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_the_worker_writes_into_the_outbox_too(say, utility, settings, tmp_path):
    settings.VAR_DIR, settings.EMAIL_BACKEND = tmp_path, "notifications.outbox.FileBackend"
    (row,) = say()

    deliver_pending()

    (mail,) = outbox.newest()
    assert (mail.message_id, mail.subject) == (row.message_id, "Your bill is ready")
    assert mail.sent_at <= clock.real_now()
