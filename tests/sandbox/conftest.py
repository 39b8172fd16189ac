"""A sandbox for each file of tests, a fresh one for those that count, and an endpoint."""

from __future__ import annotations

import pytest

from tests.sandbox.receiver import Receiver
from tests.sandbox.running import start
from tests.sandbox.shop import Shop


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    running = start(tmp_path_factory.mktemp("sandbox"))
    yield running
    running.stop()


@pytest.fixture
def shop(sandbox):
    sandbox.faults([])
    return Shop(sandbox)


@pytest.fixture
def fresh(tmp_path):
    running = start(tmp_path)
    yield Shop(running)
    running.stop()


@pytest.fixture
def receiver():
    endpoint = Receiver()
    yield endpoint
    endpoint.close()
