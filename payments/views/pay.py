"""A customer pays: choose an amount and a method, check, and go to the provider's page.

Nothing is written before the last button. The amount is what the books say for the customer's
choice at that moment; what the browser sends only names the choice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import CustomerAccount, User
from accounts.queries import utility
from accounts.rights import Right
from core import clock
from core.periods import local_date
from payments.access import customer as access
from payments.customer import order as orders
from payments.customer.next_bill import next_bill_on
from payments.customer.offer import Offer, offer
from payments.customer.outcome import longest
from payments.customer.preview import preview
from payments.forms.pay import OTHER, PayForm, bounds
from payments.models import PaymentAttempt
from payments.operations import attempts
from payments.operations.submit import submit
from payments.views.pages import page
from statements import access as statements
from statements.models import Statement

CREATED = PaymentAttempt.State.CREATED  # what was sent before is the janitor's to send again
View = Callable[..., HttpResponse]
Target = tuple[CustomerAccount, Statement | None]


def to_the_hosted_page(view: View) -> View:
    """Let the form of this view's page be answered by a redirect to the provider's page."""

    @wraps(view)
    def allowing(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        allow = csp_update({"form-action": settings.STRIPE_CHECKOUT_ORIGIN})
        response: HttpResponse = allow(view)(request, *args, **options)  # type: ignore[assignment]
        return response

    return allowing


@require_GET
def pay_bill(request: HttpRequest, number: str) -> HttpResponse:
    return _choose(request, _of_bill(request, number))


@require_GET
def pay_account(request: HttpRequest, number: str) -> HttpResponse:
    return _choose(request, _of_account(request, number))


@to_the_hosted_page
@require_http_methods(["GET", "POST"])
def check_bill(request: HttpRequest, number: str) -> HttpResponse:
    target = _of_bill(request, number)
    return _confirm(request, target) if request.method == "POST" else _check(request, target)


@to_the_hosted_page
@require_http_methods(["GET", "POST"])
def check_account(request: HttpRequest, number: str) -> HttpResponse:
    target = _of_account(request, number)
    return _confirm(request, target) if request.method == "POST" else _check(request, target)


def _of_bill(request: HttpRequest, number: str) -> Target:
    statement = statements.statement_for(request.user, number, now=clock.now(), right=Right.PAY)
    return statement.account, statement


def _of_account(request: HttpRequest, number: str) -> Target:
    return access.account(request.user, number, now=clock.now(), right=Right.PAY), None


def _choose(request: HttpRequest, target: Target) -> HttpResponse:
    """Ask how much and how; an address may carry a choice, as after a payment that failed."""
    open_to = _offer(target)
    named = {
        name: request.GET[name] for name in ("choice", "amount", "method") if name in request.GET
    }
    return _amounts(request, target, PayForm(open_to, initial=_usual(open_to) | named))


def _check(request: HttpRequest, target: Target) -> HttpResponse:
    """Show what was chosen and where it goes; changes nothing."""
    open_to = _offer(target)
    form = PayForm(open_to, request.GET)
    account, statement = target
    if open_to.is_online and open_to.is_waiting:  # as after the back button
        return _under_way(request, target, access.live_attempts(account)[-1])
    if not open_to.is_online or not form.is_valid():
        return _amounts(request, target, form, status=422)
    order = orders.Order(
        account_id=account.pk,
        statement_id=statement.pk if statement else None,
        user_id=_person(request).pk,
        choice=form.cleaned_data["choice"],
        amount_minor=form.amount_minor,
        currency=account.currency,
        method=form.cleaned_data["method"],
        first_bill_id=open_to.statement.pk if open_to.statement else None,
        form_token=orders.new_token(),
    )
    now, zone = clock.now(), utility().zone
    today = local_date(now, zone)
    context = {
        **_places(target),
        "offer": open_to,
        "order": order,
        "today": today,
        "known_by": longest(now, zone),
        "signed": orders.sign(order),
        "way": next(way for way in open_to.ways if way.value == order.method),
        "preview": preview(account, open_to.statement, order.amount_minor, today=today),
        "back": f"?{request.GET.urlencode()}",
    }
    return page(request, "payments/pay_check.html", context)


def _confirm(request: HttpRequest, target: Target) -> HttpResponse:
    """Begin the payment that was checked, if it still is what the books say."""
    account, statement = target
    person = _person(request)
    open_to = _offer(target)
    try:
        order = orders.read(
            request.POST.get("order", ""),
            account_id=account.pk,
            statement_id=statement.pk if statement else None,
            user_id=person.pk,
        )
    except orders.Changed:
        return _again(request, target, None, _("This page has changed on its way."))
    begun = access.attempt_of_form(account, order.token)
    try:
        begun = begun or _begin(open_to, order, person)
        return _go_on(begun if begun.state != CREATED else submit(begun, now=clock.now()))
    except attempts.UnderWay as error:
        return _under_way(request, target, error.attempt)
    except attempts.Offline:
        return page(request, "payments/pay_offline.html", _places(target), status=503)
    except attempts.NotBegun as error:
        return _again(request, target, order, _refusal(error, open_to), status=409)


def _begin(open_to: Offer, order: orders.Order, person: User) -> PaymentAttempt:
    if open_to.is_online and not _still_offered(open_to, order):
        live = access.live_attempts(open_to.account)
        raise attempts.UnderWay(live[-1]) if live else attempts.NotPayable("changed since")
    return attempts.begin(
        open_to.account,
        statement=open_to.statement,
        amount_minor=order.amount_minor,
        method=order.method,
        form_token=order.token,
        user=person,
        language=get_language() or person.language,
        now=clock.now(),
    )


def _still_offered(open_to: Offer, order: orders.Order) -> bool:
    first = open_to.statement.pk if open_to.statement else None
    if (order.currency, order.first_bill_id) != (open_to.currency, first):
        return False
    if order.choice == OTHER:
        return open_to.minimum_minor <= order.amount_minor <= open_to.limit_minor
    return open_to.amount_of(order.choice) == order.amount_minor


def _go_on(attempt: PaymentAttempt) -> HttpResponse:
    """Send the payer to the provider's page, or to ours when there is none or no longer one."""
    if attempt.state == PaymentAttempt.State.OPEN and attempt.session_url:
        return HttpResponseRedirect(attempt.session_url, status=303)
    return HttpResponseRedirect(reverse("payments:result", args=[attempt.reference]), status=303)


