"""The site's addresses: one line for each app that has pages."""

from __future__ import annotations

from importlib.util import find_spec

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from billing_site import demo_codes, health, styleguide
from billing_site.house import views as house
from reports.views.home import home

APPS_WITH_PAGES = (
    "accounts",
    "notifications",
    "meters",
    "tariffs",
    "statements",
    "payments",
    "support",
    "reports",
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("admin/", admin.site.urls),
    *(
        path("", include(f"{app}.urls"))
        for app in APPS_WITH_PAGES
        if find_spec(f"{app}.urls") is not None
    ),
    path("accounts/", include("accounts.doors.allauth_urls")),
    path("security/", include("accounts.doors.urls")),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("manage/settings/", house.settings_page, name="settings"),
    path("manage/settings/advanced/", house.advanced_page, name="settings_advanced"),
    path("manage/settings/<slug:field>/", house.change, name="settings_change"),
    path("demo/codes/", demo_codes.codes, name="demo_codes"),
]

handler400 = "billing_site.faults.bad_request"
handler500 = "billing_site.faults.server_error"
