"""Prices a whole request: files and options in, bills out, or the file that is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.periods import BadPeriod, Period, local_date, midnight
from tariffs.rate_file import account, bills, clocks, fit, usage, versions
from tariffs.rate_file.account import Account
from tariffs.rate_file.bills import Bill
from tariffs.rate_file.cycle import Cycle, billed
from tariffs.rate_file.errors import WrongOption, named
from tariffs.rate_file.usage import UsageFile
from tariffs.rate_file.versions import Family


@dataclass(frozen=True)
class Request:
    """What to price: files, and what the options say."""

    tariffs: tuple[Path, ...]
    usage: Path | None = None
    account: Path | None = None
    first: date | None = None
    end: date | None = None  # first day without
    zone: str = ""
    cycle: Cycle | None = None


@dataclass(frozen=True)
class Priced:
    """The bills of all periods under some tariffs."""

    names: tuple[str, ...]  # of the tariffs
    currency: str
    bills: tuple[Bill, ...]
    warnings: tuple[str, ...]


def price(request: Request) -> Priced:
    """Read the files, check that they belong together, and only then price them.

    :raises WrongFile: naming the file and the row or field
    :raises WrongOption: if the options do not go together
    """
    families = versions.load(request.tariffs)
    newest = [family.versions[-1].tariff for family in families]
    known = _account(request, newest[0].currency)
    zone = _zone(request, known, families)
    use = usage.load(request.usage, zone) if request.usage else UsageFile({}, is_totals=False)
    made = _bills(request, families, use, known, zone)
    return Priced(
        tuple(tariff.name for tariff in newest),
        newest[0].currency,
        made,
        (*fit.warnings(families, use, known), *_edges(made, zone)),
    )


def _bills(
    request: Request, families: Sequence[Family], use: UsageFile, known: Account, zone: ZoneInfo
) -> tuple[Bill, ...]:
    within = _within(request, known, use, zone)
    cycle = request.cycle or known.cycle or Cycle.AUTO
    with named(use.file):
        fit.check(families, use, known)
        periods = billed(use, within, zone, cycle)
        fit.check_past(families, known, local_date(periods[0].period.starts_at, zone))
        ready = bills.ready(families, use, known, periods, zone)
        return tuple(bills.price(ready, known, families[0].versions[0].tariff.currency))


def _edges(made: Sequence[Bill], zone: ZoneInfo) -> list[str]:
    return clocks.warnings(made[0].period.starts_at, made[-1].period.ends_at, zone)


def _account(request: Request, currency: str) -> Account:
    return account.load(request.account, currency) if request.account else Account()


def _zone(request: Request, known: Account, families: Sequence[Family]) -> ZoneInfo:
    if not request.zone:
        return known.zone or versions.zone_of(families)
    try:
        return ZoneInfo(request.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise WrongOption(
            f"--zone: {request.zone!r} is not a time zone, e.g. America/New_York"
        ) from error


def _within(request: Request, known: Account, use: UsageFile, zone: ZoneInfo) -> Period | None:
    """Return the days asked for; an end left out is the end of the file."""
    first, end = request.first or known.first, request.end or known.end
    if not use.rows and not (first and end):
        raise WrongOption("without --usage, give --from and --to")
    if first is None and end is None:
        return None
    try:
        return Period(
            midnight(first, zone) if first else use.period().starts_at,
            midnight(end, zone) if end else use.period().ends_at,
        )
    except (BadPeriod, OverflowError) as error:
        raise WrongOption(f"--from, --to: {error}") from error
