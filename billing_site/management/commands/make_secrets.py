"""Print fresh secrets in the form of the .env file."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Print fresh values for the secrets of the .env file; nothing is stored."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for name in ("SECRET_KEY", "FIELD_INDEX_KEY"):
            self.stdout.write(f"{name}={secrets.token_urlsafe(48)}")
        field_key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        self.stdout.write(f"FIELD_KEYS={field_key}")
