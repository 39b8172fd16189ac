"""What fields of a form offer, where it is known only when the form is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet


def offer(form: forms.BaseForm, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """Let a field offer these pairs of what is sent and what is read, in this order.

    :raises TypeError: if it is no field with choices
    """
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} offers no choices")
    field.choices = list(choices)


def offer_rows(
    form: forms.BaseForm, name: str, rows: QuerySet[Any], *, called: Callable[[Any], str] = str
) -> None:
    """Let a field offer these rows, read again whenever the form is shown or checked.

    :param called: what a row is called
    :raises TypeError: if it is no field that offers rows
    """
    field = form.fields[name]
    if not isinstance(field, forms.ModelChoiceField):
        raise TypeError(f"{name} offers no rows")
    field.queryset = rows
    setattr(field, "label_from_instance", called)  # noqa: B010  Django means it to be replaced
