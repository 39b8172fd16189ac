"""What a unit costs: tariffs and their versions, plans that bundle them, and taxes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Commodity, ConsumerCategory, ServiceArea, User
from tariffs import tax_terms


class RateType(models.TextChoices):
    """The five named forms of a tariff; its charges may combine them."""

    FLAT = "flat", _("Flat")
    SLAB = "slab", _("Slab")
    FIXED = "fixed", _("Fixed")
    SEASONAL = "seasonal", _("Seasonal")
    TIME_BASED = "time_based", _("Time-based")


class VersionState(models.TextChoices):
    """The life of a tariff or plan version; only a draft can be edited."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    PUBLISHED = "published", _("Published")
    SUPERSEDED = "superseded", _("Superseded")
    WITHDRAWN = "withdrawn", _("Withdrawn")


IN_FORCE = (VersionState.PUBLISHED, VersionState.SUPERSEDED)


class Tariff(models.Model):
    """A family of versions that customers know under one name."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    commodity = models.CharField(_("commodity"), max_length=12, choices=Commodity)
    is_active = models.BooleanField(_("offered"), default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("tariff")
        verbose_name_plural = _("tariffs")

    def __str__(self) -> str:
        return self.name


class TariffVersionQuerySet(models.QuerySet["TariffVersion"]):
    def in_force(self) -> Self:
        """Those that have been published, also when a successor has ended them."""
        return self.filter(state__in=IN_FORCE)


class TariffVersion(models.Model):
    """The prices of a tariff in a range of days; frozen once published, but for its end."""

    tariff = models.ForeignKey(Tariff, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(
        _("state"), max_length=12, choices=VersionState, default=VersionState.DRAFT
    )
    rate_type = models.CharField(_("rate type"), max_length=12, choices=RateType)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("up to, not included"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    definition = models.JSONField(_("definition"))
    digest = models.CharField(_("SHA-256"), max_length=64)  # of the canonical definition
    change_summary = models.TextField(_("what changed"), blank=True)
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approver = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(_("published at"), null=True)
    objects = TariffVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("tariff version")
        verbose_name_plural = _("tariff versions")
        constraints = [
            models.UniqueConstraint(fields=["tariff", "number"], name="tariff_version_number_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="tariff_version_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=IN_FORCE)
                | (Q(published_at__isnull=False) & ~Q(change_summary="")),
                name="tariff_version_published_with_summary",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tariff} v{self.number}"


class Charge(models.Model):
    """One priced part of a published version, as its definition states it."""

    version = models.ForeignKey(TariffVersion, models.PROTECT, related_name="charges")
    position = models.PositiveSmallIntegerField(_("position"))
    code = models.SlugField(_("code"), max_length=40)
    kind = models.CharField(_("kind"), max_length=12)
    spec = models.JSONField(_("definition"))

    class Meta:
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="charge_code_once"),
            models.UniqueConstraint(fields=["version", "position"], name="charge_position_once"),
        ]

    def __str__(self) -> str:
        return self.code


class EligibilityKey(models.Model):
    """Whom a published version serves, and when; two versions never share a key and a day.

    "Any category" is stored as one row for each category and one without.
    """

    version = models.ForeignKey(TariffVersion, models.PROTECT, related_name="keys")
    commodity = models.CharField(_("commodity"), max_length=12, choices=Commodity)
    rate_type = models.CharField(_("rate type"), max_length=12, choices=RateType)
    category = models.ForeignKey(
        ConsumerCategory, models.PROTECT, null=True, blank=True, related_name="+"
    )
    area = models.ForeignKey(ServiceArea, models.PROTECT, null=True, blank=True, related_name="+")
    key = models.CharField(max_length=120)  # the four above in one text, for the guard
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("up to, not included"), null=True, blank=True)

    class Meta:
        verbose_name = _("eligibility key")
        verbose_name_plural = _("eligibility keys")
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="eligibility_key_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="eligibility_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Plan(models.Model):
    """What a customer chooses: tariffs, service charges and taxes under one name."""

    code = models.SlugField(_("short name"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120, unique=True)
    commodity = models.CharField(_("commodity"), max_length=12, choices=Commodity)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")

    def __str__(self) -> str:
        return self.name


class PlanVersion(models.Model):
    """What a plan bundles in a range of days."""

    class Frequency(models.TextChoices):
        MONTHLY = "monthly", _("Monthly")
        QUARTERLY = "quarterly", _("Quarterly")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(
        _("state"), max_length=12, choices=VersionState, default=VersionState.DRAFT
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("up to, not included"), null=True, blank=True)
    frequency = models.CharField(
        _("billed"), max_length=12, choices=Frequency, default=Frequency.MONTHLY
    )
    tariffs = models.ManyToManyField(Tariff, through="PlanTariff", related_name="+")
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("plan version")
        verbose_name_plural = _("plan versions")
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_number_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="plan_version_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} v{self.number}"


class PlanTariff(models.Model):
    """A tariff of a plan; the version valid on a day is chosen when that day is rated."""

    plan_version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="plan_tariffs")
    tariff = models.ForeignKey(Tariff, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("tariff of a plan")
        verbose_name_plural = _("tariffs of a plan")
        constraints = [
            models.UniqueConstraint(fields=["plan_version", "tariff"], name="plan_tariff_once")
        ]

    def __str__(self) -> str:
        return f"{self.plan_version}: {self.tariff}"


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
