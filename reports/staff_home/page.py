"""The start of a person who works here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from accounts.queries import utility
from core.periods import local_date
from reports.staff_home.queues import Queue, queues
from reports.staff_home.recent import Act, recent
from reports.staff_home.setting_up import Step, steps
from reports.staff_home.tiles import Tile, tiles


@dataclass(frozen=True)
class Figures:
    """The part that is made anew every minute: the tiles, what waits, and as of when."""

    tiles: Sequence[Tile]
    queues: Sequence[Queue]
    as_of: datetime
    real_now: datetime


@dataclass(frozen=True)
class StaffHome:
    """The whole page."""

    figures: Figures
    recent: Sequence[Act]
    steps: Sequence[Step]

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)


def figures(user: User, *, now: datetime, real_now: datetime) -> Figures:
    """Return what changes; `now` is the business moment, `real_now` that of the work."""
    mine = utility()
    today = local_date(now, mine.zone)
    found = tiles(user, now=now, today=today, utility=mine)
    return Figures(found, queues(user, real_now=real_now), now, real_now)


def staff_home(user: User, *, now: datetime, real_now: datetime) -> StaffHome:
    return StaffHome(figures(user, now=now, real_now=real_now), recent(user), steps(user))
