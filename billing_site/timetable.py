"""What runs when: the slots of the clock, and the sweeps of every tick.

Names are dotted, so that a part can be put in or taken out in one line. Each names a function
without arguments that reads the clock and finds its own work in the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from billing_site.schedule import DailyAt, Entry, Every


@dataclass(frozen=True, slots=True)
class Sweep:
    """Looks for due rows at every tick; its messages go through this queue."""

    function: str
    queue: str


ENTRIES: tuple[Entry, ...] = (
    Entry("upkeep", "billing_site.upkeep.tidy", DailyAt(time(3, 30))),
    Entry("forget attempts", "accounts.tasks.forget_attempts", DailyAt(time(3, 45))),
    Entry("forget page events", "accounts.tasks.forget_page_events", DailyAt(time(3, 50))),
    Entry("forget price files", "tariffs.tasks.forget_files", DailyAt(time(3, 55))),
    Entry("tidy help", "support.tasks.tidy_help", Every(3600)),
    Entry("follow prices", "statements.tasks.follow_price_book", DailyAt(time(0, 30)), "billing"),
    Entry("compare plans", "statements.tasks.compare_plans", DailyAt(time(4, 15)), "billing"),
    Entry("estimate gaps", "meters.tasks.estimate_gaps", DailyAt(time(1)), "metering"),
    Entry("verify statements", "statements.tasks.verify_statements", DailyAt(time(2)), "billing"),
    Entry("check the books", "reports.tasks.check_books", DailyAt(time(2, 30)), "billing"),
    Entry("charge late fees", "payments.tasks.charge_late_fees", DailyAt(time(7)), "billing"),
    Entry("notify overdue", "payments.tasks.notify_overdue", DailyAt(time(8)), queue="billing"),
    Entry("remind of due", "payments.tasks.remind_of_due", DailyAt(time(8, 30)), queue="billing"),
    Entry("poll events", "payments.tasks.poll_events", Every(3600), queue="outbound"),
)

SWEEPS: tuple[Sweep, ...] = (
    Sweep("notifications.tasks.deliver_pending", queue="outbound"),
    Sweep("payments.tasks.work_inbox", queue="outbound"),
    Sweep("payments.tasks.submit_refunds", queue="outbound"),
    Sweep("payments.tasks.look_after_payments", queue="outbound"),
    Sweep("payments.tasks.expire_settled", queue="outbound"),
    Sweep("meters.tasks.poll_meters", queue="metering"),
    Sweep("statements.tasks.work_runs", queue="billing"),
    Sweep("statements.tasks.work_shadow_runs", queue="billing"),
    Sweep("statements.tasks.work_plan_moves", queue="billing"),
    Sweep("statements.tasks.work_savings", queue="billing"),
)
