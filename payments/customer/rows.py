"""The customer's list: what was paid, what is on its way, and what did not succeed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import CustomerAccount
from core.csv_export import Cell
from core.money import from_minor
from core.periods import local_date
from ledger.queries import paid_by
from payments import words
from payments.access import customer as access
from payments.customer.debts import Debt, debts, is_undoing
from payments.customer.fate import BACK, PAID, fate_of, of_fate, with_fate
from payments.entries.suspense import received_key, resolved_key
from payments.models import LIVE, Payment, PaymentAttempt
from payments.operations.counter import receipt_key

PAGE_SIZE = 24
WAITING, FAILED = "waiting", "failed"
FILTERS = {
    PAID: gettext_lazy("Paid"),
    WAITING: gettext_lazy("Not finished"),
    FAILED: gettext_lazy("Failed"),
    BACK: gettext_lazy("Given back or taken back"),
}
SHOWN = (*LIVE, PaymentAttempt.State.FAILED, PaymentAttempt.State.ABANDONED)
A_PAYMENT, AN_ATTEMPT = 0, 1  # of one day the attempts stand above the payments


class NoSuchPlace(Exception):
    """The text is no place in the list."""


@dataclass(frozen=True, order=True)
class Place:
    """Where a row stands in the list, which runs backwards."""

    on: date
    kind: int
    key: int

    def __str__(self) -> str:
        return f"{self.on.isoformat()}.{self.kind}.{self.key}"


@dataclass(frozen=True)
class Row:
    """A payment or an attempt; amounts in minor units of its currency."""

    place: Place
    reference: str
    link: str
    amount_minor: int
    currency: str
    method: str
    state: str
    tag: str
    note: str
    used_for: Sequence[Debt]
    receipt: str  # the address of its PDF

    @property
    def on(self) -> date:
        return self.place.on


@dataclass(frozen=True)
class Received:
    """How many payments have come in, and how much they are together, in minor units."""

    count: int
    total_minor: int


@dataclass(frozen=True)
class RowPage:
    """A page of the list; `older` is the place where the next one begins, if there is one."""

    rows: Sequence[Row]
    older: str
    is_first: bool


def place(text: str) -> Place:
    """Read a place.

    :raises NoSuchPlace: if it is none
    """
    try:
        on, kind, key = text.split(".")
        found = Place(date.fromisoformat(on), int(kind), int(key))
    except ValueError as error:
        raise NoSuchPlace(text) from error
    if found.kind not in (A_PAYMENT, AN_ATTEMPT) or not 0 < found.key < 2**63:
        raise NoSuchPlace(text)
    return found


def row_page(
    account: CustomerAccount,
    zone: ZoneInfo,
    *,
    wanted: str = "",
    year: int | None = None,
    before: Place | None = None,
    size: int = PAGE_SIZE,
) -> RowPage:
    """Return the newest rows before a place; a constant number of queries.

    :param wanted: one of `FILTERS`, or nothing for all
    :param year: of the utility's days, or None for all
    """
    found: list[Payment | PaymentAttempt] = [
        *_payments(_received(account, year), wanted, before, size + 1),
        *_attempts(access.attempts(account), wanted, year, before, size + 1, zone),
    ]
    found.sort(key=lambda one: _place(one, zone), reverse=True)
    shown = found[:size]
    rows = _rows(shown, zone)
    older = str(rows[-1].place) if len(found) > size else ""
    return RowPage(rows, older, before is None)


def received(account: CustomerAccount, *, year: int | None = None) -> Received:
    """Return how much has come in, without what was reversed; one query."""
    stands = _received(account, year).filter(state=Payment.State.RECORDED)
    sums = stands.filter(currency=account.currency).aggregate(
        count=Count("pk"), minor=Sum("amount_minor")
    )
    return Received(sums["count"], sums["minor"] or 0)


def sheet(
    account: CustomerAccount, zone: ZoneInfo, *, wanted: str = "", year: int | None = None
) -> Iterator[list[Cell]]:
    """Yield the cells of a spreadsheet, its head first."""
    yield [
        _("Date"),
        _("Reference"),
        _("Amount"),
        _("Currency"),
        _("Method"),
        _("Status"),
        _("Paid for"),
    ]
    before: Place | None = None
    while True:
        page = row_page(account, zone, wanted=wanted, year=year, before=before, size=500)
        yield from (_cells(row) for row in page.rows)
        if not page.older:
            return
        before = place(page.older)


def _received(account: CustomerAccount, year: int | None) -> QuerySet[Payment]:
    payments = access.payments(account)
    if year is None:
        return payments
    return payments.filter(received_on__range=(date(year, 1, 1), date(year, 12, 31)))


def _payments(
    payments: QuerySet[Payment], wanted: str, before: Place | None, limit: int
) -> list[Payment]:
    if wanted in (WAITING, FAILED):
        return []
    if before:
        same_day = Q(received_on=before.on)
        if before.kind == A_PAYMENT:
            same_day &= Q(pk__lt=before.key)
        payments = payments.filter(Q(received_on__lt=before.on) | same_day)
    payments = with_fate(payments.filter(of_fate(wanted))).select_related("suspense_item")
    return list(payments.order_by("-received_on", "-pk")[:limit])


def _attempts(
    attempts: QuerySet[PaymentAttempt],
    wanted: str,
    year: int | None,
    before: Place | None,
    limit: int,
    zone: ZoneInfo,
) -> list[PaymentAttempt]:
    states = {"": SHOWN, WAITING: LIVE, FAILED: SHOWN[len(LIVE) :]}.get(wanted)
    if states is None:
        return []
    attempts = attempts.filter(state__in=states)
    attempts = attempts.annotate(on=TruncDate("created_at", tzinfo=zone))
    if year is not None:
        attempts = attempts.filter(on__gte=date(year, 1, 1), on__lte=date(year, 12, 31))
    if before:
        earlier = Q(on__lt=before.on)
        if before.kind == AN_ATTEMPT:
            earlier |= Q(on=before.on, pk__lt=before.key)
        attempts = attempts.filter(earlier)
    return list(attempts.select_related("statement").order_by("-on", "-pk")[:limit])


def _place(one: Payment | PaymentAttempt, zone: ZoneInfo) -> Place:
    if isinstance(one, Payment):
        return Place(one.received_on, A_PAYMENT, one.pk)
    return Place(local_date(one.created_at, zone), AN_ATTEMPT, one.pk)


def _rows(found: Sequence[Payment | PaymentAttempt], zone: ZoneInfo) -> list[Row]:
    used = used_for([one for one in found if isinstance(one, Payment)])
    return [
        _paid(one, used[one.pk], _place(one, zone))
        if isinstance(one, Payment)
        else _tried(one, _place(one, zone))
        for one in found
    ]


def used_for(payments: Sequence[Payment]) -> dict[int, list[Debt]]:
    """Return what payments pay now, by payment; they come with their suspense item."""
    keys = {payment.pk: credit_key(payment) for payment in payments}
    paid = paid_by(list(keys.values())) if keys else {}
    names = debts({debt for pairs in paid.values() for debt, _amount in pairs})
    return {
        pk: [names[debt] for debt, _amount in paid.get(key, []) if not is_undoing(debt)]
        for pk, key in keys.items()
    }


def credit_key(payment: Payment) -> str:
    """Return the source of the entry that gave an account its payment."""
    item = getattr(payment, "suspense_item", None)
    if item is not None:
        return resolved_key(item.pk)
    return received_key(payment.intent_id) if payment.intent_id else receipt_key(payment.pk)


def _paid(payment: Payment, used: Sequence[Debt], at: Place) -> Row:
    fate = fate_of(payment)
    return Row(
        place=at,
        reference=payment.reference,
        link=reverse("payments:payment", args=[payment.reference]),
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        method=payment.instrument or str(payment.get_method_display()),
        state=fate.words,
        tag=fate.tag,
        note=fate.note,
        used_for=used,
        receipt=reverse("payments:receipt_pdf", args=[payment.reference]),
    )


def _tried(attempt: PaymentAttempt, at: Place) -> Row:
    state, tag = _state(attempt)
    bill = attempt.statement
    link = reverse("statements:detail", args=[bill.number]) if bill else ""
    asked = [Debt(_("Bill %(number)s") % {"number": bill.number}, link)] if bill else []
    failed = attempt.state == PaymentAttempt.State.FAILED
    return Row(
        place=at,
        reference=attempt.reference,
        link=reverse("payments:result", args=[attempt.reference]),
        amount_minor=attempt.amount_minor,
        currency=attempt.currency,
        method=str(attempt.get_method_display()),
        state=state,
        tag=tag,
        note=words.failure(attempt.failure_code) if failed and attempt.failure_code else "",
        used_for=asked if attempt.is_live else [],
        receipt="",
    )


def _state(attempt: PaymentAttempt) -> tuple[str, str]:
    state = PaymentAttempt.State
    if attempt.state in (state.OPEN, state.REQUIRES_ACTION):
        return _("Not paid yet"), "draft"
    if attempt.state == state.PROCESSING:
        return _("On its way"), "wait"
    if attempt.is_live:
        return _("Being checked"), "warn"
    return _("Failed"), "off"


def _cells(row: Row) -> list[Cell]:
    return [
        row.on,
        row.reference,
        from_minor(row.amount_minor, row.currency),
        row.currency,
        row.method,
        row.state,
        ", ".join(debt.words for debt in row.used_for),
    ]
