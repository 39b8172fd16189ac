"""Forms of consumer categories and service areas."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import offered
from accounts.models import Commodity, ConsumerCategory, ServiceArea
from core.offering import NamedRows, offer_rows
from statements.operations.served.changing import Node
from statements.operations.served.filed import NAMES

LONGEST_FILE, MOST_ROWS = 200_000, 1000
LONGEST_NAME = 80


def other_languages() -> list[tuple[str, str]]:
    """Return the languages beside the first, in which a name may be given too."""
    return [(code, word) for code, word in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


SLUG = {
    "invalid": gettext_lazy(
        "Write the code with letters, digits and hyphens, as in small-business."
    )
}


class NamesForm(forms.Form):
    """The name, and the names in other languages."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_NAME)

    def __init__(self, *args: Any, node: Node | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        for code, word in other_languages():
            label = _("Name in %(language)s") % {"language": word}
            self.fields[f"name_{code}"] = forms.CharField(
                label=label, max_length=LONGEST_NAME, required=False
            )
        if node is not None:
            self.initial = {"name": node.name}
            self.initial |= {f"name_{code}": text for code, text in node.names.items()}

    @property
    def name_fields(self) -> list[str]:
        return [f"name_{code}" for code, _word in other_languages()]

    @property
    def names(self) -> dict[str, str]:
        said = {code: self.cleaned_data[f"name_{code}"] for code, _word in other_languages()}
        return {code: text for code, text in said.items() if text}


class CategoryForm(NamesForm):
    """A new category."""

    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=40,
        error_messages=SLUG,
        help_text=gettext_lazy("As tariffs and files name it, such as small-business. It stays."),
    )
    parent = forms.ModelChoiceField(
        label=gettext_lazy("Belongs to"),
        queryset=ConsumerCategory.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nothing: it is a main category"),
        to_field_name="code",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.order_fields(["code", "name", *self.name_fields])
        offer_rows(self, "parent", _parents(ConsumerCategory))

    def made(self) -> Node:
        """Return what is to be added, not saved."""
        said = self.cleaned_data
        return ConsumerCategory(
            code=said["code"], name=said["name"], names=self.names, parent=said["parent"]
        )


class AreaForm(NamesForm):
    """A new service area."""

    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=40,
        error_messages=SLUG,
        help_text=gettext_lazy("As tariffs and files name it, such as water-hills. It stays."),
    )
    commodity = forms.ChoiceField(label=gettext_lazy("Service"), choices=Commodity.choices)
    parent = NamedRows(
        called=attrgetter("with_service"),
        label=gettext_lazy("Lies in"),
        queryset=ServiceArea.objects.none(),
        required=False,
        empty_label=gettext_lazy("No other area"),
        to_field_name="code",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.order_fields(["code", "name", *self.name_fields])
        offer_rows(self, "parent", _parents(ServiceArea))

    def made(self) -> Node:
        """Return what is to be added, not saved."""
        said = self.cleaned_data
        return ServiceArea(
            code=said["code"],
            name=said["name"],
            names=self.names,
            parent=said["parent"],
            commodity=said["commodity"],
        )


class MoveForm(forms.Form):
    """What it shall belong to."""

    def __init__(self, *args: Any, node: Node, **options: Any) -> None:
        super().__init__(*args, **options)
        others = _parents(type(node)).exclude(pk=node.pk)
        if isinstance(node, ServiceArea):
            others = others.filter(commodity=node.commodity)
        self.fields["parent"] = forms.ModelChoiceField(
            label=_("Belongs to"),
            queryset=others,
            required=False,
            empty_label=_("Nothing above it"),
            to_field_name="code",
            initial=node.parent and node.parent.code,
        )


class MergeForm(forms.Form):
    """What it becomes part of, and from which day on."""

    def __init__(self, *args: Any, node: Node, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["into"] = forms.ModelChoiceField(
            label=_("Becomes part of"), queryset=_like(node), to_field_name="code"
        )
        if not isinstance(node, ServiceArea):
            self.fields["day"] = forms.DateField(
                label=_("From"),
                widget=forms.DateInput({"type": "date"}),
                help_text=_("Days before stay as they are."),
            )


class FileForm(forms.Form):
    """A file of categories or areas; what was looked at comes back as text."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
    )
    text = forms.CharField(required=False, widget=forms.HiddenInput, max_length=LONGEST_FILE)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        file = cleaned.get("file")
        text = _decoded(file.read(LONGEST_FILE + 1)) if file else cleaned.get("text", "")
        if not self.errors:
            cleaned["text"] = text
            cleaned["rows"] = _rows(text)
        return cleaned


def _decoded(content: bytes) -> str:
    if len(content) > LONGEST_FILE:
        raise forms.ValidationError({"file": _("The file is too large.")})
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise forms.ValidationError({"file": _("Save the file as CSV in UTF-8.")}) from error


def _rows(text: str) -> list[dict[str, str]]:
    """Return the cells of each row by its column."""
    try:
        lines = list(csv.DictReader(io.StringIO(text), restval="", strict=True))
    except csv.Error as error:
        raise forms.ValidationError({"file": _("This is no CSV file.")}) from error
    if not lines:
        raise forms.ValidationError({"file": _("Choose a CSV file with at least one row.")})
    columns = [column for column in lines[0] if column is not None]
    if missing := {"code", "name"} - set(columns):
        words = {"columns": ", ".join(sorted(missing))}
        raise forms.ValidationError({"file": _("Columns are missing: %(columns)s.") % words})
    if len(lines) > MOST_ROWS:
        words = {"most": str(MOST_ROWS)}
        raise forms.ValidationError({"file": _("Bring in %(most)s rows at most.") % words})
    return [{name: _plain(line[name]) for name in columns} for line in lines]


def _plain(cell: str | None) -> str:
    """Return the text of a cell without the quote that our own files put before a formula."""
    return (cell or "").removeprefix("'").strip()


def _parents(model: type[Node]) -> Any:
    if model is ConsumerCategory:
        return offered.categories().filter(parent__isnull=True).order_by("name", "pk")
    return offered.areas().order_by("commodity", "name", "pk")


def _like(node: Node) -> Any:
    """Return what it may become part of."""
    if isinstance(node, ServiceArea):
        return offered.areas(node.commodity).exclude(pk=node.pk).order_by("name", "pk")
    is_main = node.parent_id is None
    alike = offered.categories().filter(parent__isnull=is_main).exclude(pk=node.pk)
    return alike.order_by("name", "pk")


def columns(model: type[Node]) -> Sequence[str]:
    """Return the columns of a file."""
    service = ["service"] if model is ServiceArea else []
    names = [f"{NAMES}{code}" for code, _word in other_languages()]
    return ["code", "name", *names, *service, "parent", "offered"]
