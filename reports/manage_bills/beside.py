"""What stands beside bills in the list, read for a page of them at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Q, Sum

from meters.models import CustomerAgreement, UsagePoint
from statements.models import StatementLine
from statements.presentation.units import BASE_UNIT

Use = dict[str, Decimal]  # by unit, in whole units


@dataclass(frozen=True)
class Connections:
    """What an account is served by."""

    active: int = 0
    modes: frozenset[str] = frozenset()  # how it is paid for


def use_of(statement_ids: Collection[int]) -> dict[int, Use]:
    """Return what bills charge for by quantity, by bill and unit; one query.

    Several charges may price the same use of an agreement: it counts once.
    """
    lines = StatementLine.objects.filter(
        statement_id__one_of=statement_ids, kind="energy", unit__in=BASE_UNIT
    )
    keys = ("statement_id", "agreement_id", "unit", "quantity_scale")
    by_agreement: dict[tuple[int, int | None, str, int], int] = {}
    for *key, _charge, units in lines.values_list(*keys, "charge").annotate(Sum("quantity")):
        place = (key[0], key[1], key[2], key[3])
        by_agreement[place] = max(by_agreement.get(place, units), units)
    found: dict[int, Use] = defaultdict(dict)
    for (statement, _agreement, unit, scale), units in by_agreement.items():
        used = found[statement]
        used[unit] = used.get(unit, Decimal(0)) + Decimal(units) / scale
    return found


def connections_of(account_ids: Collection[int], now: datetime) -> dict[int, Connections]:
    """Return how many connections of each account are served now, and how they are paid for."""
    live = CustomerAgreement.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=now),
        account_id__one_of=account_ids,
        starts_at__lte=now,
    )
    on = Q(usage_point__connection_state=UsagePoint.ConnectionState.CONNECTED)
    counted = live.values_list("account_id", "payment_mode").annotate(on=Count("pk", filter=on))
    found: dict[int, Connections] = {}
    for account, mode, active in counted.order_by("account_id", "payment_mode"):
        known = found.get(account, Connections())
        found[account] = Connections(known.active + active, known.modes | {mode})
    return found
