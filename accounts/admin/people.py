"""Logins, for reading and masked. Roles, addresses and sessions are not changed in these pages."""

from __future__ import annotations

import allauth.account.admin
import allauth.usersessions.admin
import django.contrib.auth.admin
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.names import initials
from core.admin import ReadOnlyAdmin

REGISTERING = (allauth.account.admin, allauth.usersessions.admin, django.contrib.auth.admin)

# Those modules have registered what is taken back here: two people give roles at /people/,
# and everybody ends their own sessions at /security/.
for model in (Group, EmailAddress, UserSession):
    admin.site.unregister(model)


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """Staff by name, customers by their initials; phone numbers are not shown."""

    list_display = ["__str__", "shown_name", "is_active", "is_staff", "date_joined"]
    list_filter = ["is_active", "is_staff", "groups"]
    fields = [
        *("__str__", "shown_name", "language", "is_active", "is_staff", "groups"),
        "date_joined",
    ]

    @admin.display(description=_("name"))
    def shown_name(self, user: User) -> str:
        return user.name if user.is_staff else initials(user.name)