def _under_way(request: HttpRequest, target: Target, live: PaymentAttempt) -> HttpResponse:
    context = {**_places(target), "attempt": live}
    return page(request, "payments/pay_under_way.html", context, status=409)


def _again(
    request: HttpRequest,
    target: Target,
    order: orders.Order | None,
    said: str,
    *,
    status: int = 422,
) -> HttpResponse:
    """Show the first page again with what was chosen, and why."""
    open_to = _offer(target)
    chosen = {"choice": order.choice, "method": order.method} if order else {}
    form = PayForm(open_to, initial=_usual(open_to) | chosen)
    return _amounts(request, target, form, status=status, said=said)


def _amounts(
    request: HttpRequest, target: Target, form: PayForm, *, status: int = 200, said: str = ""
) -> HttpResponse:
    account, statement = target
    is_cancelled = bool(statement and statement.state != Statement.State.ISSUED)
    context = {
        **_places(target),
        "offer": form.offer,
        "form": form,
        "said": said,
        "is_cancelled": is_cancelled,
        "bounds": bounds(form.offer),
        "live": access.live_attempts(account),
        "next_bill": _next_bill(form.offer),
    }
    if not form.offer.is_online:
        return page(request, "payments/pay_offline.html", context)
    return page(request, "payments/pay.html", context, status=status)


def _next_bill(open_to: Offer) -> date | None:
    """Return when the next bill comes, where nothing is left to pay now."""
    if not (open_to.is_advance or open_to.is_waiting):
        return None
    house = utility()
    return next_bill_on(open_to.account, house, today=clock.today(house.zone))


def _refusal(error: attempts.NotBegun, open_to: Offer) -> str:
    if isinstance(error, attempts.BelowMinimum | attempts.AboveLimit):
        return bounds(open_to)
    if isinstance(error, attempts.MethodOff):
        return _("This way to pay is not offered now. Please choose again.")
    return _("What you owe has changed since you looked. Please choose again.")


def _offer(target: Target) -> Offer:
    account, statement = target
    return offer(account, statement, today=clock.today(utility().zone))


def _usual(open_to: Offer) -> dict[str, str]:
    """Return what is chosen before the customer chooses: everything, by the first way."""
    return {
        "choice": open_to.options[0].value if open_to.options else OTHER,
        "method": open_to.ways[0].value if open_to.ways else "",
    }


def _places(target: Target) -> dict[str, Any]:
    """Return the addresses of both pages, and what is paid."""
    account, statement = target
    name, number = ("bill", statement.number) if statement else ("account", account.number)
    return {
        "account": account,
        "statement": statement,
        "pay_url": reverse(f"payments:pay_{name}", args=[number]),
        "check_url": reverse(f"payments:check_{name}", args=[number]),
    }


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user
