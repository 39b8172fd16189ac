"""Text columns that are ciphertext in the database, history and backups."""

from __future__ import annotations

from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


class Undecipherable(ValueError):
    """A stored value that none of the configured keys opens."""


def _keys() -> MultiFernet:
    if not settings.FIELD_KEYS:
        raise ImproperlyConfigured("FIELD_KEYS is empty: set at least one Fernet key")
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])


class EncryptedTextField(models.TextField):
    """Keeps its text encrypted; the column's name is sealed in, so values cannot change columns."""

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        if not text:
            return text
        return _keys().encrypt(f"{self.column}|{text}".encode()).decode()

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        if not value:
            return value
        try:
            plain = _keys().decrypt(value.encode()).decode()
        except InvalidToken as error:
            raise Undecipherable(f"{self.column}: no configured key opens this value") from error
        column, _, text = plain.partition("|")
        if column != self.column:
            raise Undecipherable(f"{self.column}: the value was written for column {column}")
        return text
