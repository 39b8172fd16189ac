"""The receipt of one payment: what came, how, what it paid, and what went back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.models import Utility
from accounts.queries import utility
from core.periods import local_date
from ledger.queries import paid_by
from payments.customer.debts import Debt, debts, is_undoing
from payments.customer.fate import Fate, chargebacks_of, fate_of, refunds_of
from payments.customer.rows import credit_key
from payments.models import Chargeback, Payment, Refund


@dataclass(frozen=True)
class Use:
    """A part of the payment and the debt it pays; minor units."""

    debt: Debt
    amount_minor: int


@dataclass(frozen=True)
class Back:
    """Money that went back, or is on its way; minor units."""

    on: date
    words: str
    amount_minor: int


@dataclass(frozen=True)
class Receipt:
    """Everything that the receipt shows; amounts in minor units of the payment's currency."""

    payment: Payment
    utility: Utility
    fate: Fate
    uses: Sequence[Use]
    backs: Sequence[Back]
    credit_minor: int  # what no debt has needed yet
    undone_minor: int  # what was taken out of it again: reversed, refunded or charged back

    @property
    def currency(self) -> str:
        return self.payment.currency

    @property
    def is_reversed(self) -> bool:
        return self.payment.state == Payment.State.REVERSED

    @property
    def method(self) -> str:
        payment = self.payment
        way = str(payment.get_method_display())
        return f"{way}, {payment.instrument}" if payment.instrument else way


def receipt(payment: Payment) -> Receipt:
    """Return the receipt in the active language; the payment comes with account and customer."""
    company = utility()
    paid = paid_by([credit_key(payment)]).get(credit_key(payment), [])
    names = debts([key for key, _amount in paid])
    uses = [Use(names[key], amount) for key, amount in paid if not is_undoing(key)]
    undone = sum(amount for key, amount in paid if is_undoing(key))
    used = sum(use.amount_minor for use in uses)
    return Receipt(
        payment=payment,
        utility=company,
        fate=fate_of(payment),
        uses=uses,
        backs=_backs(payment, company.zone),
        credit_minor=payment.amount_minor - used - undone,
        undone_minor=undone,
    )


def _backs(payment: Payment, zone: ZoneInfo) -> list[Back]:
    refunds = [
        Back(local_date(_since(refund), zone), _refund(refund), refund.amount_minor)
        for refund in refunds_of(payment)
    ]
    taken = [
        Back(local_date(one.opened_at, zone), _chargeback(one), one.amount_minor)
        for one in chargebacks_of(payment)
    ]
    return sorted([*refunds, *taken], key=lambda back: back.on)


def _since(refund: Refund) -> datetime:
    return refund.decided_at or refund.requested_at


def _refund(refund: Refund) -> str:
    if refund.state == Refund.State.SUCCEEDED:
        return _("Refunded to you")
    return _("Refund on its way to you")


def _chargeback(one: Chargeback) -> str:
    if one.state == Chargeback.State.LOST:
        return _("Returned by your bank")
    return _("Held while your bank looks into it")
