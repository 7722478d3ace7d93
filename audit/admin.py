"""The chains in the admin site: to read, never to write."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from .models import Chain, Event


class ReadOnlyAdmin(admin.ModelAdmin):
    """Nothing can be added, changed, removed or done to many rows at once, by anybody."""

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Chain)
class ChainAdmin(ReadOnlyAdmin):
    list_display = ["name", "head_seq", "head_hash"]
    search_fields = ["name"]


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["chain", "seq", "at", "kind", "actor_name"]
    list_select_related = ["chain"]
    list_filter = ["kind"]
    search_fields = ["chain__name", "kind", "actor_name"]
    ordering = ["-pk"]
