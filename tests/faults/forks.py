"""Die many times between the number and the commit: `python -m tests.faults.forks 200 SEED`.

One process loads the product once and forks; each child issues a few statements alone and is
killed with the numbers of the next one in hand. Prints how many died so.
"""

from __future__ import annotations

import os
import random
import signal
import sys

import django


def main(kills: int, seed: int) -> None:
    from django.conf import settings
    from django.db import connection

    from statements.models import BillingRun
    from statements.operations import work

    chance = random.Random(seed)
    run = BillingRun.objects.get()
    _work_to_issuing(run, work)
    connection.close()
    killed = 0
    while killed < kills:
        place = chance.choice(["issue.after_number", "issue.before_commit"])
        # Never the first: no account dies three times, which would park it.
        settings.FAILPOINTS = f"{place}=kill9@n{chance.choice([2, 3])}"
        killed += _die(run, work)
    settings.FAILPOINTS = ""
    while work.step(run):
        pass
    work.advance(run.pk)
    print(killed)


def _work_to_issuing(run, work) -> None:
    """Calculate all, and let every issue chunk be tried once, so that accounts go alone."""
    from statements.models import RunChunk

    while work.advance(run.pk) == "rating":
        work.step(run)
    RunChunk.objects.filter(run=run, phase="issue").update(attempts=1)


def _die(run, work) -> bool:
    """Work in a child until it dies; say whether the failpoint killed it."""
    child = os.fork()
    if child == 0:
        try:
            while work.step(run):
                pass
        finally:
            os._exit(3)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return True
    raise SystemExit(f"the child ended with status {status} instead of being killed")


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]), int(sys.argv[2]))
