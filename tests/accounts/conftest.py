"""Time that passes in a test."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine

from core import clock


@pytest.fixture
def time_machine_at():
    """`with time_machine_at(minutes=20):` real time is so much later, and runs on."""

    @contextmanager
    def later(**how_much):
        with time_machine.travel(clock.real_now() + timedelta(**how_much), tick=True):
            yield

    return later
