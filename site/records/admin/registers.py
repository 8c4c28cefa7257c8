"""Registers (matters, submissions, messages, …) as lists in the Wagtail admin, each row asked about in every view."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.filters import DateFieldListFilter, RelatedFieldListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import get_fields_from_path, unquote
from django.contrib.auth.models import Permission
from django.core.exceptions import FieldDoesNotExist, PermissionDenied, ValidationError
from django.db.models import DateField, Field, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail_modeladmin.helpers import PermissionHelper
from wagtail_modeladmin.options import ModelAdmin
from wagtail_modeladmin.views import IndexView

from records import policy
from records.admin import gate
from records.admin.editing import scope_edit_handler

SEE = ("view", "change", "delete")


class ScopedPermissionHelper(PermissionHelper):
    """modeladmin's questions, answered by the policy."""

    @property
    def policy(self) -> policy.ScopedPolicy:
        return policy.of(self.model)

    def get_all_model_permissions(self) -> QuerySet[Permission]:
        """None: rights over scoped rows are given on collections, never model-wide."""
        return Permission.objects.none()

    def user_has_specific_permission(self, user: Any, perm_codename: str) -> bool:
        return policy.anywhere(user, [f"{self.opts.app_label}.{perm_codename}"])

    def user_has_any_permissions(self, user: Any) -> bool:
        return self.policy.user_has_any_permission(user, SEE)

    def user_can_list(self, user: Any) -> bool:
        return self.user_has_any_permissions(user)

    def user_can_create(self, user: Any) -> bool:
        return self.policy.user_has_permission(user, "add")

    def user_can_inspect_obj(self, user: Any, obj: Any) -> bool:
        return self.inspect_view_enabled and self.policy.user_has_any_permission_for_instance(user, SEE, obj)

    def user_can_edit_obj(self, user: Any, obj: Any) -> bool:
        return self.policy.user_has_permission_for_instance(user, "change", obj)

    def user_can_delete_obj(self, user: Any, obj: Any) -> bool:
        return self.policy.user_has_permission_for_instance(user, "delete", obj)


class ScopedRelatedFilter(RelatedFieldListFilter):
    """Offers only values that occur in rows the person may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        seen = model_admin.get_queryset(request).order_by().values(f"{self.field_path}__pk")
        return field.get_choices(include_blank=False, limit_choices_to={"pk__in": seen})


class PeriodFilter(DateFieldListFilter):
    """Today, the last week, …, in our words: Django translates its own only where its own admin is installed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        periods = (
            _("Any day"),
            _("Today"),
            _("Past 7 days"),
            _("This month"),
            _("This year"),
            _("No day"),
            _("Some day"),
        )
        self.links = tuple((label, asked) for label, (_label, asked) in zip(periods, self.links, strict=False))


class ScopedIndexView(IndexView):
    """A register's list: narrowed rows, and nothing in the address but the filters it declares."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().dispatch(request, *args, **kwargs)
        except IncorrectLookupParameters:
            return redirect(request.path)

    def get_filters(self, request: HttpRequest) -> tuple[Any, ...]:
        """modeladmin would look up any path of any related model (``?officer__password__startswith=``): refused."""
        specs, found, _others, distinct = super().get_filters(request)
        return specs, found, {}, distinct

    def as_spreadsheet(self, queryset: QuerySet[Any], spreadsheet_format: str) -> HttpResponse:
        rules = policy.of(self.model)
        if not rules.user_has_permission(self.request.user, "export"):
            raise PermissionDenied
        rows = rules.narrow(queryset, self.request.user, ["export"])
        return self.model_admin.export(self.request, rows, spreadsheet_format)


class ScopedModelAdmin(ModelAdmin):
    """A register whose rows belong to associations; list rows with this and nothing else.

    A room that exports sets ``list_export`` (which shows the buttons) and writes ``export``.
    """

    index_view_class = ScopedIndexView
    permission_helper_class = ScopedPermissionHelper
    history_view_enabled = False

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        policy.admit(self.model)
        self.admin_site = AdminSite()  # the filters ask it for an ordering; Django's own admin is not installed

    def get_admin_urls_for_registration(self) -> tuple[Any, ...]:
        urls = super().get_admin_urls_for_registration()
        gate.admit_register(url.name for url in urls)
        return urls

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return policy.of(self.model).narrow(super().get_queryset(request), request.user, SEE)

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [self._scoped_filter(part) for part in super().get_list_filter(request)]

    def _scoped_filter(self, part: Any) -> Any:
        if not isinstance(part, str):
            return part
        try:
            field = get_fields_from_path(self.model, part)[-1]
        except FieldDoesNotExist:
            return part
        if isinstance(field, DateField):
            return part, PeriodFilter
        return (part, ScopedRelatedFilter) if isinstance(field, Field) and field.is_relation else part

    def get_index_view_extra_css(self) -> list[str]:
        return list(super().get_index_view_extra_css())  # modeladmin adds its own to it

    def get_edit_handler(self) -> Any:
        return scope_edit_handler(super().get_edit_handler(), self.model)

    def export(self, request: HttpRequest, rows: QuerySet[Any], kind: str) -> HttpResponse:
        """The rows as a file of ``kind`` ("xlsx" or "csv"); ``rows`` are already narrowed to what may be exported."""
        raise Http404

    def register_indexing(self) -> None:
        """Records are not part of Wagtail's reference index: what they refer to never goes away under them."""

    # Every view of one row passes here first; modeladmin itself asks nothing in HistoryView and leaves it to each view.
    def inspect_view(self, request: HttpRequest, instance_pk: str) -> HttpResponse:
        self._check(request, instance_pk, SEE)
        return super().inspect_view(request, instance_pk)

    def edit_view(self, request: HttpRequest, instance_pk: str) -> HttpResponse:
        self._check(request, instance_pk, ["change"])
        return super().edit_view(request, instance_pk)

    def delete_view(self, request: HttpRequest, instance_pk: str) -> HttpResponse:
        self._check(request, instance_pk, ["delete"])
        return super().delete_view(request, instance_pk)

    def history_view(self, request: HttpRequest, instance_pk: str) -> HttpResponse:
        self._check(request, instance_pk, ["change"])
        return super().history_view(request, instance_pk)

    def _check(self, request: HttpRequest, instance_pk: str, actions: Iterable[str]) -> None:
        """Raises Http404 for a row the person may not see, PermissionDenied where they may see but not act."""
        try:
            row = self.get_queryset(request).filter(pk=unquote(instance_pk)).first()
        except (ValueError, OverflowError, ValidationError) as error:
            raise Http404 from error
        if row is None:
            raise Http404
        if not policy.of(self.model).user_has_any_permission_for_instance(request.user, actions, row):
            raise PermissionDenied
