"""The list of payments: what came, what became of it, and the sums of a stretch of days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Count, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import numbers
from accounts.names import initials
from core.csv_export import Cell
from core.money import from_minor
from payments.desk import words
from payments.models import Chargeback, Method, Payment, Refund

RETURNING = (
    Refund.State.REQUESTED,
    Refund.State.APPROVED,
    Refund.State.SUBMITTING,
    Refund.State.UNKNOWN,
    Refund.State.PENDING,
)
ASKING = (Chargeback.State.OPEN, Chargeback.State.INQUIRY)
FATES = {
    "received": gettext_lazy("Received"),
    "reversed": gettext_lazy("Reversed"),
    "refunded": gettext_lazy("Refunded or under way"),
    "charged_back": gettext_lazy("Disputed or charged back"),
}


@dataclass(frozen=True)
class PaymentRow:
    """One payment of the list; the customer by initials."""

    payment: Payment
    customer: str
    state: str
    tag: str


@dataclass(frozen=True)
class MethodTotal:
    """What came by one method in one currency; `reversed_minor` of it was reversed."""

    method: str
    currency: str
    count: int
    amount_minor: int
    reversed_minor: int

    @property
    def kept_minor(self) -> int:
        return self.amount_minor - self.reversed_minor


def with_fate(payments: QuerySet[Payment]) -> QuerySet[Payment]:
    """Add what was given back, is on its way back, and what the payer's bank took or asks for."""
    refunds = Refund.objects.filter(payment=OuterRef("pk"))
    disputes = Chargeback.objects.filter(payment=OuterRef("pk"))
    return payments.annotate(
        returned_minor=_sum(refunds.filter(state=Refund.State.SUCCEEDED)),
        returning_minor=_sum(refunds.filter(state__in=RETURNING)),
        taken_minor=_sum(disputes.filter(state=Chargeback.State.LOST)),
        asked_minor=_sum(disputes.filter(state__in=ASKING)),
    )


def narrowed(payments: QuerySet[Payment], wanted: dict[str, Any]) -> QuerySet[Payment]:
    """Keep what the filter asks for; days are those of receipt, both included."""
    fields = {"method": "method", "since": "received_on__gte", "until": "received_on__lte"}
    chosen = {fields[name]: wanted[name] for name in fields if wanted.get(name)}
    payments = payments.filter(**chosen)
    if account := wanted.get("account"):
        payments = payments.filter(account__number=numbers.clean(account))
    if text := wanted.get("reference"):
        payments = payments.filter(
            Q(reference__istartswith=text) | Q(intent_id=text) | Q(charge_id=text)
        )
    return payments.filter(_of_fate(wanted.get("state", "")))


def rows(payments: Iterable[Payment]) -> list[PaymentRow]:
    """Return the rows of payments that came from `with_fate`."""
    return [_row(payment) for payment in payments]


def totals(payments: QuerySet[Payment]) -> list[MethodTotal]:
    """Sum payments by currency and method, in one query."""
    reversed_too = Sum("amount_minor", filter=Q(state=Payment.State.REVERSED), default=0)
    found = (
        payments.order_by()
        .values_list("currency", "method")
        .annotate(count=Count("pk"), sum=Sum("amount_minor"), taken_back=reversed_too)
        .order_by("currency", "method")
    )
    return [
        MethodTotal(str(Method(method).label), currency, count, amount, taken_back)
        for currency, method, count, amount, taken_back in found
    ]


def in_all(totals: Iterable[MethodTotal]) -> list[MethodTotal]:
    """Add the sums of all methods up, for each currency."""
    found: dict[str, MethodTotal] = {}
    for one in totals:
        known = found.get(one.currency, MethodTotal(_("All methods"), one.currency, 0, 0, 0))
        found[one.currency] = replace(
            known,
            count=known.count + one.count,
            amount_minor=known.amount_minor + one.amount_minor,
            reversed_minor=known.reversed_minor + one.reversed_minor,
        )
    return list(found.values())


def of_day(payments: QuerySet[Payment], day: date) -> QuerySet[Payment]:
    return payments.filter(received_on=day)


def sheet(payments: QuerySet[Payment]) -> Iterator[list[Cell]]:
    """Yield the cells of a spreadsheet, its head first."""
    yield [
        _("Received on"),
        _("Receipt number"),
        _("Account"),
        _("Customer"),
        _("Method"),
        _("Amount"),
        _("Currency"),
        _("Status"),
        _("Recorded by"),
    ]
    for payment in with_fate(payments).order_by("-pk").iterator(chunk_size=1000):
        row = _row(payment)
        yield [
            payment.received_on,
            payment.reference,
            payment.account.number,
            row.customer,
            str(payment.get_method_display()),
            from_minor(payment.amount_minor, payment.currency),
            payment.currency,
            row.state,
            payment.actor,
        ]


def _row(payment: Payment) -> PaymentRow:
    state, tag = words.payment_tag(
        payment,
        returned=getattr(payment, "returned_minor", 0),
        returning=getattr(payment, "returning_minor", 0),
        taken=getattr(payment, "taken_minor", 0),
        asked=getattr(payment, "asked_minor", 0),
    )
    return PaymentRow(payment, initials(payment.account.customer.name), state, tag)


def _of_fate(fate: str) -> Q:
    refunded = Q(
        pk__in=Refund.objects.filter(state__in=[*RETURNING, "succeeded"]).values("payment")
    )
    disputed = Q(
        pk__in=Chargeback.objects.exclude(state=Chargeback.State.WON)
        .filter(payment__isnull=False)
        .values("payment")
    )
    taken_back = Q(state=Payment.State.REVERSED)
    return {
        "received": ~taken_back & ~refunded & ~disputed,
        "reversed": taken_back,
        "refunded": refunded,
        "charged_back": disputed,
    }.get(fate, Q())


def _sum(rows: QuerySet[Any]) -> Coalesce:
    summed = rows.order_by().values("payment").annotate(sum=Sum("amount_minor")).values("sum")
    return Coalesce(
        Subquery(summed, output_field=BigIntegerField()), Value(0, output_field=BigIntegerField())
    )
