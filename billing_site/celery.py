"""The Celery application: it rings the bell; the database is the queue."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "billing_site.settings")

QUEUES = ("default", "metering", "billing", "documents", "outbound")

app = Celery("meterbook")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**kwargs: Any) -> None:
    """Leave logging as Django's settings made it: a receiver here keeps Celery's hands off."""
