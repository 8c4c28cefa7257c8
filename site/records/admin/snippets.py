"""Definitions (forms, workflows, choice lists, …) as Wagtail snippets, each row asked about in every view."""

from collections.abc import Callable
from typing import Any

from django.contrib.admin.utils import unquote
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import CharField, OuterRef, ProtectedError, QuerySet, RestrictedError, Subquery
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property, classproperty
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.models import DraftStateMixin, Revision
from wagtail.snippets.bulk_actions.delete import DeleteBulkAction
from wagtail.snippets.models import get_snippet_models
from wagtail.snippets.views import chooser
from wagtail.snippets.views.snippets import DeleteView, SnippetViewSet

from records import policy
from records.admin.editing import narrowed, scope_edit_handler
from records.errors import SamsynError

LOOK = ("view", "add", "change", "delete", "publish")
"""Any of these lets a person see a row in the admin."""


def with_schedule(rows: QuerySet[Any]) -> QuerySet[Any]:
    """``rows`` that know whether a publication is scheduled; asked one by one, a list of fifty asks fifty times.

    Its key takes the place of Wagtail's cached property of that name, from which the status is worded.
    """
    if not issubclass(rows.model, DraftStateMixin):
        return rows
    scheduled = Revision.objects.filter(
        base_content_type=ContentType.objects.get_for_model(rows.model),
        object_id=Cast(OuterRef("pk"), output_field=CharField()),
        approved_go_live_at__isnull=False,
    )
    return rows.annotate(scheduled_revision=Subquery(scheduled.values("pk")[:1]))


def quick_columns(columns: list[Any]) -> list[Any]:
    """The columns of a list, its status once: Wagtail adds it by itself."""
    return [column for column in columns if column != "status_string"]


class ObjectChecked:
    """Stands in front of every view of a scoped viewset: the row in the address is asked about first."""

    # No attributes of its own: they would hide those by which each view says what it requires.
    permission_policy: Any
    model: Any
    request: HttpRequest

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        if "pk" in kwargs:
            instance = get_object_or_404(self.model._default_manager, pk=unquote(str(kwargs["pk"])))
            self.permission_policy = self.check_object(request, instance)
        super().setup(request, *args, **kwargs)  # type: ignore[misc]

    def check_object(self, request: HttpRequest, instance: Any) -> policy.ScopedPolicy:
        """The policy for this row alone. Raises Http404 where nothing may be seen, else PermissionDenied."""
        rules = self.permission_policy.for_instance(instance)
        if not rules.user_has_any_permission(request.user, LOOK):
            raise Http404
        one, some = getattr(self, "permission_required", None), getattr(self, "any_permission_required", None)
        needed = [one] if one else some
        if rules.user_has_any_permission(request.user, needed or ["change"]):
            return rules
        own_lock = needed == ["unlock"] and instance.locked_by_id == request.user.pk
        if own_lock and rules.user_has_permission(request.user, "change"):
            return rules
        raise PermissionDenied

    @cached_property
    def list_display(self) -> list[Any]:
        return quick_columns(super().list_display)  # type: ignore[misc]

    @cached_property
    def filters(self) -> Any:
        """The listing's filters, offering only what the person may meet."""
        filters = super().filters  # type: ignore[misc]
        for part in [*filters.form.fields.values()] if filters else []:
            if getattr(part, "queryset", None) is not None:
                part.queryset = narrowed(part.queryset, self.request.user)
        return filters


class _ScopedList:
    """Only rows the person may see can be listed in a chooser."""

    def get_object_list(self) -> QuerySet[Any]:
        return with_schedule(narrowed(super().get_object_list(), self.request.user))  # type: ignore[misc,attr-defined]

    @property
    def columns(self) -> list[Any]:
        return quick_columns(super().columns)  # type: ignore[misc]


class ChooseView(_ScopedList, chooser.ChooseView):
    """The chooser's window."""


class ChooseResultsView(_ScopedList, chooser.ChooseResultsView):
    """The chooser's list alone."""


class ChosenView(chooser.SnippetChosenView):
    """One row that was chosen."""

    def get_object(self, pk: Any) -> Any:
        return get_object_or_404(narrowed(self.model_class._default_manager.all(), self.request.user), pk=pk)


