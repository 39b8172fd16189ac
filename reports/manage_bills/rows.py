"""The rows of the list of bills: exact values, names by right, and where a bill leads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.names import initials
from core.tables import Link, Money, Tag
from meters.models import CustomerAgreement
from reports.manage_bills.beside import Connections, connections_of, use_of
from statements.models import Statement

Mode = CustomerAgreement.PaymentMode
Leads = Callable[[Statement], str]  # the page of a bill for the reader, or empty


@dataclass(frozen=True)
class Reader:
    """What one person sees of bills."""

    sees_names: bool
    helped_customer: int | None  # whose help session is live
    leads: Leads

    def name_of(self, statement: Statement) -> str:
        customer = statement.account.customer
        is_named = self.sees_names or customer.pk == self.helped_customer
        return customer.name if is_named else initials(customer.name)


@dataclass(frozen=True)
class Row:
    """One bill; the attributes are the columns of the list."""

    number: Link
    customer: str
    account: str
    issued: date | None
    due: date | None
    energy: Decimal | None
    water: Decimal | None
    amount: Money
    received: Money
    open: Money
    payment: str
    connections: int
    status: Tag


def shaped(
    statements: Sequence[Statement], *, reader: Reader, today: date, now: datetime
) -> list[Row]:
    """Return the rows of bills that came from `queries.bills`; two queries."""
    use = use_of([statement.pk for statement in statements])
    served = connections_of({statement.account_id for statement in statements}, now)
    return [
        _row(
            statement,
            use.get(statement.pk, {}),
            served.get(statement.account_id, Connections()),
            reader,
            today,
        )
        for statement in statements
    ]


def _row(
    statement: Statement,
    use: dict[str, Decimal],
    served: Connections,
    reader: Reader,
    today: date,
) -> Row:
    left: int = getattr(statement, "open_minor", 0)
    currency = statement.currency
    owed = statement.total_minor if statement.state == Statement.State.ISSUED else 0
    return Row(
        number=Link(statement.number or "", reader.leads(statement)),
        customer=reader.name_of(statement),
        account=statement.account.number,
        issued=statement.issue_date,
        due=statement.due_date,
        energy=use.get("kWh"),
        water=use.get("m3"),
        amount=Money(statement.total_minor, currency),
        received=Money(max(owed, 0) - left, currency),
        open=Money(left, currency),
        payment=_mode(served.modes),
        connections=served.active,
        status=status_of(statement, left, today=today),
    )


def status_of(statement: Statement, open_minor: int, *, today: date) -> Tag:
    """Return how a bill stands, in the words of the customer's own list."""
    if statement.state != Statement.State.ISSUED:
        return Tag(str(statement.get_state_display()), "off")
    if statement.total_minor < 0:
        return Tag(_("Credit"), "good")
    if not open_minor:
        return Tag(_("Paid") if statement.total_minor else _("Nothing to pay"), "good")
    if statement.due_date and statement.due_date < today:
        return Tag(_("Overdue"), "warn")
    if open_minor < statement.total_minor:
        return Tag(_("Part paid"), "wait")
    return Tag(_("To pay"), "wait")


def _mode(modes: frozenset[str]) -> str:
    if modes == {Mode.PREPAID.value, Mode.POSTPAID.value}:
        return _("Prepaid and postpaid")
    if modes == {Mode.PREPAID.value}:
        return _("Prepaid")
    return _("Postpaid") if modes else ""
