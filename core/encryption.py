"""Text columns that are ciphertext in the database, in its history and in backups.

AES-256-GCM under the first of `FIELD_KEYS`; older keys still open what they closed. Table, column
and the row's `uid` are authenticated, so a ciphertext is worth nothing in another row. The stored
form is `v1.<key id>.<base64 of nonce and ciphertext>`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models.query_utils import DeferredAttribute

NONCE_BYTES = 12


class Undecipherable(ValueError):
    """A stored value that none of the configured keys opens in this place."""


class Sealed(str):
    """Ciphertext as it is stored; opened when the attribute is read."""


def key_id(key: str) -> str:
    """Return the public name of a key, which its ciphertexts carry."""
    return hashlib.sha256(b"field-key" + _key_bytes(key)).hexdigest()[:8]


def current_prefix() -> str:
    """Return how every value starts that was closed under the first key."""
    return f"v1.{key_id(_field_keys()[0])}."


def seal(text: str, *, place: str) -> Sealed:
    """Encrypt the text for one place (table, column, row) and no other."""
    nonce = os.urandom(NONCE_BYTES)
    closed = AESGCM(_key_bytes(_field_keys()[0])).encrypt(nonce, text.encode(), place.encode())
    return Sealed(current_prefix() + base64.urlsafe_b64encode(nonce + closed).decode())


def unseal(stored: str, *, place: str) -> str:
    """Return the text that was sealed for this place.

    :raises Undecipherable: if the key is gone, or the value was changed or moved
    """
    keys = {key_id(key): key for key in _field_keys()}
    try:
        _version, name, encoded = stored.split(".", 2)
        closed = base64.urlsafe_b64decode(encoded)
        opener = AESGCM(_key_bytes(keys[name]))
        return opener.decrypt(closed[:NONCE_BYTES], closed[NONCE_BYTES:], place.encode()).decode()
    except (ValueError, KeyError, InvalidTag) as error:
        raise Undecipherable(f"{place}: no configured key opens this value") from error


def blind_index(text: str, *, purpose: str) -> str:
    """Return a keyed digest by which equal texts are found without reading them."""
    if not settings.FIELD_INDEX_KEY:
        raise ImproperlyConfigured("FIELD_INDEX_KEY is empty: set a long random text")
    key = settings.FIELD_INDEX_KEY.encode()
    return hmac.new(key, f"{purpose}|{text}".encode(), hashlib.sha256).hexdigest()


class OpenedOnRead(DeferredAttribute):
    """Opens the ciphertext when somebody reads the attribute, and only then."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is None or not isinstance(value, Sealed):
            return value
        assert isinstance(self.field, EncryptedTextField)  # noqa: S101  for the type checker
        opened = unseal(value, place=self.field.place(instance)) if value else ""
        instance.__dict__[self.field.attname] = opened
        return opened

    def __set__(self, instance: Any, value: Any) -> None:
        """Make Python ask `__get__` although the instance holds a value."""
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):
    """A text kept as ciphertext; its model needs a `uid` that never changes.

    Written through `save`, `create` and `bulk_create`; a query cannot compare it: `BlindIndexField`
    can.
    """

    descriptor_class = OpenedOnRead

    def place(self, instance: models.Model) -> str:
        """Return table, column and row: where the value belongs."""
        return f"{instance._meta.db_table}|{self.column}|{instance.uid}"  # type: ignore[attr-defined]

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        text = getattr(model_instance, self.attname)
        return seal(str(text), place=self.place(model_instance)) if text else text

    def get_prep_value(self, value: Any) -> Any:
        if value and not isinstance(value, Sealed):
            raise TypeError(f"{self.column} is encrypted: save the row instead of a query")
        return super().get_prep_value(value)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return Sealed(value) if value is not None else None


class BlindIndexField(models.CharField):
    """A keyed digest of another field of the row, always in step with it."""

    def __init__(self, *, of: str, **options: Any) -> None:
        self.of = of
        fixed: dict[str, Any] = {"max_length": 64, "blank": True, "editable": False}
        super().__init__(**{"db_index": True, **options, **fixed})

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        text = getattr(model_instance, self.of)
        return blind_index(text, purpose=self.of) if text else ""


def _field_keys() -> list[str]:
    if not settings.FIELD_KEYS:
        raise ImproperlyConfigured("FIELD_KEYS is empty: set at least one 32-byte base64 key")
    return list(settings.FIELD_KEYS)


def _key_bytes(key: str) -> bytes:
    return base64.urlsafe_b64decode(key)
