"""The form has changed since the draft was begun: what is new, and going on in the new version."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from forms.actions import move_draft
from forms.models import FormVersion
from forms.opening import Opening, opening
from forms.versions import compare, for_applicants, grouped, moved, needs_to_move
from forms.views import refusals
from forms.views.drafts import address_of
from forms.views.journey import current_draft, of_form
from records.errors import Conflict
from records.privacy import private


@private
@require_http_methods(["GET", "HEAD", "POST"])
@of_form
def forward(request: HttpRequest, version: FormVersion) -> HttpResponse:
    """What has changed, and what cannot go along; POST moves the draft."""
    draft = current_draft(request, version.form_id)
    if draft is None:
        return redirect("forms:begin", slug=version.form.slug)
    if opening(version.form) != Opening.OPEN:
        return refusals.closed(request, version, draft)
    if not needs_to_move(draft, version):
        return redirect(address_of(draft))
    if request.method == "POST":
        try:
            draft = move_draft(draft=draft, to=version, person=request.user)
        except Conflict:
            return refusals.already_sent(request, draft, is_own=True)
        return redirect(address_of(draft))
    context = {
        "collection": version.form.collection,
        "form": version.form,
        "title": version.form.title,
        "draft": draft,
        "pages": grouped(for_applicants(compare(draft.version.compiled, version.compiled))),
        "left": moved(draft, version, draft.uploads.all()).left,
    }
    return render(request, "forms/forward.html", context)
