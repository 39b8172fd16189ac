"""Every setting, read from the environment; `.env.example` documents them."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import django_stubs_ext
import environ

django_stubs_ext.monkeypatch()  # lets annotations such as ModelAdmin[User] be evaluated

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", False)
PRODUCTION = env.bool("PRODUCTION", False)
DEMO = env.bool("DEMO", False)
SECRET_KEY = env.str("SECRET_KEY", "" if PRODUCTION else "insecure-development-key-" + "x" * 40)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
FIELD_KEYS = env.list(
    "FIELD_KEYS",
    default=[] if PRODUCTION else ["bWV0ZXJib29rLWRldmVsb3BtZW50LWZpZWxkLWtleSE="],
)
FIELD_INDEX_KEY = env.str("FIELD_INDEX_KEY", "" if PRODUCTION else "insecure-development-index-key")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

ADMIN_ENABLED = env.bool("ADMIN_ENABLED", True)
ADMIN_NETWORKS = env.list("ADMIN_NETWORKS", default=[])  # empty: from everywhere

# What one request may carry: forms of ours are small, and no page takes a file of a customer.
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576  # bytes
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 5
FILE_UPLOAD_PERMISSIONS = 0o640

METRICS_ALLOWED = env.list("METRICS_ALLOWED", default=["127.0.0.1", "::1"])

CLOCK_FILE = "" if PRODUCTION else env.str("CLOCK_FILE", "")
FAILPOINTS = "" if PRODUCTION else env.str("FAILPOINTS", "")
BILLING_APPROVAL = env.str("BILLING_APPROVAL", "automatic")  # or second_person
EMERGENCY_ROLES = env.list("EMERGENCY_ROLES", default=["support", "administrator"])
HELP_NAMES_EMPLOYEES = env.bool("HELP_NAMES_EMPLOYEES", False)  # else initials, to customers
HELP_NOTICE = env.bool("HELP_NOTICE", True)  # tell customers when a help session opens
ALLOCATION_POLICY = env.str("ALLOCATION_POLICY", "oldest_first")  # see ledger/policies.py
TARIFF_APPROVAL = env.str("TARIFF_APPROVAL", "second_person")  # or author: prices by one person
PLAN_SWITCH = env.str("PLAN_SWITCH", "decision")  # or automatic: a plan that fits is given at once
ADJUSTMENT_LIMIT_MINOR = env.int("ADJUSTMENT_LIMIT_MINOR", 5000)  # a day, by one employee alone
PRICE_END_NOTICE_DAYS = env.int("PRICE_END_NOTICE_DAYS", 30)  # before; 0: not before
TARIFF_OVERLAP_STRICT = env.bool("TARIFF_OVERLAP_STRICT", False)
SHADOW_REQUIRED = env.bool("SHADOW_REQUIRED", False)  # before prices are put into force
PRICE_NOTICE_DAYS = env.int("PRICE_NOTICE_DAYS", 0)  # before prices that customers have change
LEASE_SECONDS = env.int("LEASE_SECONDS", 120)  # before a dead worker's chunk is taken over
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))

INSTALLED_APPS = [
    "billing_site",
    "reports",
    "support",
    "payments",
    "statements",
    "ledger",
    "tariffs",
    "meters",
    "notifications",
    "accounts",
    "core",
    "accounts.doors.apps.AdminBehindTheDoors",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "django_otp",
    "simple_history",
    "django_htmx",
]

MIDDLEWARE = [
    "core.headers.SafeAnswers",  # outermost, so that errors and redirects carry the headers too
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.headers.KnownMethods",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "accounts.display.ReadersLanguage",
    "core.middleware.RememberWhoAsks",
    "core.middleware.ReadOnce",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "core.middleware.PrivatePages",
    "core.middleware.PlainAddresses",
    "core.admin_door.AdminDoor",
    "accounts.doors.limiting.LimitedDoors",
    "django.contrib.messages.middleware.MessageMiddleware",
    "support.signed_out.DraftsOutliveSignIn",
    "accounts.doors.lifetimes.SessionLifetimes",  # after messages: it says why somebody is out
    "simple_history.middleware.HistoryRequestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.doors.second_factor_required.SecondFactorRequired",
    "billing_site.permissions.wall.PermissionWall",  # after who asks is known and verified
    "support.middleware.HelpRoom",
]

ROOT_URLCONF = "billing_site.urls"
WSGI_APPLICATION = "billing_site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "billing_site.context.site",
            ],
        },
    }
]

DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'meterbook.sqlite3'}")
}
ON_SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if ON_SQLITE:
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["HOST"] = unquote(DATABASES["default"]["HOST"])  # a socket's folder
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", 60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A worker that is stopped in mid-transaction must not hold its locks for ever.
    _idle = env.int("DB_IDLE_IN_TRANSACTION_SECONDS", 60)
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
        "options", f"-c idle_in_transaction_session_timeout={_idle}s"
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "")
CACHES = {
    "default": {
        "BACKEND": "core.cache.ForgetfulRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# Behind TLS everything is for TLS only; PRODUCTION switches it on.
PLAIN_HTTP = env.bool("PLAIN_HTTP", False)  # production in a closed network, without TLS
WITH_TLS = PRODUCTION and not PLAIN_HTTP
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = WITH_TLS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
# Browsers take a cookie of this name from this host alone, by TLS, for every path.
_OF_THIS_HOST = "__Host-" if WITH_TLS else ""
SESSION_COOKIE_NAME = f"{_OF_THIS_HOST}sessionid"
CSRF_COOKIE_NAME = f"{_OF_THIS_HOST}csrftoken"
LANGUAGE_COOKIE_NAME = f"{_OF_THIS_HOST}django_language"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", WITH_TLS)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31_536_000 if WITH_TLS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", WITH_TLS)
# Whether browsers ship with the domain in their list is for the owner of the domain to say.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_TLS_PROXY", False) else None
)
SECURE_REFERRER_POLICY = SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
WHITENOISE_ALLOW_ALL_ORIGINS = False  # nobody else's page needs our styles
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

# Sign-up, sign-in and recovery by allauth; codes go by e-mail.
ACCOUNT_ADAPTER = "accounts.doors.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignUpForm"
ACCOUNT_FORMS = {
    "login": "accounts.doors.allauth_forms.LoginForm",
    "signup": "accounts.doors.allauth_forms.SignupForm",
    "add_email": "accounts.doors.allauth_forms.AddEmailForm",
    "reset_password": "accounts.doors.allauth_forms.ResetPasswordForm",
    "change_password": "accounts.doors.allauth_forms.ChangePasswordForm",
    "reset_password_from_key": "accounts.doors.allauth_forms.ResetPasswordKeyForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 900
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 900
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGIN_TIMEOUT = 900
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if WITH_TLS else "http"
ACCOUNT_RATE_LIMITS = False  # counted in the database: accounts/doors/limits.py
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)

# The second factor: codes by time, and recovery codes. A wrong code makes the next one wait.
OTP_TOTP_ISSUER = env.str("OTP_ISSUER", "Meterbook")
OTP_TOTP_THROTTLE_FACTOR = 1
OTP_STATIC_THROTTLE_FACTOR = 1

# Sessions end when they are not used, and at the latest after a while; real time.
STAFF_IDLE_MINUTES = env.int("STAFF_IDLE_MINUTES", 30)
STAFF_SESSION_HOURS = env.int("STAFF_SESSION_HOURS", 12)
CUSTOMER_IDLE_HOURS = env.int("CUSTOMER_IDLE_HOURS", 24)
CUSTOMER_SESSION_DAYS = env.int("CUSTOMER_SESSION_DAYS", 30)
SESSION_COOKIE_AGE = 86_400 * CUSTOMER_SESSION_DAYS
# Money, roles, keys and one's own sign-in: who one is was shown within the last minutes.
STEP_UP_MINUTES = env.int("STEP_UP_MINUTES", 15)

# How staff use the pages of plans and tariffs: on our side only, without names.
PAGE_EVENTS = env.bool("PAGE_EVENTS", True)
PAGE_EVENTS_DAYS = env.int("PAGE_EVENTS_DAYS", 180)

# Mail: the demonstration writes files, which /demo/outbox/ shows.
SITE_URL = env.str("SITE_URL", "http://localhost:8000")
EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND",
    "notifications.outbox.FileBackend" if DEMO else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Meterbook <billing@meterbook.example>")

FORMAT_REGION = env.str("FORMAT_REGION", "")  # as IN: how numbers and dates are grouped
LANGUAGE_CODE = "en"
LANGUAGE_NAMES = {"en": "English", "es": "Español", "ar": "العربية"}
LANGUAGES = [(code, LANGUAGE_NAMES[code]) for code in env.list("LANGUAGES", default=["en", "es"])]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
MEDIA_ROOT = VAR_DIR / "documents"

# Celery carries ids and rings the bell; due work is rows in the database. Without Redis the one
# worker process keeps its queue in memory and the tick finds what other processes have written.
EMBEDDED_WORKER = not REDIS_URL
TICK_SECONDS = env.float("TICK_SECONDS", 2.0 if EMBEDDED_WORKER else 15.0)
CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"polling_interval": 0.1}
    if EMBEDDED_WORKER
    else {
        "visibility_timeout": 900,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,  # look at every interval, not at every tenth
    }
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = None if EMBEDDED_WORKER else 600  # below the visibility timeout
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "meters.*": {"queue": "metering"},
    "statements.tasks.render*": {"queue": "documents"},
    "statements.*": {"queue": "billing"},
    "payments.*": {"queue": "billing"},
    "notifications.*": {"queue": "outbound"},
}
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # the tick needs no memory of its own
CELERY_BEAT_SCHEDULE = {
    "tick": {
        "task": "billing_site.tasks.tick",
        "schedule": TICK_SECONDS,
        "options": {"expires": 60, "queue": "default"},
    }
}

# Paying online, by the provider's hosted page. Without a key customers pay in other ways only.
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", "")
STRIPE_WEBHOOK_SECRETS = env.list("STRIPE_WEBHOOK_SECRETS", default=[])  # several, to rotate them
STRIPE_API_BASE = env.str("STRIPE_API_BASE", "https://api.stripe.com")
STRIPE_CHECKOUT_ORIGIN = env.str("STRIPE_CHECKOUT_ORIGIN", "https://checkout.stripe.com")
STRIPE_ENVIRONMENT = env.str(
    "STRIPE_ENVIRONMENT", "production" if PRODUCTION else "development"
)  # tells installations apart that share one account at the provider
STRIPE_METHODS = env.list("STRIPE_METHODS", default=["card", "bank_debit"])
STRIPE_SESSION_MINUTES = env.int("STRIPE_SESSION_MINUTES", 60)  # before an unpaid page expires
JANITOR_FIRST_SECONDS = env.int("JANITOR_FIRST_SECONDS", 60)  # before an answer is asked for again

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "core.logging.JsonFormatter"},
        "plain": {"()": "core.logging.PlainFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if env.bool("LOG_JSON", PRODUCTION) else "plain",
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "celery": {"level": "WARNING"},  # each tick would be six lines
        "fontTools": {"level": "WARNING"},
        "pymodbus": {"level": "CRITICAL"},  # it prints frames
        "weasyprint": {"level": "ERROR"},
    },
}
