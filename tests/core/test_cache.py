"""The cache when Redis is not there: nothing is found, nobody waits, nobody fails."""

from __future__ import annotations

import socket
import time

import pytest

from core import cache


@pytest.fixture
def away():
    """A cache at a server that takes connections and never answers, as one that was stopped."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(50)
        options = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}
        yield cache.ForgetfulRedisCache(
            f"redis://127.0.0.1:{server.getsockname()[1]}", {"OPTIONS": options}
        )
    cache._away_until.clear()


def test_a_cache_that_is_away_forgets(away):
    assert away.add("key", 1)
    away.set("key", 1)
    away.set_many({"key": 1})
    away.delete_many(["key"])
    assert away.get("key", "nothing") == "nothing"
    assert (away.has_key("key"), away.touch("key"), away.delete("key")) == (False, False, False)
    assert away.get_many(["key"]) == {}
    assert away.incr("key", 3) == 3


def test_nobody_waits_twice(away):
    began = time.monotonic()

    for _ in range(50):
        away.get("key")

    assert time.monotonic() - began < 2


def test_it_is_asked_again_after_a_while(away, monkeypatch):
    monkeypatch.setattr(cache, "AWAY_SECONDS", 0.0)
    began = time.monotonic()

    for _ in range(3):
        away.get("key")

    assert time.monotonic() - began >= 3 * 0.2
