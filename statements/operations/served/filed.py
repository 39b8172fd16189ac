"""Bringing categories or areas in by a file: all of it, or nothing where a row is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import slug_re
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Commodity, ConsumerCategory, ServiceArea, User
from statements.operations.served.changing import Node, NotServed, add, rename

Row = Mapping[str, str]
NAMES = "name "  # how the column of a language begins: `name es`


@dataclass(frozen=True)
class Outcome:
    """What a row of the file comes to: `wrong` says why nothing, or is empty."""

    line: int
    code: str
    words: str = ""
    wrong: str = ""


class _NotReally(Exception):
    """Take everything back: it was a rehearsal, or a row is wrong."""


def bring_in(
    model: type[Node], rows: Sequence[Row], *, actor: User | None, really: bool
) -> list[Outcome]:
    """Add and rename by the rows, those that others belong to first; say what becomes of each.

    :param rows: cells by their column; the first stands in line 2 of the file
    :param really: keep it, if no row is wrong
    """
    outcomes: dict[int, Outcome] = {}
    numbered = sorted(enumerate(rows, 2), key=lambda each: bool(each[1].get("parent")))
    try:
        with transaction.atomic():
            for line, row in numbered:
                outcomes[line] = _one(model, line, row, actor)
            if not really or any(each.wrong for each in outcomes.values()):
                raise _NotReally
    except _NotReally:
        pass
    return [outcomes[line] for line in sorted(outcomes)]


def _one(model: type[Node], line: int, row: Row, actor: User | None) -> Outcome:
    code = row.get("code", "").strip()
    try:
        with transaction.atomic():
            return Outcome(line, code, words=_take(model, code, row, actor))
    except NotServed as error:
        return Outcome(line, code, wrong=str(error))
    except ValidationError as error:
        return Outcome(line, code, wrong=" ".join(error.messages))


def _take(model: type[Node], code: str, row: Row, actor: User | None) -> str:
    """Take one row in and say what was done."""
    if not slug_re.match(code):
        raise NotServed(_("Write the code with letters, digits and hyphens, as in small-business."))
    made = _node(model, code, row)
    made.clean_fields(exclude=["parent", "merged_into"])
    known = model.objects.filter(code=code).select_related("parent").first()
    if known is None:
        add(made, actor=actor)
        return _("It is new.")
    if (known.parent_id, _service(known)) != (made.parent_id, _service(made)):
        raise NotServed(_("It is known, and belongs elsewhere: move it on its page."))
    if (known.name, known.names) == (made.name, made.names):
        return _("It stays as it is.")
    rename(known, name=made.name, names=made.names, actor=actor)
    return _("It gets another name.")


def _node(model: type[Node], code: str, row: Row) -> Node:
    names = {
        column.removeprefix(NAMES): text.strip()
        for column, text in row.items()
        if column.startswith(NAMES) and text.strip()
    }
    name, above = row.get("name", "").strip(), row.get("parent", "").strip()
    parent = model.objects.filter(code=above).select_related("parent").first() if above else None
    if above and parent is None:
        raise NotServed(_("There is no %s that it could belong to.") % above)
    if model is ConsumerCategory:
        return ConsumerCategory(code=code, name=name, names=names, parent=parent)  # type: ignore[misc]
    service = row.get("service", "").strip()
    if service not in Commodity.values:
        words = {"said": service, "known": ", ".join(Commodity.values)}
        raise NotServed(_("“%(said)s” is none of the services %(known)s.") % words)
    return ServiceArea(code=code, name=name, names=names, parent=parent, commodity=service)  # type: ignore[misc]


def _service(node: Node) -> str:
    return node.commodity if isinstance(node, ServiceArea) else ""
