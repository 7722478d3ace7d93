from django.apps import apps
from django.contrib.admin import site
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig

NOT_OFFERED = ("auth.Group", "account.EmailAddress", "account.EmailConfirmation", "django_tasks_database.DBTaskResult")


class AdminConfig(DjangoAdminConfig):
    """The admin site behind the same sign-in (config/admin.py)."""

    default_site = "config.admin.Site"

    def ready(self) -> None:
        """After every app has listed its own: take out what allauth and Django list and we do not use."""
        super().ready()
        for label in NOT_OFFERED:
            model = apps.get_model(label)
            if site.is_registered(model):
                site.unregister(model)
