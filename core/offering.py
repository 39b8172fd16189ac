"""What fields of a form offer, where it is known only when the form is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Model, QuerySet

if TYPE_CHECKING:
    Rows = forms.ModelChoiceField[Model]
else:
    Rows = forms.ModelChoiceField


class NamedRows(Rows):
    """One of some rows, each called as `called` says."""

    def __init__(self, *args: Any, called: Callable[[Any], str], **options: Any) -> None:
        self.called = called
        super().__init__(*args, **options)

    def label_from_instance(self, obj: Model) -> str:
        return self.called(obj)


def offer(form: forms.BaseForm, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """Let a field offer these pairs of what is sent and what is read, in this order.

    :raises TypeError: if it is no field with choices
    """
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} offers no choices")
    field.choices = list(choices)


def offer_rows(form: forms.BaseForm, name: str, rows: QuerySet[Any]) -> None:
    """Let a field offer these rows, read again whenever the form is shown or checked.

    :raises TypeError: if it is no field that offers rows
    """
    field = form.fields[name]
    if not isinstance(field, forms.ModelChoiceField):
        raise TypeError(f"{name} offers no rows")
    field.queryset = rows
