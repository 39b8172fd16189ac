"""Months of an agreement priced under plans that it does not have: the engine path of bills.

Readings are read once, whatever the number of plans. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.periods import Period
from meters.models import CustomerAgreement
from meters.queries import Metered
from statements.pricing.in_turn import in_turn
from statements.pricing.whole_use import leaves_use_free
from statements.problems import Problem
from statements.rating import beyond, usage
from statements.rating.agreements import Borne, agreement_input
from statements.rating.book import PriceBook
from statements.rating.inputs import AgreementInput, BillInput, ChannelUse
from statements.rating.price import Bill, price_alike
from statements.rating.usage import Read
from tariffs import engine

UNMEASURED = ("no_meter", "off_bounds")  # no price could mend these


class Total(NamedTuple):
    """What months come to under a plan, with tax."""

    minor: int
    leaves_use_free: bool  # in some hours, or in all, it has no price for what was used


@dataclass(frozen=True)
class Costing:
    """An agreement and those that are billed with it, and the readings of whole months."""

    agreement: CustomerAgreement
    zone: ZoneInfo
    metered: Sequence[Metered]  # in the order of bills
    plan_of: Mapping[int, int]  # agreement: the plan version that it has
    book: PriceBook
    months: Sequence[Period]  # oldest first
    found: Mapping[ChannelUse, Read]

    def total(self, plan_version: int) -> Total:
        """Return what the months come to, as if the agreement had had the plan all the time.

        :raises Problem: if the plan cannot price one of them
        """
        bills = _completed([self._bill(month, plan_version) for month in self.months])
        own, minor, is_free = self.agreement.pk, 0, False
        try:
            for bill, rated in in_turn(bills, self.found):
                minor += int(rated.total_minor[0])
                is_free = is_free or leaves_use_free(bill, own, rated, self.found)
        except engine.UsageError as error:
            raise Problem("not_priceable", str(error)) from error
        return Total(minor, is_free)

    def last_bill(self, plan_version: int) -> Bill:
        """Return the bill of the last month, after what the bills on record carry.

        :raises Problem: if the plan cannot price it
        """
        bills = _completed([self._bill(self.months[-1], plan_version)])
        try:
            return price_alike(bills, self.found)[0]
        except engine.UsageError as error:
            raise Problem("not_priceable", str(error)) from error

    def with_readings(self, plan_version: int) -> Costing:
        """Return it with its readings, and only the months in which they are all valid.

        :param plan_version: any that fits; the channels are the same under each
        :raises Problem: if the plan cannot price the agreement
        """
        bills = {month: bill for month in self.months if (bill := self._try(month, plan_version))}
        found = usage.read(bills.values())
        months = [m for m, bill in bills.items() if usage.problem_of(bill, found) is None]
        return replace(self, months=months, found=found)

    def without_months(self) -> Costing:
        """Return it with nothing that could be compared."""
        return replace(self, months=[])

    def _try(self, month: Period, plan_version: int) -> BillInput | None:
        own = next((m for m in self.metered if m.agreement_id == self.agreement.pk), None)
        if own is None or own.period.overlap(month) != month:
            return None
        try:
            return self._bill(month, plan_version)
        except Problem as problem:
            if problem.code in UNMEASURED:
                return None
            raise

    def _bill(self, month: Period, plan_version: int) -> BillInput:
        account, borne = self.agreement.account, Borne()
        bill = BillInput(
            account_id=account.pk,
            currency=account.currency,
            language=account.customer.language,
            zone_name=self.zone.key,
            cycle=month,
            agreements=tuple(
                self._agreement(each, part, month, plan_version, borne)
                for each in self.metered
                if (part := each.period.overlap(month))
            ),
        )
        _check_currency(bill)
        return bill

    def _agreement(
        self, metered: Metered, part: Period, month: Period, plan_version: int, borne: Borne
    ) -> AgreementInput:
        is_own = metered.agreement_id == self.agreement.pk
        plan = plan_version if is_own else self.plan_of[metered.agreement_id]
        plans = [(plan, month.starts_at, None)]
        return agreement_input(metered, part, month, plans, self.book, self.zone, borne)


def _completed(bills: Sequence[BillInput]) -> list[BillInput]:
    """Return the bills with what their tariffs ask for beside readings.

    The past is kept by agreement, so months that look back are completed one by one.
    """
    found = []
    for chunk in [[bill] for bill in bills] if any(map(_looks_back, bills)) else [bills]:
        whole, problems = beyond.complete(chunk)
        for problem in problems.values():
            raise problem
        found += whole
    return found


def _looks_back(bill: BillInput) -> bool:
    needs = [beyond.needs_of_agreement(agreement) for agreement in bill.agreements]
    return any(each.looks_back or each.uses for each in needs)


def _check_currency(bill: BillInput) -> None:
    for time in (time for agreement in bill.agreements for time in agreement.priced):
        if time.tariff.currency != bill.currency:
            detail = f"tariff {time.tariff.code} is in {time.tariff.currency}"
            raise Problem("currency_mismatch", f"{detail}, the account in {bill.currency}")
