"""The views of the lists of tariffs and plans that people save for themselves."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import saved_views
from accounts.models import User
from accounts.queries import utility
from core import clock, formats
from core.periods import local_date
from statements.pricing.lists import plans, tariffs
from tariffs import access

LISTS = {"tariffs": tariffs, "plans": plans}


@require_POST
def views(request: HttpRequest) -> HttpResponse:
    """Keep what a list shows under a name, or forget one that was kept."""
    person, name = request.user, request.POST.get("list", "")
    if not isinstance(person, User) or not access.may_read(person):
        raise Http404
    if name not in LISTS:
        return redirect("statements:price_overview")
    query = _query(request, name)
    if "forget" in request.POST:
        _forget(request, person, name)
    else:
        _keep(request, person, name, query)
    return redirect(f"{reverse(f'statements:price_{name}')}?{query}")


def _keep(request: HttpRequest, person: User, page: str, query: str) -> None:
    name = " ".join(request.POST.get("name", "").replace("\0", " ").split())
    try:
        saved_views.keep(person, page, name, query)
    except saved_views.TooMany:
        words = _("You have %(most)s views of this list: delete one first.")
        messages.error(request, words % {"most": formats.number(saved_views.MOST)})
    except ValueError:
        words = _("Give the view a name of at most %(longest)s letters.")
        longest = formats.number(saved_views.LONGEST_NAME)
        messages.error(request, words % {"longest": longest})
    else:
        messages.success(request, _("The view is saved as %(name)s.") % {"name": name})


def _forget(request: HttpRequest, person: User, page: str) -> None:
    key = request.POST["forget"]
    if not key.isascii() or not key.isdigit() or len(key) > 18:
        raise Http404
    saved_views.forget(person, page, int(key))
    messages.success(request, _("The view is deleted."))


def _query(request: HttpRequest, name: str) -> str:
    """Return what the list was asked for, without what is none of its filters or columns."""
    today = local_date(clock.now(), utility().zone)
    said = QueryDict(request.POST.get("query", "")[: saved_views.LONGEST_QUERY])
    return LISTS[name].table(today).asked(said).kept
