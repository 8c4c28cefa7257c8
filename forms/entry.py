"""What one browser may do with a form beyond what everybody may: enter with a code, try it, read it in a language."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from forms.models import EntryCode, Form, Submission
from forms.opening import is_full, opens_for, opens_for_draft, uses_left
from forms.runtime import FormRuntime

CODES = "forms_codes"  # {form id: entry code id}
TESTING = "forms_testing"  # [form id]
LANGUAGES = "forms_languages"  # {form id: language}


def _kept(request: HttpRequest, name: str, nothing: Any) -> Any:
    # A visitor without a session costs no query.
    return request.session.get(name, nothing) if request.session.session_key else nothing


# --- codes -------------------------------------------------------------------------------------------


def normal(code: str) -> str:
    """A code as it was made, however it was typed: small letters, spaces and hyphens make no difference."""
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return f"{letters[:4]}-{letters[4:8]}" if len(letters) == 8 else code.strip()[:20]


def find_code(form: Form, code: str) -> EntryCode | None:
    """The code that opens this form now; None when it is wrong, too old, revoked or used up."""
    rows = EntryCode.objects.filter(form=form, revoked_at=None, valid_until__gt=timezone.now())
    found = rows.filter(code=normal(code)).first()
    return found if found is not None and uses_left(found) else None


def remember_code(request: HttpRequest, code: EntryCode) -> None:
    """Let this browser into the form."""
    request.session[CODES] = {**_kept(request, CODES, {}), str(code.form_id): code.pk}


def code_of(request: HttpRequest, form: Form) -> EntryCode | None:
    """The code this browser has entered, when it still holds."""
    pk = _kept(request, CODES, {}).get(str(form.pk))
    return EntryCode.objects.filter(pk=pk, form=form, revoked_at=None).first() if pk else None


# --- trying a form -------------------------------------------------------------------------------------


def begin_test(request: HttpRequest, form: Form) -> None:
    """From now on what this browser fills in is only a sample."""
    request.session[TESTING] = [*(pk for pk in _kept(request, TESTING, []) if pk != form.pk), form.pk]


def end_test(request: HttpRequest, form: Form) -> None:
    """What this browser fills in counts again."""
    request.session[TESTING] = [pk for pk in _kept(request, TESTING, []) if pk != form.pk]


def is_testing(request: HttpRequest, form: Form) -> bool:
    """Is the form only being tried in this browser?"""
    return form.pk in _kept(request, TESTING, [])


# --- language ------------------------------------------------------------------------------------------


def choose_language(request: HttpRequest, form_id: int, language: str) -> None:
    """Show the form to this browser in that language."""
    chosen = _kept(request, LANGUAGES, {})
    if chosen.get(str(form_id)) != language:
        request.session[LANGUAGES] = {**chosen, str(form_id): language}


def follow_language(request: HttpRequest, draft: Submission) -> None:
    """Go on in the draft's language, where none has been chosen in this browser."""
    if str(draft.form_id) not in _kept(request, LANGUAGES, {}):
        choose_language(request, draft.form_id, draft.language)


def language_of(request: HttpRequest, form: Form) -> str:
    """The language chosen in this browser, else the form's own."""
    return _kept(request, LANGUAGES, {}).get(str(form.pk)) or form.language


def language_context(runtime: FormRuntime) -> dict[str, Any]:
    """What a page needs to offer the form's languages, and to say what is not translated."""
    names = dict(settings.LANGUAGES)
    return {
        "languages": [(code, names.get(code, code)) for code in runtime.languages],
        "current_language": runtime.language,
        "own_language": runtime.own_language,
        "is_partial": runtime.is_partial,
    }


# --- all together ----------------------------------------------------------------------------------------


def may_fill(request: HttpRequest, form: Form, draft: Submission | None = None) -> bool:
    """Can this visitor fill in the form now? Who has begun goes on even when it has filled meanwhile."""
    if draft is not None and opens_for_draft(draft):
        return True
    code = code_of(request, form)
    if not opens_for(form, code, is_sample=is_testing(request, form)):
        return False
    return draft is not None or is_testing(request, form) or not is_full(form)
