"""A small utility on SQLite with one worker: deaths around the provider, and one that fails."""

from __future__ import annotations

import signal
from contextlib import closing
from pathlib import Path

from tests.faults.ground import House
from tests.faults.pay_ground import Till, till
from tests.faults.test_payments_provider import BROKEN, parts

DEATHS = {  # who dies where, with a payment in hand
    "pay.after_intent_commit": "payers",
    "pay.after_provider": "payers",
    "pay.before_record": "payers",
    "inbox.after_apply": "worker",
    "payment.before_commit": "worker",
}


def test_payments_on_one_file(servers: House, owing_file: Path):
    """Customers and the only worker die in turn while the provider fails: each bill is paid once."""
    with till(servers, "P payments on SQLite", owing_file) as ground:
        orders = parts(ground.debts()[:24])
        ground.web()
        worker = ground.worker()
        ground.sandbox.faults([f for f in BROKEN if f["kind"] != "timeout"], seed=servers.seed)
        for number, (failpoint, who) in enumerate(DEATHS.items()):
            order = orders[number : number + 1]
            if who == "payers":
                _customer_dies(ground, order, failpoint)
            else:
                worker = _worker_dies(ground, worker, order, failpoint)
        done = ground.result(ground.payers("payers", orders, "old-tabs", threads=3))
        clerk = ground.result(ground.clerk("clerk", "refunds", str(servers.seed), "4"))
        struck = sum(ground.sandbox.struck())
        ground.sandbox.faults([])
        ground.until_quiet()
        with closing(ground.ground.connect()) as connection:
            integrity = connection.execute("PRAGMA integrity_check").fetchall()

        ground.judge(f"{len(DEATHS)} kill -9, {struck} faults; integrity_check {integrity[0][0]}")
        assert integrity == [("ok",)]
        assert (done["paid"], done["errors"]) == (len(orders), {})
        assert clerk == {"done": 4, "errors": {}}


def _customer_dies(ground: Till, order: list, failpoint: str) -> None:
    payer = ground.payers("payer", order, FAILPOINTS=f"{failpoint}=kill9@n1")
    ground.ground.until(lambda: not payer.is_running, f"a death at {failpoint}", 60)
    assert payer.popen.returncode == -signal.SIGKILL, payer.tail()
    ground.ground.note(failpoint)


def _worker_dies(ground: Till, worker, order: list, failpoint: str):
    deaths = len(worker.exits)
    worker.environment["FAILPOINTS"] = f"{failpoint}=kill9@n1"
    worker.kill()
    worker.start()
    payer = ground.payers("payer", order)
    ground.ground.until(lambda: len(worker.exits) > deaths + 1, f"a death at {failpoint}", 60)
    ground.ground.note(failpoint)
    worker.environment["FAILPOINTS"] = ""
    worker.kill()
    worker.start()
    assert ground.result(payer)["errors"] == {}
    return worker
