from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest
from django.test import RequestFactory

from accounts.models import User
from core import asking
from core.logging import JsonFormatter, PlainFormatter
from core.scrubbing import scrubbed, scrubbed_tree


def record(**extra):
    made = logging.LogRecord("statements", logging.INFO, "x.py", 1, "statement.issued", (), None)
    vars(made).update(extra)
    return made


def test_a_json_line_carries_the_identifiers():
    line = json.loads(JsonFormatter().format(record(statement="2026-000017")))

    assert (line["event"], line["level"]) == ("statement.issued", "info")
    assert line["statement"] == "2026-000017"


def test_a_plain_line_carries_them_too():
    line = PlainFormatter().format(record(statement="2026-000017", account=7))

    assert line == "INFO statements statement.issued statement=2026-000017 account=7"


CARD, KEY = "4242 4242 4242 4242", "sk_test_abcDEF123456"


class Client:
    def __repr__(self):
        return f"<Client {KEY}>"


def leaky():
    try:
        raise ValueError(f"card {CARD} refused for {KEY}")
    except ValueError:
        made = record(note=f"card {CARD}", detail={"key": [KEY, Client()], "n": 4242424242424242})
        made.exc_info = sys.exc_info()
        made.msg, made.args = "call.failed %s", (f"Authorization: Bearer {KEY}",)
        return made


@pytest.mark.parametrize("formatter", [JsonFormatter(), PlainFormatter()])
def test_no_line_carries_a_secret_or_a_card_number(formatter):
    line = formatter.format(leaky())

    assert "abcDEF" not in line and "4242 4242" not in line and "42424242" not in line
    assert "****4242" in line and "sk_test_[hidden]" in line and "ValueError" in line


def test_a_scrubbed_json_line_is_still_json():
    line = json.loads(JsonFormatter().format(leaky()))

    assert line["detail"] == {
        "key": ["sk_test_[hidden]", "<Client sk_test_[hidden]>"],
        "n": "****4242",
    }
    assert "card ****4242 refused" in line["trace"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("key rk_live_Abc123 used", "key rk_live_[hidden] used"),
        ("whsec_AbC+/= here", "whsec_[hidden] here"),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic [hidden]"),
        ("{'Authorization': 'Bearer tok_en.1'}", "{'Authorization': 'Bearer [hidden]'}"),
        ('"authorization": "tok12345"', '"authorization": "[hidden]"'),
        ("sent Bearer abcdefgh.ijk", "sent Bearer [hidden]"),
        ("postgresql://me:pass@db/x", "postgresql://me:[hidden]@db/x"),
        ("a task_live_in is no key", "a task_live_in is no key"),
    ],
)
def test_secrets_are_known_by_their_shape(text, left):
    assert scrubbed(text) == left


def test_the_secrets_of_this_installation_are_known_by_value(settings):
    settings.SECRET_KEY = "plain words of a key"
    settings.FIELD_KEYS = ["first-field-key", "second-field-key"]
    settings.EMAIL_HOST_PASSWORD = "short"  # too short to tell it from a word

    said = "plain words of a key, second-field-key, short"
    assert scrubbed(said) == "[hidden], [hidden], short"
    assert scrubbed_tree({"a": (said, None, True, 1.5, 7)}) == {
        "a": ["[hidden], [hidden], short", None, True, 1.5, 7]
    }


def test_an_empty_secret_key_breaks_no_line(settings):
    settings.SECRET_KEY = ""

    assert scrubbed("all is well") == "all is well"


def test_an_error_that_ends_a_command_is_scrubbed():
    script = f"import django; django.setup(); raise RuntimeError('card {CARD} with {KEY}')"
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env={"DJANGO_SETTINGS_MODULE": "billing_site.settings", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    assert "RuntimeError: card ****4242 with sk_test_[hidden]" in ended.stderr
    assert "4242 4242" not in ended.stderr


# --- who asked, and lines that nobody forges


FORGED = "x\r\nERROR root login.ok\x85\u2028\x1b[31m user=1"


@pytest.mark.parametrize("formatter", [JsonFormatter(), PlainFormatter()])
def test_what_somebody_typed_makes_no_line_of_its_own(formatter):
    made = record(note=FORGED)
    made.msg, made.args = "search.done %s", (FORGED,)

    line = formatter.format(made)

    assert len(line.splitlines()) == 1
    assert "\x1b" not in line


def test_a_forged_line_in_an_error_is_indented():
    try:
        raise ValueError(FORGED)
    except ValueError:
        made = record()
        made.exc_info = sys.exc_info()

    lines = PlainFormatter().format(made).splitlines()

    assert all(line.startswith("    ") for line in lines[1:])


@pytest.mark.parametrize("formatter", [JsonFormatter(), PlainFormatter()])
def test_a_line_of_a_request_has_its_number_and_the_person_s(formatter):
    token = asking.current.set(asking.Asking(ip="192.0.2.1", request_id="abc123", user_id=17))
    try:
        line = formatter.format(record())
    finally:
        asking.current.reset(token)

    assert "abc123" in line and "17" in line
    assert "192.0.2.1" not in line


@pytest.mark.parametrize("formatter", [JsonFormatter(), PlainFormatter()])
def test_a_line_of_a_page_that_is_not_there_has_no_query_string(formatter):
    request = RequestFactory().get("/nothing/", {"email": "ada@example.org"})

    line = formatter.format(record(request=request, status_code=404))

    assert "ada" not in line and "404" in line


@pytest.mark.django_db
def test_every_line_of_a_request_of_a_signed_in_person_names_them_by_number(
    client, caplog, monkeypatch
):
    person = User.objects.create_user("ada@example.org")
    client.force_login(person)
    written, lines = PlainFormatter(), []
    monkeypatch.setattr(caplog.handler, "emit", lambda made: lines.append(written.format(made)))

    client.get("/no/such/page/?email=ada@example.org", headers={"Authorization": "Bearer abcdefgh"})

    [line] = [line for line in lines if "Not Found" in line]
    assert f" user_id={person.pk}" in line and " request_id=" in line
    assert "ada" not in line and "abcdefgh" not in line
