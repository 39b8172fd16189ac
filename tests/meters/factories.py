"""Places, meters and channels for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime

import factory

from accounts.models import (
    Customer,
    CustomerAccount,
)
from meters.models import (
    Channel,
    CustomerAgreement,
    Meter,
    MeterInstallation,
    ServiceLocation,
    UsagePoint,
)

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class LocationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ServiceLocation

    code = factory.Sequence(lambda n: f"L{n}")
    address_line = factory.Sequence(lambda n: f"{n} Mill Lane")
    city = "Dover"
    zone_name = "America/New_York"


class UsagePointFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = UsagePoint

    code = factory.Sequence(lambda n: f"UP{n}")
    location = factory.SubFactory(LocationFactory)
    commodity = "electricity"


class MeterFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Meter

    serial = factory.Sequence(lambda n: str(10_000_000 + n))
    maker = "Eastron"
    model = "SDM630"


class ChannelFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Channel

    meter = factory.SubFactory(MeterFactory)
    quantity = "import"
    unit = "Wh"
    interval_s = 900


class InstallationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MeterInstallation

    meter = factory.SubFactory(MeterFactory)
    usage_point = factory.SubFactory(UsagePointFactory)
    starts_at = LONG_AGO


class CustomerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Customer

    name = "Ada Moore"
    email = "ada@example.org"


class AccountFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CustomerAccount

    number = factory.Sequence(lambda n: f"A{n:06d}")
    customer = factory.SubFactory(CustomerFactory)
    currency = "USD"
    opened_on = date(2020, 1, 1)


class AgreementFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CustomerAgreement

    account = factory.SubFactory(AccountFactory)
    usage_point = factory.SubFactory(UsagePointFactory)
    starts_at = LONG_AGO
