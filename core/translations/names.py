"""The names that Django makes of fields and models which nobody named: they are words, too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Field, Model
from django.utils.translation import gettext_lazy

OF_MODEL = ("verbose_name", "verbose_name_plural")


def made_names() -> Iterator[tuple[str, str]]:
    """Yield each name that was made, with the path of the module it was made for."""
    for holder, name, model in _unnamed():
        path = f"{model.__module__.replace('.', '/')}.py"
        yield str(getattr(holder, name)), path


def let_them_be_translated() -> None:
    """Show these names in the reader's language; migrations do not see it."""
    for holder, name, _model in _unnamed():
        setattr(holder, name, gettext_lazy(str(getattr(holder, name))))


def _unnamed() -> Iterator[tuple[Any, str, type[Model]]]:
    """Yield (field or options, attribute, model) of what nobody named, in our own apps."""
    for model in _models():
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
            if isinstance(field, Field) and getattr(field, "_verbose_name", "") is None:
                yield field, "verbose_name", model
        for name in OF_MODEL:
            if name not in model._meta.original_attrs:
                yield model._meta, name, model


def _models() -> Iterator[type[Model]]:
    for config in apps.get_app_configs():
        if Path(config.path).parent == settings.BASE_DIR:
            yield from config.get_models()
