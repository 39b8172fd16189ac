"""A worker that is killed with its work in hand leaves nothing behind; the next one does it."""

from __future__ import annotations

import os
import signal

import pytest
from django.db import connection

from statements.models import ShadowAccount
from statements.pricing.shadow import start as starting
from statements.pricing.shadow.work import step
from tests.statements import factories as make
from tests.statements.factories import OCTOBER
from tests.statements.shadow.drafts import asked, finished, make_draft


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_and_resumed_it_finds_the_same(settings, monkeypatch):
    make.make_world()
    monkeypatch.setattr(starting, "CHUNK_SIZE", 1)
    for each in (200, 500, 800):
        make.read_steadily(make.make_home().channel, OCTOBER, each)
    draft = make_draft()
    whole, run = finished(asked(draft)), asked(draft)
    settings.LEASE_SECONDS = 0  # what the dead one holds is free at once
    settings.FAILPOINTS = "shadow.before_commit=kill9@n2"

    connection.close()
    child = os.fork()
    if child == 0:
        try:
            while step(run):
                pass
        finally:
            os._exit(3)
    _, status = os.waitpid(child, 0)

    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    worked = ShadowAccount.objects.filter(run=run).order_by("account_id")
    assert list(worked.values_list("months", flat=True)) == [1, 0, 0]
    settings.FAILPOINTS = ""
    resumed = finished(run)
    assert (resumed.state, resumed.result_digest) == ("done", whole.result_digest)
