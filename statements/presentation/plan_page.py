"""The page of a customer's plans: what they pay, what changes, and what another plan would cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from accounts.models import Approval, Commodity, CustomerAccount
from core import formats
from core.periods import local_date
from meters.models import CustomerAgreement
from statements.operations import switching
from statements.operations.assign import next_cycle
from statements.presentation.rate_card import Card, card
from statements.pricing import my_plan
from statements.pricing.advice import Advice, PlanCost, advice
from statements.pricing.detail import shares
from statements.pricing.my_plan import Held, PriceChange, Prices
from tariffs.models import PlanVersion

INLINE = 3  # services that are compared at once; of more, those that are asked for


@dataclass(frozen=True)
class Priced:
    """The prices of a plan in words."""

    version: PlanVersion
    description: str
    cards: Sequence[Card]
    taxes: Sequence[str]


@dataclass(frozen=True)
class Other:
    """A plan beside the present one: what the compared months would have cost, and its prices."""

    cost: PlanCost
    prices: Priced
    is_cheapest: bool

    @property
    def saves_minor(self) -> int:
        return -(self.cost.difference_minor or 0)


@dataclass(frozen=True)
class Row:
    """One plan of the comparison."""

    name: str
    code: str
    total_minor: int
    difference_minor: int | None
    is_present: bool
    is_next: bool  # it is the plan of the next billing period
    is_cheapest: bool
    has_been_asked: bool

    @property
    def saves_minor(self) -> int:
        return -(self.difference_minor or 0)


@dataclass(frozen=True)
class Difference:
    """A price that changes."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """The next change of prices in words."""

    on: date
    rows: Sequence[Difference]
    months: int
    after_minor: int  # what those months would have cost
    effect_minor: int
    currency: str

    @property
    def difference(self) -> str:
        return formats.money(self.effect_minor, self.currency, plus=True)


@dataclass(frozen=True)
class Compared:
    """What the last twelve months would have cost under each plan that fits."""

    advice: Advice
    starts_on: date  # a switch that is asked for today
    others: Sequence[Other]
    is_present_cheapest: bool
    next_plan: int | None  # of the next billing period
    asked: str  # short name of the plan that a request waits for, or empty

    @property
    def rows(self) -> list[Row]:
        """All plans, the cheapest first."""
        found = [self._row(other.cost, is_cheapest=other.is_cheapest) for other in self.others]
        if present := self.advice.present:
            found.append(self._row(present, is_cheapest=self.is_present_cheapest))
        return sorted(found, key=lambda row: (row.total_minor, not row.is_present, row.name))

    def _row(self, cost: PlanCost, *, is_cheapest: bool) -> Row:
        plan = cost.version.plan
        return Row(
            name=plan.name,
            code=plan.code,
            total_minor=cost.total_minor,
            difference_minor=cost.difference_minor,
            is_present=cost is self.advice.present,
            is_next=plan.pk == self.next_plan,
            is_cheapest=is_cheapest,
            has_been_asked=plan.code == self.asked,
        )

    @property
    def first_day(self) -> date:
        return local_date(self.advice.months[0].starts_at, self._zone)

    @property
    def last_day(self) -> date:
        return local_date(self.advice.months[-1].ends_at, self._zone) - timedelta(days=1)

    @property
    def _zone(self) -> ZoneInfo:
        return self.advice.agreement.usage_point.location.zone


@dataclass(frozen=True)
class Service:
    """One service of the account with its plan."""

    agreement: CustomerAgreement
    word: str
    place: str
    prices: Priced | None  # none: no plan is set
    valid_until: date | None
    coming: str  # another plan that follows, by name
    coming_on: date | None
    change: Change | None
    compared: Compared | None  # none: not asked for
    asked: Approval | None  # the last request of the customer, if it is still of interest


def services(
    account: CustomerAccount, *, now: datetime, looked_at: int | None = None
) -> list[Service]:
    """Return the services of an account with their plans, compared where they are few.

    :param looked_at: the agreement that is compared where there are many
    """
    held = my_plan.held_plans(account, now)
    asked = requests([each.agreement for each in held])
    few = len(held) <= INLINE
    return [
        _service(
            each,
            now,
            asked.get(each.agreement.pk),
            compares=few or each.agreement.pk == looked_at,
        )
        for each in held
    ]


def requests(agreements: Sequence[CustomerAgreement]) -> Mapping[int, Approval]:
    """Return the last request for another plan of each agreement; one query."""
    rows = Approval.objects.filter(
        kind=switching.KIND,
        object_type=CustomerAgreement._meta.label_lower,
        object_key__in=[str(each.pk) for each in agreements],
    )
    ordered = rows.select_related("requested_by").order_by("requested_at", "pk")
    return {int(row.object_key): row for row in ordered}


def priced(version: PlanVersion, agreement: CustomerAgreement, day: date, key: str = "") -> Priced:
    """Return what a plan costs on a day, in words."""
    zone, commodity = agreement.usage_point.location.zone, agreement.usage_point.commodity
    found = my_plan.prices_on(version.pk, commodity, day, zone)
    currency = agreement.account.currency
    return Priced(
        version=version,
        description=str(version.definition.get("description", "")),
        cards=[card(tariff, key=f"{key}{version.pk}-") for tariff in found.tariffs],
        taxes=[shares.tax_words(tax, currency) for tax in found.taxes],
    )


def place_of(agreement: CustomerAgreement) -> str:
    return str(agreement.usage_point.location)


def _service(held: Held, now: datetime, asked: Approval | None, *, compares: bool) -> Service:
    agreement = held.agreement
    zone = agreement.usage_point.location.zone
    today = local_date(now, zone)
    found = advice(agreement, today) if compares else None
    change = my_plan.next_change(held, today, found)
    version, coming = held.version, held.coming
    key = f"s{agreement.pk}-"
    return Service(
        agreement=agreement,
        word=str(Commodity(agreement.usage_point.commodity).label),
        place=place_of(agreement),
        prices=priced(version, agreement, today, key) if version else None,
        valid_until=my_plan.valid_until(version) if version else None,
        coming=coming.plan_version.plan.name if coming else "",
        coming_on=local_date(coming.starts_at, zone) if coming else None,
        change=_change(change, found, agreement) if change else None,
        compared=_compared(found, held, now, asked, key) if found else None,
        asked=_of_interest(asked, today),
    )


def _of_interest(asked: Approval | None, today: date) -> Approval | None:
    """Return a request that waits, or that was refused within the last weeks."""
    if asked is None or asked.state in (Approval.State.APPROVED, Approval.State.WITHDRAWN):
        return None
    if asked.decided_at and (today - asked.decided_at.date()).days > 60:
        return None
    return asked


def _compared(
    found: Advice, held: Held, now: datetime, asked: Approval | None, key: str
) -> Compared:
    best, agreement = found.cheapest, found.agreement
    starts_at = next_cycle(agreement, now=now)
    starts_on = local_date(starts_at, agreement.usage_point.location.zone)
    others = [
        Other(each, priced(each.version, agreement, starts_on, key), each is best)
        for each in found.others
    ]
    is_waiting = asked is not None and asked.state == Approval.State.PENDING
    return Compared(
        advice=found,
        starts_on=starts_on,
        others=others,
        is_present_cheapest=best is not None and best is found.present,
        next_plan=held.plan_at(starts_at),
        asked=asked.after["code"] if asked and is_waiting else "",
    )


def _change(change: PriceChange, found: Advice | None, agreement: CustomerAgreement) -> Change:
    before, after = _by_name(change.before), _by_name(change.after)
    rows = [
        Difference(what, before.get(what, "–"), after.get(what, "–"))
        for what in dict.fromkeys([*before, *after])
        if before.get(what) != after.get(what)
    ]
    before_minor = found.present.total_minor if found and found.present else 0
    effect, currency = change.effect_minor, agreement.account.currency
    return Change(change.on, rows, change.months, before_minor + effect, effect, currency)


def _by_name(prices: Prices) -> dict[str, str]:
    """Return each price by what it is for."""
    rows = [row for tariff in prices.tariffs for row in card(tariff).rates]
    return {", ".join(filter(None, (r.charge, r.when, r.use))): r.price for r in rows}
