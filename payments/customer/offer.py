"""What a customer may pay now, and by which means: the first page of paying."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import CustomerAccount
from payments import gateway as provider
from payments import queries
from payments.models import Method
from payments.operations import attempts
from payments.providers.stripe import limits
from payments.queries import Standing
from statements.models import Statement

ALL, OVERDUE, BILL, OTHER = "all", "overdue", "bill", "other"


@dataclass(frozen=True)
class Option:
    """One amount to choose, in minor units."""

    value: str
    words: str
    amount_minor: int


@dataclass(frozen=True)
class Way:
    """One way to pay, and what is to be known before it is chosen."""

    value: str
    words: str
    hint: str


@dataclass(frozen=True)
class Offer:
    """Amounts and ways that are open to an account now; minor units of its currency.

    `statement` is the bill that is paid first, None once it is paid.
    """

    account: CustomerAccount
    statement: Statement | None
    standing: Standing
    minimum_minor: int
    limit_minor: int
    options: Sequence[Option]
    ways: Sequence[Way]
    is_online: bool

    @property
    def currency(self) -> str:
        return self.account.currency

    @property
    def is_waiting(self) -> bool:
        """Say whether all that is due is on its way: until it is here nothing more is taken."""
        return not self.standing.payable and bool(self.standing.reserved)

    @property
    def is_advance(self) -> bool:
        return not self.standing.payable and not self.is_waiting

    @property
    def is_carried_forward(self) -> bool:
        """Say whether something is due, but less than can be paid online."""
        return 0 < self.standing.payable < self.minimum_minor

    def amount_of(self, choice: str) -> int | None:
        """Return the amount of a choice, or None if it is not offered or has no fixed amount."""
        found = {option.value: option.amount_minor for option in self.options}
        return found.get(choice)


def offer(account: CustomerAccount, statement: Statement | None, *, today: date) -> Offer:
    """Return what may be paid now; a bill that is open is paid before the others."""
    standing = queries.standing(account, today=today)
    minimum = queries.minimum(account.currency)
    bill_minor = attempts.open_of(account, statement) if statement else 0
    payable = min(bill_minor, standing.payable) if bill_minor else standing.payable
    limit = attempts.most_at_once(payable, account.currency)
    ways = _ways(account.currency)
    return Offer(
        account=account,
        statement=statement if bill_minor else None,
        standing=standing,
        minimum_minor=minimum,
        limit_minor=limit,
        options=[o for o in _options(standing, bill_minor) if minimum <= o.amount_minor <= limit],
        ways=ways,
        is_online=bool(ways) and provider.gateway() is not None,
    )


def _options(standing: Standing, bill_minor: int) -> list[Option]:
    payable = standing.payable
    overdue = max(standing.overdue - standing.reserved, 0)
    found = [Option(ALL, _("The whole amount due"), payable)]
    if 0 < overdue < payable:
        found.append(Option(OVERDUE, _("Only what is overdue"), overdue))
    if 0 < bill_minor < payable:
        found.append(Option(BILL, _("This bill"), bill_minor))
    return found


def _ways(currency: str) -> list[Way]:
    hints = {
        Method.CARD: _("You know at once whether it is paid."),
        Method.BANK_DEBIT: _(
            "It takes up to 4 business days until the money is here. If your bank refuses it, "
            "the amount is open again; nothing more happens meanwhile."
        ),
    }
    return [
        Way(method.value, str(method.label), hint)
        for method, hint in hints.items()
        if method in settings.STRIPE_METHODS and limits.means(method, currency)
    ]
