from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingSiteConfig(AppConfig):
    name = "billing_site"
    verbose_name = _("Billing site")

    def ready(self) -> None:
        from billing_site import (  # noqa: F401  (registers the checks)
            checks,
            payment_checks,
            people_checks,
            security_checks,
        )
        from billing_site.permissions import checks as permission_checks  # noqa: F401
