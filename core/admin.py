"""What the admin pages of the apps share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Field, Model
from django.http import HttpRequest

from core.card_numbers import no_card_number


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Shows rows to those who may view them and lets nobody add, change or delete any."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class WithoutCardNumbers(admin.ModelAdmin[Any]):
    """Refuses a card number in every text of a form; stands before the admin class."""

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **options: Any
    ) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **options)
        if isinstance(field, forms.CharField):
            field.validators = [*field.validators, no_card_number]
        return field
