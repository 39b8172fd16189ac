"""Money of nobody known: who it may belong to, and the account that it is given to."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors.step_up import step_up_to_send
from accounts.models import CustomerAccount, User
from accounts.queries import utility
from core import clock
from ledger.operations import PeriodClosed
from payments.access import staff
from payments.desk import suspense as presented
from payments.desk.paging import key_page
from payments.forms.desk import AccountForm, StateFilterForm
from payments.models import Payment, SuspenseItem
from payments.operations import suspense
from payments.views.pages import asked, page, status_of


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show what waits for its account, or everything that ever did."""
    items = staff.suspense_items(request.user)
    form = StateFilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    if not wanted.get("everything"):
        items = items.filter(state=SuspenseItem.State.OPEN)
    found = key_page(items, before=wanted.get("before"))
    context = {
        "everything": bool(wanted.get("everything")),
        "rows": presented.rows(found.rows, today=clock.today(utility().zone)),
        "page": found,
        "asked": asked(request),
    }
    return page(request, "payments/suspense.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@step_up_to_send
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one receipt; find the account, show whose it is, and give only what was confirmed."""
    item = staff.suspense_item(request.user, pk)
    form = AccountForm(request.POST or None)
    if request.method == "POST":
        actor = staff.member_of_staff(request.user, among=staff.WORKING)
        account = _account(request, item, form)
        if account and "confirmed" not in request.POST:
            staff.note_look(request.user, "account.look", account, account)
            context = {"form": form, "item": item, "receiver": presented.receiver(account)}
            return page(request, "payments/suspense_confirm.html", context)
        payment = _give(request, item, account, form, actor) if account else None
        if payment:
            return redirect("payments:desk_payment", payment.reference)
    context = {
        "row": presented.row(item, today=clock.today(utility().zone)),
        "form": form,
        "may_work": staff.may_work_at_desk(request.user),
    }
    return page(request, "payments/suspense_item.html", context, status=status_of(form))


def _account(request: HttpRequest, item: SuspenseItem, form: AccountForm) -> CustomerAccount | None:
    """Return the account that was typed, if it can take the money; else the form says why not."""
    if not form.is_valid():
        return None
    account = staff.account_to_credit(request.user, form.cleaned_data["number"])
    if account is None:
        form.add_error("number", _("There is no account with this number."))
    elif account.currency != item.currency:
        form.add_error("number", _other_currency())
        return None
    return account


def _give(
    request: HttpRequest,
    item: SuspenseItem,
    account: CustomerAccount,
    form: AccountForm,
    actor: User,
) -> Payment | None:
    try:
        payment = suspense.resolve(item, account, actor=actor, now=clock.now())
    except suspense.AlreadyResolved:
        form.add_error(None, _("Somebody gave this money to an account already."))
    except suspense.NotWhole:
        form.add_error(
            None, _("Some of this money went back, or is about to: refund the rest instead.")
        )
    except suspense.WrongCurrency:
        form.add_error("number", _other_currency())
    except PeriodClosed:
        form.add_error(None, _("The books of today are closed; ask finance."))
    else:
        messages.success(
            request,
            _("The money belongs to account %(number)s now.") % {"number": account.number},
        )
        return payment
    return None


def _other_currency() -> str:
    return _("This account is kept in another currency; money is never converted.")
