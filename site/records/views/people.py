"""The people of an association, in the Wagtail admin: who has which role, inviting, taking a role back."""

from typing import Any

import django.forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from wagtail.admin import messages
from wagtail.models import Collection

from records import invite, policy
from records.errors import SamsynError
from records.roles import Role


class InviteForm(django.forms.Form):
    """Whom to invite, and as what."""

    email = django.forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
    first_name = django.forms.CharField(label=gettext_lazy("First name"), max_length=150, required=False)
    last_name = django.forms.CharField(label=gettext_lazy("Last name"), max_length=150, required=False)
    roles = django.forms.MultipleChoiceField(label=gettext_lazy("Roles"), widget=django.forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, giveable: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: Any = self.fields["roles"]
        offered.choices = [(role, Role(role).label) for role in giveable]


@require_GET
def associations(request: HttpRequest) -> HttpResponse:
    """The associations whose people this person looks after; straight to it when there is one."""
    mine = list(policy.collections_with(request.user, invite.INVITE).filter(depth=2).order_by("name"))
    if not mine:
        raise PermissionDenied
    if len(mine) == 1:
        return redirect("records_people", collection_id=mine[0].pk)
    context = {"associations": mine, "page_title": _("People"), "header_icon": "group"}
    return render(request, "records/admin/associations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, collection_id: int) -> HttpResponse:
    """Everybody with a role in the association, and the form that invites one more."""
    collection = _collection(request, collection_id)
    giveable = invite.giveable(request.user, collection)
    form = InviteForm(request.POST or None, giveable=giveable)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            person = invite.invite(
                by=request.user,
                collection=collection,
                email=given["email"],
                first_name=given["first_name"],
                last_name=given["last_name"],
                give=given["roles"],
            )
        except SamsynError as error:
            form.add_error(None, str(error.sentence))
        else:
            messages.success(request, _("%(email)s has been invited.") % {"email": person.email})
            return redirect("records_people", collection_id=collection.pk)
    context = {
        "association": collection,
        "colleagues": invite.colleagues(collection),
        "giveable": giveable,
        "form": form,
        "page_title": _("People"),
        "page_subtitle": collection.name,
        "header_icon": "group",
    }
    return render(request, "records/admin/people.html", context, status=422 if form.errors else 200)


@require_POST
def take_role(request: HttpRequest, collection_id: int) -> HttpResponse:
    """Take a role from a person of the association."""
    collection = _collection(request, collection_id)
    known = {str(colleague.user.pk): colleague for colleague in invite.colleagues(collection)}
    colleague = known.get(request.POST.get("person", ""))
    role = request.POST.get("role", "")
    if colleague is None or role not in Role.values:
        raise Http404
    try:
        invite.remove(by=request.user, collection=collection, person=colleague.user, role=role)
    except SamsynError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(
            request,
            _("%(person)s no longer has the role %(role)s.") % {"person": colleague.user, "role": Role(role).label},
        )
    return redirect("records_people", collection_id=collection.pk)


def _collection(request: HttpRequest, collection_id: int) -> Collection:
    """The association, if this person looks after its people. Raises Http404."""
    return get_object_or_404(policy.collections_with(request.user, invite.INVITE).filter(depth=2), pk=collection_id)