class ChosenMultipleView(chooser.SnippetChosenMultipleView):
    """Several rows that were chosen."""

    def get_objects(self, pks: list[Any]) -> QuerySet[Any]:
        return narrowed(super().get_objects(pks), self.request.user)


class NoCreateView(chooser.SnippetCreateView):
    """Definitions are made in their own editor, never in passing."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404


class ScopedChooserViewSet(chooser.SnippetChooserViewSet):
    """Chooses among the rows a person may see."""

    choose_view_class = ChooseView
    choose_results_view_class = ChooseResultsView
    chosen_view_class = ChosenView
    chosen_multiple_view_class = ChosenMultipleView
    create_view_class = NoCreateView

    @property
    def permission_policy(self) -> policy.ScopedPolicy:
        return policy.of(self.model)


class ScopedDeleteView(DeleteView):
    """Deletes one row, or says why it stays."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except SamsynError as error:
            messages.error(self.request, error.sentence)
        except (ProtectedError, RestrictedError):
            messages.error(self.request, _("Nothing was deleted, because other records depend on it."))
        return redirect(self.get_success_url())


class ScopedSnippetViewSet(SnippetViewSet):
    """A snippet whose rows belong to associations; register definitions with this and nothing else."""

    delete_view_class = ScopedDeleteView
    chooser_viewset_class = ScopedChooserViewSet

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        policy.admit(self.model)
        self.menu_item_is_registered = True  # Wagtail's own "Snippets" index counts every association's rows

    @property
    def permission_policy(self) -> policy.ScopedPolicy:
        return policy.of(self.model)

    def construct_view(self, view_class: type[Any], **kwargs: Any) -> Callable[..., HttpResponse]:
        checked = type(view_class.__name__, (ObjectChecked, view_class), {})
        for name in ("model", "permission_policy"):
            kwargs.setdefault(name, getattr(self, name))
            if not hasattr(checked, name):
                setattr(checked, name, None)
        return super().construct_view(checked, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = policy.of(self.model).narrow(self.model._default_manager.all(), request.user, LOOK)
        return with_schedule(rows.select_related(self.model.collection_path))

    def get_edit_handler(self) -> Any:
        return scope_edit_handler(super().get_edit_handler(), self.model)

    def delete_rows(self, rows: list[Any], user: Any) -> None:
        """Delete what was ticked in the list; a room whose rows are deleted by an action says so here."""
        self.model._default_manager.filter(pk__in=[row.pk for row in rows]).delete()

    @property
    def url_finder_class(self) -> type[Any]:
        return ModelViewSet.url_finder_class.fget(self)  # type: ignore[attr-defined]

    def get_permissions_to_register(self) -> QuerySet[Permission]:
        """None: rights over scoped rows are given on collections, never model-wide."""
        return Permission.objects.none()


class ScopedDelete(DeleteBulkAction):
    """Deletes those of the ticked rows that the person may delete; the others are not even named."""

    @classproperty
    def models(cls) -> list[type[Any]]:  # noqa: N805 (a property of the class)
        return [model for model in get_snippet_models() if isinstance(model.snippet_viewset, ScopedSnippetViewSet)]

    @cached_property
    def _actionable_objects(self) -> tuple[list[Any], dict[str, list[Any]]]:
        rows = policy.of(self.model).narrow(self.model._default_manager.all(), self.request.user, ["delete"])
        ids = self.request.GET.getlist("id")
        if "all" not in ids:
            rows = rows.filter(pk__in=[pk for pk in ids if pk.isdigit()])
        found = list(rows)
        if not found:
            raise Http404
        return found, {"items_with_no_access": []}

    @classmethod
    def execute_action(cls, objects: list[Any], **kwargs: Any) -> tuple[int, int]:
        view = kwargs["self"]
        view.model.snippet_viewset.delete_rows(objects, view.request.user)
        return len(objects), 0

    def check_perm(self, snippet: Any) -> bool:
        return policy.of(self.model).user_has_permission_for_instance(self.request.user, "delete", snippet)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except (ProtectedError, RestrictedError):
            messages.error(self.request, _("Nothing was deleted, because other records depend on it."))
        except SamsynError as error:
            messages.error(self.request, error.sentence)
        return redirect(self.next_url)
