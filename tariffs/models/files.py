"""Files that were sent and wait to be brought in."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class ImportFile(models.Model):
    """A file of prices between its preview and what came of it; forgotten after a day."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    content = models.BinaryField(_("content"))
    digest = models.CharField(_("SHA-256"), max_length=64)
    preview = models.JSONField(_("preview"), default=list)  # as tariffs.exchange.kept writes it
    uploaded_at = models.DateTimeField(_("sent at"))
    done_at = models.DateTimeField(_("brought in at"), null=True)
    rejects = models.BinaryField(_("rows that were left out"), default=b"")

    class Meta:
        verbose_name = _("file of prices")
        verbose_name_plural = _("files of prices")

    def __str__(self) -> str:
        return self.name
