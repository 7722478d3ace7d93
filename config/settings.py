"""Settings, all from the environment (README.md, "Running it", lists them).

STP_MODE says what this process is for: `demo` (fictional data), `local` (real use by one person on
their own machine), `test`, or `production`. Production refuses to start when a secret is missing or
a protection is off; the other modes only ever serve the loopback addresses.
"""

import sys
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
MODES = ("demo", "local", "test", "production")

env = environ.Env()

STP_MODE = env.str("STP_MODE", default="local")
if STP_MODE not in MODES:
    raise ImproperlyConfigured(f"STP_MODE is {STP_MODE!r}; it must be one of {', '.join(MODES)}.")
PRODUCTION = STP_MODE == "production"
DEBUG = env.bool("STP_DEBUG", default=False)

# Database and files live in one folder. Only `make run` and `make demo` need no choice here.
DATA_DIR = Path(env.str("STP_DATA_DIR", default=str(BASE_DIR / "data"))).resolve()
FILES_DIR = DATA_DIR / "files"


def required_in_production(name: str, default: str) -> str:
    """The variable, or outside production its harmless default."""
    value = env.str(name, default="" if PRODUCTION else default)
    if not value:
        raise ImproperlyConfigured(f"{name} must be set in production mode.")
    return value


SECRET_KEY = required_in_production("STP_SECRET_KEY", "not-secret-only-for-this-machine-" + "0" * 32)
ALLOWED_HOSTS = required_in_production("STP_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
DATABASE_URL = required_in_production("STP_DATABASE_URL", f"sqlite:///{DATA_DIR / 'portfolio.sqlite3'}")
SITE_URL = required_in_production("STP_SITE_URL", "http://127.0.0.1:8000").rstrip("/")

if PRODUCTION:
    if DEBUG:
        raise ImproperlyConfigured("STP_DEBUG is on: production mode refuses to start.")
    if "*" in ALLOWED_HOSTS or any(host.strip() in ("", ".") for host in ALLOWED_HOSTS):
        raise ImproperlyConfigured("STP_HOSTS holds '*' or an empty name: name the hosts that serve this site.")
    if len(SECRET_KEY) < 50 or SECRET_KEY.startswith("not-secret"):
        raise ImproperlyConfigured("STP_SECRET_KEY is too short or a placeholder: use 50 or more random characters.")
    if not SITE_URL.startswith("https://"):
        raise ImproperlyConfigured("STP_SITE_URL must begin with https:// in production mode.")

INSTALLED_APPS = [
    "portfolio",
    "curriculum",
    "accounts",
    "audit",
    "config.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.security_headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.LoginRequired",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "nhsuk"
CRISPY_TEMPLATE_PACK = "nhsuk"
CRISPY_FAIL_SILENTLY = False

# --- database -----------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # deferred transactions made a quarter of racing writes fail
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000; "
            "PRAGMA journal_size_limit=67108864; PRAGMA foreign_keys=ON;"
        ),
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ("email", "name")}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = env.int("STP_PASSWORD_LINK_SECONDS", default=3 * 24 * 3600)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.ClosedSignup"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_USER_DISPLAY = "accounts.models.display_name"
ACCOUNT_FORMS = {"login": "accounts.forms.SignIn"}

SESSION_COOKIE_AGE = 12 * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"

# --- words and time -----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = None

# --- files --------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STP_STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
UPLOAD_MAX_BYTES = env.int("STP_UPLOAD_MAX_BYTES", default=25 * 1024 * 1024)
UPLOAD_MAX_FILES = 10  # in one form
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # the text of a form; files are streamed and limited by UPLOAD_MAX_BYTES
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

# --- mail ---------------------------------------------------------------------------------------------------------
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env.str("STP_MAIL_FROM", default="STP Portfolio <portfolio@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_URL = required_in_production("STP_MAIL_URL", "consolemail://")
vars().update(env.email_url_config(EMAIL_URL))

# --- protections --------------------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-csrf"
    if env.bool("STP_BEHIND_PROXY", default=False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Sign-in limits count in the cache, so several processes share it through the database.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

# --- this project's own rules -------------------------------------------------------------------------------------
SERVICE_NAME = env.str("STP_SERVICE_NAME", default="STP Portfolio")
DECISION_DUE_DAYS = env.int("STP_DECISION_DUE_DAYS", default=14)
BIN_DAYS = 30

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING" if "pytest" in sys.modules else "INFO"},
}
