"""Who the customers are, which accounts they hold, and who may see them."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from core.encryption import BlindIndexField, EncryptedTextField


class Commodity(models.TextChoices):
    """What is delivered; never called "utility"."""

    ELECTRICITY = "electricity", _("Electricity")
    WATER = "water", _("Water")
    GAS = "gas", _("Gas")
    SEWER = "sewer", _("Sewer")
    WASTE = "waste", _("Waste")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str) -> User:  # type: ignore[override]
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in; what they may see comes from their account roles."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    phone = EncryptedTextField(_("mobile number"), blank=True)  # E.164
    phone_index = BlindIndexField(of="phone")
    language = models.CharField(_("language"), max_length=10, default="en")
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()
    history = HistoricalRecords(excluded_fields=["password", "last_login"])

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_whatever_its_case")
        ]

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        return self.name or self.email


class Utility(models.Model):
    """The one utility of this database: its name, currency, zone and terms."""

    name = models.CharField(_("name"), max_length=120)
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=40, blank=True)
    address = models.TextField(_("address"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    emergency_phone = models.CharField(_("emergency phone"), max_length=40, blank=True)
    currency = models.CharField(
        _("currency"), max_length=3, validators=[RegexValidator(r"^[A-Z]{3}$")]
    )
    zone_name = models.CharField(_("time zone"), max_length=64, default="UTC")
    payment_term_days = models.PositiveSmallIntegerField(_("payment term in days"), default=21)
    country = models.CharField(_("country"), max_length=2, default="US")
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("utility")
        verbose_name_plural = _("utility")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="utility_is_one_row")]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)


class ConsumerCategory(models.Model):
    """A main category (Residential) or, with a parent, its sub-category (Single Family)."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="subcategories"
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("consumer category")
        verbose_name_plural = _("consumer categories")

    def __str__(self) -> str:
        return self.name


class ServiceArea(models.Model):
    """A zone of delivery; a service location lies in one area per commodity."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    commodity = models.CharField(_("commodity"), max_length=12, choices=Commodity)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("service area")
        verbose_name_plural = _("service areas")

    def __str__(self) -> str:
        return self.name


class Customer(models.Model):
    """A person or organisation that the utility serves; personal data only here."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        ORGANISATION = "organisation", _("Organisation")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.PERSON)
    name = models.CharField(_("name"), max_length=160)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = EncryptedTextField(_("phone"), blank=True)
    postal_address = models.TextField(_("postal address"), blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    has_special_need = models.BooleanField(_("special need"), default=False)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")

    def __str__(self) -> str:
        return self.name


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


class AttemptLog(models.Model):
    """When one person or one address last tried something that may be tried only so often."""

    key = models.CharField(max_length=100, unique=True)  # purpose, kind and keyed digest
    tried_at = models.JSONField(default=list)  # seconds since 1970, oldest first

    def __str__(self) -> str:
        return self.key


class AuditEvent(models.Model):
    """One privileged write or staff read; append-only."""

    recorded_at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(max_length=120)  # "system" for the worker
    action = models.CharField(max_length=80)  # noun.verb
    object_type = models.CharField(max_length=80)
    object_key = models.CharField(max_length=80)
    account = models.ForeignKey(CustomerAccount, models.PROTECT, null=True, related_name="+")
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["object_type", "object_key"], name="audit_by_object")]

    def __str__(self) -> str:
        return f"{self.action} {self.object_key}"
