"""Fill the configured database: `python -m tests.faults.seed build 2000`, then plan, poison, people.

Runs in a process of its own, like everything that faults are injected into.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

import django

AS_OF = datetime(2026, 11, 3, 12, tzinfo=UTC)
MONTH = "2026-10"
DAY = "2026-10-15"
MIDDLE = datetime(2026, 10, 10, 4, tzinfo=UTC)
HOURLY = 3600
FIRST_POISON, POISON_STEP = 17, 190  # one in about each second chunk


def build(n: str) -> None:
    """Make a migrated database with n accounts whose timetable has nothing left to do."""
    from django.core.management import call_command

    from benchmarks import world
    from billing_site import schedule, timetable
    from core.models import JobRun

    call_command("migrate", verbosity=0, interactive=False)
    built = world.build(int(n), month=MONTH, interval_s=HOURLY)
    schedule.plan(timetable.ENTRIES, now=AS_OF, zone=world.month_period(MONTH).starts_at.tzinfo)
    JobRun.objects.update(state=JobRun.State.DONE)
    print(json.dumps({"accounts": len(built.accounts)}))


def plan() -> None:
    """Plan the month's run, so that workers find it."""
    from statements.models import BillingCycle
    from statements.operations.plan import plan as plan_run

    run = plan_run(BillingCycle.objects.get(), MONTH, as_of=AS_OF, started_by="system")
    print(json.dumps({"run": run.pk}))


def people() -> None:
    """Give every account a person with an address, who is told of bills."""
    from accounts.models import AccountRole, CustomerAccount, User

    for account in CustomerAccount.objects.order_by("pk"):
        user = User.objects.create(email=f"{account.number.lower()}@example.org", is_active=True)
        AccountRole.objects.create(
            user=user, account=account, role=AccountRole.Role.HOLDER, starts_at=MIDDLE
        )


def poison() -> None:
    """Break ten accounts in ten ways; print the code that each must be parked with."""
    from accounts.models import CustomerAccount

    accounts = list(CustomerAccount.objects.order_by("pk"))[FIRST_POISON::POISON_STEP]
    expected = {
        account.number: code
        for account, (code, breaking) in zip(accounts, POISONS.items(), strict=False)
        if breaking(account) is None
    }
    keys = {expected[account.number]: account.pk for account in accounts[: len(expected)]}
    print(json.dumps({"expected": expected, "keys": keys}))


def _no_plan(account):
    from statements.models import PlanAssignment

    PlanAssignment.objects.filter(agreement__account=account).delete()


def _tariff_gap(account):
    from benchmarks.world import TARIFF
    from statements.models import PlanAssignment
    from tariffs.models import Plan, PlanTariff, PlanVersion, VersionState
    from tariffs.operations import import_tariff, publish

    flat = {"code": "energy", "name": "Energy", "kind": "energy", "unit": "kWh", "price": "0.1"}
    late = {
        **{key: TARIFF[key] for key in ("commodity", "currency", "zone", "change_summary")},
        **{"code": "late", "name": "Late", "rate_type": "flat", "from": "2026-10-11"},
        "charges": [flat],
    }
    version = import_tariff(late, author=None)
    publish(version, approver=None, published_at=AS_OF)
    plan = Plan.objects.create(code="late", name="Late")
    plan_version = PlanVersion.objects.create(plan=plan, number=1, starts_on="2020-01-01")
    PlanTariff.objects.create(plan_version=plan_version, tariff=version.tariff)
    PlanVersion.objects.filter(pk=plan_version.pk).update(state=VersionState.PUBLISHED)
    PlanAssignment.objects.filter(agreement__account=account).update(plan_version=plan_version)


def _blocks(account):
    from meters.models import ReadingBlock

    return ReadingBlock.objects.filter(
        channel__meter__installations__usage_point__agreements__account=account
    )


def _missing_reads(account):
    keys = list(_blocks(account).filter(day=DAY).values_list("pk", flat=True))
    _delete(keys)


def _delete(keys):
    from meters.models import ReadingBlock

    for channel, day in keys:
        ReadingBlock.objects.filter(channel=channel, day=day).delete()


def _suspect_reads(account):
    from meters.models import ReadingBlock

    for channel, day in list(_blocks(account).filter(day=DAY).values_list("pk", flat=True)):
        ReadingBlock.objects.filter(channel=channel, day=day).update(status=b"X")


def _no_meter(account):
    from meters.models import MeterInstallation

    MeterInstallation.objects.filter(usage_point__agreements__account=account).update(
        ends_at=MIDDLE
    )


def _bad_zone(account):
    from meters.models import ServiceLocation

    ServiceLocation.objects.filter(usage_points__agreements__account=account).update(
        zone_name="Mars/Olympus"
    )


def _currency_mismatch(account):
    type(account).objects.filter(pk=account.pk).update(currency="EUR")


def _impossible_total(account):
    """A gigawatt-month in every hour: 10^9 kWh each."""
    import numpy as np

    from meters.readings import Slots, store_slots

    keys = list(_blocks(account).values_list("channel_id", "day"))
    _delete(keys)
    first = min(day for _, day in keys)
    starts_at = datetime(first.year, first.month, first.day, tzinfo=UTC)
    values = np.full(24 * len(keys), 10**12, np.int64)
    store_slots([Slots(keys[0][0], starts_at, HOURLY, values)], source="test", recorded_at=AS_OF)


def _by_failpoint(account):
    """The harness sets a failpoint on this account."""


POISONS = {
    "no_plan": _no_plan,
    "tariff_gap": _tariff_gap,
    "missing_reads": _missing_reads,
    "suspect_reads": _suspect_reads,
    "no_meter": _no_meter,
    "bad_zone": _bad_zone,
    "currency_mismatch": _currency_mismatch,
    "impossible_total": _impossible_total,
    "engine_error": _by_failpoint,
    "crashed": _by_failpoint,
}
COMMANDS = {"build": build, "plan": plan, "people": people, "poison": poison}


if __name__ == "__main__":
    django.setup()
    COMMANDS[sys.argv[1]](*sys.argv[2:])
