"""A bill as somebody who helps sees it: without what stays masked, and without the claim code."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.template.loader import render_to_string
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from statements.models import Statement
from statements.presentation import adjustments, bills
from statements.presentation.adjustments import AdjustmentRow
from statements.presentation.bill import BillView, LineView, Service
from statements.presentation.bill import bill as bill_view
from support.presentation.revealed import MASK, Field


@dataclass(frozen=True)
class HelpBill:
    """A bill, what became of it, and its lines that have readings."""

    bill: BillView
    standing: bills.BillRow
    measured: list[LineView]
    adjustments: list[AdjustmentRow]  # those that wait, too
    shows_curve: bool
    shows_address: bool

    @property
    def may_adjust(self) -> bool:
        """Say whether the bill can be corrected beside it: it is issued and not cancelled."""
        return self.bill.statement.state == Statement.State.ISSUED


def help_bill(
    statement: Statement, revealed: Collection[str], *, now: datetime, today: date
) -> HelpBill:
    """Return a bill; `now` is real time, `today` the utility's day."""
    whole = bill_view(statement, now=now)
    measured = [line for each in whole.services for line in each.lines if line.has_readings]
    [standing] = bills.rows([statement], today=today)
    return HelpBill(
        bill=_masked(whole, revealed),
        standing=standing,
        measured=measured,
        adjustments=adjustments.everything(statement),
        shows_curve=Field.LOAD_CURVE in revealed,
        shows_address=Field.ADDRESS in revealed,
    )


def to_html(view: HelpBill, language: str) -> str:
    """Return the document of a bill with the same parts masked as on the page."""
    title = _("Bill %(number)s, as shown to an employee") % {"number": view.bill.statement.number}
    context = {
        "bill": view.bill,
        "language": language,
        "is_rtl": get_language_bidi(),
        "title": title,
        "created": "",
    }
    return render_to_string("statements/document.html", context)


def _masked(view: BillView, revealed: Collection[str]) -> BillView:
    """Hide what was not asked for; the claim code belongs to the customer alone."""
    if Field.ADDRESS not in revealed and view.account.customer.postal_address:
        view.account.customer.postal_address = MASK  # of this page only: nothing saves it
    services = [_masked_service(each, revealed) for each in view.services]
    return replace(view, services=services, claim_code="")


def _masked_service(service: Service, revealed: Collection[str]) -> Service:
    address = service.address if Field.ADDRESS in revealed else MASK
    usage = service.usage if Field.LOAD_CURVE in revealed else None
    return replace(service, address=address, usage=usage)
