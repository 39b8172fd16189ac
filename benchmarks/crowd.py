"""A crowd around a small real utility: its rows copied within the database, with keys of their own.

The few were billed by the product, month by month; the many are the same again under other names.
What no list reads of other customers is not copied: intervals, lines and traces.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.apps import apps
from django.db import connection, models
from django.db.backends.utils import CursorWrapper
from django.db.models import Field, ForeignKey, Model, UUIDField

from billing_site.demo.seed.story import FAMILY, GIVEN
from core.folding import SOUND, sound, words

COPIED = (  # in this order: what others point at comes first
    "accounts.Customer accounts.CustomerAccount "
    "meters.ServiceLocation meters.UsagePoint meters.CustomerAgreement "
    "meters.Meter meters.Channel meters.MeterInstallation "
    "statements.PlanAssignment statements.Statement statements.StatementCoverage "
    "ledger.LedgerAccount ledger.JournalEntry ledger.Posting ledger.Allocation "
    "ledger.OpenDebit ledger.AccountBalance payments.Payment"
).split()
MARKED = {  # texts that are unique: the copy's number follows
    "accounts.CustomerAccount.number",
    "meters.ServiceLocation.code",
    "meters.UsagePoint.code",
    "meters.Meter.serial",
    "statements.Statement.number",
    "payments.Payment.reference",
    "payments.Payment.source_key",
}
SOURCE_KEY = (  # stmt:17:issue: the number in it is the key of a row that was copied too
    "CASE WHEN split_part(t.source_key, ':', 2) ~ '^[0-9]+$' "
    "THEN split_part(t.source_key, ':', 1) || ':' || "
    "(split_part(t.source_key, ':', 2)::bigint + g * {span}) || "
    "regexp_replace(t.source_key, '^[^:]*:[^:]*', '') "
    "ELSE t.source_key || '-' || g END"
)
SURNAMES = [f"{name}son" for name in FAMILY]  # that few share with those who are copied
OF_NOBODY = "SELECT id FROM ledger_account WHERE account_id IS NULL"


@dataclass
class Copying:
    """How many copies are made, and how far the keys of each table move for one."""

    times: int
    spans: dict[type[Model], int] = field(default_factory=dict)


def multiply(times: int) -> None:
    """Let there be `times` as many customers as there are; each copy owes what the first owes."""
    copying = Copying(times)
    chosen = [apps.get_model(name) for name in COPIED]
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no checks of what holds already
        for model in chosen:
            cursor.execute(f'SELECT coalesce(max({_key(model)}), 0) FROM "{model._meta.db_table}"')
            copying.spans[model] = cursor.fetchone()[0]
        for model in chosen:
            cursor.execute(_copy(model, copying))
            _go_on_after(cursor, model)
        cursor.execute("SET session_replication_role = DEFAULT")


def _key(model: type[Model]) -> str:
    """Return the column by whose greatest value copies are told apart."""
    key = model._meta.pk
    return key.column if key is not None and key.column else "account_id"


def _copy(model: type[Model], copying: Copying) -> str:
    fields = list(model._meta.concrete_fields)
    columns = ", ".join(f'"{each.column}"' for each in fields)
    values = ", ".join(_value(model, each, copying) for each in fields)
    only = " WHERE t.account_id IS NOT NULL" if model._meta.label == "ledger.LedgerAccount" else ""
    return (
        f'INSERT INTO "{model._meta.db_table}" ({columns}) SELECT {values} '
        f'FROM "{model._meta.db_table}" t CROSS JOIN generate_series(1, {copying.times - 1}) g'
        f"{only}"
    )


def _value(model: type[Model], each: Field, copying: Copying) -> str:
    column, name = f't."{each.column}"', f"{model._meta.label}.{each.name}"
    if name == "accounts.Customer.name":
        return f"{_given(GIVEN)} || ' ' || {_family(SURNAMES)}"
    if name == "accounts.Customer.name_keys":
        return _name_keys()
    if name in ("ledger.JournalEntry.source_key", "ledger.OpenDebit.source_key"):
        return SOURCE_KEY.format(span=copying.spans[apps.get_model("statements.Statement")])
    if name in MARKED:
        return f"{column} || '-' || g"
    if isinstance(each, UUIDField) and each.unique:
        return "gen_random_uuid()"
    if isinstance(each, ForeignKey):
        return _moved(model, each, column, copying)
    if each.primary_key:
        return f"{column} + g * {copying.spans[model]}"
    return column


def _moved(model: type[Model], each: ForeignKey, column: str, copying: Copying) -> str:
    """Return where a key points: to the copy, unless what it points at belongs to all."""
    target = each.remote_field.model
    if target not in copying.spans:
        return column
    moved = f"{column} + g * {copying.spans[target]}"
    if model._meta.label == "ledger.Posting" and each.name == "account":
        return f"CASE WHEN {column} IN ({OF_NOBODY}) THEN {column} ELSE {moved} END"
    return moved


def _given(told: Iterable[str]) -> str:
    """Return one of the words, the same for the same copy of a row."""
    return f"{_array(told)}[1 + (t.id * 7 + g) % {len(GIVEN)}]"


def _family(told: Iterable[str]) -> str:
    return f"{_array(told)}[1 + (t.id + g * 3) % {len(SURNAMES)}]"


def _name_keys() -> str:
    """Return what `core.folding.folded` makes of the name."""
    parts = [_given(map(_word, GIVEN)), _family(map(_word, SURNAMES))]
    parts += [_given(map(_heard, GIVEN)), _family(map(_heard, SURNAMES))]
    return "' ' || " + " || ".join(parts)


def _word(name: str) -> str:
    return "".join(f"{word} " for word in words(name))


def _heard(name: str) -> str:
    return "".join(f"{SOUND}{heard} " for heard in map(sound, words(name)) if heard)


def _array(values: Iterable[str]) -> str:
    return "(ARRAY[" + ", ".join(f"'{value}'" for value in values) + "])"


def _go_on_after(cursor: CursorWrapper, model: type[Model]) -> None:
    key = model._meta.pk
    if isinstance(key, models.AutoField):
        table = model._meta.db_table
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('\"{table}\"', '{key.column}'), "
            f'(SELECT max("{key.column}") FROM "{table}"))'
        )
