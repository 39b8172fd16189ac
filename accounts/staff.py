"""The roles of staff: Django groups, and what each may do in the admin pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from accounts.models import User

View = Callable[..., HttpResponseBase]


class StaffRole(models.TextChoices):
    """Roles add up and none implies another."""

    SUPPORT = "support", _("Support")
    METER_EMPLOYEE = "meter_employee", _("Meter employee")
    CASHIER = "cashier", _("Cashier")
    BILLING_SPECIALIST = "billing_specialist", _("Billing specialist")
    BILLING_MANAGER = "billing_manager", _("Billing manager")
    FINANCE = "finance", _("Finance")
    ADMINISTRATOR = "administrator", _("Administrator")
    AUDITOR = "auditor", _("Auditor")


# (application, action of Django's permissions); every application when empty.
ADMIN_RIGHTS: dict[StaffRole, tuple[tuple[str, str], ...]] = {
    StaffRole.SUPPORT: (),
    StaffRole.METER_EMPLOYEE: (("meters", "view"), ("meters", "add"), ("meters", "change")),
    StaffRole.CASHIER: (),
    StaffRole.BILLING_SPECIALIST: (
        ("tariffs", "view"),
        ("meters", "view"),
        ("statements", "view"),
        ("statements", "add"),  # a plan for an agreement; the rest is for reading
    ),
    StaffRole.BILLING_MANAGER: (
        ("tariffs", "view"),
        ("tariffs", "add"),
        ("tariffs", "change"),
        ("meters", "view"),
        ("statements", "view"),
        ("statements", "add"),
    ),
    StaffRole.FINANCE: (("ledger", "view"), ("statements", "view"), ("payments", "view")),
    StaffRole.ADMINISTRATOR: (("", "view"), ("", "add"), ("", "change")),
    StaffRole.AUDITOR: (("", "view"),),
}

# Groups are the roles, and a verified address opens a login: no admin page changes them.
IDENTITY = ("auth", "account")


def group_of(role: StaffRole) -> Group:
    """Return the group of a role with the rights that this version gives it."""
    group, _is_new = Group.objects.get_or_create(name=role.value)
    group.permissions.set(_permissions(role))
    return group


def role_names(user: User | AnonymousUser) -> frozenset[str]:
    """Return the roles of an active member of staff; a superuser is an administrator, no more.

    Read once for each user object, which lives as long as a request.
    """
    if not isinstance(user, User) or not (user.is_active and user.is_staff):
        return frozenset()
    if user.is_superuser:
        return frozenset({StaffRole.ADMINISTRATOR.value})
    held: frozenset[str] | None = getattr(user, "_staff_roles", None)
    if held is None:
        held = frozenset(user.groups.values_list("name", flat=True))
        user._staff_roles = held  # type: ignore[attr-defined]
    return held


def has_role(user: User | AnonymousUser, *roles: StaffRole) -> bool:
    """Tell whether an active member of staff has one of the roles now."""
    return not role_names(user).isdisjoint(role.value for role in roles)


def people_with(*roles: StaffRole) -> QuerySet[User]:
    """Return the active staff who have one of the roles, each once."""
    having = Q(groups__name__in=[role.value for role in roles])
    if StaffRole.ADMINISTRATOR in roles:
        having |= Q(is_superuser=True)
    return User.objects.filter(having, is_active=True, is_staff=True).distinct().order_by("pk")


def staff_required(*roles: StaffRole) -> Callable[[View], View]:
    """Let only staff with one of the roles pass; others learn that they may not (403)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not has_role(request.user, *roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return checked

    return decorate


def _permissions(role: StaffRole) -> list[Permission]:
    wanted = Q(pk__in=[])
    for application, action in ADMIN_RIGHTS[role]:
        rule = Q(codename__startswith=f"{action}_")
        if application:
            rule &= Q(content_type__app_label=application)
        elif action != "view":
            rule &= ~Q(content_type__app_label__in=IDENTITY)
        wanted |= rule
    return list(Permission.objects.filter(wanted))
