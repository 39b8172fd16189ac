"""The pages of people: read by administrators and auditors, changed after a fresh sign-in."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import Approval, AuditEvent, Invitation
from accounts.operations import people
from core import clock
from tests.accounts.factories import make_user
from tests.signing_in import let_it_be_long_ago
from tests.statements.factories import make_staff, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world():
    make_world()


@pytest.fixture
def boss(client):
    user = make_staff("administrator")
    client.force_login(user)
    return user


def at(name, person=None):
    return reverse(name, args=[person.uid] if person else [])


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_a_constant_number_of_queries(
    client, boss, number, django_assert_max_num_queries
):
    for _ in range(number):
        make_staff("cashier", "finance")

    with django_assert_max_num_queries(22):
        page = client.get(at("people"))

    shown = [row for row in page.context["rows"] if not row.is_self]
    assert [row.roles for row in shown] == [["Cashier", "Finance"]] * number
    assert not any(row.has_second_factor for row in shown)


def test_an_auditor_reads_and_changes_nothing(client):
    person = make_staff("cashier")
    client.force_login(make_staff("auditor"))

    assert client.get(at("people")).status_code == 200
    assert client.get(at("person", person)).status_code == 200
    for name in ("person_roles", "person_disable", "person_enable", "person_second_factor"):
        assert client.get(at(name, person)).status_code in (403, 404)


@pytest.mark.parametrize("role", ["support", "finance", "billing_manager", "cashier"])
def test_others_do_not_see_people(client, role):
    client.force_login(make_staff(role))

    assert client.get(at("people")).status_code in (403, 404)


def test_customers_are_not_people_who_work_here(client, boss):
    assert client.get(at("person", make_user())).status_code == 404


def test_changing_roles_asks_for_a_fresh_sign_in(client):
    person = make_staff("cashier")
    client.force_login(make_staff("administrator"))
    let_it_be_long_ago(client)

    answer = client.get(at("person_roles", person))

    assert answer.status_code == 302 and reverse("security_step_up") in answer.url


def test_new_roles_are_checked_and_wait_for_a_second_administrator(client, boss):
    person = make_staff("cashier")
    typed = {"roles": ["cashier", "finance"], "reason": "Helps at month end"}

    check = client.post(at("person_roles", person), typed)
    before = Approval.objects.count()
    answer = client.post(at("person_roles", person), {**typed, "confirmed": "1"})

    assert (check.context["given"], check.context["taken"]) == (["Finance"], [])
    assert before == 0
    assert answer.url == at("person", person)
    assert Approval.objects.get().after == {"roles": ["cashier", "finance"], "is_active": True}
    assert people.standing(person).roles == {"cashier"}
    assert "Waits for a second administrator" in client.get(answer.url).content.decode()


def test_roles_that_are_only_taken_go_at_once(client, boss):
    person = make_staff("cashier", "finance")

    typed = {"roles": ["cashier"], "reason": "Moved", "confirmed": "1"}
    client.post(at("person_roles", person), typed)

    assert people.standing(person).roles == {"cashier"}
    assert not Approval.objects.exists()


def test_the_same_roles_and_no_reason_are_answered_at_their_fields(client, boss):
    answer = client.post(at("person_roles", make_staff("cashier")), {"roles": ["cashier"]})

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"roles", "reason"}


def test_a_person_is_disabled_and_comes_back_by_two(client, boss):
    person = make_staff("cashier")

    client.post(at("person_disable", person), {"reason": "Left"})
    gone = people.standing(person).is_active
    client.post(at("person_enable", person), {"reason": "Is back"})

    assert gone is False
    assert people.standing(person).is_active is False
    assert Approval.objects.get().after == {"roles": ["cashier"], "is_active": True}


def test_nobody_disables_themselves(client, boss):
    make_staff("administrator")

    client.post(at("person_disable", boss), {"reason": "Tired"})

    assert people.standing(boss).is_active


def test_a_second_factor_is_reset(client, boss):
    person = make_staff("cashier")

    client.post(at("person_second_factor", person), {"reason": "Lost the phone"})

    reset = AuditEvent.objects.get(action="second_factor.reset")
    assert (reset.actor, reset.object_key) == (boss, str(person.pk))


def test_somebody_is_invited_and_the_invitation_withdrawn(client, boss):
    typed = {"name": "Nina", "email": "nina@example.com", "roles": ["cashier"]}

    client.post(at("invite_person"), typed)
    invitation = Invitation.objects.get()
    again = client.post(at("invite_person"), typed)
    client.post(reverse("withdraw_staff_invitation", args=[invitation.uid]))

    assert (invitation.kind, invitation.staff_roles) == ("staff", ["cashier"])
    assert again.status_code == 422
    invitation.refresh_from_db()
    assert invitation.withdrawn_at is not None


def test_the_access_review_lists_everybody_and_is_audited(client, boss):
    person = make_staff("cashier")
    person.name = "=HYPERLINK(1)"
    person.save()
    now = clock.real_now()
    people.disable(person, actor=boss, reason="Left", real_now=now)

    answer = client.get(at("access_review"))
    text = b"".join(answer.streaming_content).decode()

    line = next(line for line in text.splitlines() if person.email in line)
    assert line.startswith('"\'=HYPERLINK(1)"')
    assert line.split(",")[2] == '"no"'
    assert AuditEvent.objects.get(action="people.export").detail == {"rows": 2}
