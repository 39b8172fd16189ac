"""Second factors: what a person has beside the password. No secret is kept in clear."""

from __future__ import annotations

import base64
import secrets
import uuid
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, ThrottlingMixin, TimestampMixin
from django_otp.oath import TOTP

from core import clock
from core.encryption import EncryptedTextField, blind_index

if TYPE_CHECKING:
    from accounts.models.people import User

KEY_BYTES = 20  # RFC 4226, section 4
STEP_SECONDS, DIGITS, TOLERANCE = 30, 6, 1
MOST_COUNTED = 12  # wrong codes; the wait doubles with each, from 1 second to 34 minutes
DEMO_NAME = "demonstration"  # the key of such an app is known to everybody


DeviceRow = TypeVar("DeviceRow", bound=models.Model)


class DeviceRows(models.Manager[DeviceRow]):
    """django-otp's manager, with types."""

    def devices_for_user(
        self, user: User, confirmed: bool | None = None
    ) -> models.QuerySet[DeviceRow]:
        mine = self.filter(user=user)
        return mine if confirmed is None else mine.filter(confirmed=bool(confirmed))


class PatientThrottling(ThrottlingMixin):
    """Makes the next code wait after a wrong one, longer each time, but nobody for ever."""

    throttling_failure_count: int

    class Meta:
        abstract = True

    def throttle_increment(self, commit: bool = True) -> None:
        self.throttling_failure_count = min(self.throttling_failure_count, MOST_COUNTED - 1)
        super().throttle_increment(commit=commit)


class AuthenticatorDevice(TimestampMixin, PatientThrottling, Device):
    """An authenticator app: codes of six digits by time (RFC 6238), each good once."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = EncryptedTextField(editable=False)  # base32
    drift = models.SmallIntegerField(default=0)  # in steps of 30 seconds
    last_step = models.BigIntegerField(default=-1)
    objects = DeviceRows["AuthenticatorDevice"]()
    _default_manager: ClassVar[DeviceRows[AuthenticatorDevice]]

    class Meta:
        verbose_name = _("authenticator app")
        verbose_name_plural = _("authenticator apps")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"], name="authenticator_name_once_for_a_person"
            )
        ]

    @staticmethod
    def new_key() -> str:
        return base64.b32encode(secrets.token_bytes(KEY_BYTES)).decode()

    @property
    def setup_address(self) -> str:
        """Return the address that the app reads from the QR code."""
        issuer = settings.OTP_TOTP_ISSUER
        label = quote(f"{issuer}:{self.user.email}")
        said = urlencode({"secret": self.key, "issuer": issuer}, quote_via=quote)
        return f"otpauth://totp/{label}?{said}"

    @transaction.atomic
    def verify_token(self, token: str) -> bool:
        """Accept a code of this, the last or the next 30 seconds, once; count the wrong ones."""
        row = AuthenticatorDevice.objects.select_for_update().get(pk=self.pk)
        allowed, _details = row.verify_is_allowed()
        if not allowed:
            return False
        is_right = row._takes(token)
        if is_right:
            row.throttle_reset(commit=False)
            row.set_last_used_timestamp(commit=False)
            row.save()
        else:
            row.throttle_increment(commit=True)
        self.refresh_from_db()
        return is_right

    def get_throttle_factor(self) -> int:
        factor: int = settings.OTP_TOTP_THROTTLE_FACTOR
        return factor

    def _takes(self, token: str) -> bool:
        if self.name == DEMO_NAME and (settings.PRODUCTION or not settings.DEMO):
            return False
        if not (token.isascii() and token.isdigit() and len(token) == DIGITS):
            return False
        totp: Any = TOTP(base64.b32decode(self.key), STEP_SECONDS, 0, DIGITS, self.drift)
        totp.time = clock.real_now().timestamp()
        if not totp.verify(int(token), TOLERANCE, self.last_step + 1):
            return False
        self.last_step, self.drift = totp.t(), totp.drift
        return True


class RecoveryDevice(TimestampMixin, PatientThrottling, Device):
    """The set of recovery codes of one person."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    made_at = models.DateTimeField()  # real time
    objects = DeviceRows["RecoveryDevice"]()
    _default_manager: ClassVar[DeviceRows[RecoveryDevice]]

    class Meta:
        verbose_name = _("set of recovery codes")
        verbose_name_plural = _("sets of recovery codes")
        constraints = [models.UniqueConstraint(fields=["user"], name="one_set_of_recovery_codes")]

    def verify_token(self, token: str) -> bool:
        """Use up one code, if it is one of the set; parallel tries use it once."""
        allowed, _details = self.verify_is_allowed()
        if not allowed:
            return False
        unused = self.codes.filter(code_hash=self.digest(token), used_at__isnull=True)
        is_right = bool(unused.update(used_at=clock.real_now()))
        if is_right:
            self.throttle_reset(commit=False)
            self.set_last_used_timestamp(commit=False)
            self.save()
        else:
            self.throttle_increment(commit=True)
        return is_right

    def digest(self, code: str) -> str:
        """Return the keyed digest of a code, however it was typed."""
        letters = "".join(c for c in code.upper() if c.isalnum())
        return blind_index(letters, purpose=f"recovery:{self.uid}")

    def get_throttle_factor(self) -> int:
        factor: int = settings.OTP_STATIC_THROTTLE_FACTOR
        return factor


class RecoveryCode(models.Model):
    """One code; its text is shown once, when the set is made."""

    device = models.ForeignKey(RecoveryDevice, models.CASCADE, related_name="codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "code_hash"], name="recovery_code_once")
        ]

    def __str__(self) -> str:
        return f"recovery code {self.pk}"
