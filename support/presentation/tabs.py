"""The tabs of the customer's page: what each reads, once the head is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import AssistanceGrant
from notifications.models import Notice
from payments.models import Payment
from statements.models import Statement
from statements.presentation import bills
from support import access
from support.presentation import timeline
from support.presentation.customer import CustomerView
from support.presentation.high_bill import high_bill
from support.presentation.revealed import Field
from support.presentation.services import services

FEW, MANY = 8, 36
Context = dict[str, Any]

TABS: Mapping[str, str | Promise] = {
    "overview": _("Overview"),
    "bills": _("Bills"),
    "payments": _("Payments"),
    "services": _("Services and meters"),
    "messages": _("Messages"),
}


@dataclass(frozen=True)
class Asked:
    """Whose tab it is, and when and where it is read."""

    grant: AssistanceGrant
    view: CustomerView
    now: datetime
    zone: ZoneInfo


def tab(
    name: str, grant: AssistanceGrant, view: CustomerView, *, now: datetime, zone: ZoneInfo
) -> Context:
    """Return what a tab shows beside the head; seven queries for the overview, else fewer.

    :param zone: the utility's
    """
    return _READERS[name](Asked(grant, view, now, zone))


def _overview(asked: Asked) -> Context:
    grant, view, zone = asked.grant, asked.view, asked.zone
    accounts = [row.account for row in view.accounts]
    rows = _bills(asked, FEW)
    counting = (row.statement for row in rows if row.statement.state == Statement.State.ISSUED)
    return {
        "high": high_bill(next(counting, None)),
        "events": timeline.newest(
            timeline.of_bills(rows),
            timeline.of_payments(_payments(grant, FEW)),
            timeline.of_readings(view.agreements, zone),
            timeline.of_notices(accounts, zone),
            timeline.of_sessions(grant, zone),
        ),
    }


def _bills_tab(asked: Asked) -> Context:
    return {"bills": _bills(asked, MANY)}


def _payments_tab(asked: Asked) -> Context:
    return {"payments": _payments(asked.grant, MANY)}


def _services_tab(asked: Asked) -> Context:
    with_address = Field.ADDRESS in asked.view.shown
    return {"services": services(asked.view.agreements, asked.now, with_address=with_address)}


def _messages_tab(asked: Asked) -> Context:
    told = Notice.objects.filter(account__in=[row.account for row in asked.view.accounts])
    return {"notices": list(told.select_related("account").order_by("-created_at", "-pk")[:MANY])}


def _bills(asked: Asked, most: int) -> list[bills.BillRow]:
    newest = access.bills_of(asked.grant).order_by("-issued_at", "-pk")[:most]
    return bills.rows(newest, today=asked.view.today)


def _payments(grant: AssistanceGrant, most: int) -> list[Payment]:
    paid = Payment.objects.filter(account__customer=grant.customer).select_related("account")
    return list(paid.order_by("-received_on", "-pk")[:most])


_READERS: Mapping[str, Callable[[Asked], Context]] = {
    "overview": _overview,
    "bills": _bills_tab,
    "payments": _payments_tab,
    "services": _services_tab,
    "messages": _messages_tab,
}
