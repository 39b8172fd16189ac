"""Pages of a utility with many customers, against the least a signed-in page can cost.

A real web server answers fifty visitors, each of whom asks for the next page when one has come;
floor and product take turns. What the database does alone is measured in this process.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from statistics import median, quantiles
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import override_settings

from accounts.models import AccountRole, CustomerAccount, User
from accounts.operations import create_user, grant_role
from accounts.staff import StaffRole
from benchmarks.crowd import multiply
from benchmarks.databases import analyse, migrated, require_postgresql
from benchmarks.measure import Record, record
from benchmarks.pages_urls import TRIVIAL
from core import clock
from reports.staff_home import owing
from reports.staff_home.page import figures
from statements.models import Statement
from support import search

HOMES = 60  # billed by the product, for thirteen months
TIMES = {"small": 20, "full": 1_700}  # copies: 1,140 and 96,900 customers
SECONDS = {"small": 2.0, "full": 8.0}
WARM = 5.0  # seconds: both processes have seen every page
VISITORS = 50
LARGE = 10_000  # rows: a table that nobody reads from end to end
TYPED = (
    "Kate Dorsey",
    "kate dorsey",
    "Ned Lowellson",
    "Dorsy",
    "Olga Abot",
    "12 Mill Lane",
    "Mil Lane",
)
PASSWORD = "a long enough secret"


@dataclass(frozen=True)
class Visit:
    """Who asks for which page: one line for the visitors' process."""

    cookie: str
    path: str


def run(scale: str, repeat: int) -> list[Record]:
    """Measure the pages at one scale.

    :raises NoPostgreSQL: if another database is configured
    """
    require_postgresql()
    with migrated() as database, override_settings(DEMO=True, ROOT_URLCONF="benchmarks.pages_urls"):
        call_command("seed_demo", customers=HOMES, verbosity=0)
        multiply(TIMES[scale])
        users = _holders()
        analyse()
        n = CustomerAccount.objects.count()
        with _server(database) as port:
            served = _served(port, users, n, scale, repeat)
        return [*served, *_alone(n, repeat), *_counted(users[0], n)]


# --- through the whole stack


def _served(port: int, users: Sequence[User], n: int, scale: str, repeat: int) -> list[Record]:
    floor = [Visit(cookie, f"/{TRIVIAL}") for cookie in map(_cookie, users)]
    home = [Visit(each.cookie, "/") for each in floor]
    bills = [
        Visit(each.cookie, f"/bills/{_bill_of(user)}/")
        for each, user in zip(floor, users, strict=True)
    ]
    for visits in (floor, home, bills):
        _p95(port, visits, WARM)
    return [
        _against(name, port, visits, floor, goal, (n, repeat, SECONDS[scale]))
        for name, visits, goal in (
            ("pages.home", home, "<= 10"),
            ("pages.statement", bills, "<= 6"),
        )
    ]


def _against(
    name: str,
    port: int,
    visits: Sequence[Visit],
    floor: Sequence[Visit],
    goal: str,
    size: tuple[int, int, float],
) -> Record:
    n, repeat, seconds = size
    pairs = [(_p95(port, floor, seconds), _p95(port, visits, seconds)) for _ in range(repeat)]
    return record(
        name,
        n=n,
        repeat=repeat,
        unit="ms, p95 of 50 visitors",
        product=median(ours for _least, ours in pairs) * 1000,
        floor=median(least for least, _ours in pairs) * 1000,
        ratio=median(ours / least for least, ours in pairs),
        goal=goal,
    )


def _p95(port: int, visits: Sequence[Visit], seconds: float) -> float:
    """Let everybody visit for a while; return the seconds that 95 of 100 pages took at most."""
    lines = "\n".join(f"{each.cookie}\t{each.path}" for each in visits)
    command = [sys.executable, "-m", "benchmarks.visitors", str(port), str(seconds)]
    done = subprocess.run(
        command, input=lines, capture_output=True, text=True, cwd=settings.BASE_DIR, check=False
    )
    if done.returncode or "RuntimeError" in done.stderr:
        raise RuntimeError(done.stderr[-600:])
    return quantiles([float(line) for line in done.stdout.split()], n=20)[-1]


@contextmanager
def _server(database: str) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "DATABASE_URL": _url(database),
        "DJANGO_SETTINGS_MODULE": "benchmarks.pages_settings",
        "TZ": "UTC",
    }
    options = ["--workers", "2", "--blocking-threads", "4", "--log-level", "error", "--no-ws"]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)]
    running = subprocess.Popen(
        [*command, *options, "billing_site.wsgi:application"],
        cwd=settings.BASE_DIR,
        env=environment,
    )
    try:
        _wait_for(port, running)
        yield port
    finally:
        running.terminate()
        running.wait(30)


