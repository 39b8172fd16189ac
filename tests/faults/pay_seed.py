"""Fill the configured database with people who owe: `python -m tests.faults.pay_seed owe 240`.

September is billed and two weeks overdue, October is read and not billed yet.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime

import django

NOW = datetime(2026, 12, 20, 12, tzinfo=UTC)  # the business moment of all payments
BILLED, TO_BILL = "2026-09", "2026-10"
HOURLY = 3600
STAFF = ("cashier", "supervisor")


def owe(n: str) -> None:
    """Make a migrated database with n accounts that have one unpaid bill each."""
    from django.core.management import call_command

    from benchmarks import world

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    built = world.build(int(n), month=BILLED, interval_s=HOURLY)
    world.add_reads(built.channels, TO_BILL, interval_s=HOURLY, seed=8)
    _people()
    _policy()
    _nothing_left_to_do()


def told() -> None:
    """Take the bills' notices for sent: these scenarios are about payments."""
    from notifications.models import Delivery

    Delivery.objects.update(state=Delivery.State.SENT)


def _people() -> None:
    """One customer who may see every account, and two of the staff; nobody gets real mail."""
    from accounts.models import AccountRole, CustomerAccount, User

    for name in STAFF:
        User.objects.create(email=f"{name}@example.org", is_active=True)
    payer = User.objects.create(email="payer@example.org", is_active=True)
    since = datetime(2020, 1, 1, tzinfo=UTC)
    for account in CustomerAccount.objects.order_by("pk"):
        AccountRole.objects.create(
            user=payer, account=account, role=AccountRole.Role.HOLDER, starts_at=since
        )


def _policy() -> None:
    from payments.models import LateFeePolicy

    LateFeePolicy.objects.create(
        version=1,
        starts_on=date(2025, 1, 1),
        currency="USD",
        grace_days=5,
        flat_minor=500,
        created_by="system",
    )


def _nothing_left_to_do() -> None:
    """Write the timetable's slots of this moment as done."""
    from billing_site import schedule, timetable
    from core.models import JobRun

    zone = _zone()
    schedule.plan(timetable.ENTRIES, now=NOW, zone=zone)
    JobRun.objects.update(state=JobRun.State.DONE)


def _zone():
    from accounts.queries import utility

    return utility().zone


COMMANDS = {"owe": owe, "told": told}


if __name__ == "__main__":
    django.setup()
    COMMANDS[sys.argv[1]](*sys.argv[2:])
