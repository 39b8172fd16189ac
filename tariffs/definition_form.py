"""The definition of a draft as JSON, changed by the operation that everybody uses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tariffs import engine, operations
from tariffs.models import PlanVersion, TariffVersion

Version = TariffVersion | PlanVersion
REFUSALS = (
    operations.VersionConflict,
    operations.NotPossible,
    operations.NotImportable,
    engine.TariffError,
)


class _InLines(json.JSONEncoder):
    """Writes JSON in lines."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "indent": 2, "ensure_ascii": False})


class DefinitionForm(forms.ModelForm[Any]):
    """What a draft says, and what it said when the form was opened.

    The operation is tried and taken back, so that what it refuses stands beside the field.
    """

    definition = forms.JSONField(
        label=_("Definition"),
        encoder=_InLines,
        help_text=_("Prices stand in quotes, as “0.12”; “change_summary” says what changed."),
        widget=forms.Textarea(attrs={"rows": 40, "class": "vLargeTextField"}),
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["seen"] = self.instance.digest

    def clean_definition(self) -> Any:
        said = self.cleaned_data["definition"]
        if not isinstance(said, dict):
            raise forms.ValidationError(_("It must be an object in braces."))
        return said

    def clean(self) -> dict[str, Any]:
        """Try the operation behind the lock of the draft, which is held until it is saved."""
        said = super().clean() or self.cleaned_data
        if not self.errors:
            kind = type(self.instance)
            draft = kind.objects.select_for_update(of=("self",)).get(pk=self.instance.pk)
            try:
                with transaction.atomic():
                    edit(draft, said["definition"], seen=said["seen"], author=None)
                    transaction.set_rollback(True)
            except REFUSALS as error:
                self.add_error("definition", str(error))
        return said


def edit(draft: Version, definition: Mapping[str, Any], *, seen: str, author: User | None) -> None:
    """Let a draft of a tariff or a plan say something else.

    :raises VersionConflict, NotPossible, NotImportable, TariffError: as the operations
    """
    if isinstance(draft, TariffVersion):
        operations.edit_tariff(draft, definition, seen=seen, author=author)
    else:
        operations.edit_plan(draft, definition, seen=seen, author=author)
