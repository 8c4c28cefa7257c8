"""What is there before anything is asked: parameters of the address, kept for the visit, and who is signed in."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from forms.fields.prefilled import ADDRESS, LIMIT, Known, subject_name
from forms.models import Submission
from forms.runtime import FormRuntime, Page

SESSION = "forms-prefilled"
ABOUT = "about"
"""The parameter that says what the form is about: ``?about=matter:<key>``."""
MOST_FORMS = 20
SUBJECT_LENGTH = 80
ABOUT_KEY = ":about"  # no parameter of a question can be called that


def remember(request: HttpRequest, form_id: int, runtime: FormRuntime) -> None:
    """Keep those parameters of the address that a question of the form asks for; all others are ignored."""
    if not request.GET:
        return
    wanted = {
        question.field["settings"]["parameter"]
        for question in runtime.questions.values()
        if question.kind.prefills and question.field["settings"]["source"] == ADDRESS
    }
    found = {name: request.GET[name][:LIMIT] for name in sorted(wanted) if name in request.GET}
    about = request.GET.get(ABOUT, "")
    if len(about) <= SUBJECT_LENGTH and subject_name(about, request.user):
        found[ABOUT_KEY] = about
    if found:
        kept = dict(request.session.get(SESSION, {}))
        kept[str(form_id)] = {**kept.pop(str(form_id), {}), **found}
        request.session[SESSION] = dict(list(kept.items())[-MOST_FORMS:])


def prefilled(request: HttpRequest, form_id: int, page: Page, draft: Submission | None) -> Mapping[str, Any]:
    """The answers on the page that are there for this visitor, by question id, as they are stored."""
    asked = [question for question in page.questions if question.kind.prefills]
    if not asked:
        return {}
    known = Known(
        parameters=request.session.get(SESSION, {}).get(str(form_id), {}),
        person=request.user,
        subject=draft.subject if draft else subject_of(request, form_id),
    )
    found = {question.id: question.kind.prefill(question.field, known) for question in asked}
    return {key: value for key, value in found.items() if value is not None}


def subject_of(request: HttpRequest, form_id: int) -> str:
    """What this visitor came to fill in the form about, if it is still for them; empty for nothing in particular."""
    about = request.session.get(SESSION, {}).get(str(form_id), {}).get(ABOUT_KEY, "")
    return about if about and subject_name(about, request.user) else ""
