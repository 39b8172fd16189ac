import sys

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Core")

    def ready(self) -> None:
        from core import checks, lookups  # noqa: F401  (they register themselves)
        from core.logging import say_what_broke
        from core.translations import names

        names.let_them_be_translated()
        sys.excepthook = say_what_broke  # commands that break print no secrets
