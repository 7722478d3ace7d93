"""Every address. Each app lists its own; addresses are a contract and do not move."""

from django.contrib import admin
from django.urls import include, path

from config import health

urlpatterns = [
    path("", include("portfolio.urls")),
    path("curricula/", include("curriculum.urls")),
    path("accounts/", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("robots.txt", health.robots, name="robots"),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
