"""A form's other languages: source and translation side by side, saved into the draft as a revision."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from forms import translations
from forms.compile import compile_form
from forms.models import Form

from .reach import edit_address, form_for

LONGEST = 10_000


def other_languages(form: Form) -> list[tuple[str, str]]:
    """The languages a form can be translated to."""
    return [(code, name) for code, name in settings.LANGUAGES if code != form.language]


def _groups(compiled: Any, texts: dict[str, str]) -> list[dict[str, Any]]:
    """The texts by page and question, each with its translation."""
    labels = {"": compiled["title"]}
    for page in compiled["pages"]:
        labels[page["id"]] = page["title"]
        for field in page["fields"]:
            labels[field["id"]] = field["label"] or field["name"]
    groups: list[dict[str, Any]] = []
    for number, text in enumerate(translations.texts_of(compiled)):
        if not groups or (text.owner in labels and groups[-1]["owner"] != text.owner):
            groups.append({"owner": text.owner, "title": labels.get(text.owner, ""), "rows": []})
        groups[-1]["rows"].append(
            {
                "key": text.key,
                "number": number,
                "source": text.text,
                "is_long": len(text.text) > 80 or "\n" in text.text,
                "translation": texts.get(text.key, ""),
            }
        )
    return groups


@require_http_methods(["GET", "HEAD", "POST"])
def languages(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """Every text of the draft beside its translation; POST saves a new draft, which publishing makes public."""
    form = form_for(request, pk)
    name = dict(other_languages(form)).get(language)
    if name is None:
        raise Http404
    draft: Any = Form.objects.get(pk=form.pk).get_latest_revision_as_object()
    compiled = compile_form(draft)
    texts = dict(draft.translations.get(language, {}))
    if request.method == "POST":
        for text in translations.texts_of(compiled):
            if text.key in request.POST:
                given = request.POST[text.key].replace("\x00", "").strip()[:LONGEST]
                texts.pop(text.key, None)
                if given:
                    texts[text.key] = given
        draft.translations = {**draft.translations, language: texts}
        draft.save_revision(user=request.user)
        messages.success(request, _("The translation has been saved in the draft. Publish the form to show it."))
        return redirect("forms_form_languages", pk=pk, language=language)
    done, total = translations.progress(compiled, texts)
    context = {
        "form": form,
        "language": language,
        "language_name": name,
        "groups": _groups(compiled, texts),
        "done": done,
        "total": total,
        "edit_url": edit_address(form),
    }
    return render(request, "forms/admin/languages.html", context)
