"""The metered services of an account: what can be chosen in the explorer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import Commodity, CustomerAccount
from core.periods import Period
from meters.queries import Metered, metered_agreements
from statements.presentation.units import DISPLAY

EVER = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=70)  # past the end of every open cycle: its whole length bounds slabs
IMPORT, EXPORT = "import", "export"


@dataclass(frozen=True)
class Hung:
    """A channel that measured the service for an agreement in a stretch of time."""

    agreement_id: int
    channel_id: int
    interval_s: int
    period: Period


@dataclass(frozen=True)
class Service:
    """One quantity at one usage point, over all agreements and meters that the account had."""

    key: str
    word: str
    commodity: str
    source: str  # import, export
    zone: ZoneInfo
    base_unit: str
    is_register_only: bool
    agreements: Sequence[tuple[int, Period]]
    hung: Sequence[Hung]

    @property
    def unit(self) -> str:
        return DISPLAY[self.base_unit][0]

    @property
    def scale(self) -> int:
        return DISPLAY[self.base_unit][1]

    @property
    def is_export(self) -> bool:
        return self.source == EXPORT

    @property
    def starts_at(self) -> datetime:
        return min(period.starts_at for _, period in self.agreements)

    @property
    def agreement_ids(self) -> list[int]:
        return [pk for pk, _ in self.agreements]

    @property
    def longest_interval_s(self) -> int:
        return max((h.interval_s for h in self.hung), default=0)


def services_of(account: CustomerAccount, *, now: datetime) -> list[Service]:
    """Return the metered services of an account, electricity first; two queries."""
    found: dict[tuple[str, str], list[Metered]] = defaultdict(list)
    for one in metered_agreements([account.pk], Period(EVER, now + AHEAD)):
        for source in sorted({channel.quantity for channel in one.channels}, reverse=True):
            found[one.usage_point_code, source].append(one)
    several = {
        metered[0].commodity
        for (code, source), metered in found.items()
        if any(other != code and found[other, s][0].commodity == metered[0].commodity
               for other, s in list(found))
    }  # fmt: skip
    made = [_service(code, source, rows, several) for (code, source), rows in found.items()]
    order = list(Commodity.values)
    return sorted(made, key=lambda s: (order.index(s.commodity), s.key))


def chosen_service(services: Sequence[Service], key: str) -> Service:
    """Return the service of this key, the first without one.

    :raises Http404: if the account has none of this key
    """
    for service in services:
        if not key or service.key == key:
            return service
    raise Http404


def _service(code: str, source: str, rows: Sequence[Metered], several: set[str]) -> Service:
    hung = [
        (Hung(one.agreement_id, each.channel_id, each.interval_s, each.period), each)
        for one in rows
        for each in one.channels
        if each.quantity == source
    ]
    first = rows[0]
    return Service(
        key=code if source == IMPORT else f"{code}.{source}",
        word=_word(first.commodity, source, code if first.commodity in several else ""),
        commodity=first.commodity,
        source=source,
        zone=first.zone,
        base_unit=hung[0][1].unit,
        is_register_only=all(each.is_register_only for _, each in hung),
        agreements=[(one.agreement_id, one.period) for one in rows],
        hung=[own for own, each in hung if not each.is_register_only],
    )


def _word(commodity: str, source: str, code: str) -> str:
    name = str(Commodity(commodity).label)
    if source == EXPORT:
        name = _("%(service)s fed back") % {"service": name}
    return f"{name} {code}".strip()
