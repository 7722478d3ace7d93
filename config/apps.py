from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    """The admin site behind the same sign-in (config/admin.py)."""

    default_site = "config.admin.Site"
