"""The judge itself: it must see a double charge, a wrong posting, and money that we do not know."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.ground import House
from tests.faults.pay_ground import Till, till
from tests.faults.test_payments_provider import CREATE, parts

LOST = [{"where": CREATE, "kind": "reset", "times": 2}]  # the library's second try is lost too
ALTER = (
    "SET session_replication_role = replica; "
    "UPDATE ledger_posting SET amount = amount + {by} WHERE id = (SELECT min(p.id) "
    "FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id "
    "WHERE a.kind = 'stripe_clearing')"
)


@pytest.fixture
def ground(servers: House, owing: str) -> Iterator[Till]:
    with till(servers, "J the judge", owing) as made:
        made.web()
        made.worker()
        yield made


def test_the_judge_finds_what_it_is_there_for(servers: House, ground: Till):
    """With the guard a lost answer costs nothing; without it the same customer pays twice."""
    kept, careless, unknown = (parts([debt], n=1) for debt in ground.debts()[:3])
    ground.sandbox.faults(LOST)
    assert ground.result(ground.payers("kept", kept, "old-tabs"))["old_tabs"] == 0
    ground.until_quiet()
    assert ground.verdict()[1] == []

    _alter(servers, ground, by=1)
    row, found = ground.verdict()
    _tell(found)
    assert row.differences >= 2 and not row.clean and not row.overcharged
    _alter(servers, ground, by=-1)
    assert ground.verdict()[1] == []

    ground.ground.processes.stop()
    ground.result(ground.payers("unknown", unknown))
    row, found = ground.verdict()
    _tell(found)
    assert row.differences >= 1 and row.left and not row.clean
    ground.web()
    ground.worker()
    ground.until_quiet()
    assert ground.verdict()[1] == []

    ground.sandbox.faults(LOST)
    without = ground.result(ground.payers("careless", careless, "without-keys", "old-tabs"))
    row, found = ground.verdict()
    _tell(found)
    assert without["old_tabs"] == 1 and row.overcharged >= 1 and not row.is_good


def _tell(found: list[str]) -> None:
    """Print what the judge has found, without the whole of check_ledger."""
    print("\n", *(line for line in found if "\n" not in line), sep="\n  ")


def _alter(servers: House, ground: Till, *, by: int) -> None:
    """Change a posting behind the back of the product, guards off."""
    with servers.cluster.connect(ground.ground.name) as connection:
        connection.execute(ALTER.format(by=by))
