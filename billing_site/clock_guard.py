"""Money jobs stop when the machine's clock cannot be true."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Max

from core import clock
from core.models import JobRun

TOLERANCE = timedelta(minutes=5)


class ImplausibleClock(Exception):
    """This machine's time is behind what was recorded, or far from the database's time."""


def check() -> None:
    """Compare real time with the newest recorded moment and with the database.

    :raises ImplausibleClock: if they are more than five minutes apart; never under `CLOCK_FILE`
    """
    if settings.CLOCK_FILE:
        return
    now = clock.real_now()
    newest = JobRun.objects.aggregate(newest=Max("started_at"))["newest"]
    if newest and newest - now > TOLERANCE:
        raise ImplausibleClock(f"it is {now:%Y-%m-%d %H:%M}, but a job started at {newest}")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            theirs = cursor.fetchone()[0]
        if abs(theirs - now) > TOLERANCE:
            raise ImplausibleClock(f"it is {now} here and {theirs} in the database")
