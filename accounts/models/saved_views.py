"""What people call the ways in which they like to see a list."""

from __future__ import annotations

from django.db import models

from accounts.models.people import User


class SavedView(models.Model):
    """A name that one person gave to the filters, order and columns of a list."""

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=40)  # name of the list
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500, blank=True)  # of the address, without a page

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="saved_view_once")
        ]

    def __str__(self) -> str:
        return self.name
