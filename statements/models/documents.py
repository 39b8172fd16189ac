"""Numbers, the documents that take bills back, and the files that were made of them."""

from __future__ import annotations

from django.db import models

from statements.models.statements import Statement


class NumberSeries(models.Model):
    """A gapless series of document numbers; its row is locked last in the issuing transaction."""

    code = models.CharField(max_length=20, unique=True)  # e.g. B-2026
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.code} {self.last}"


class Cancellation(models.Model):
    """The numbered document that takes an issued statement back."""

    statement = models.OneToOneField(Statement, models.PROTECT, related_name="cancellation")
    number = models.CharField(max_length=24, unique=True)
    reason = models.TextField()
    actor = models.CharField(max_length=120)
    cancelled_at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.number


class StatementDocument(models.Model):
    """The first PDF of a statement in a language, stored and served ever after."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="documents")
    language = models.CharField(max_length=10)
    template_version = models.CharField(max_length=12)
    path = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement", "language"], name="document_once")
        ]

    def __str__(self) -> str:
        return self.path
