"""The way from a bill to its payment, for pages of the apps below."""

from __future__ import annotations

from typing import Any

from django import template

from core import clock
from payments import gateway as provider
from payments.access import customer as access
from payments.customer.offer import BILL, Offer, offer
from payments.models import PaymentAttempt
from statements.models import Statement

register = template.Library()
BEGUN = (PaymentAttempt.State.OPEN, PaymentAttempt.State.REQUIRES_ACTION)


@register.inclusion_tag("payments/pay_button.html", takes_context=True)
def pay_button(context: template.Context, statement: Statement) -> dict[str, Any]:
    """Offer to pay what is due now, or lead to the payment that is under way for all of it.

    Whoever may only see the account is offered nothing. Bills lie below payments and cannot ask;
    this tag reads for them, seven queries at most.
    """
    if not access.may_pay(context["user"], statement.account, now=clock.now()):
        return {"offer": None, "statement": statement}
    if statement.state != Statement.State.ISSUED:
        return {"offer": None, "statement": statement}
    if provider.gateway() is None:
        return {"offer": None, "statement": statement, "is_offline": True}
    found = offer(statement.account, statement, today=clock.today(context["utility"].zone))
    is_asked = found.is_online and found.statement is not None and bool(found.options)
    if is_asked:
        return {"offer": found, "statement": statement, "besides_minor": _besides(found)}
    is_covered = found.is_waiting and found.statement is not None
    live = access.live_attempts(statement.account)[-1:] if is_covered else []
    return {"live": live, "is_begun": any(one.state in BEGUN for one in live)}


def _besides(found: Offer) -> int:
    """Return what the whole amount pays besides the bill, in minor units."""
    of_bill = [option.amount_minor for option in found.options if option.value == BILL]
    return found.standing.payable - of_bill[0] if of_bill else 0
