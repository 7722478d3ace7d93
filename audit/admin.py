"""The chains in the admin site: to read, never to write. And what every page of that site keeps to."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from .models import Chain, Event


class ScopedAdmin(admin.ModelAdmin):
    """Lists what somebody may see, and shows no more: a row outside their list is not found.

    The admin pages of every app stand on it. Only the filters on offer filter: Django would let any column be asked for
    its first letters, and so be read.
    """

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is None or not self.has_view_permission(request):
            raise Http404
        return found

    # The stubs know an argument of a later Django.
    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:  # type: ignore[override]
        """One row that is not theirs among those chosen, and nothing is done to any of them."""
        chosen = set(request.POST.getlist(ACTION_CHECKBOX_NAME))
        numbers = {int(each) for each in chosen if each.isdecimal() and each.isascii()}
        if len(numbers) < len(chosen) or queryset.filter(pk__in=numbers).count() < len(numbers):
            raise Http404
        return super().response_action(request, queryset)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        offered = [_parameter(each) for each in self.get_list_filter(request)]
        asked = any(lookup == name or lookup.startswith(f"{name}__") for name in offered)
        return asked and super().lookup_allowed(lookup, value, request)


def _parameter(filter_on_offer: Any) -> str:
    """What stands in the address for a filter of `list_filter`."""
    match filter_on_offer:
        case str():
            return filter_on_offer
        case (str() as field, _):
            return field
    return str(filter_on_offer.parameter_name)


class ReadOnlyAdmin(ScopedAdmin):
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
