"""What a customer's services used."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts import access
from accounts.chosen import choose
from core import clock
from core.csv_export import attachment
from core.pages import render_part, say
from reports.usage.explorer import explore
from reports.usage.forms import UsageForm
from reports.usage.links import links
from reports.usage.sheet import sheet

PAGE, PART = "reports/usage.html", "reports/_usage.html"


@require_GET
def usage(request: HttpRequest, number: str) -> HttpResponse:
    """Show the steps that the address asks for; what it cannot show it says, with a way out."""
    now = clock.now()
    account = access.account_for(request.user, number, now)
    choose(request, account)
    form = UsageForm(request.GET)
    if not form.is_valid():
        context = {"account": account, "form": form, "wider": form.wider()}
        return render_part(request, PAGE, PART, context, status=422)
    page = explore(account, form.asked(), now=now)
    context = {
        "account": account,
        "form": UsageForm(initial={**page.asked.fields(), "on": ""}),
        "page": page,
        "links": links(page),
        "file_url": reverse("reports:usage_sheet", args=[number]) + page.asked.query(),
    }
    response = render_part(request, PAGE, PART, context)
    return say(response, page.finding) if page.finding else response


@require_GET
def usage_sheet(request: HttpRequest, number: str) -> HttpResponseBase:
    """Save what the page of the same query shows."""
    now = clock.now()
    account = access.account_for(request.user, number, now)
    form = UsageForm(request.GET)
    if not form.is_valid():
        return usage(request, number)
    page = explore(account, form.asked(), now=now)
    return attachment(sheet(page), name=f"usage-{account.number}.csv")
