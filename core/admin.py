"""What the admin pages of the apps share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Field, ForeignKey, Model
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


class SearchedChoice(AutocompleteSelect):
    """Django's field with a search; shows a form again that was sent with what is no key."""

    def optgroups(self, name: str, value: Sequence[Any], attr: Any = None) -> Any:
        return super().optgroups(name, [each for each in value if _is_key(str(each))], attr)


class WithSearchedChoices(admin.ModelAdmin[Any]):
    """Lets a wrong key be answered at its field; stands before the admin class."""

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **options: Any
    ) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            options["widget"] = SearchedChoice(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **options)


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
