"""manage.py rotate_keys: close every encrypted value under the first of FIELD_KEYS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db.models import Model

from core.encryption import EncryptedTextField, current_prefix, seal

BATCH = 500


class Command(BaseCommand):
    help = (
        "Close every encrypted value under the first of FIELD_KEYS. Put the new key first and keep "
        "the old ones behind it until this has run; it may be stopped and run again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for model, field in encrypted_fields():
            done = sum(1 for _row in renew(model, field))
            self.stdout.write(f"{model._meta.label}.{field.name}: {done} renewed")


def encrypted_fields() -> Iterator[tuple[type[Model], EncryptedTextField]]:
    """Yield every encrypted column of the product, its history included."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, EncryptedTextField):
                yield model, field


def renew(model: type[Model], field: EncryptedTextField) -> Iterator[Model]:
    """Yield each row as it is renewed; a value that changed meanwhile is left to its writer."""
    rows = model._default_manager.exclude(**{f"{field.name}__startswith": current_prefix()})
    old = rows.exclude(**{field.name: ""}).order_by("pk").only("pk", "uid", field.name)
    for row in old.iterator(chunk_size=BATCH):
        before = row.__dict__[field.attname]
        closed = seal(getattr(row, field.attname), place=field.place(row))
        same = model._default_manager.filter(pk=row.pk, **{field.name: before})
        if same.update(**{field.attname: closed}):
            yield row
