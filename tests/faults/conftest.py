"""Servers, templates and the unfaulted run of the fault scenarios; the table at the end.

These run only when they are asked for: `make faults`, or `pytest tests/faults -m faults -s`.
`FAULT_SEED=17` repeats the schedule of another run.
"""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults import oracle, pay_seed
from tests.faults.ground import RUN_BILLING, House, last_json, table
from tests.faults.pay_ground import pay_table
from tests.faults.seed import AS_OF
from tests.faults.servers import Broker, Cluster

ACCOUNTS = int(os.environ.get("FAULT_ACCOUNTS", "2000"))
FEW = 120
SQLITE_ACCOUNTS = 600
OWING, OWING_ON_FILE = 250, 60
BILL_SEPTEMBER = (
    ("manage.py", "run_billing", "--period", pay_seed.BILLED, "--as-of", AS_OF.isoformat()),
    ("-m", "tests.faults.pay_seed", "told"),
)
_houses: list[House] = []


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    asked = "faults" in (config.option.markexpr or "").replace("not faults", "")
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.faults)
            if not asked:
                item.add_marker(pytest.mark.skip(reason="run by make faults"))


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A cluster without templates, and the seed of this run."""
    seed = int(os.environ.get("FAULT_SEED") or random.SystemRandom().randrange(10**6))
    print(f"\nFAULT_SEED={seed}")
    with Cluster() as cluster:
        made = House(cluster, tmp_path_factory.mktemp("faults"), seed)
        _houses.append(made)
        yield made


@pytest.fixture(scope="session")
def house(servers: House) -> House:
    """The cluster with its templates `accounts` and `planned`, and the unfaulted result."""
    servers.template("accounts", ("build", str(ACCOUNTS)))
    servers.template("planned", ("plan",), base="accounts")
    servers.golden = _unfaulted(servers, "golden", "accounts")
    print(f"unfaulted: {len(servers.golden.bills)} statements, {servers.golden.total / 100:,.2f}")
    return servers


@pytest.fixture(scope="session")
def owing(servers: House) -> str:
    """A template with accounts that owe a bill of September; October is not billed yet."""
    owe = ("owe", str(OWING))
    servers.template("owing", owe, seed="tests.faults.pay_seed")
    for step in BILL_SEPTEMBER:
        servers.run(servers.cluster.url("owing"), *step)
    return "owing"


@pytest.fixture(scope="session")
def owing_file(servers: House) -> Path:
    """A SQLite file of the same kind."""
    path = servers.folder / "owing.sqlite3"
    url = f"sqlite:///{path}"
    servers.run(url, "-m", "tests.faults.pay_seed", "owe", str(OWING_ON_FILE))
    for step in BILL_SEPTEMBER:
        servers.run(url, *step)
    _flush(path)
    return path


def _unfaulted(house: House, name: str, template: str) -> oracle.Books:
    house.cluster.create(name, template)
    house.run(house.cluster.url(name), *RUN_BILLING)
    with house.cluster.connect(name) as connection:
        books = oracle.books(lambda sql: connection.execute(sql).fetchall())
    house.cluster.drop(name)
    assert books.is_coherent and books.numbers_are_whole and not books.parked
    return books


@pytest.fixture(scope="session")
def few(house: House) -> str:
    """A template with few accounts, each with a person who is told."""
    house.template("few", ("build", str(FEW)), ("people",))
    return "few"


@pytest.fixture(scope="session")
def golden_few(house: House, few: str) -> oracle.Books:
    return _unfaulted(house, "golden_few", few)


@pytest.fixture(scope="session")
def poisoned(house: House) -> dict:
    """A template with ten poisoned accounts; returns the codes expected and the keys by code."""
    return last_json(house.template("poisoned", ("poison",), base="accounts"))


@pytest.fixture(scope="session")
def small_file(house: House) -> Path:
    """A SQLite file like the template, with the first accounts of it."""
    path = house.folder / "template.sqlite3"
    house.run(f"sqlite:///{path}", "-m", "tests.faults.seed", "build", str(SQLITE_ACCOUNTS))
    _flush(path)
    return path


def _flush(path: Path) -> None:
    """Bring all of a SQLite database into its one file, so that it can be copied."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@pytest.fixture
def broker() -> Iterator[Broker]:
    with Broker() as broker:
        yield broker


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for house in _houses:
        terminalreporter.section(f"faults, FAULT_SEED={house.seed}")
        lines = table(house.rows) if house.rows else []
        lines += pay_table(house.pay_rows) if house.pay_rows else []
        for text in lines:
            terminalreporter.write_line(text)
