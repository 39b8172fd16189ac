"""U03: what must not be readable in the database is sealed, or kept as a digest only."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import connection
from django.db.models import Field, Model

from accounts.models import ClaimCode, HelpCode, Invitation, RecoveryCode, User
from core.encryption import BlindIndexField, EncryptedTextField
from core.integrity import Finding, Scope, query

DIGESTS: tuple[tuple[type[Model], str], ...] = (
    (RecoveryCode, "code_hash"),
    (ClaimCode, "code_hash"),
    (HelpCode, "code_hash"),
    (Invitation, "token_hash"),
)


def are_sealed(scope: Scope) -> list[Finding]:
    """U03: encrypted columns hold ciphertext, codes and links their digests, passwords hashes."""
    if not scope.is_whole:
        return []
    return [*_encrypted(), *_digests(), *_passwords()]


def _encrypted() -> Iterator[Finding]:
    for model, column in columns(EncryptedTextField):
        yield from _rows(model, column, "{0} <> '' AND {0} NOT LIKE 'v1.%%.%%'", "ciphertext")


def _digests() -> Iterator[Finding]:
    for model, name in DIGESTS:
        yield from _rows(model, name, _no_digest("{0}"), "a digest")
    for model, column in columns(BlindIndexField):
        yield from _rows(model, column, f"{{0}} <> '' AND {_no_digest('{0}')}", "a digest")


def _passwords() -> Iterator[Finding]:
    hashed = "{0} NOT LIKE '!%%' AND {0} NOT LIKE '%%$%%$%%'"
    yield from _rows(User, "password", hashed, "a hash")


def columns(kind: type[Field[object, object]]) -> Iterator[tuple[type[Model], str]]:
    """Yield every model and column of a kind of field, those of the history too."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, kind) and field.column:
                yield model, field.column


def _no_digest(column: str) -> str:
    if connection.vendor == "postgresql":
        return f"{column} !~ '^[0-9a-f]{{{{64}}}}$'"
    return f"(length({column}) <> 64 OR {column} GLOB '*[^0-9a-f]*')"


def _rows(model: type[Model], column: str, is_wrong: str, expected: str) -> Iterator[Finding]:
    table, key = model._meta.db_table, model._meta.pk.column
    found = query(f"SELECT {key} FROM {table} WHERE {is_wrong.format(column)}")
    for (row,) in found:
        yield Finding(f"{table} {row}", f"{column} in clear", expected)
