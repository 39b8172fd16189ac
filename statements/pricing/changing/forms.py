"""What is asked before tariffs or plans are changed; a deed without a form here asks nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import formats
from core.card_numbers import no_card_number
from core.offering import offer_rows
from core.tables.bulk import ConfirmForm
from statements.operations.retire import holders
from statements.pricing.changing.deed import Item
from tariffs.models import Plan
from tariffs.status import ItemStatus, with_status

MOST_TAGS, LONGEST_TAG = 10, 40
OFFERED = (ItemStatus.ACTIVE, ItemStatus.SCHEDULED)


class ChangeForm(ConfirmForm):
    """The rows, the deed, and whether what will come of it was seen.

    :param items: the tariffs or plans that are to be changed
    :param today: the day where the utility is
    """

    do = forms.CharField(widget=forms.HiddenInput, max_length=20)
    confirmed = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, items: Sequence[Item], today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.items, self.today = items, today

    @property
    def asks(self) -> bool:
        return bool(self.visible_fields())


def not_the_last(day: date) -> None:
    """Refuse the last day that a calendar has, for none follows it."""
    if day == date.max:
        raise forms.ValidationError(_("Choose an earlier day."))


class ReasonForm(ChangeForm):
    """Why tariffs are not offered any more."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It is kept with your name."),
        max_length=500,
        validators=[no_card_number],
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RetireForm(ReasonForm):
    """Why plans are not offered any more, and what becomes of those who have them."""

    afterwards = forms.ChoiceField(
        label=gettext_lazy("Customers who have it"),
        choices=[each for each in Plan.Afterwards.choices if each[0]],
        required=False,
        widget=forms.RadioSelect,
    )
    successor = forms.ModelChoiceField(
        Plan.objects.none(),
        label=gettext_lazy("The plan they move to"),
        required=False,
        to_field_name="code",
        empty_label=gettext_lazy("No plan"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        keys = [item.pk for item in self.items]
        offered = with_status(Plan.objects.exclude(pk__in=keys), self.today)
        offer_rows(self, "successor", offered.filter(status__in=OFFERED).order_by("name"))

    def clean(self) -> dict[str, Any]:
        """Ask for a decision where customers have one of the plans."""
        said = super().clean() or self.cleaned_data
        afterwards, successor = said.get("afterwards"), said.get("successor")
        if afterwards == Plan.Afterwards.SUCCESSOR and successor is None:
            self.add_error("successor", _("Choose the plan that they move to."))
        if afterwards != Plan.Afterwards.SUCCESSOR and successor is not None:
            self.add_error("afterwards", _("Say that they move to the plan that you chose."))
        if not afterwards and successor is None:
            self._refuse_undecided()
        return said

    def _refuse_undecided(self) -> None:
        count = sum(holders(item).count() for item in self.items if isinstance(item, Plan))
        if count:
            told = ngettext(
                "%(count)s customer has it: say what becomes of them.",
                "%(count)s customers have it: say what becomes of them.",
                count,
            )
            self.add_error("afterwards", told % {"count": formats.number(count)})


class LastDayForm(ChangeForm):
    """The last day on which prices or plans hold."""

    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("They hold on this day, and not on the next."),
        validators=[not_the_last],
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        help_text=gettext_lazy("It is kept with your name."),
        max_length=500,
        validators=[no_card_number],
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class TagForm(ChangeForm):
    """Tags, separated by commas."""

    tags = forms.CharField(
        label=gettext_lazy("Tags"),
        help_text=gettext_lazy("Put a comma between them, as in: homes, 2027."),
        max_length=MOST_TAGS * (LONGEST_TAG + 2),
        validators=[no_card_number],
    )

    def clean_tags(self) -> list[str]:
        tags = [tag.strip() for tag in self.cleaned_data["tags"].split(",") if tag.strip()]
        if not tags or len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
            words = {"most": MOST_TAGS, "longest": LONGEST_TAG}
            raise forms.ValidationError(
                _("Give 1 to %(most)s tags of at most %(longest)s letters each.") % words
            )
        return tags


def form_of(key: str, *, is_plans: bool) -> type[ChangeForm]:
    """Return the form of a deed."""
    if key == "deactivate":
        return RetireForm if is_plans else ReasonForm
    if key == "end":
        return LastDayForm
    return TagForm if key in ("tag", "untag") else ChangeForm
