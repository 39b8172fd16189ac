"""The pages of help by an employee."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "support"
urlpatterns: list[URLPattern] = []
