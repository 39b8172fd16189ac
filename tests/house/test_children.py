"""The demonstration leaves no process behind, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from billing_site.demo.children import ChildDied, Children

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
inner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(inner.pid, flush=True)
time.sleep(60)
"""
PARENT = """
import os, sys, time
from pathlib import Path
from billing_site.demo.children import Children
children = Children(Path("."), os.environ)
children.start("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"], log=Path(sys.argv[1]))
print(children.running["sleeper"].pid, flush=True)
time.sleep(60)
"""


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as status:
            return status.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_leaving_ends_them_all(tmp_path):
    with Children(tmp_path, os.environ) as children:
        children.start("a", SLEEPER, log=tmp_path / "log")
        children.start("b", SLEEPER, log=tmp_path / "log")
        pids = [process.pid for process in children.running.values()]
        children.check()

    assert [is_running(pid) for pid in pids] == [False, False]


def test_one_that_dies_is_named(tmp_path):
    with Children(tmp_path, os.environ) as children:
        children.start("web", [sys.executable, "-c", "raise SystemExit(3)"], log=tmp_path / "log")
        children.running["web"].wait()

        with pytest.raises(ChildDied, match="web ended with code 3"):
            children.check()


def test_one_that_does_not_listen_is_killed_with_what_it_started(tmp_path, monkeypatch):
    monkeypatch.setattr("billing_site.demo.children.GRACE_SECONDS", 0.5)
    log = tmp_path / "log"
    with Children(tmp_path, os.environ) as children:
        children.start("stubborn", [sys.executable, "-c", STUBBORN], log=log)
        assert wait_until(lambda: log.read_text().strip())
        outer, inner = children.running["stubborn"].pid, int(log.read_text())

    assert wait_until(lambda: not is_running(outer) and not is_running(inner))


@pytest.mark.skipif(sys.platform != "linux", reason="a service of Linux")
def test_a_killed_parent_takes_its_children_along(tmp_path):
    command = [sys.executable, "-c", PARENT, str(tmp_path / "log")]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    assert is_running(child)

    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()

    assert wait_until(lambda: not is_running(child))
