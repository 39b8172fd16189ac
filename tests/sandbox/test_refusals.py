"""The sandbox refuses to be production, knows nothing of ours, and keeps no card number."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

import pytest

from payments.sandbox.config import Refused, is_this_machine, parse
from tests.sandbox.running import ROOT, start
from tests.sandbox.shop import Shop

GOOD = ["--port", "0", "--books", "x.sqlite3", "--secret-key", "sk_test_x"]
CARD = "4000002500003155"


def test_good_settings_are_taken():
    assert parse(
        [*GOOD, "--webhook-url", "http://localhost:1/x", "--webhook-secret", "whsec_x"], {}
    )


@pytest.mark.parametrize(
    ("more", "environment", "words"),
    [
        ([], {"PRODUCTION": "true"}, "PRODUCTION is set"),
        ([], {"PRODUCTION": "1"}, "PRODUCTION is set"),
        (["--secret-key", "sk_live_x"], {}, "live key"),
        (
            ["--webhook-url", "https://bills.example.org/x", "--webhook-secret", "whsec_x"],
            {},
            "this machine",
        ),
        (["--webhook-url", "http://10.0.0.1/x", "--webhook-secret", "whsec_x"], {}, "this machine"),
        (["--webhook-url", "http://localhost/x"], {}, "needs a --webhook-secret"),
        (["--webhook-url", "http://localhost/x", "--webhook-secret", "x"], {}, "whsec_"),
        (["--webhook-retries", "soon"], {}, "list of seconds"),
    ],
)
def test_settings_of_production_are_refused(more, environment, words):
    with pytest.raises(Refused, match=words):
        parse([*GOOD, *more], environment)


def test_the_process_itself_refuses():
    done = subprocess.run(
        [sys.executable, "-m", "payments.sandbox", *GOOD],
        cwd=ROOT,
        env=os.environ | {"PRODUCTION": "true"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 2 and "does not start: PRODUCTION is set" in done.stderr


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        ("http://127.0.0.1:8000/", True),
        ("http://127.9.9.9/", True),
        ("http://[::1]:80/", True),
        ("https://utility.localhost/x", True),
        ("http://localhost.example.org/", False),
        ("http://127.0.0.1.example.org/", False),
        ("file:///etc/passwd", False),
        ("http://user@192.0.2.1/", False),
    ],
)
def test_what_this_machine_is(url, answer):
    assert is_this_machine(url) is answer


def test_it_imports_the_standard_library_and_itself():
    for file in (ROOT / "payments" / "sandbox").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                known = name.split(".")[0] in sys.stdlib_module_names
                assert known or name.startswith("payments.sandbox"), f"{file}: {name}"


def test_no_number_is_kept_or_logged(tmp_path):
    running = start(tmp_path)
    shop = Shop(running)
    running.pay(shop.session().id, card=CARD, proven=True)
    running.pay(shop.session().id, account="000222222227")
    for body in ({"session": "cs_test_none", "card": CARD}, {"card": CARD}):
        with pytest.raises(AssertionError):
            running.post("/_sandbox/pay", body)
    running.kill()

    for file in tmp_path.iterdir():
        kept = file.read_bytes()
        assert CARD.encode() not in kept and b"000222222227" not in kept, file
    assert (tmp_path / "sandbox.log").exists()
