from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest

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
