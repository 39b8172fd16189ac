"""The admin pages as an application: with a site of ours that asks for the second factor."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class AdminBehindTheDoors(AdminConfig):
    """Django's admin; whoever registers a model there gets our site."""

    default_site = "accounts.doors.admin_site.AdminSite"
