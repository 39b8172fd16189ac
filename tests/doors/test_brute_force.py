"""A thousand wrong passwords: the guesser is slowed, and the right person still gets in."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from accounts.doors import limits
from accounts.models import AttemptLog
from accounts.operations.attempts import TooManyAttempts
from accounts.tasks import forget_attempts
from core import clock
from tests.accounts.doors import PASSWORD, is_in, type_password
from tests.accounts.factories import make_user, make_utility
from tests.racing import gather

pytestmark = pytest.mark.django_db
TRIES = 1000
OPEN_FORMS = {  # a stranger may send these: each has a limit, or a reason
    "change_language": "writes a cookie",
    "display": "writes cookies",
    "account_logout": "ends only the own session",
    "payments:stripe_webhook": "signed; bound to its provider",
    "healthz": "reads no form",
    "readyz": "reads no form",
    "metrics": "reads no form",
    "open_invitation": "a token of 256 bits; nothing is guessed",
}


@pytest.fixture(autouse=True)
def company():
    make_utility()


@pytest.fixture
def looked_at(monkeypatch):
    """Count the passwords that were compared with the right one."""
    from accounts.models import User

    counted = []
    original = User.check_password

    def check(self, raw):
        counted.append(raw)
        return original(self, raw)

    monkeypatch.setattr(User, "check_password", check)
    return counted


def guess(client, user, n, ip, **headers):
    return client.post(
        reverse("account_login"),
        {"login": user.email, "password": f"wrong guess {n}"},
        REMOTE_ADDR=ip,
        headers=headers,
    )


def test_a_thousand_guesses_from_one_address_are_five(client, looked_at):
    user = make_user(password=PASSWORD)

    answers = [guess(client, user, n, "192.0.2.1") for n in range(TRIES)]

    assert len(looked_at) == 5
    assert {answer.status_code for answer in answers} <= {200, 422, 429}
    assert "Too many tries" in answers[-1].content.decode()
    assert answers[-1].headers["Retry-After"].isdigit()


def test_guesses_from_three_hundred_addresses_are_twenty(client, looked_at):
    user = make_user(password=PASSWORD)

    for n in range(300):
        guess(client, user, n, f"10.{n % 250}.{n // 250}.7")

    assert len(looked_at) == 20


def test_one_password_for_a_hundred_people_from_one_address_is_sixty(client, looked_at):
    people = [make_user(password=PASSWORD) for _ in range(100)]

    for person in [*people, *people]:
        guess(client, person, "same", "192.0.2.1")

    assert len(looked_at) == 60


def test_a_network_of_addresses_counts_together(client, looked_at):
    people = [make_user(password=PASSWORD) for _ in range(320)]

    for n, person in enumerate(people):
        guess(client, person, n, f"192.0.2.{n % 250}")

    assert len(looked_at) == 300


def test_the_right_password_works_elsewhere_at_once_and_here_after_a_while():
    """The guesser holds up its own address; the person at another one does not notice."""
    user = make_user(password=PASSWORD)
    for n in range(50):
        guess(Client(), user, n, "192.0.2.1")
    here, elsewhere = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="198.51.100.9")

    type_password(here, user)
    type_password(elsewhere, user)
    assert (is_in(here), is_in(elsewhere)) == (False, True)

    with time_machine.travel(clock.real_now() + timedelta(minutes=6)):
        type_password(here, user)
    assert is_in(here)


def test_guesses_from_everywhere_delay_strangers_and_not_the_browser_that_was_in():
    user = make_user(password=PASSWORD)
    home = Client(REMOTE_ADDR="198.51.100.9")
    type_password(home, user)
    for n in range(40):
        guess(Client(), user, n, f"10.0.{n}.1")
    again, new = Client(REMOTE_ADDR="198.51.100.9"), Client(REMOTE_ADDR="203.0.113.5")

    type_password(again, user)
    type_password(new, user)
    assert (is_in(again), is_in(new)) == (True, False)

    with time_machine.travel(clock.real_now() + timedelta(minutes=16)):
        type_password(new, user)
    assert is_in(new)


def test_those_who_know_their_password_use_up_nothing():
    user = make_user(password=PASSWORD)

    for _ in range(30):
        client = Client()
        type_password(client, user)
        assert is_in(client)


def test_success_with_one_login_buys_no_guesses_at_another(client, looked_at):
    mine, other = make_user(password=PASSWORD), make_user(password=PASSWORD)
    for n in range(60):
        guess(client, other, n, "192.0.2.1")
        if n % 4 == 0:
            type_password(Client(REMOTE_ADDR="192.0.2.1"), mine)

    assert sum(raw.startswith("wrong") for raw in looked_at) == 5


@pytest.mark.parametrize("proxies", [0, 1])
def test_a_forged_address_changes_nothing(client, looked_at, settings, proxies):
    """The last entry is our proxy's; whatever the client wrote before it counts for nothing."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    user = make_user(password=PASSWORD)

    for n in range(100):
        told = f"10.1.{n}.1, 192.0.2.1" if proxies else f"10.1.{n}.1"
        guess(client, user, n, "127.0.0.1", **{"X-Forwarded-For": told, "X-Real-IP": told})

    assert len(looked_at) == 5


