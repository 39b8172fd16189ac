"""Statements, their lines, coverage and traces; frozen once issued."""

from __future__ import annotations

from typing import Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.periods import Period
from statements.models.runs import BillingRun

PRICE_DIGITS = 8  # a unit price is stored as a whole number of 10^-8 currency units


_IS_NUMBERED = Q(state__in=["issued", "cancelled", "superseded"])  # customers may see it


class StatementQuerySet(models.QuerySet["Statement"]):
    def approved(self) -> Self:
        return self.filter(state=Statement.State.APPROVED)

    def visible(self) -> Self:
        """Return what a customer may see: everything that was ever issued."""
        return self.filter(state__in=Statement.NUMBERED)


class Statement(models.Model):
    """What one account owes for one period; frozen once issued."""

    class State(models.TextChoices):
        CALCULATED = "calculated", _("Calculated")
        HELD = "held", _("Held")
        APPROVED = "approved", _("Approved")
        ISSUED = "issued", _("Issued")
        CANCELLED = "cancelled", _("Cancelled")
        SUPERSEDED = "superseded", _("Superseded")
        DISCARDED = "discarded", _("Discarded")

    LIVE = (State.CALCULATED, State.HELD, State.APPROVED, State.ISSUED)
    NUMBERED = (State.ISSUED, State.CANCELLED, State.SUPERSEDED)

    account = models.ForeignKey(
        "accounts.CustomerAccount", models.PROTECT, related_name="statements", db_index=False
    )  # an index below begins with it
    run = models.ForeignKey(BillingRun, models.PROTECT, null=True, related_name="statements")
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.CALCULATED)
    number = models.CharField(_("bill number"), max_length=24, unique=True, null=True)
    currency = models.CharField(max_length=3)
    zone_name = models.CharField(max_length=64)
    language = models.CharField(max_length=10, default="en")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()  # exclusive
    net_minor = models.BigIntegerField()  # charges before tax, in minor units
    tax_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()  # the period's charges with tax
    previous_minor = models.BigIntegerField(null=True)  # balance after the bill before; at issue
    payments_minor = models.BigIntegerField(null=True)  # what else changed it, negative = paid
    fees_minor = models.BigIntegerField(null=True)  # late fees since the bill before, less waived
    amount_due_minor = models.BigIntegerField(null=True)  # the balance after this bill
    is_estimated = models.BooleanField(default=False)
    is_final = models.BooleanField(default=False)
    hold_code = models.CharField(max_length=40, blank=True)
    engine_version = models.CharField(max_length=12)
    rounding = models.CharField(max_length=12, default="half_up")
    input_digest = models.CharField(max_length=64)  # SHA-256 of the trace's inputs
    lines_digest = models.CharField(max_length=64)  # SHA-256 of the printed lines
    content_digest = models.CharField(max_length=64, blank=True)  # SHA-256 at issue
    recorded_at = models.DateTimeField()
    issue_date = models.DateField(null=True)
    due_date = models.DateField(null=True)
    issued_at = models.DateTimeField(null=True)

    left_minor: int | None  # not paid yet; there by `entries.with_left`
    may_pay: bool  # by `bill_list.all_bills`
    has_holder: bool  # these three are there by `access.statement_to_read`
    has_adjustments: bool
    earlier: int  # another number as soon as another bill before it counts, or counts no more

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="statement_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(total_minor=F("net_minor") + F("tax_minor")),
                name="statement_total_is_net_and_tax",
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=False, state__in=["issued", "cancelled", "superseded"])
                | Q(
                    number__isnull=True,
                    state__in=["calculated", "held", "approved", "discarded"],
                ),
                name="statement_has_a_number_once_issued",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-ends_at"], name="statement_by_account"),
            models.Index(
                fields=["id"],
                condition=Q(state__in=["cancelled", "superseded"]),
                name="statement_taken_back",
            ),
            *(
                models.Index(fields=[field, "id"], condition=_IS_NUMBERED, name=name)
                for field, name in (  # the orders of the list of all bills
                    ("due_date", "statement_by_due_date"),
                    ("issue_date", "statement_by_issue_date"),
                    ("total_minor", "statement_by_total"),
                )
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"draft {self.pk}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)

    @property
    def period(self) -> Period:
        return Period(self.starts_at, self.ends_at)


class StatementCoverage(models.Model):
    """Which time of which agreement a statement bills; no two live ones overlap."""

    class Kind(models.TextChoices):
        REGULAR = "regular", _("Regular")
        FINAL = "final", _("Final")

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="coverage")
    agreement = models.ForeignKey(
        "meters.CustomerAgreement", models.PROTECT, related_name="+", db_index=False
    )  # the unique constraint below begins with it
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.REGULAR)
    live = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "starts_at", "kind"],
                condition=Q(live=True),
                name="coverage_one_live_statement",
            )
        ]

    def __str__(self) -> str:
        return f"{self.statement_id} covers {self.agreement_id}"


