"""Settings, all from the environment (README.md, "Running it", lists them).

STP_MODE says what this process is for: `demo` (fictional data), `local` (real use by one person on
their own machine), `test`, or `production`. Production refuses to start when a secret is missing or
a protection is off; the other modes only ever answer to the names of this machine.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from config.environment import SECRET_KEY_LENGTH, Environment, machine_key, private_folder

BASE_DIR = Path(__file__).resolve().parent.parent
MODES = ("demo", "local", "test", "production")
LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "testserver")

env = Environment(os.environ)
STP_MODE = env.choice("STP_MODE", MODES, default="local")
env.refuse()  # what else is wrong depends on the mode
PRODUCTION = STP_MODE == "production"
DEBUG = env.switch("STP_DEBUG")

# --- where this process stands ------------------------------------------------------------------------------------
# Database and files live in one folder. Production names it; `make run` and `make demo` have theirs in this tree.
DATA_DIR = Path(
    env.required("STP_DATA_DIR") if PRODUCTION else env.text("STP_DATA_DIR", str(BASE_DIR / "data"))
).resolve()
FILES_DIR = DATA_DIR / "files"

if PRODUCTION:
    SECRET_KEY = env.required("STP_SECRET_KEY")
    ALLOWED_HOSTS = env.names("STP_HOSTS", env.required("STP_HOSTS"))
    SITE_URL = env.required("STP_SITE_URL").rstrip("/")
    database_url, mail_url = env.required("STP_DATABASE_URL"), env.required("STP_MAIL_URL")
    env.object_if(DEBUG, "STP_DEBUG is on: production mode refuses to start.")
    env.object_if(
        any("*" in host or host.startswith(".") for host in ALLOWED_HOSTS),
        "STP_HOSTS holds a '*' or a name that begins with a dot: name each host that serves this site.",
    )
    env.object_if(
        bool(SECRET_KEY) and (len(SECRET_KEY) < SECRET_KEY_LENGTH or len(set(SECRET_KEY)) < 10),
        f"STP_SECRET_KEY is too short or too plain: use {SECRET_KEY_LENGTH} or more random characters.",
    )
    env.object_if(
        bool(SITE_URL) and not SITE_URL.startswith("https://"),
        "STP_SITE_URL must begin with https:// in production mode.",
    )
    env.object_if(
        bool(ALLOWED_HOSTS)
        and SITE_URL.startswith("https://")
        and (urlsplit(SITE_URL).hostname or "") not in ALLOWED_HOSTS,
        "STP_SITE_URL is not on one of the STP_HOSTS.",
    )
    env.refuse()
else:
    ALLOWED_HOSTS = env.names("STP_HOSTS", env.text("STP_HOSTS", ",".join(LOOPBACK)))
    SITE_URL = env.text("STP_SITE_URL", "http://127.0.0.1:8000").rstrip("/")
    database_url, mail_url = env.text("STP_DATABASE_URL"), env.text("STP_MAIL_URL", "consolemail://")
    env.object_if(
        not set(ALLOWED_HOSTS) <= set(LOOPBACK),
        "STP_HOSTS names another machine: only STP_MODE=production answers to other names than this machine's own.",
    )
    env.refuse()
    SECRET_KEY = env.text("STP_SECRET_KEY") or machine_key(private_folder(DATA_DIR) / "secret_key")
private_folder(DATA_DIR)

INSTALLED_APPS = [
    "portfolio",
    "curriculum",
    "accounts",
    "outbox",
    "audit",
    "config.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "csp",
    "django_tasks",
    "django_tasks_db",
]

# The headers come first: whatever answers further down (static files, a redirect to https, an error), it carries them.
MIDDLEWARE = [
    "config.middleware.security_headers",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.uploads.measured",
    "config.middleware.cookies_hold_no_nul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.refusals_are_logged",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.LoginRequired",
    "config.middleware.TooLateIsConflict",
    "config.middleware.InvalidFormSaysSo",
    "config.middleware.an_address_is_a_path",
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
                "portfolio.views.navigation.navigation",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # so that templates/django/forms/ comes first
CRISPY_ALLOWED_TEMPLATE_PACKS = ["crispy/nhsuk"]
CRISPY_TEMPLATE_PACK = "crispy/nhsuk"
CRISPY_FAIL_SILENTLY = False

# --- database -----------------------------------------------------------------------------------------------------
LOCK_SECONDS = 5  # how long anybody waits for what somebody else has locked; then the answer is 503
database: dict[str, Any] = (
    env.database("STP_DATABASE_URL", database_url)
    if database_url
    else {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA_DIR / "portfolio.sqlite3"}
)
if database["ENGINE"].endswith("sqlite3"):
    database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # deferred transactions made a quarter of racing writes fail
        "timeout": LOCK_SECONDS,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000; "
            "PRAGMA journal_size_limit=67108864; PRAGMA foreign_keys=ON; "
            "PRAGMA secure_delete=ON;"  # what was deleted, such as answers that are too few, is no longer in the file
        ),
    }
else:
    database["CONN_MAX_AGE"] = 60
    database["CONN_HEALTH_CHECKS"] = True
    # jit: a page's queries are planned in a millisecond and would be compiled for fifty, to read a few rows. Nor is it
    # worth eight to start a second process for one. And an SSD reads here and there as quickly as in a row: told
    # that it takes four times as long, it read half a million submissions to find those of 25 assessors.
    database["OPTIONS"] = {
        "connect_timeout": 5,
        "options": f"-c lock_timeout={LOCK_SECONDS}s -c idle_in_transaction_session_timeout=60000 -c jit=off "
        "-c max_parallel_workers_per_gather=0 -c random_page_cost=1.1",
        **database.get("OPTIONS", {}),
    }
DATABASES = {"default": database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = env.number("STP_PASSWORD_LINK_SECONDS", default=3 * 24 * 3600)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.ClosedSignup"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a changed password is told to its owner
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_USER_DISPLAY = "accounts.models.display_name"
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignIn",
    "reauthenticate": "accounts.forms.Reauthenticate",
    "reset_password": "accounts.forms.AskForPassword",
    "reset_password_from_key": "accounts.forms.SetPasswordByLink",
    "change_password": "accounts.forms.ChangePassword",
    "set_password": "accounts.forms.SetPassword",
}
# Counted before a password is checked: one check costs half a second. Hospitals share one address, so the limits
# for an address are wide and the limit for an account is narrow.
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "60/m/ip,10/5m/key",
    "reset_password": "20/m/ip,3/5m/key",
    "reset_password_from_key": "30/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}

SESSION_COOKIE_AGE = 12 * 3600
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

# --- files --------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
# Production serves what collectstatic gathered; elsewhere files are served from where they lie.
STATIC_ROOT = Path(env.text("STP_STATIC_ROOT", str(BASE_DIR / "staticfiles"))) if PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG or STP_MODE == "test"  # in tests: looking a file up beats listing them all per client
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
UPLOAD_MAX_BYTES = env.number("STP_UPLOAD_MAX_BYTES", default=25 * 1024 * 1024)
UPLOAD_MAX_FILES = 10  # in one form
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # the text of a form; files are streamed and limited by UPLOAD_MAX_BYTES
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

# --- mail ---------------------------------------------------------------------------------------------------------
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env.text("STP_MAIL_FROM", "STP Portfolio <portfolio@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
vars().update(env.mail("STP_MAIL_URL", mail_url, real=PRODUCTION))

# --- work in the background ---------------------------------------------------------------------------------------
# In the serving process, with nothing else to start; or `manage.py db_worker`, with `manage.py run_due` from a timer.
STP_BACKGROUND = env.choice("STP_BACKGROUND", ("in-process", "db_worker"), default="in-process")
RUN_DUE = "portfolio.due.run_due"
# Whether somebody may still be told of the portfolio that a mail is about, asked when it leaves.
MAY_HEAR = "portfolio.due.still_theirs"
# Mail whose text waits in no table, since it opens an account: written when it leaves, by kind.
WRITTEN_LATE = {
    "invitation": "accounts.invitations.invitation",
    "password reset key": "accounts.letters.new_password",
    "unknown account": "accounts.letters.no_account",
    "email confirmation": "accounts.letters.confirmation",
}
BACKENDS = {"in-process": "config.background.InProcess", "db_worker": "django_tasks_db.DatabaseBackend"}
TASKS = {"default": {"BACKEND": BACKENDS[STP_BACKGROUND]}}

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
    CSRF_TRUSTED_ORIGINS = [SITE_URL]
    if env.switch("STP_BEHIND_PROXY"):
        # One proxy of ours, which overwrites X-Forwarded-Proto and appends the client to X-Forwarded-For.
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        ALLAUTH_TRUSTED_PROXY_COUNT = 1

# Sign-in limits count in the cache, so several processes share it through the database.
CACHES = {
    "default": {
        "BACKEND": "config.cache.Cache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # Django's 300 would push counted attempts out
    }
}

# --- this project's own rules -------------------------------------------------------------------------------------
SERVICE_NAME = env.text("STP_SERVICE_NAME", "STP Portfolio")
DECISION_DUE_DAYS = env.number("STP_DECISION_DUE_DAYS", default=14)
DIGEST_HOUR = env.number("STP_DIGEST_HOUR", default=7, least=0)  # from then on the digest of the day is made
env.object_if(DIGEST_HOUR > 23, "STP_DIGEST_HOUR must be an hour of the day, 0 to 23.")
TELL_OFFICER_DAYS = 7  # after the reminder that it was due
BIN_DAYS = 30
# Deciding by a code: how long a link works, and a code, and what it proved; for how long a device is handed over.
SIGN_LINK_DAYS = env.number("STP_SIGN_LINK_DAYS", default=14)
SIGN_CODE_MINUTES = 10
SIGN_CODES_AN_HOUR = 5
SIGN_WRONG_TRIES = 15  # guesses at a million, after which a link is dead, and a device is not handed over for a month
SIGN_HOURS = 2
LENT_MINUTES = env.number("STP_LENT_MINUTES", default=30)
# Multi-source feedback: below so many answers a round reveals nothing; so many are advised; nobody asks more.
FEEDBACK_LEAST = env.number("STP_FEEDBACK_LEAST", default=8)
env.object_if(FEEDBACK_LEAST < 5, "STP_FEEDBACK_LEAST is below 5: so few answers would tell who gave them.")
FEEDBACK_ADVISED = 12
FEEDBACK_MOST = 30
FEEDBACK_LINK_DAYS = 42  # how long a link works; a reminder brings a new one

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "config.logs.OneLine"},
        "plain": {"()": "config.logs.Plain"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain" if DEBUG else "line"}},
    "root": {"handlers": ["console"], "level": "WARNING" if STP_MODE == "test" else "INFO"},
    # Without the handlers that Django gives its own loggers: those write addresses as they are, with the keys in them.
    "loggers": {"django": {"handlers": [], "level": "INFO"}},
}

if STP_MODE == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}  # at the commit, not later
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

env.refuse()
