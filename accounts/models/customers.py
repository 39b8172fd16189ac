"""Who the customers are, the accounts they hold, and who may see them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts import names
from accounts.models.people import User
from accounts.models.utility import ConsumerCategory
from core.encryption import BlindIndexField, EncryptedTextField
from core.folding import FoldedField


class Customer(models.Model):
    """A person or organisation that the utility serves; personal data only here."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        ORGANISATION = "organisation", _("Organisation")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.PERSON)
    name = models.CharField(_("name"), max_length=160)
    name_keys = FoldedField(of="name")
    email = models.EmailField(_("e-mail"), blank=True)
    phone = EncryptedTextField(_("phone"), blank=True)  # E.164
    phone_index = BlindIndexField(of="phone")
    postal_address = models.TextField(_("postal address"), blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    has_special_need = models.BooleanField(_("special need"), default=False)
    history = HistoricalRecords(excluded_fields=["name_keys"])

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [models.Index(Upper("email"), name="customer_by_email")]

    def __str__(self) -> str:
        """Return the initials: whoever may read the name asks for `name`."""
        return names.initials(self.name)


class CustomerAccount(models.Model):
    """What is billed together: one customer, one service location, one currency."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    number = models.CharField(_("account number"), max_length=20, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="accounts")
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.OPEN)
    cycle_code = models.SlugField(_("billing cycle"), max_length=20, default="monthly")
    opened_on = models.DateField(_("opened on"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("customer account")
        verbose_name_plural = _("customer accounts")
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="account_closes_after_it_opens",
            )
        ]

    def __str__(self) -> str:
        return self.number


class AccountCategory(models.Model):
    """The sub-category of an account from a day on, up to and without another."""

    account = models.ForeignKey(CustomerAccount, models.PROTECT, related_name="categories")
    category = models.ForeignKey(ConsumerCategory, models.PROTECT, related_name="+")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("up to, not included"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("account category")
        verbose_name_plural = _("account categories")

    def __str__(self) -> str:
        return f"{self.account} {self.category}"


class AccountRole(models.Model):
    """Who may do what with an account, and in which range of time."""

    class Role(models.TextChoices):
        HOLDER = "holder", _("Holder")
        PAYER = "payer", _("Payer")
        LANDLORD = "landlord", _("Landlord")
        AUTHORISED = "authorised", _("Authorised")
        READ_ONLY = "read_only", _("Read only")

    user = models.ForeignKey(User, models.PROTECT, related_name="account_roles")
    account = models.ForeignKey(CustomerAccount, models.PROTECT, related_name="roles")
    role = models.CharField(_("role"), max_length=12, choices=Role)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("up to, not included"), null=True, blank=True)
    given_by = models.ForeignKey(  # the holder who invited a delegate
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("given by")
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("account role")
        verbose_name_plural = _("account roles")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "account", "role"],
                condition=Q(ends_at__isnull=True),
                name="account_role_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.account}"


class PropertyName(models.Model):
    """What a person calls one of the properties they see, as "Mum's flat"."""

    user = models.ForeignKey(User, models.CASCADE, related_name="property_names")
    account = models.ForeignKey(CustomerAccount, models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "account"], name="property_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class ClaimCode(models.Model):
    """A single-use code, printed on letter and statement, that ties a login to an account."""

    account = models.ForeignKey(CustomerAccount, models.PROTECT, related_name="claim_codes")
    nonce = models.CharField(max_length=32)  # the code is derived from it and the secret key
    code_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"claim code {self.pk}"
