"""The audit trail is searched by those who may, shows before and after, and notes who read it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import AuditEvent, User
from accounts.operations import audit
from accounts.operations.audit import audit_read, audit_search
from accounts.queries import utility
from tests.accounts.factories import make_account, make_user
from tests.statements.factories import make_staff, make_world

pytestmark = pytest.mark.django_db
ADDRESS = reverse("reports:audit")


@pytest.fixture(autouse=True)
def world():
    make_world()


@pytest.fixture
def auditor(client):
    user = make_staff("auditor")
    client.force_login(user)
    return user


def write(action="contact.change", *, actor=None, **more):
    account = more.pop("account", None) or make_account()
    audit(action, account, actor=actor or make_staff("support"), account=account, **more)
    return AuditEvent.objects.order_by("-pk")[0]


def shown(client, **asked):
    page = client.get(ADDRESS, asked)
    assert page.status_code == 200
    return [row.event for row in page.context["rows"]]


def test_an_auditor_finds_by_person_account_action_kind_and_object(client, auditor):
    one, other = write("contact.change"), write("late_fee.waive")
    audit_read("bill.look", one.account, actor=one.actor, account=one.account)
    look = AuditEvent.objects.get(action="bill.look")

    assert shown(client, person=one.actor.email) == [look, one]
    assert shown(client, account=one.account.number, kind="write", action="contact") == [one]
    assert shown(client, action="late_fee") == [other]
    assert shown(client, kind="read") == [look]
    assert shown(client, object_type="accounts.customeraccount", object_key=other.object_key)[
        0
    ] == (other)
    assert shown(client, person="nobody@example.com") == []
    assert shown(client, account="0000000000") == []


def test_a_period_includes_its_last_day(client, auditor):
    event = write()
    day = event.recorded_at.astimezone(utility().zone).date().isoformat()

    assert event in shown(client, since=day, until=day)
    assert event not in shown(client, since="2020-01-01", until="2020-12-31")
    wrong = client.get(ADDRESS, {"since": "2026-02-01", "until": "2026-01-01"})
    assert wrong.status_code == 422


@pytest.mark.parametrize(
    ("since", "until"), [("0001-01-01", "9999-12-31"), ("9999-12-31", ""), ("", "0001-01-01")]
)
def test_days_that_no_event_has_are_no_trouble(client, auditor, since, until):
    client.force_login(auditor)

    assert client.get(reverse("reports:audit"), {"since": since, "until": until}).status_code == 200


def test_before_and_after_are_shown(client, auditor):
    write(
        detail={"before": {"language": "en", "kind": "x"}, "after": {"language": "es", "kind": "x"}}
    )

    row = next(
        row for row in client.get(ADDRESS).context["rows"] if row.event.action == "contact.change"
    )

    assert row.changes == [("language", "en", "es")]


@pytest.mark.parametrize(
    "role",
    ["support", "cashier", "finance", "billing_specialist", "billing_manager", "meter_employee"],
)
def test_others_see_their_own_acts_only(client, role):
    user = make_staff(role)
    own, foreign = write(actor=user), write()
    client.force_login(user)

    assert own in shown(client)
    assert foreign not in shown(client)
    assert shown(client, person=foreign.actor.email) == []
    assert client.get(reverse("reports:audit_sheet")).status_code == 403


def test_customers_and_strangers_see_nothing(client):
    assert client.get(ADDRESS).status_code == 302
    client.force_login(make_user())
    assert client.get(ADDRESS).status_code == 403


def test_reading_the_trail_stands_in_it(client, auditor):
    client.get(ADDRESS, {"action": "contact"})

    event = AuditEvent.objects.get(action="audit.search")
    assert (event.actor, event.kind) == (auditor, "search")
    assert event.detail == {"terms": "action contact", "found": 0}


def test_addresses_of_customers_are_masked_but_for_the_auditor(client):
    customer = make_user("ada.lovelace@example.com")
    write("account.claim", actor=customer, detail={"email": "ada.lovelace@example.com"})
    audit_search("help.search", actor=make_staff("support"), terms="Lovelace", found=1)

    client.force_login(make_staff("administrator"))
    masked = client.get(ADDRESS).content.decode()
    client.force_login(make_staff("auditor"))
    clear = client.get(ADDRESS).content.decode()

    assert "ada.lovelace" not in masked and "Lovelace" not in masked
    assert "ada.lovelace@example.com" in clear and "Lovelace" in clear


def test_pages_follow_each_other_without_a_gap(client, auditor):
    actor, account = make_staff("support"), make_account()
    for _ in range(60):
        write(actor=actor, account=account)

    first = client.get(ADDRESS, {"action": "contact"})
    older = first.context["page"].older
    second = client.get(ADDRESS, {"action": "contact", "before": older})

    keys = [row.event.pk for page in (first, second) for row in page.context["rows"]]
    assert len(keys) == len(set(keys)) == 60
    assert keys == sorted(keys, reverse=True)


@pytest.mark.parametrize("number", [1, 30])
def test_the_page_takes_a_constant_number_of_queries(
    client, auditor, number, django_assert_max_num_queries
):
    for _ in range(number):
        write()

    with django_assert_max_num_queries(22):
        assert len(shown(client, action="contact")) == number


def test_an_auditor_saves_it_and_that_is_noted(client, auditor):
    event = write(detail={"note": "=1+1"})

    answer = client.get(reverse("reports:audit_sheet"), {"action": "contact"})
    text = b"".join(answer.streaming_content).decode()

    lines = text.splitlines()
    assert len(lines) == 2
    assert event.account.number in lines[1] and "contact.change" in lines[1]
    export = AuditEvent.objects.get(action="audit.export")
    assert export.detail == {"terms": "action contact", "found": 1}


def test_an_event_of_somebody_whose_roles_are_gone_is_still_found(client, auditor):
    event = write()
    User.objects.filter(pk=event.actor_id).update(is_staff=False)

    assert event in shown(client, person=event.actor.email)
