from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Customers and accounts")

    def ready(self) -> None:
        """End the help session with the sign-out, whichever page it is asked on."""
        from django.contrib.auth.signals import user_logged_out

        from accounts.doors.leaving import end_help_session

        user_logged_out.connect(end_help_session, dispatch_uid="end_help_session")