class StatementLine(models.Model):
    """One printed line: quantity × unit price, rounded once; rendered from its charge."""

    pk = models.CompositePrimaryKey("statement_id", "seq")
    statement = models.ForeignKey(
        Statement, models.PROTECT, related_name="lines", db_index=False
    )  # the primary key begins with it
    seq = models.PositiveSmallIntegerField()
    agreement = models.ForeignKey(
        "meters.CustomerAgreement", models.PROTECT, null=True, related_name="+", db_index=False
    )
    tariff_version = models.ForeignKey(
        "tariffs.TariffVersion", models.PROTECT, null=True, related_name="+", db_index=False
    )
    charge = models.CharField(max_length=60)
    kind = models.CharField(max_length=12)  # energy, fixed, tax, ...
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    params = models.JSONField(default=dict)  # slab, band, season, days: what its label says
    quantity = models.BigIntegerField()  # base units
    quantity_scale = models.IntegerField()  # base units in one printed unit
    unit = models.CharField(max_length=12)
    unit_price = models.BigIntegerField()  # 10^-8 currency units per printed unit
    amount_minor = models.BigIntegerField()
    tax_class = models.CharField(max_length=20, blank=True)
    note = models.TextField(null=True)

    class Meta:
        verbose_name = _("statement line")
        verbose_name_plural = _("statement lines")

    def __str__(self) -> str:
        return f"{self.statement_id}/{self.seq} {self.charge}"


class Trace(models.Model):
    """The frozen inputs of a statement: compressed canonical JSON and its digest."""

    statement = models.OneToOneField(Statement, models.PROTECT, primary_key=True)
    data = models.BinaryField()

    def __str__(self) -> str:
        return f"trace of {self.statement_id}"


class Carried(models.Model):
    """What later bills of an agreement need to know of a statement; frozen with it.

    A statement has such rows only if its tariff looks back.
    """

    class Kind(models.TextChoices):
        PEAK = "peak"  # greatest measured demand, in W or VA
        BASE = "base"  # what counts towards a yearly minimum, in minor units
        LOT = "lot"  # credit that is left after the bill, in minor units; 0 says that none is

    pk = models.CompositePrimaryKey("statement_id", "agreement_id", "kind", "charge", "day")
    statement = models.ForeignKey(
        Statement, models.PROTECT, related_name="carried", db_index=False
    )  # the primary key begins with it
    agreement = models.ForeignKey(
        "meters.CustomerAgreement", models.PROTECT, related_name="+", db_index=False
    )  # an index below begins with it
    kind = models.CharField(max_length=4, choices=Kind)
    charge = models.CharField(max_length=60)
    day = models.DateField()  # first day of the cycle; of a lot the day on which it was earned
    value = models.BigIntegerField()

    class Meta:
        verbose_name = _("note for later bills")
        verbose_name_plural = _("notes for later bills")
        indexes = [models.Index(fields=["agreement", "kind", "day"], name="carried_by_agreement")]

    def __str__(self) -> str:
        return f"{self.statement_id} {self.kind} {self.charge} {self.day}"