def test_fewer_addresses_than_proxies_is_no_fault_of_ours(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 3

    assert client.get("/", headers={"X-Forwarded-For": "10.0.0.1"}).status_code == 200


def test_addresses_of_one_home_are_one():
    assert limits.of_address("2001:db8:1:2::5") == limits.of_address("2001:db8:1:2:ffff::9")
    assert limits.of_address("2001:db8:1:2::5")["ip"] != limits.of_address("2001:db8:1:3::5")["ip"]


def test_an_emptied_cache_forgets_no_try(client, looked_at):
    user = make_user(password=PASSWORD)

    for n in range(20):
        guess(client, user, n, "192.0.2.1")
        cache.clear()

    assert len(looked_at) == 5


@pytest.mark.parametrize("door", sorted(limits.DOORS))
def test_every_door_has_its_end_and_names_no_person(door):
    subjects = {
        **limits.of_address("192.0.2.1"),
        **limits.of_typed("Ada@Example.org"),
        "user": "1",
        "session": "abc",
    }
    now = clock.real_now()
    most = max(limit.tries for limit in limits.DOORS[door])

    with pytest.raises(TooManyAttempts):
        for _ in range(most + 1):
            limits.take(door, limits.DOORS[door], subjects, now=now)

    kept = "".join(AttemptLog.objects.values_list("key", flat=True))
    assert "ada" not in kept and "192.0.2" not in kept


@pytest.mark.parametrize("name", ["account_reset_password", "account_signup"])
def test_mails_to_one_address_or_from_one_end(client, mailoutbox, name):
    typed = {"name": "Ada", "phone": "+12125552368", "password1": "a long new pass phrase"}

    answers = [client.post(reverse(name), {**typed, "email": "ada@example.org"}) for _ in range(40)]

    assert len(mailoutbox) <= 30
    assert answers[-1].status_code == 429
    assert "Too many tries" in answers[-1].content.decode()


def test_what_a_stranger_may_send_is_limited():
    """A new page that needs no sign-in and takes forms must be in the list or give its reason."""
    unlimited = [
        name
        for name, view in open_views(get_resolver().url_patterns)
        if name not in limits.DOORS and name not in OPEN_FORMS and takes_forms(view)
    ]

    assert unlimited == []


def open_views(patterns, space=""):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            if not getattr(pattern.callback, "login_required", True):
                yield f"{space}{pattern.name}", pattern.callback
        elif pattern.namespace != "admin":  # nobody signs in there: the doors are ours
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from open_views(pattern.url_patterns, inner)


def takes_forms(view) -> bool:
    """Tell whether a view answers a POST; what says nothing of its methods takes all."""
    from django.test import RequestFactory

    if hasattr(view, "view_class"):
        return hasattr(view.view_class, "post")
    try:
        request = RequestFactory().post("/", {})
        request.user = request.session = None
        return view(request).status_code != 405
    except Exception:
        return True


def test_old_tries_are_swept(settings):
    now = clock.real_now()
    limits.take("sign_in", limits.SIGN_IN, limits.of_address("192.0.2.1"), now=now)
    limits.take(
        "sign_in", limits.SIGN_IN, limits.of_address("10.0.0.1"), now=now - timedelta(days=2)
    )

    gone = forget_attempts()

    assert (gone, AttemptLog.objects.count()) == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_guesses_at_once_count_like_guesses_in_turn():
    make_utility()
    user = make_user(password=PASSWORD)
    limits.take("warm", limits.SIGN_IN[:1], {"network": "x"}, now=clock.real_now())

    answers = gather(*[lambda n=n: guess(Client(), user, n, "192.0.2.1") for n in range(16)])

    refused = sum("Too many tries" in answer.content.decode() for answer in answers)
    assert refused == 11, connection.vendor
