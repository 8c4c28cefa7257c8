"""One form in the admin, for those who may change it."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from forms.models import Form
from records import policy


def form_for(request: HttpRequest, pk: int) -> Form:
    """The form, for those who may change it. Raises Http404 where it cannot be seen, else PermissionDenied."""
    form = get_object_or_404(Form.objects.select_related("collection").defer("questions"), pk=pk)
    rules = policy.of(Form)
    if not rules.user_has_any_permission_for_instance(request.user, ["change", "publish", "delete"], form):
        raise Http404
    if not rules.user_has_permission_for_instance(request.user, "change", form):
        raise PermissionDenied
    return form


def edit_address(form: Form) -> str:
    """Where the form is edited."""
    return reverse(Form.snippet_viewset.get_url_name("edit"), args=[form.pk])  # type: ignore[attr-defined]
