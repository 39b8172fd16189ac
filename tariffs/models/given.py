"""Numbers that conversions of tariffs ask for."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class GivenNumber(models.Model):
    """A number that conversions of tariffs ask for by its name, in a range of days.

    The calorific value of the gas is one: it is measured anew for each month or area.
    """

    code = models.SlugField(_("name in tariffs"), max_length=40, help_text=_("As calorific-value."))
    value = models.DecimalField(
        _("value"), max_digits=18, decimal_places=8, validators=[MinValueValidator(0)]
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("up to, not included"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("given number")
        verbose_name_plural = _("given numbers")
        constraints = [
            models.UniqueConstraint(fields=["code", "starts_on"], name="given_number_once_a_day"),
            models.CheckConstraint(condition=Q(value__gt=0), name="given_number_above_zero"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="given_number_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.starts_on}"

    def clean(self) -> None:
        """Refuse days that another number of the name has; the database refuses them too."""
        if self.starts_on is None:  # the form has said so already
            return
        others = GivenNumber.objects.filter(code=self.code).exclude(pk=self.pk)
        others = others.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=self.starts_on))
        if self.ends_on:
            others = others.filter(starts_on__lt=self.ends_on)
        if other := others.first():
            words = {"day": other.starts_on}
            said = _("The number from %(day)s holds on some of these days.") % words
            raise ValidationError({"starts_on": said})
