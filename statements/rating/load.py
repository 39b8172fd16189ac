"""What a chunk of accounts is billed on: agreements, plans, tariff versions, taxes, channels.

A constant number of queries, whatever the size of the chunk. Every account ends up in exactly
one place: to be priced, with a problem, or with nothing to bill.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.periods import Period, local_month
from meters.queries import Metered, metered_agreements
from statements.operations.plan import ZONE_SPREAD, month_of
from statements.problems import Problem
from statements.rating.agreements import Borne, agreement_input
from statements.rating.book import PriceBook
from statements.rating.inputs import BillInput, Payer
from statements.rating.open_book import open_book
from statements.rating.record import Assigned, Billed, Record, on_record


@dataclass
class Loaded:
    """The accounts of a chunk, each in one of three places."""

    book: PriceBook
    bills: list[BillInput] = field(default_factory=list)
    problems: dict[int, Problem] = field(default_factory=dict)
    skipped: dict[int, str] = field(default_factory=dict)  # account: why
    before: dict[int, tuple[int, ...]] = field(default_factory=dict)  # account: totals, minor units


@dataclass(frozen=True)
class Grounds:
    """What is on record of the accounts of a chunk in a month, whatever the prices are."""

    accounts: Sequence[Payer]
    month: str
    window: Period
    metered: Mapping[int, Sequence[Metered]]  # by account
    past: Record

    def bills(self, book: PriceBook, *, billed: Billed) -> Loaded:
        """Return what the accounts are billed on by the prices of a book.

        :param billed: by agreement, the time that is not billed again
        """
        loaded = Loaded(book)
        for account in self.accounts:
            own = self.metered.get(account.account_id, ())
            loaded.before[account.account_id] = self.past.bills_of(own)
            try:
                bill = _bill(account, self.month, own, billed, self.past.assigned, book)
            except Problem as problem:
                loaded.problems[account.account_id] = problem
                continue
            if bill:
                loaded.bills.append(bill)
            else:
                loaded.skipped[account.account_id] = "already_billed" if own else "no_agreement"
        return loaded


def load(accounts: Sequence[Payer], month: str) -> Loaded:
    """Read the inputs of these accounts for the month, but for what is billed already."""
    known = grounds(accounts, month)
    return known.bills(open_book(known.window), billed=known.past.billed)


def grounds(accounts: Sequence[Payer], month: str) -> Grounds:
    """Read what is on record of these accounts for the month."""
    window = _widest(month)
    metered = _by_account(metered_agreements([each.account_id for each in accounts], window))
    agreements = [m.agreement_id for each in metered.values() for m in each]
    return Grounds(accounts, month, window, metered, on_record(agreements, window))


def _widest(month: str) -> Period:
    utc = local_month(*month_of(month), ZoneInfo("UTC"))
    return Period(utc.starts_at - ZONE_SPREAD, utc.ends_at + ZONE_SPREAD)


def _by_account(metered: Iterable[Metered]) -> dict[int, list[Metered]]:
    found: dict[int, list[Metered]] = defaultdict(list)
    for each in metered:
        found[each.account_id].append(each)
    return found


def _bill(
    account: Payer,
    month: str,
    metered: Sequence[Metered],
    billed: Billed,
    assigned: Assigned,
    book: PriceBook,
) -> BillInput | None:
    if not metered:
        return None
    zone = _zone(month, metered)
    cycle = _cycle(month, zone)
    agreements, borne = [], Borne()
    local = [each for each in metered if each.zone_name == zone.key]
    for each in sorted(local, key=lambda m: m.agreement_id):
        period = each.period.overlap(cycle)
        plans = assigned.get(each.agreement_id, ())
        if period and any(period.overlap(p) for p in billed.get(each.agreement_id, ())):
            borne.count(period, plans, book.plans)
        elif period:
            agreements.append(agreement_input(each, period, cycle, plans, book, zone, borne))
    if not agreements:
        return None
    bill = BillInput(
        account_id=account.account_id,
        currency=account.currency,
        language=account.language,
        zone_name=zone.key,
        cycle=cycle,
        agreements=tuple(agreements),
    )
    _check_currency(bill, account.currency)
    return bill


@lru_cache
def _cycle(month: str, zone: ZoneInfo) -> Period:
    return local_month(*month_of(month), zone)


def _zone(month: str, metered: Sequence[Metered]) -> ZoneInfo:
    """Return the one zone of the agreements; where they differ, of those with time in the month."""
    names = {each.zone_name for each in metered}
    if len(names) > 1:
        names = {m.zone_name for m in metered if _touches(month, m)} or names
    if len(names) > 1:
        raise Problem("mixed_zones", f"agreements lie in {', '.join(sorted(names))}")
    return _known(names.pop())


def _touches(month: str, metered: Metered) -> bool:
    return metered.period.overlap(_cycle(month, _known(metered.zone_name))) is not None


def _known(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Problem("bad_zone", str(error)) from error


def _check_currency(bill: BillInput, currency: str) -> None:
    for agreement in bill.agreements:
        for time in agreement.priced:
            if time.tariff.currency != currency:
                raise Problem(
                    "currency_mismatch",
                    f"tariff {time.tariff.code} is in {time.tariff.currency}, "
                    f"the account in {currency}",
                )
