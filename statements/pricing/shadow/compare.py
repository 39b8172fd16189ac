"""Price a month of accounts twice from the same readings: by the price book, and with a draft.

Both prices are those of the batch engine. What earlier bills carried over (peaks, yearly sums,
credit) is taken as it was issued, in both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from statements.pricing.shadow.concerned import agreements_concerned
from statements.pricing.shadow.draft import Draft, main_service, with_draft
from statements.problems import Problem
from statements.rating import beyond, usage
from statements.rating.inputs import BillInput, Payer
from statements.rating.load import grounds
from statements.rating.open_book import open_book
from statements.rating.price import impossible, in_groups, sheet_of
from statements.rating.usage import Read

Found = Mapping[usage.ChannelUse, Read]
Concerned = Mapping[int, Collection[int]]  # account: agreements


class Difference(NamedTuple):
    """What a draft changes in one month of an account."""

    account_id: int
    use: int  # imported base units of the agreements that the draft prices, of its main service
    before_minor: int  # of the whole bill with its taxes, as the after
    after_minor: int


@dataclass
class Compared:
    """The accounts whom the draft concerns: priced both ways, or with the reason why not."""

    differences: list[Difference] = field(default_factory=list)
    problems: dict[int, Problem] = field(default_factory=dict)

    def add(self, other: Compared) -> None:
        """Take in what was found of other accounts."""
        self.differences += other.differences
        self.problems |= other.problems


class _Total(NamedTuple):
    account_id: int
    minor: int
    lines: int


def compare(accounts: Sequence[Payer], month: str, draft: Draft) -> Compared:
    """Price the month as it is billed, and with the draft in place of its tariff's or plan's.

    The draft holds for the whole month, whatever its own days are. Months that are billed
    already are priced as well; accounts that have not the tariff or plan in this month are left
    out, whatever else is wrong with them.

    :param draft: with its tariff or plan; of any state
    :raises Problem: if the draft has another definition by now
    """
    known = grounds(accounts, month)
    book = open_book(known.window)
    after = known.bills(with_draft(book, draft, known.window), billed={})
    before = known.bills(book, billed={})
    concerned = agreements_concerned(known, book, draft)
    problems = {k: v for k, v in (before.problems | after.problems).items() if k in concerned}
    now, then = (
        [bill for bill in each.bills if _priced_by(bill, concerned)] for each in (before, after)
    )
    return _twice(now, then, problems, concerned, main_service(draft))


def _priced_by(bill: BillInput, concerned: Concerned) -> list[int]:
    """Return the places of the agreements that the draft prices at any time of the month."""
    wanted = concerned.get(bill.account_id, ())
    return [i for i, each in enumerate(bill.agreements) if each.agreement_id in wanted]


def _twice(
    now: Sequence[BillInput],
    then: Sequence[BillInput],
    problems: dict[int, Problem],
    concerned: Concerned,
    service: str,
) -> Compared:
    """Read what both need once, and price both."""
    whole_now, refused_now = beyond.complete(now)
    whole_then, refused_then = beyond.complete(then)
    problems |= refused_then | refused_now
    found = usage.read([*whole_now, *whole_then])
    before = _totals(whole_now, found, problems)
    after = _totals(whole_then, found, problems)
    compared = Compared(problems=problems)
    for bill in whole_then:
        key = bill.account_id
        if key in before and key in after and key not in problems:
            use = _use(bill, found, concerned, service)
            compared.differences.append(Difference(key, use, before[key], after[key]))
    return compared


def _totals(
    bills: Sequence[BillInput], found: Found, problems: dict[int, Problem]
) -> dict[int, int]:
    """Return what each account would be billed, in minor units; problems are added."""
    totals = in_groups(bills, found, problems, _alike)
    for total in totals:
        if problem := impossible(total.lines, total.minor):
            problems[total.account_id] = problem
    return {total.account_id: total.minor for total in totals}


def _alike(bills: Sequence[BillInput], found: Found) -> list[_Total]:
    sheet, _ = sheet_of(bills, found)
    rows = zip(bills, sheet.sums(), sheet.columns_of, strict=True)
    return [_Total(bill.account_id, sum(sums), len(columns)) for bill, sums, columns in rows]


def _use(bill: BillInput, found: Found, concerned: Concerned, service: str) -> int:
    return sum(
        int(found[use].values.sum())
        for place in _priced_by(bill, concerned)
        for use in bill.agreements[place].channels
        if use.source == "import" and bill.agreements[place].commodity == service
    )
