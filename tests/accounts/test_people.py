"""Two people give, one may take away, and nobody decides about themselves."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Approval, AssistanceGrant, AuditEvent, Customer
from accounts.operations import acceptance, approvals, grants, people
from accounts.staff import role_names
from core import clock
from tests.accounts.factories import NOW, make_user
from tests.statements.factories import make_staff, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world():
    make_world()


def ask(person, roles, asked_by, **more):
    now = clock.real_now()
    return people.ask_role_change(
        person, roles, asked_by=asked_by, reason="Works at the counter now", real_now=now, **more
    )


def approve(approval, decided_by):
    return people.approve_role_change(approval, decided_by=decided_by, real_now=clock.real_now())


def roles_of(person):
    return people.standing(person).roles


def test_roles_are_given_when_another_administrator_approves():
    first, second, person = make_staff("administrator"), make_staff("administrator"), make_user()

    approval = ask(person, ["cashier"], first)
    before = roles_of(person)
    approve(approval, second)

    assert before == frozenset()
    assert roles_of(person) == {"cashier"}
    written = AuditEvent.objects.get(action="user.roles")
    assert (written.actor, written.object_key) == (second, str(person.pk))
    assert written.detail["before"] == {"roles": [], "is_active": True}
    assert written.detail["after"] == {"roles": ["cashier"], "is_active": True}


def test_who_asked_does_not_approve():
    first, person = make_staff("administrator"), make_user()
    make_staff("administrator")
    approval = ask(person, ["cashier"], first)

    with pytest.raises(approvals.SamePerson):
        approve(approval, first)

    assert roles_of(person) == frozenset()


def test_the_database_holds_that_two_people_decide():
    first, person = make_staff("administrator"), make_user()
    approval = ask(person, ["cashier"], first)

    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(
            state="approved", decided_by=first, decided_at=clock.real_now()
        )


def test_the_person_concerned_neither_asks_nor_approves():
    first, second = make_staff("administrator"), make_staff("administrator")

    with pytest.raises(people.OwnRoles):
        ask(first, ["administrator", "finance"], first)
    approval = ask(second, ["administrator", "finance"], first)
    with pytest.raises(people.OwnRoles):
        approve(approval, second)

    assert roles_of(second) == {"administrator"}


@pytest.mark.parametrize("role", ["finance", "auditor", "support"])
def test_only_administrators_ask_and_approve(role):
    first, other, person = make_staff("administrator"), make_staff(role), make_user()

    with pytest.raises(people.NotAdministrator):
        ask(person, ["cashier"], other)
    approval = ask(person, ["cashier"], first)
    with pytest.raises(people.NotAdministrator):
        approve(approval, other)


def test_a_request_about_roles_that_changed_since_is_not_approved():
    first, second, person = (make_staff("administrator"), make_staff("administrator"), make_user())
    approval = ask(person, ["cashier"], first)
    person.groups.add(make_staff("support").groups.get())

    with pytest.raises(approvals.ChangedSince):
        approve(approval, second)

    assert roles_of(person) == {"support"}


def test_asking_for_what_is_there_is_refused():
    first, person = make_staff("administrator"), make_staff("cashier")

    with pytest.raises(people.NothingToChange):
        ask(person, ["cashier"], first)


def test_one_administrator_takes_roles_away():
    actor, person = make_staff("administrator"), make_staff("cashier", "finance")

    now = clock.real_now()
    people.take_roles(person, ["finance"], actor=actor, reason="Moved", real_now=now)

    assert roles_of(person) == {"cashier"}
    with pytest.raises(people.NothingToChange):
        people.take_roles(person, ["finance"], actor=actor, reason="Moved", real_now=now)


def test_a_disabled_person_comes_back_by_two_people():
    first, second, person = (
        make_staff("administrator"),
        make_staff("administrator"),
        make_staff("cashier"),
    )
    people.disable(person, actor=first, reason="Left", real_now=clock.real_now())

    approval = ask(person, ["cashier"], first)
    person.refresh_from_db()
    was_active = person.is_active
    approve(approval, second)

    assert not was_active
    assert people.standing(person) == people.Standing(frozenset({"cashier"}), True)


def test_a_live_session_of_a_disabled_person_ends_at_the_next_request(client):
    actor, person = make_staff("administrator"), make_staff("cashier")
    client.force_login(person)
    before = client.get("/health/").status_code

    people.disable(person, actor=actor, reason="Left", real_now=clock.real_now())

    answer = client.get("/health/")
    assert before == 200
    assert answer.status_code == 302 and "/login/" in answer.url


def test_a_role_that_is_taken_ends_at_the_next_request(client):
    actor, person = make_staff("administrator"), make_staff("auditor", "cashier")
    client.force_login(person)
    before = client.get("/runs/").status_code

    now = clock.real_now()
    people.take_roles(person, ["auditor"], actor=actor, reason="Moved", real_now=now)

    assert before == 200
    assert client.get("/runs/").status_code in (302, 404)
    client.force_login(person)
    assert client.get("/runs/").status_code == 404
    assert client.get("/health/").status_code == 200


def test_the_open_help_session_ends_with_the_role():
    actor, person = make_staff("administrator"), make_staff("support")
    grant = grants.open_grant(
        person,
        Customer.objects.create(name="Ada Lovelace"),
        role="support",
        reason="bill",
        note="Asks about a bill",
        channel="call",
        caller_check="facts",
        real_now=clock.real_now(),
    )

    now = clock.real_now()
    people.take_roles(person, ["support"], actor=actor, reason="Moved", real_now=now)

    grant.refresh_from_db()
    assert grant.ended_at == now
    assert grant.outcome == AssistanceGrant.Outcome.ROLE_ENDED


def test_an_invitation_gives_a_login_and_the_role_waits_for_a_second_person(mailoutbox):
    first, second = make_staff("administrator"), make_staff("administrator")
    now = clock.real_now()
    invitation = people.invite_staff(
        "new@example.com", name="Nina", roles=["cashier"], invited_by=first, real_now=now
    )
    person = make_user("new@example.com")

    acceptance.accept(invitation, user=person, now=NOW, real_now=now)
    approval = Approval.objects.get(kind="role.change")

    assert role_names(person) == frozenset()
    assert (approval.requested_by, approval.after["roles"]) == (first, ["cashier"])
    person = approve(approval, second)
    assert role_names(person) == {"cashier"}


def test_whoever_works_here_is_not_invited():
    actor, person = make_staff("administrator"), make_staff("cashier")

    with pytest.raises(people.WorksHereAlready):
        people.invite_staff(
            person.email.upper(),
            name="",
            roles=["finance"],
            invited_by=actor,
            real_now=clock.real_now(),
        )


def test_a_superuser_is_an_administrator_and_no_more():
    user = make_user()
    user.is_staff = user.is_superuser = True
    user.save()

    assert role_names(user) == {"administrator"}
