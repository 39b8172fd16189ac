"""The billing calendar as a file for calendar programs (iCalendar, RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from django.utils.translation import gettext as _

from core import formats
from statements.presentation.calendar import CalendarView
from statements.schedule import Round

WIDTH = 75  # octets of a line, its break not counted


def calendar_file(view: CalendarView, *, name: str, now: datetime) -> str:
    """Return a whole-day event for each reading, bill and due date to come.

    :param name: of the utility, which names the calendar
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Meterbook//Billing calendar//EN"]
    lines.append(f"X-WR-CALNAME:{_text(name)}")
    for each in view.coming:
        lines += _events(each, view, now)
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _events(each: Round, view: CalendarView, now: datetime) -> Iterator[str]:
    month, number = formats.month(each.month), view.account.number
    told = (
        ("reading", each.reading_on, _("Meter reading for %(month)s, account %(number)s")),
        ("bill", each.bill_on, _("Bill for %(month)s expected, account %(number)s")),
        ("due", each.due_on, _("Bill for %(month)s due, account %(number)s")),
    )
    for kind, day, words in told:
        if day >= view.today:
            said = words % {"month": month, "number": number}
            yield from _event(f"{number}-{each.month:%Y-%m}-{kind}@meterbook", day, said, now)


def _event(uid: str, day: date, words: str, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{uid}"
    yield f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(words)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _text(value: str) -> str:
    for sign in ("\\", ";", ","):
        value = value.replace(sign, f"\\{sign}")
    return " ".join(value.split())


def _folded(line: str) -> str:
    """Break a line so that no part is longer than `WIDTH` octets, and no letter is torn."""
    parts, part = [], ""
    for letter in line:
        if len(f"{part}{letter}".encode()) > WIDTH:
            parts.append(part)
            part = " "
        part += letter
    return "\r\n".join([*parts, part])
