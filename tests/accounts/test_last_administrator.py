"""One administrator is always left, however many remove each other at once."""

from __future__ import annotations

import threading

import pytest

from accounts.models import AuditEvent, User
from accounts.operations import people
from core import clock
from tests.racing import gather
from tests.statements.factories import make_staff

pytestmark = pytest.mark.django_db


def active_administrators():
    return User.objects.filter(groups__name="administrator", is_active=True, is_staff=True).count()


def disable(person, actor):
    people.disable(person, actor=actor, reason="Left", real_now=clock.real_now())


def test_the_last_administrator_is_not_disabled_and_keeps_the_role():
    last, former = make_staff("administrator"), make_staff("administrator")
    disable(former, last)

    with pytest.raises(people.LastAdministrator):
        disable(last, former)
    with pytest.raises(people.LastAdministrator):
        now = clock.real_now()
        people.take_roles(last, ["administrator"], actor=former, reason="Left", real_now=now)

    assert people.standing(last) == people.Standing(frozenset({"administrator"}), True)


def test_a_superuser_is_no_other_administrator():
    last = make_staff("administrator")
    User.objects.create_superuser("root@example.com")

    with pytest.raises(people.LastAdministrator):
        disable(last, last)


def test_one_of_two_goes_and_the_other_stays():
    leaving, staying = make_staff("administrator"), make_staff("administrator")

    disable(leaving, staying)

    assert people.standing(leaving) == people.Standing(frozenset({"administrator"}), False)
    assert AuditEvent.objects.filter(action="user.disable", actor=staying).count() == 1
    assert active_administrators() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [2, 4])
def test_administrators_who_disable_each_other_at_once_leave_one(number):
    crowd = [make_staff("administrator") for _ in range(number)]
    pairs = zip(crowd, crowd[1:] + crowd[:1], strict=True)

    results = gather(*[lambda a=a, b=b: disable(a, b) for a, b in pairs])

    assert active_administrators() >= 1, results
    refused = [r for r in results if isinstance(r, Exception)]
    assert refused
    assert {type(r) for r in refused} <= {people.LastAdministrator, people.NotAdministrator}


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_nobody_would_be_left():
    """The control: count the others, then disable."""
    crowd, pause = [make_staff("administrator") for _ in range(2)], threading.Barrier(2)

    def naive(person):
        others = User.objects.filter(groups__name="administrator", is_active=True)
        is_safe = others.exclude(pk=person.pk).exists()
        pause.wait()
        if is_safe:
            User.objects.filter(pk=person.pk).update(is_active=False)

    gather(*[lambda person=person: naive(person) for person in crowd])

    assert active_administrators() == 0
