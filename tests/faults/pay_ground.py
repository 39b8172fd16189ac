"""The ground of a payment scenario: the sandbox, web, workers and customers; the judgement.

The sandbox is no part of what breaks, unless it is told to by its faults: its books are a witness.
"""

from __future__ import annotations

import time
import urllib.request
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.faults import pay_oracle
from tests.faults.ground import Ground, House, last_json
from tests.faults.pay_seed import NOW, STAFF
from tests.faults.payer import Order, write
from tests.faults.processes import Process
from tests.faults.servers import Broker
from tests.sandbox import running
from tests.sandbox.running import Sandbox, free_port

__all__ = ["STAFF", "Debt", "Order", "PayRow", "Till", "pay_table", "till"]

ENVIRONMENT = "faults"
NO_MONEY = "000222222227"  # a bank account whose debit fails days later
WHOLE = "once"  # every order was paid exactly once


@dataclass(frozen=True)
class Debt:
    """What one account owes: a bill and its amount in minor units."""

    account: str
    statement: int
    number: str
    amount: int


@dataclass
class PayRow:
    """One line of the table at the end."""

    scenario: str
    injected: str
    payments: int
    total: str
    differences: int
    overcharged: int
    clean: bool
    left: int
    seconds: float

    @property
    def is_good(self) -> bool:
        return self.clean and not (self.differences or self.overcharged or self.left)


@contextmanager
def till(
    house: House,
    scenario: str,
    template: str | Path,
    broker: Broker | None = None,
    *,
    janitor: int = 1,
) -> Iterator[Till]:
    """Give a scenario a copy of a template, and a sandbox whose webhooks go to its web."""
    if isinstance(template, Path):
        ground = house.sqlite_ground(scenario, template)
    else:
        ground = house.ground(scenario, template, broker)
    with ground as made:
        port = free_port()
        folder = made.processes.folder
        sandbox = running.start(
            folder,
            f"http://127.0.0.1:{port}/webhooks/stripe/",
            secret="whsec_of_the_fault_runs",
            more=("--webhook-retries", "0.5,1,2", "--seed", str(house.seed)),
        )
        try:
            yield Till(made, sandbox, port, janitor)
        finally:
            made.processes.stop()
            sandbox.stop()


