"""How often something was tried."""

from __future__ import annotations

from django.db import models


class AttemptLog(models.Model):
    """When one person or one address last tried something that may be tried only so often."""

    key = models.CharField(max_length=100, unique=True)  # purpose, kind and keyed digest
    tried_at = models.JSONField(default=list)  # seconds since 1970, oldest first

    def __str__(self) -> str:
        return self.key
