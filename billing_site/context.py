"""What every page's frame shows: the utility's name and whether this is the demo."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts import page_events
from accounts.access import accounts_for
from accounts.display import display_of
from accounts.grants import HELPING, live_grant
from accounts.models import AssistanceGrant
from accounts.queries import utility_or_none
from accounts.staff import has_role, role_names
from billing_site.work import places
from core import clock
from reports.switcher import switcher

SECTIONS = {  # pages of one account, and the entry of the menu that leads to them
    "reports:usage": "reports:my_usage",
    "reports:service": "reports:my_service",
    "payments:list": "reports:my_payments",
    "payments:receipt": "reports:my_payments",
}

WORKSPACES = {  # pages of one subject, and the entry of the menu that leads to them
    (
        *("manage/prices", "manage/tariffs", "manage/plans"),
        *("manage/categories", "manage/areas"),
    ): "statements:price_overview",
}


def site(request: HttpRequest) -> dict[str, object]:
    return {
        "staff_roles": SimpleLazyObject(lambda: role_names(request.user)),
        "utility": SimpleLazyObject(utility_or_none),
        "is_demo": settings.DEMO,
        "here": _section(request),
        "display": SimpleLazyObject(lambda: display_of(request)),
        "own_accounts": SimpleLazyObject(lambda: _own_accounts(request)),
        "switcher": SimpleLazyObject(lambda: switcher(request, now=clock.now())),
        "work": SimpleLazyObject(lambda: places(request.user)),
        "is_timed": SimpleLazyObject(lambda: page_events.is_timed(request)),
        "help_grant": SimpleLazyObject(lambda: _help_grant(request)),
    }


def _help_grant(request: HttpRequest) -> AssistanceGrant | None:
    """Return the open help session; those who may open none are not looked up."""
    if not has_role(request.user, *HELPING):
        return None
    return live_grant(request.user, clock.real_now())


def _own_accounts(request: HttpRequest) -> list[str]:
    """Return the number of the one account that a person sees, or of the first two of several."""
    numbers = accounts_for(request.user, clock.now()).values_list("number", flat=True)
    return list(numbers[:2])


def _section(request: HttpRequest) -> str:
    match = request.resolver_match
    if not match:
        return ""
    within = (entry for starts, entry in WORKSPACES.items() if match.route.startswith(starts))
    return SECTIONS.get(match.view_name) or next(within, "")
