"""What a request read once is its own: no other request, person or worker gets it."""

from __future__ import annotations

from threading import Thread

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from accounts import operations
from accounts.models import AccountRole, Utility
from accounts.queries import utility
from core.middleware import ReadOnce
from core.once import once, remembering
from tests.accounts.factories import NOW, make_account, make_user, make_utility

Role = AccountRole.Role


def test_it_is_read_once_within_and_again_after():
    reads = []

    with remembering():
        first = [once("a", lambda: reads.append(1) or len(reads)) for _ in range(3)]
    with remembering():
        second = once("a", lambda: reads.append(1) or len(reads))

    assert (first, second) == ([1, 1, 1], 2)


def test_nothing_is_kept_outside_a_request():
    assert [once("a", lambda number=number: number) for number in (1, 2)] == [1, 2]


def test_threads_keep_what_is_theirs():
    found = []

    with remembering():
        once("who", lambda: "one")
        other = Thread(target=lambda: found.append(once("who", lambda: "two")))
        other.start()
        other.join()

    assert found == ["two"]


@pytest.mark.parametrize(("method", "reads"), [("get", 1), ("head", 1), ("post", 2)])
def test_only_a_request_that_reads_keeps_anything(method, reads):
    seen = []

    def answer(request):
        for _ in range(2):
            once("a", lambda: seen.append(1))
        return HttpResponse()

    ReadOnce(answer)(getattr(RequestFactory(), method)("/"))

    assert len(seen) == reads


@pytest.mark.django_db
class TestPages:
    @pytest.fixture(autouse=True)
    def world(self, monkeypatch):
        monkeypatch.setattr("core.clock.now", lambda: NOW)
        make_utility()

    def holder(self, account):
        user = make_user()
        operations.grant_role(user, account, Role.HOLDER, starts_at=NOW)
        return user

    def home(self, client, user):
        client.force_login(user)
        return client.get(reverse("home")).content.decode()

    def test_another_person_sees_their_own_account(self, client):
        mine, theirs = make_account(), make_account()
        me, them = self.holder(mine), self.holder(theirs)

        first, second = self.home(client, me), self.home(client, them)

        assert mine.number in first and theirs.number not in first
        assert theirs.number in second and mine.number not in second

    def test_a_role_that_ended_and_a_new_name_show_at_the_next_request(self, client):
        account = make_account()
        user = self.holder(account)
        before = self.home(client, user)
        AccountRole.objects.filter(user=user).update(ends_at=NOW)
        Utility.objects.update(name="Brookside Water")

        after = client.get(reverse("home")).content.decode()

        assert account.number in before and account.number not in after
        assert "Brookside Water" in after and "Brookside Water" not in before

    def test_who_may_only_see_is_offered_no_payment_after_who_may_pay(self, client):
        account = make_account()
        holder, reader = self.holder(account), make_user()
        operations.grant_role(reader, account, Role.READ_ONLY, starts_at=NOW)
        people = reverse("support:people", args=[account.number])

        assert people in self.home(client, holder)
        assert people not in self.home(client, reader)

    def test_what_is_kept_ends_with_the_request(self):
        with remembering():
            kept = utility().name
            Utility.objects.update(name="Brookside Water")
            assert utility().name == kept
        assert utility().name == "Brookside Water"
