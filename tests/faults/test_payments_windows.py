"""Each place between our books and the provider's where a process may die: nothing is lost.

Every window is tried in turn on the same ground; nobody helps, and all books are compared after
each one.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator

import pytest

from tests.faults.ground import House
from tests.faults.pay_ground import Debt, Order, Till, till

OF_CUSTOMERS = {
    "pay.before_intent_commit": 0,
    "pay.after_intent_commit": 1,
    "pay.after_provider": 1,
    "pay.before_record": 1,
}
OF_WORKERS = (
    "inbox.before_apply",
    "inbox.after_apply",
    "payment.before_commit",
    "payment.after_commit",
)


@pytest.fixture(scope="module")
def ground(servers: House, owing: str) -> Iterator[Till]:
    with till(servers, "W payments", owing) as made:
        made.web()
        made.worker()
        yield made


@pytest.fixture(scope="module")
def debts(ground: Till) -> list[Debt]:
    """Debts of accounts that no window has used yet."""
    found = ground.debts()
    ground.random.shuffle(found)
    return found


def order_of(debt: Debt) -> Order:
    return Order(f"o{debt.statement}", debt.account, debt.statement, debt.amount)


def die(ground: Till, start: Callable[..., object], failpoint: str) -> None:
    """Start somebody who dies at a failpoint, and see that they did."""
    process = start(FAILPOINTS=f"{failpoint}=kill9@n1")
    ground.ground.until(lambda: not process.is_running, f"a death at {failpoint}", 60)
    assert process.popen.returncode == -signal.SIGKILL, f"{failpoint}\n{process.tail()}"
    ground.ground.note(failpoint)


@pytest.mark.parametrize("failpoint", OF_CUSTOMERS)
def test_the_customer_s_request_dies(ground: Till, debts: list[Debt], failpoint: str):
    """The attempt is not there, or the janitor sends it again; then the customer comes back."""
    order = order_of(debts.pop())
    die(ground, lambda **env: ground.payers("payer", [order], **env), failpoint)
    states = (
        f"SELECT p.state FROM payments_paymentattempt p JOIN accounts_customeraccount a "
        f"ON a.id = p.account_id WHERE a.number = '{order.account}'"
    )
    if OF_CUSTOMERS[failpoint]:
        ground.ground.until(lambda: ground.ground.ask(states) == [("open",)], "the janitor", 60)
    else:
        assert ground.ground.ask(states) == []
    pages = [
        s for s in ground.sandbox.books()["sessions"] if s["metadata"]["account"] == order.account
    ]
    assert len(pages) == OF_CUSTOMERS[failpoint]

    came_back = ground.result(ground.payers("payer", [order], "old-tabs"))
    assert came_back["paid"] == 1 and came_back["errors"] == {}
    ground.until_quiet()
    ground.judge("kill -9 of the customer's request", scenario=f"W {failpoint}")


def test_no_webhook_comes(ground: Till, debts: list[Debt]):
    """Paid at the provider, but its news are lost: the janitor asks."""
    order = order_of(debts.pop())
    ground.sandbox.faults([{"where": "webhook", "kind": "drop"}])
    assert ground.result(ground.payers("payer", [order]))["paid"] == 1
    ground.until_quiet()
    ground.sandbox.faults([])
    ground.judge("every webhook dropped, no poll", scenario="W paid, before the webhook")


def test_web_dies_with_an_event_stored(ground: Till, debts: list[Debt]):
    """It was never answered: the provider sends it again, and it is there already."""
    web = next(p for p in ground.ground.processes.all if p.name == "web")
    _again(ground, web, "inbox.after_store=kill9@n1")
    before = ground.ground.processes.restarts
    order = order_of(debts.pop())
    payer = ground.payers("payer", [order])
    ground.ground.until(lambda: ground.ground.processes.restarts > before, "the death of web", 60)
    ground.ground.note("inbox.after_store")
    _again(ground, web, "")
    assert ground.result(payer)["paid"] == 1
    ground.until_quiet()
    ground.judge("kill -9 of web before its answer", scenario="W inbox.after_store")


@pytest.mark.parametrize("failpoint", OF_WORKERS)
def test_the_worker_dies(ground: Till, debts: list[Debt], failpoint: str):
    """Whoever is started next finds the event's lease run out, and books once."""
    worker = next(p for p in ground.ground.processes.all if p.name == "worker")
    _again(ground, worker, f"{failpoint}=kill9@n1")
    before = ground.ground.processes.restarts
    payer = ground.payers("payer", [order_of(debts.pop())])
    ground.ground.until(lambda: ground.ground.processes.restarts > before, failpoint, 60)
    ground.ground.note(failpoint)
    _again(ground, worker, "")
    assert ground.result(payer)["paid"] == 1
    ground.until_quiet()
    ground.judge("kill -9 of the worker", scenario=f"W {failpoint}")


def test_the_clerk_dies_after_approving(ground: Till, debts: list[Debt]):
    """The refund is owed already; a worker sends it."""
    reference = _paid(ground, debts)
    die(ground, lambda **env: ground.clerk("clerk", "refund", reference, "1000", **env),
        "refund.after_approval")  # fmt: skip
    ground.until_quiet()
    ground.judge("kill -9 of the clerk", scenario="W refund.after_approval")


def test_the_worker_dies_after_refunding(ground: Till, debts: list[Debt]):
    """The provider has given the money back; under the same key it does so once."""
    reference = _paid(ground, debts)
    worker = next(p for p in ground.ground.processes.all if p.name == "worker")
    _again(ground, worker, "refund.after_provider=kill9@n1")
    before = ground.ground.processes.restarts
    assert ground.result(ground.clerk("clerk", "refund", reference, "1000"))["errors"] == {}
    ground.ground.until(lambda: ground.ground.processes.restarts > before, "the death", 60)
    ground.ground.note("refund.after_provider")
    _again(ground, worker, "")
    ground.until_quiet()
    row = ground.judge("kill -9 of the worker", scenario="W refund.after_provider")
    refunds = ground.sandbox.books()["refunds"]
    assert row.is_good and [each["amount"] for each in refunds] == [1000, 1000]


def _paid(ground: Till, debts: list[Debt]) -> str:
    """Pay one bill in peace and return its receipt's number."""
    order = order_of(debts.pop())
    assert ground.result(ground.payers("payer", [order]))["paid"] == 1
    ground.until_quiet()
    [(reference,)] = ground.ground.ask(
        "SELECT p.reference FROM payments_payment p JOIN accounts_customeraccount a "
        f"ON a.id = p.account_id WHERE a.number = '{order.account}'"
    )
    return reference


def _again(ground: Till, process, failpoints: str) -> None:
    """Start a process anew with other failpoints; this death does not count."""
    process.environment["FAILPOINTS"] = failpoints
    process.kill()
    process.start()
    if process.name == "web":
        ground.ground.until(ground.answers, "the pages' answer", 60)
