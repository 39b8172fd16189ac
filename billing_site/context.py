"""What every page's frame shows: the utility's name and whether this is the demo."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import Utility
from accounts.staff import role_names


def site(request: HttpRequest) -> dict[str, object]:
    return {
        "staff_roles": SimpleLazyObject(lambda: role_names(request.user)),
        "utility": SimpleLazyObject(lambda: Utility.objects.first()),
        "is_demo": settings.DEMO,
    }
