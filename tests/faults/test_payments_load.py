"""Many at once, and servers that stop or die under them: nobody who pays notices more than a wait."""

from __future__ import annotations

import time

from tests.faults.ground import RUN_BILLING, House
from tests.faults.pay_ground import Debt, Order, Till, till
from tests.faults.pay_seed import NOW
from tests.faults.servers import Broker
from tests.faults.test_payments_provider import parts

TIMES = 4  # payments of each of 250 accounts
BILL_OCTOBER = (*RUN_BILLING[:-1], NOW.isoformat())


def test_f6_redis_stops_while_customers_pay(servers: House, owing: str, broker: Broker):
    """Paying needs the database and the provider; who comes back is told that they have paid."""
    with till(servers, "F6 Redis stopped while paying", owing, broker) as ground:
        orders = parts(ground.debts()[:15], n=1)
        ground.web()
        ground.worker()
        broker.stop()
        ground.ground.note("stop Redis")
        done = ground.result(ground.page_payers("payers", orders[:10]))
        broker.go_on()
        ground.ground.note("go on")
        more = ground.page_payers("more", orders[10:])
        broker.kill()
        ground.ground.note("kill Redis")
        gone = ground.result(more)
        broker.start()
        ground.until_quiet()

        print("\n", done, gone)
        ground.judge(
            f"stopped, then killed; slowest page {max(done['slowest'], gone['slowest'])} s"
        )
        assert done["errors"] == gone["errors"] == {}
        assert (done["paid"], done["told"]) == (10, 10) and gone["paid"] == 5


def test_f7_postgresql_restarted_while_customers_pay(servers: House, owing: str, broker: Broker):
    """No payment that was answered is forgotten, none is made twice; the pages are back at once."""
    with till(servers, "F7 PostgreSQL restarted while paying", owing, broker) as ground:
        orders = parts(ground.debts()[:50])
        ground.web()
        ground.worker()
        payers = ground.payers("payers", orders, "old-tabs", threads=4)
        back = []
        for share in (0.1, 0.4, 0.7):
            wanted = share * len(orders)
            ground.ground.until(lambda n=wanted: paid(ground) >= n, "payments")
            assert payers.is_running
            ground.ground.note(f"restart at {paid(ground)} payments")
            began = time.monotonic()
            servers.cluster.restart_at_once()
            ground.ground.until(ground.answers, "the pages' answer", 60)
            back.append(time.monotonic() - began)
        done = ground.result(payers)
        ground.until_quiet()

        ground.judge(f"3 restarts at once; pages back after {max(back):.1f} s")
        assert done["paid"] == len(orders) and max(back) < 5


def paid(ground: Till) -> int:
    [(count,)] = ground.ground.ask("SELECT count(*) FROM payments_payment")
    return count


def test_f17_everything_at_once(servers: House, owing: str, broker: Broker):
    """A thousand payments, the issue run, late fees, refunds and the counter want the same rows."""
    with till(servers, "F17 everything at once", owing, broker) as ground:
        orders = on_account(ground.debts(), TIMES)
        ground.random.shuffle(orders)
        half = len(orders) // 2
        ground.web()
        workers = [ground.worker("worker-0"), ground.worker("worker-1")]
        payers = [
            ground.payers("payers-0", orders[:half], threads=4),
            ground.payers("payers-1", orders[half:], threads=4),
        ]
        clerks = [
            ground.clerk("refunds", "refunds", str(servers.seed), "60"),
            ground.clerk("counter", "counter", str(servers.seed), "150"),
            ground.clerk("fees", "fees", "40"),
        ]
        ground.ground.until(lambda: paid(ground) >= len(orders) // 10, "the first payments")
        run = ground.ground.processes.start("issue", *BILL_OCTOBER)
        met = [ground.result(each, 400) for each in (*payers, *clerks)]
        ground.ground.until(lambda: not run.is_running, "the end of the issue run")
        ground.until_quiet()

        assert run.popen.returncode == 0, run.tail()
        [(bills, fees)] = ground.ground.ask(
            "SELECT (SELECT count(*) FROM statements_statement WHERE state = 'issued'), "
            "(SELECT count(*) FROM payments_latefee)"
        )
        ground.judge(f"{bills} bills, {fees} late fees, 60 refunds, 150 at the counter")
        assert [each["errors"] for each in met] == [{}] * len(met)
        assert [each["paid"] for each in met[:2]] == [half, len(orders) - half]
        assert bills == 500 and fees > 0
        assert failures(workers) == []


def on_account(debts: list[Debt], times: int) -> list[Order]:
    """Return orders of whole accounts, whatever they owe by then; the rest becomes credit."""
    return [
        Order(f"a{number}-{debt.account}", debt.account, 0, 1500 + 100 * number)
        for debt in debts
        for number in range(times)
    ]


def failures(workers: list) -> list[dict]:
    """Return what the workers logged as errors."""
    logged = [entry for worker in workers for entry in worker.logged()]
    return [entry for entry in logged if entry["level"] in ("error", "critical")]
