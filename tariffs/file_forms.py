"""Forms of the page of files: what goes out, what comes in, and what a person confirms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Commodity
from tariffs.exchange import FORMS, FileRefused
from tariffs.exchange.choosing import Terms, Which
from tariffs.exchange.limits import refuse_size
from tariffs.models import RateType

ALL = ("", gettext_lazy("All"))
SAVED_AS = [
    ("xlsx", gettext_lazy("Excel (.xlsx)")),
    ("csv", gettext_lazy("CSV")),
    ("json", gettext_lazy("JSON")),
]


class SaveForm(forms.Form):
    """Which versions go into a file."""

    marks_optional = False
    which = forms.ChoiceField(label=gettext_lazy("Versions"), choices=Which.choices, required=False)
    what = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=[
            ("", gettext_lazy("Tariffs and plans")),
            ("tariffs", gettext_lazy("Tariffs")),
            ("plans", gettext_lazy("Plans")),
        ],
        required=False,
    )
    service = forms.ChoiceField(
        label=gettext_lazy("Service"), choices=[ALL, *Commodity.choices], required=False
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Rate type"),
        choices=[ALL, *RateType.choices],
        required=False,
        help_text=gettext_lazy("Narrows tariffs; plans have none."),
    )
    q = forms.CharField(label=gettext_lazy("Name or code"), max_length=60, required=False)
    form = forms.ChoiceField(label=gettext_lazy("Form of the file"), choices=SAVED_AS)

    @property
    def terms(self) -> Terms:
        """What was chosen; valid forms only."""
        said = self.cleaned_data
        return Terms(
            which=Which(said["which"] or Which.HOLDING),
            service=said["service"],
            rate_type=said["kind"],
            words=said["q"],
        )


class UploadForm(forms.Form):
    """A file of prices."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV, Excel (.xlsx) or JSON, 10 MB at most."),
        widget=forms.FileInput({"accept": ",".join(f".{form}" for form in FORMS)}),
        allow_empty_file=True,
        max_length=255,
    )

    def clean_file(self) -> UploadedFile:
        """Refuse what is too large before it is read."""
        file: UploadedFile = self.cleaned_data["file"]
        try:
            refuse_size(file.size or 0)
        except FileRefused as error:
            raise forms.ValidationError(str(error)) from None
        return file


class ConfirmForm(forms.Form):
    """What a person says to, before a file is brought in."""

    reason = forms.CharField(
        label=gettext_lazy("Why prices start in the past"),
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("The audit trail keeps it."),
    )
    without_bad = forms.BooleanField()

    def __init__(self, *args: Any, good: int, bad: int, back_dated: int, **options: Any) -> None:
        super().__init__(*args, **options)
        if not back_dated:
            del self.fields["reason"]
        if not bad:
            del self.fields["without_bad"]
            return
        words = ngettext(
            "Bring in the one good entry and leave out the bad ones",
            "Bring in the %(good)s good entries and leave out the bad ones",
            good,
        )
        self.fields["without_bad"].label = words % {"good": good}
        self.fields["without_bad"].error_messages["required"] = _(
            "Confirm this, or mend the file and send it again."
        )