def _url(database: str) -> str:
    """Return the address of the configured server with another database of it."""
    return re.sub(r"/[^/?]*(\?|$)", rf"/{database}\1", os.environ["DATABASE_URL"], count=1)


def _wait_for(port: int, running: subprocess.Popen[bytes]) -> None:
    for _tenth in range(600):
        if running.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The web server did not start.")


# --- the database alone


def _alone(n: int, repeat: int) -> list[Record]:
    now = clock.now()
    staff = create_user(
        "finance.bench@example.org",
        password=PASSWORD,
        roles=(StaffRole.FINANCE, StaffRole.BILLING_MANAGER),
    )
    found = max(_milliseconds(_search(text, now), repeat) for text in TYPED)
    totals = _milliseconds(lambda: owing.sums(owing.owing("USD")), repeat)
    worst = _milliseconds(lambda: list(owing.owing("USD").order_by("-balance_minor")[:50]), repeat)
    home = _milliseconds(lambda: figures(staff, now=now, real_now=clock.real_now()), repeat)
    rows = (
        ("pages.search", found, "<= 20"),
        ("pages.totals", totals, "<= 30"),
        ("pages.worst", worst, "<= 100"),
        ("pages.figures", home, ""),
    )
    return [
        record(name, n=n, repeat=repeat, unit="ms", product=took, goal=goal)
        for name, took, goal in rows
    ]


def _search(text: str, now: datetime) -> Callable[[], object]:
    return lambda: search.find(text, now=now)


def _milliseconds(work: Callable[[], object], repeat: int) -> float:
    """Return the median time of so many runs after a first one."""
    work()
    took = []
    for _ in range(max(repeat, 5)):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    return median(took) * 1000


# --- what does not depend on the machine


def _counted(user: User, n: int) -> list[Record]:
    client = _signed_in(user)
    least = len(_queries(client, f"/{TRIVIAL}"))
    asked = {
        "home": _queries(client, "/"),
        "statement": _queries(client, f"/bills/{_bill_of(user)}/"),
        "bills": _queries(client, "/bills/"),
    }
    rows = [
        record(
            f"pages.queries_{name}",
            n=n,
            repeat=1,
            unit="queries beside session and user",
            product=len(queries) - least,
            goal="<= 5",
            is_count=True,
        )
        for name, queries in asked.items()
    ]
    scans = sum(_large_scans(sql, params) for each in asked.values() for sql, params in each)
    return [
        *rows,
        record("pages.scans", n=n, repeat=1, product=scans, goal="== 0", is_count=True),
    ]


def _queries(client: Client, path: str) -> list[tuple[str, Any]]:
    client.get(path)  # what is cached is
    seen: list[tuple[str, Any]] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        if client.get(path).status_code != 200:
            raise RuntimeError(f"{path} is no page")
    return seen


def _large_scans(sql: str, params: Any) -> int:
    """Count the tables of more than 10,000 rows that a query reads from end to end."""
    if not sql.startswith("SELECT"):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        [[plan]] = cursor.fetchall()
        scanned = [node["Relation Name"] for node in _nodes(plan[0]["Plan"]) if _is_scan(node)]
        large = "SELECT count(*) FROM pg_class WHERE relname = ANY(%s) AND reltuples > %s"
        cursor.execute(large, [scanned, LARGE])
        return int(cursor.fetchone()[0])


def _is_scan(node: dict[str, Any]) -> bool:
    return bool(node["Node Type"] == "Seq Scan")


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


# --- who visits


def _holders() -> list[User]:
    """Give so many accounts a login each, who sees the bills that the product wrote."""
    since = clock.now()
    users = []
    accounts = CustomerAccount.objects.filter(statements__isnull=False).order_by("pk").distinct()
    for place, account in enumerate(accounts[:VISITORS]):
        user = create_user(
            f"visitor{place}@example.org", password=PASSWORD, name=f"Visitor {place}"
        )
        grant_role(user, account, AccountRole.Role.HOLDER, starts_at=since)
        users.append(user)
    return users


def _signed_in(user: User) -> Client:
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return client


def _cookie(user: User) -> str:
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={_signed_in(user).cookies[name].value}"


def _bill_of(user: User) -> str:
    bills = Statement.objects.visible().filter(account__roles__user=user)
    return str(bills.order_by("-issued_at").values_list("number", flat=True)[0])
