"""The way from a bill to its payment, for pages of the apps below."""

from __future__ import annotations

from typing import Any

from django import template

from accounts.queries import utility
from core import clock
from payments import gateway as provider
from payments.customer.offer import offer
from statements.models import Statement

register = template.Library()


@register.inclusion_tag("payments/pay_button.html")
def pay_button(statement: Statement) -> dict[str, Any]:
    """Offer to pay what is due now, on the page of a bill that is still open.

    Bills lie below payments and cannot ask; this tag reads for them, six queries at most.
    """
    if statement.state != Statement.State.ISSUED or provider.gateway() is None:
        return {"offer": None, "statement": statement}
    found = offer(statement.account, statement, today=clock.today(utility().zone))
    is_asked = found.is_online and found.statement is not None and bool(found.options)
    return {"offer": found if is_asked else None, "statement": statement}
