"""Price a month of accounts twice from the same readings: by the price book, and with a draft.

Both prices are those of the batch engine. What earlier bills carried over (peaks, yearly sums,
credit) is taken as it was issued, in both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from statements.pricing.shadow.draft import with_draft
from statements.problems import Problem
from statements.rating import beyond, usage
from statements.rating.inputs import BillInput, Payer
from statements.rating.load import grounds
from statements.rating.open_book import open_book
from statements.rating.price import impossible, in_groups, sheet_of
from statements.rating.usage import Read
from tariffs.models import TariffVersion

Found = Mapping[usage.ChannelUse, Read]


class Difference(NamedTuple):
    """What a draft changes in one month of an account."""

    account_id: int
    use: int  # base units of the agreements that the draft prices, as imported
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


def compare(accounts: Sequence[Payer], month: str, draft: TariffVersion) -> Compared:
    """Price the month as it is billed, and with the draft in place of its tariff's versions.

    The draft holds for the whole month, whatever its own days are. Months that are billed
    already are priced as well; accounts whose plan has not the tariff in this month are left out.

    :param draft: with its tariff; of any state
    :raises Problem: if the draft has another definition by now
    """
    known = grounds(accounts, month)
    book = open_book(known.window)
    after = known.bills(with_draft(book, draft, known.window), billed={})
    bills = [bill for bill in after.bills if _priced_by(bill, draft)]
    concerned = {bill.account_id for bill in bills}
    before = known.bills(book, billed={})
    now = [bill for bill in before.bills if bill.account_id in concerned]
    problems = {k: v for k, v in before.problems.items() if k in concerned} | after.problems
    return _twice(now, bills, problems, draft)


def _priced_by(bill: BillInput, draft: TariffVersion) -> list[int]:
    """Return the places of the agreements that the draft prices at any time of the month."""
    return [
        place
        for place, agreement in enumerate(bill.agreements)
        if any(time.version_id == draft.pk for time in agreement.priced)
    ]


def _twice(
    now: Sequence[BillInput],
    then: Sequence[BillInput],
    problems: dict[int, Problem],
    draft: TariffVersion,
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
            use = _use(bill, found, draft)
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


def _use(bill: BillInput, found: Found, draft: TariffVersion) -> int:
    return sum(
        int(found[use].values.sum())
        for place in _priced_by(bill, draft)
        for use in bill.agreements[place].channels
        if use.source == "import"
    )
