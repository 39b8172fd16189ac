"""Pages that tell of trouble: plain words, a way out, a number, and no database when we failed."""

from __future__ import annotations

import logging
import re
from contextlib import contextmanager

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from accounts.staff import StaffRole
from accounts.views import public
from tests.accounts.factories import make_user, make_utility

pytestmark = pytest.mark.django_db
REFERENCE = re.compile(r'<bdi class="number" dir="ltr">([0-9a-f]{16})</bdi>')


class Touched(AssertionError):
    """A page that must not asked the database."""


@pytest.fixture(autouse=True)
def house(settings):
    settings.DEBUG = False
    make_utility(phone="+1 302 555 0100")


@contextmanager
def database(error):
    """Let every query fail with an error."""

    def refuse(execute, sql, params, many, context):
        raise error

    with connection.execute_wrapper(refuse):
        yield


def visitor(**headers):
    return Client(raise_request_exception=False, headers=headers)


def break_page(monkeypatch, error):
    """Let a page fail, and after that every query; return the wrapper to take off again."""

    def refuse(execute, sql, params, many, context):
        raise Touched(sql)

    def broken(*args, **kwargs):
        connection.execute_wrappers.append(refuse)
        raise error

    monkeypatch.setattr(public, "render", broken)
    return refuse


@pytest.fixture
def fail(monkeypatch):
    """`fail(client, error)` asks for a page that fails and may not query after it."""

    def asked(client, error, address="/accessibility/"):
        refuse = break_page(monkeypatch, error)
        try:
            return client.get(address)
        finally:
            connection.execute_wrappers.remove(refuse)

    return asked


@pytest.mark.parametrize("who", ["stranger", "customer", "staff"])
def test_a_fault_of_ours_is_told_without_the_database(fail, who):
    client = visitor()
    if who != "stranger":
        client.force_login(make_user(roles=[StaffRole.ADMINISTRATOR] if who == "staff" else []))

    response = fail(client, ZeroDivisionError("a secret of the code"))

    text = response.content.decode()
    assert response.status_code == 500
    assert response["Content-Type"].startswith("text/html")
    assert "Something failed on our side" in text and "secret of the code" not in text
    assert 'href="/accessibility/"' in text and 'href="/"' in text
    assert REFERENCE.search(text)


def test_the_control_a_page_with_the_frame_would_ask_the_database(fail):
    """The blocked database is felt: the page for a missing right has the frame, and falls to 500."""
    response = fail(visitor(), PermissionDenied())

    assert response.status_code == 500


@pytest.mark.parametrize("is_in", [False, True])
def test_without_a_database_the_pages_say_that_they_are_away(is_in):
    client = visitor()
    if is_in:
        client.force_login(make_user())

    with database(OperationalError("server closed the connection")):
        response = client.get("/inbox/" if is_in else "/privacy/")

    text = response.content.decode()
    assert response.status_code == 503
    assert response["Retry-After"] == "60" and "no-store" in response["Cache-Control"]
    assert "away for a moment" in text and "server closed" not in text
    assert REFERENCE.search(text)


@pytest.fixture
def heard(caplog):
    """What is logged, also where a world that was made before keeps the log silent."""
    silent = logging.root.manager.disable
    logging.disable(logging.NOTSET)
    yield caplog
    logging.disable(silent)


def test_the_number_on_the_page_is_the_one_in_the_log(fail, heard):
    response = fail(visitor(), ValueError())

    (record,) = [r for r in heard.records if r.name == "django.request"]
    shown = REFERENCE.search(response.content.decode())[1]
    assert record.request.asks.request_id == shown


def test_what_breaks_before_it_has_a_number_gets_one_that_is_logged(heard):
    client = visitor()
    client.force_login(make_user())

    with database(OperationalError("away")):
        response = client.get("/inbox/")

    shown = REFERENCE.search(response.content.decode())[1]
    assert [r.request.asks.request_id for r in heard.records if r.name == "django.request"] == [
        shown
    ]


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("es", "ltr")])
@pytest.mark.parametrize("by", ["header", "cookie"])
def test_it_is_in_the_visitors_language(fail, language, direction, by):
    client = visitor(**({"accept-language": language} if by == "header" else {}))
    if by == "cookie":
        client.cookies["django_language"] = language

    for error in (ValueError(), OperationalError()):
        response = fail(client, error)
        assert response["Content-Language"] == language
        assert f'<html lang="{language}" dir="{direction}"' in response.content.decode()


def test_it_keeps_the_theme_and_size_of_the_browser(fail):
    client = visitor()
    client.cookies["theme"], client.cookies["text"] = "dark", "150"

    text = fail(client, ValueError()).content.decode()

    assert 'data-theme="dark" data-text="150"' in text


def test_a_form_that_failed_is_not_offered_as_a_link():
    with database(OperationalError()):
        sent = visitor().post(reverse("account_login"), {"login": "a@b.example", "password": "x"})
        asked = visitor().get("/privacy/")

    assert sent.status_code == asked.status_code == 503
    assert "Try again</a>" not in sent.content.decode()
    assert "Try again</a>" in asked.content.decode()


def test_an_address_that_looks_like_another_host_leads_nowhere_else(fail):
    with database(OperationalError()):
        response = visitor().get("//evil.example/x")

    assert 'href="//evil' not in response.content.decode()


def test_a_host_that_is_not_ours_is_a_request_that_cannot_be_read(settings):
    settings.ALLOWED_HOSTS = ["testserver"]

    response = visitor(host="evil.example").get("/")

    text = response.content.decode()
    assert response.status_code == 400 and "cannot be read" in text
    assert REFERENCE.search(text) and 'href="/"' in text and "evil" not in text


@pytest.mark.parametrize("is_in", [False, True])
def test_no_page_no_right_and_an_old_form_have_words_a_way_out_and_a_number(is_in):
    client = Client(enforce_csrf_checks=True)
    if is_in:
        client.force_login(make_user())
    answers = {
        404: client.get("/help-topics/no-such-topic/"),
        403: client.post(reverse("change_language"), {"language": "es"}),
    }
    if is_in:
        answers["no right"] = client.get(reverse("settings"))

    for status, response in answers.items():
        text = response.content.decode()
        assert response.status_code == (403 if status == "no right" else status)
        assert "<h1>" in text and 'href="/"' in text, status
        assert REFERENCE.search(text), status
        assert "Traceback" not in text


def test_too_many_tries_say_how_long_to_wait():
    client = Client()
    for _ in range(31):
        response = client.post(reverse("account_reset_password"), {"email": "a@example.com"})

    text = response.content.decode()
    assert response.status_code == 429 and int(response["Retry-After"]) > 0
    assert "Wait" in text and REFERENCE.search(text) and 'href="/"' in text
