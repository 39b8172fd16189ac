"""The readings that a page shows, as the lines of a file."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from core import formats
from core.csv_export import Cell
from reports.manage_readings.day import Day, RegisterDay
from reports.manage_readings.period import PeriodPage

DAY_WIDTHS = (14, 14, 14, 12, 22, 18, 12, 8, 18, 14, 10, 12, 16)
PERIOD_WIDTHS = (14, 14, 14, 12, 12, 12, 8, 12, 12, 12, 12, 24)


def of_day(day: Day, *, with_bills: bool) -> Iterator[list[Cell]]:
    """Yield every interval of a day, its heads first."""
    yield [
        *(_("Meter"), _("Usage point"), _("Service"), _("Register"), _("From (UTC)")),
        *(_("From, as the clock shows it"), _("Value"), _("Unit"), _("Quality")),
        *(_("Day stored by"), _("Revision"), _("Billed"), _("Bill")),
    ]
    for register in day.registers:
        yield from _intervals(register, with_bills)


def _intervals(register: RegisterDay, with_bills: bool) -> Iterator[list[Cell]]:
    part = register.part
    for slot in register.slots:
        value = None if slot.units is None else Decimal(slot.units) / part.scale
        yield [
            part.channel.meter_serial,
            part.point.code,
            part.commodity,
            part.word,
            slot.starts_at,
            slot.starts_at.astimezone(part.zone).isoformat(),
            value,
            formats.unit_name(part.unit),
            str(slot.quality),
            slot.block.source if slot.block else "",
            slot.block.rev if slot.block else None,
            _("Yes") if slot.bill else _("No"),
            slot.bill.number if slot.bill and with_bills else "",
        ]


def of_period(page: PeriodPage, *, with_bills: bool) -> Iterator[list[Cell]]:
    """Yield the totals of a period, their heads first."""
    yield [
        *(_("Day"), _("Meter"), _("Usage point"), _("Service"), _("Register"), _("Value")),
        *(
            _("Unit"),
            _("Intervals"),
            _("Missing"),
            _("Estimated or set by hand"),
            _("Billed"),
            _("Bills"),
        ),
    ]
    for line in page.lines:
        total = line.total
        yield [
            total.day,
            total.serial,
            total.point,
            total.commodity,
            total.word,
            Decimal(total.units) / total.scale,
            formats.unit_name(total.unit),
            total.expected,
            total.missing,
            total.guessed,
            _("Yes") if line.bills else _("No"),
            ", ".join(bill.number for bill in line.bills) if with_bills else "",
        ]
