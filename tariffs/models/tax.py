"""Taxes on bills, in ranges of days."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Commodity
from tariffs import tax_terms


class TaxRule(models.Model):
    """A tax on the charges of one tax class, in a range of days."""

    class Kind(models.TextChoices):
        PERCENT = "percent", _("Percent")
        TIERED = "tiered", _("Percent by bands of the amount")
        FLAT = "flat", _("Amount for each bill")
        EXEMPT = "exempt", _("Exempt")

    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    commodity = models.CharField(  # empty: every commodity
        _("commodity"), max_length=12, choices=Commodity, blank=True
    )
    tax_class = models.CharField(_("tax class"), max_length=40, default="standard")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.PERCENT)
    rate = models.DecimalField(  # 5 is five percent
        _("rate in percent"),
        max_digits=18,
        decimal_places=8,
        default=Decimal(0),
        validators=[MinValueValidator(0)],
    )
    currency = models.CharField(  # empty: every currency
        _("currency"),
        max_length=3,
        blank=True,
        validators=[RegexValidator("^[A-Z]{3}$", _("Write three capital letters, as in USD."))],
        help_text=_("Needed where the tax states amounts."),
    )
    bands = models.JSONField(
        _("bands"),
        default=list,
        blank=True,
        help_text=_('As [{"up_to": "50.00", "percent": "0"}, {"percent": "5"}].'),
    )
    amount = models.DecimalField(
        _("amount for each bill"),
        max_digits=18,
        decimal_places=8,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    reason = models.CharField(
        _("reason for the exemption"), max_length=200, blank=True, help_text=_("As bills print it.")
    )
    above = models.DecimalField(
        _("only if the taxed amount is above"),
        max_digits=18,
        decimal_places=8,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    on_taxes = models.CharField(
        _("taxes that are taxed too"),
        max_length=200,
        blank=True,
        help_text=_("Codes of taxes that come earlier, with spaces between them."),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("up to, not included"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("tax")
        verbose_name_plural = _("taxes")
        constraints = [
            models.UniqueConstraint(fields=["code", "starts_on"], name="tax_code_once_a_day"),
            models.CheckConstraint(condition=Q(rate__gte=0), name="tax_not_negative"),
            models.CheckConstraint(
                condition=Q(above__isnull=True, kind__in=["percent", "exempt"]) | ~Q(currency=""),
                name="tax_with_amounts_has_a_currency",
            ),
            models.CheckConstraint(
                condition=Q(kind="flat", amount__isnull=False, amount__gte=0)
                | (~Q(kind="flat") & Q(amount__isnull=True)),
                name="tax_flat_has_an_amount",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="tax_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse terms that do not fit the kind; each error stands at its field."""
        wrong = _wrong_terms(self)
        try:
            if self.kind == self.Kind.TIERED and self.currency:
                tax_terms.bands(self.bands, self.currency)
        except ValidationError as error:
            wrong["bands"] = error
        try:
            if self.above is not None and self.currency:
                tax_terms.minor(self.above, self.currency)
        except ValidationError as error:
            wrong["above"] = error
        if unknown := _not_earlier(self):
            wrong["on_taxes"] = _("No tax that comes earlier has the code %(code)s.") % {
                "code": unknown
            }
        if wrong:
            raise ValidationError(wrong)


def _wrong_terms(rule: TaxRule) -> dict[str, Any]:
    kinds, wrong = TaxRule.Kind, dict[str, Any]()
    states_amounts = rule.kind in (kinds.TIERED, kinds.FLAT) or rule.above is not None
    if states_amounts and not rule.currency:
        wrong["currency"] = _("State the currency of the amounts.")
    if rule.kind == kinds.EXEMPT and not rule.reason.strip():
        wrong["reason"] = _("Say why nothing is taxed; the bill prints it.")
    if (rule.kind == kinds.FLAT) != (rule.amount is not None):
        wrong["amount"] = _("A tax of an amount for each bill states it, and no other tax does.")
    if rule.kind != kinds.PERCENT and rule.rate:
        wrong["rate"] = _("Only a tax in percent has a rate.")
    if rule.kind != kinds.TIERED and rule.bands:
        wrong["bands"] = _("Only a tax by bands has bands.")
    return wrong


def _not_earlier(rule: TaxRule) -> str:
    """Return the first code that no tax of an earlier position has."""
    codes = tax_terms.codes(rule.on_taxes)
    if not codes or rule.position is None:
        return ""
    earlier = TaxRule.objects.filter(code__in=codes, position__lt=rule.position)
    known = set(earlier.values_list("code", flat=True))
    return next((code for code in codes if code not in known), "")
