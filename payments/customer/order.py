"""What a customer has chosen to pay, signed while it travels through the browser.

The signature keeps the page's words and what its button sends the same. It is not what protects
the amount: the view compares it with the books once more.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from uuid import UUID, uuid4

from django.core import signing

SALT = "payments.order"


class Changed(Exception):
    """The text is not one that we signed, or is about another account, bill or person."""


@dataclass(frozen=True)
class Order:
    """An amount in minor units of a currency, what it was chosen as, and the bill it pays first."""

    account_id: int
    statement_id: int | None
    first_bill_id: int | None
    user_id: int
    choice: str
    amount_minor: int
    currency: str
    method: str
    form_token: str

    @property
    def token(self) -> UUID:
        return UUID(self.form_token)


def new_token() -> str:
    return str(uuid4())


def sign(order: Order) -> str:
    return signing.dumps(asdict(order), salt=SALT)


def read(text: str, *, account_id: int, statement_id: int | None, user_id: int) -> Order:
    """Return a signed order of this person for this account and bill.

    :raises Changed: for every other text
    """
    try:
        order = Order(**signing.loads(text, salt=SALT))
    except (signing.BadSignature, TypeError) as error:
        raise Changed from error
    if (order.account_id, order.statement_id, order.user_id) != (
        account_id,
        statement_id,
        user_id,
    ):
        raise Changed
    return order
