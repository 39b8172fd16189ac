"""The Celery application: it rings the bell; the database is the queue."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "billing_site.settings")

app = Celery("meterbook")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