@dataclass
class Till:
    """One scenario of payments at work."""

    ground: Ground
    sandbox: Sandbox
    port: int
    janitor: int  # seconds before it asks for the first time
    orders: list[Order] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = self.ground.processes.folder / "pay-clock"
        self.clock.write_text(NOW.isoformat())
        self.ground.processes.environment |= {
            "CLOCK_FILE": str(self.clock),
            "STRIPE_SECRET_KEY": self.sandbox.key,
            "STRIPE_WEBHOOK_SECRETS": self.sandbox.secret,
            "STRIPE_API_BASE": self.sandbox.url,
            "STRIPE_CHECKOUT_ORIGIN": self.sandbox.url,
            "STRIPE_ENVIRONMENT": ENVIRONMENT,
            "JANITOR_FIRST_SECONDS": str(self.janitor),
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
        }

    @property
    def random(self):
        return self.ground.random

    def debts(self) -> list[Debt]:
        rows = self.ground.ask(
            "SELECT a.number, s.id, s.number, s.amount_due_minor FROM statements_statement s "
            "JOIN accounts_customeraccount a ON a.id = s.account_id "
            "WHERE s.state = 'issued' ORDER BY s.id"
        )
        return [Debt(*row) for row in rows]

    # --- processes

    def web(self, **environment: str) -> Process:
        process = self.ground.processes.start("web", *_granian(self.port), keep=True, **environment)
        self.ground.until(self.answers, "the pages' answer", 60)
        return process

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                return True
        except OSError:
            return False

    def worker(self, name: str = "worker", **environment: str) -> Process:
        return self.ground.worker(name, "--beat", **environment)

    def payers(
        self, name: str, orders: Sequence[Order], *more: str, threads: int = 4, **environment: str
    ) -> Process:
        """Start customers; their orders count as intended from now on."""
        path = self._intend(name, orders)
        words = (path, self.sandbox.url, str(threads), *more)
        return self._script(name, "payer", *words, **environment)

    def page_payers(self, name: str, orders: Sequence[Order], *, threads: int = 4) -> Process:
        """Start customers who use our pages."""
        site = f"http://127.0.0.1:{self.port}"
        words = (self._intend(name, orders), self.sandbox.url, str(threads), site)
        return self._script(name, "payer_pages", *words)

    def _intend(self, name: str, orders: Sequence[Order]) -> str:
        known = {order.key for order in self.orders}
        self.orders += [order for order in orders if order.key not in known]
        path = self.ground.processes.folder / f"{name}.json"
        path.write_text(write(list(orders)))
        return str(path)

    def clerk(self, name: str, *words: str, **environment: str) -> Process:
        return self._script(name, "clerk", *words, **environment)

    def _script(self, name: str, script: str, *words: str, **environment: str) -> Process:
        return self.ground.processes.start(
            name, "-m", f"tests.faults.{script}", *words, **environment
        )

    def result(self, process: Process, patience: float = 300) -> dict[str, Any]:
        """Supervise until a script has ended well; return what it printed last."""
        self.ground.until(lambda: not process.is_running, f"the end of {process.name}", patience)
        assert process.popen.returncode == 0, f"{process.name}\n{process.tail()}"
        return last_json(process.log.read_text())

    def later(self, **span: float) -> None:
        """Move the business clock on, and so the timetable: an hour later events are polled."""
        moment = datetime.fromisoformat(self.clock.read_text()) + timedelta(**span)
        new = self.clock.with_suffix(".new")
        new.write_text(moment.isoformat())
        new.replace(self.clock)

    def poll(self) -> None:
        """Let an hour pass and wait until the timetable has asked for the events."""
        before = self._polls()
        self.later(hours=1)
        self.ground.until(lambda: self._polls() > before, "the poll", 60)

    def _polls(self) -> int:
        [(done,)] = self.ground.ask(
            "SELECT count(*) FROM core_jobrun WHERE name = 'poll events' AND state = 'done'"
        )
        return done

    # --- waiting

    def until_quiet(self, patience: float = 120, *, webhooks: bool = True) -> None:
        """Wait until nobody has anything to do any more: no person helps.

        :raises AssertionError: if something stays
        """
        deadline = time.monotonic() + patience
        while left := self.left(webhooks=webhooks):
            if time.monotonic() > deadline:
                logs = "\n".join(f"--- {p.name}\n{p.tail()}" for p in self.ground.processes.all)
                raise AssertionError(f"{self.ground.scenario}: {left} left\n{logs}")
            self.ground.pause(0.3)

    def left(self, *, webhooks: bool = True) -> list[str]:
        left = pay_oracle.unfinished(self.ground.ask)
        if left or not webhooks:
            return left
        waiting = sum(each["state"] == "waiting" for each in self.sandbox.books()["deliveries"])
        return [f"{waiting} webhooks"] if waiting else []

    # --- the judgement

    def judge(
        self, injected: str, *, scenario: str = "", cases: dict[str, int] | None = None
    ) -> PayRow:
        """Compare three witnesses: the sandbox's books, an oracle in SQL, and check_ledger.

        :raises AssertionError: if they do not say the same
        """
        schedule = self.ground.schedule()
        row, found = self.verdict(injected, scenario=scenario)
        self.ground.house.pay_rows.append(row)
        print(f"\n{pay_line(row)}")
        if schedule:
            print(f"   seconds from the start: {schedule}")
        assert found == [], "\n".join(found)
        assert pay_oracle.open_cases(self.ground.ask) == (cases or {})
        return row

    def verdict(self, injected: str = "", *, scenario: str = "") -> tuple[PayRow, list[str]]:
        """Return the line of the table, and everything that is wrong."""
        books = self.sandbox.books()
        differences = pay_oracle.differences(self.ground.ask, books)
        charged = pay_oracle.overcharged(books, intended(self.orders))
        left = self.left(webhooks=False)
        check = self.check()
        row = PayRow(
            scenario or self.ground.scenario,
            injected,
            sum(intent["status"] == "succeeded" for intent in books["payment_intents"]),
            f"{pay_oracle.received(books) / 100:,.2f}",
            len(differences),
            len(charged),
            check == "",
            len(left),
            time.monotonic() - self.ground.began,
        )
        self.ground.began = time.monotonic()
        self.ground.faults = {}
        return row, [*differences, *charged, *left, *([check] if check else [])]

    def check(self) -> str:
        """Return what check_ledger complains of, asking the provider too."""
        process = self.ground.processes.start("check", *CHECK)
        process.popen.wait(timeout=300)
        return "" if process.popen.returncode == 0 else process.tail(60)


CHECK = ("manage.py", "check_ledger", "--with-stripe", "--grace", "0")


def intended(orders: Iterable[Order]) -> dict[tuple[str, str], int]:
    """Return what each account wants to pay, by bill; who has no money intends nothing."""
    sums: Counter[tuple[str, str]] = Counter()
    for order in orders:
        if order.number != NO_MONEY:
            sums[order.account, str(order.statement or "")] += order.amount
    return dict(sums)


def _granian(port: int) -> list[str]:
    return [
        *("-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning"),
        "billing_site.wsgi:application",
    ]


WIDTHS = (37, 50, 8, 12, 8, 11, 12, 9, 4)
HEAD = ("scenario", "faults", "payments", "sum", "3 books", "paid", "check_ledger", "finished", "s")


def pay_line(row: PayRow) -> str:
    cells = (
        row.scenario,
        row.injected,
        str(row.payments),
        row.total,
        "agree" if not row.differences else f"{row.differences} DIFFER",
        WHOLE if not row.overcharged else f"{row.overcharged} WRONG",
        "clean" if row.clean else "VIOLATED",
        "all" if not row.left else f"{row.left} LEFT",
        f"{row.seconds:.0f}",
    )
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()


def pay_table(rows: list[PayRow]) -> list[str]:
    head = "  ".join(cell.ljust(width) for cell, width in zip(HEAD, WIDTHS, strict=True)).rstrip()
    return [head, "-" * len(head), *map(pay_line, rows)]
