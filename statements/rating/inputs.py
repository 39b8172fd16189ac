"""What a bill is computed from, but the readings: accounts, agreements, channels, numbers known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from core.periods import Period
from statements.rating.book import PricedTime


class Payer(NamedTuple):
    """The account that a bill is for."""

    account_id: int
    currency: str
    language: str


@dataclass(frozen=True)
class ChannelUse:
    """A stretch of a period in which one channel measured one source."""

    channel_id: int
    source: str  # import, export
    interval_s: int  # 0: a register that is only read at the ends
    period: Period
    unit: str = ""  # base unit of its values; empty where a trace is read

    def __hash__(self) -> int:
        return hash(self.channel_id)  # nearly unique, and far cheaper than all fields


class Known(NamedTuple):
    """A number that is known of an earlier period, or of a credit of that day."""

    kind: str  # peak, base, lot as `Carried.Kind`, or use
    code: str  # of its charge; of a use the channel
    day: date
    value: int


@dataclass(frozen=True)
class Extra:
    """What an agreement is billed on beside its readings and prices."""

    conditions: tuple[str, ...] = ()  # those that hold, of the ones that its tariffs ask for
    attributes: tuple[tuple[str, int], ...] = ()  # of the location, in thousandths
    lent: tuple[tuple[str, int], ...] = ()  # source, and the place of the agreement that has it
    past: tuple[Known, ...] = ()  # oldest first

    def shape(self) -> tuple[object, ...]:
        names = tuple(name for name, _ in self.attributes)
        return self.conditions, names, self.lent, tuple(known[:3] for known in self.past)


NO_EXTRA = Extra()


@dataclass(frozen=True)
class AgreementInput:
    """One agreement in the billed month, cut where its prices change."""

    agreement_id: int
    commodity: str
    period: Period
    is_final: bool
    priced: tuple[PricedTime, ...]
    channels: tuple[ChannelUse, ...]
    extra: Extra = NO_EXTRA

    def shape(self) -> tuple[object, ...]:
        """Return what must be equal for two agreements to be rated side by side."""
        uses = [(u.source, u.interval_s, *ends(u.period)) for u in self.channels]
        times = [(time.version_id, *ends(time.period)) for time in self.priced]
        own = () if self.extra is NO_EXTRA else self.extra.shape()
        return (self.commodity, *ends(self.period), self.is_final, *times, *uses, *own)


def ends(period: Period) -> tuple[datetime, datetime]:
    return period.starts_at, period.ends_at


@dataclass(frozen=True)
class BillInput:
    """Everything that one account's bill is computed from, but the readings."""

    account_id: int
    currency: str
    language: str
    zone_name: str
    cycle: Period
    agreements: tuple[AgreementInput, ...]

    @property
    def period(self) -> Period:
        starts = min(agreement.period.starts_at for agreement in self.agreements)
        return Period(starts, max(agreement.period.ends_at for agreement in self.agreements))

    def shape(self) -> tuple[object, ...]:
        agreements = tuple(agreement.shape() for agreement in self.agreements)
        return (self.currency, self.zone_name, *ends(self.cycle), agreements)
