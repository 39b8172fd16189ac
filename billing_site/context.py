"""What every page's frame shows: the utility's name and whether this is the demo."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.access import accounts_for
from accounts.grants import live_grant
from accounts.models import Utility
from accounts.staff import role_names
from billing_site.work import places
from core import clock


def site(request: HttpRequest) -> dict[str, object]:
    return {
        "staff_roles": SimpleLazyObject(lambda: role_names(request.user)),
        "utility": SimpleLazyObject(lambda: Utility.objects.first()),
        "is_demo": settings.DEMO,
        "own_accounts": SimpleLazyObject(lambda: _own_accounts(request)),
        "work": SimpleLazyObject(lambda: places(request.user)),
        "help_grant": SimpleLazyObject(lambda: live_grant(request.user, clock.real_now())),
    }


def _own_accounts(request: HttpRequest) -> list[str]:
    """Return the number of the one account that a person sees, or of the first two of several."""
    numbers = accounts_for(request.user, clock.now()).values_list("number", flat=True)
    return list(numbers[:2])
