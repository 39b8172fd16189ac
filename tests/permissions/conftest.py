"""One world for all tests of permissions in a process, taken back at the end."""

from __future__ import annotations

import logging
from contextlib import ExitStack

import pytest
from django.db import connection, transaction
from django.test import override_settings

from tests.payments.provider import FakeGateway
from tests.permissions import world as making

CLOCK = "2026-12-08T15:00:00+00:00"
CELLS = "permission cells"


@pytest.fixture(scope="package")
def world(django_db_setup, django_db_blocker, tmp_path_factory, signed_in_means_both_factors):
    clock = tmp_path_factory.mktemp("clock") / "clock"
    clock.write_text(CLOCK)
    fake = FakeGateway()
    with ExitStack() as stack:
        stack.enter_context(django_db_blocker.unblock())
        logging.disable(logging.ERROR)  # tens of thousands of refusals
        stack.callback(logging.disable, logging.NOTSET)
        stack.enter_context(override_settings(CLOCK_FILE=str(clock)))
        patched = stack.enter_context(pytest.MonkeyPatch.context())
        patched.setattr("payments.gateway.gateway", lambda: fake)
        whole = transaction.atomic()
        whole._from_testcase = True  # as Django's own tests: durable operations may run inside
        whole.__enter__()
        try:
            yield making.build(fake)
        finally:
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)
            connection.close()
