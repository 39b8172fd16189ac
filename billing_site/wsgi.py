"""The WSGI application; any WSGI server can serve it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "billing_site.settings")

application = get_wsgi_application()

from billing_site.start import refuse_weak_settings  # noqa: E402  (the apps are loaded now)

refuse_weak_settings()
