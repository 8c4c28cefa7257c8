"""The way through a form: its first page, its pages one by one, the summary and the sending."""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial, wraps
from typing import Any

from django.contrib import messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from forms import entry, kept_pages, prefilling, sessions, together, traps
from forms.actions import begin as begin_draft
from forms.actions import keep_file, remove_file, save_page, set_aside, submit
from forms.actions.upload import too_many
from forms.filetypes import Refused, shown_name
from forms.incoming import too_large as file_too_large
from forms.limits import all_within, request_within
from forms.models import FormVersion, Submission, Upload
from forms.opening import last_moment
from forms.permissions import own_drafts, proved_addresses
from forms.queries import answers_digest, published
from forms.runtime import FormRuntime, Page, PageForm, Path, Question
from forms.upload_handler import is_too_large, left_out_files, limit_uploads, refused_files
from forms.versions import needs_to_move
from forms.views import refusals
from records import transactions
from records.errors import Closed, Conflict, Invalid, TooMany
from records.prepared import Prepared
from records.privacy import private
from records.rates import client_address

NONCE = "form-nonce"
VERSION = "form-version"
SEEN = "form-seen"
FROM = "form-from"
LANGUAGE = "language"
LIVE = "form-live"
AUTOSAVE = "form-autosave"
CHECK = "form-check"

TOO_MANY_FILES = _("Many files have been sent from here in a short time. Wait a few minutes and send the file again.")

GUESTS_DO_NOT_SEND = _("Only the one who began the form can send it. Everything you have written is saved.")

SET_ASIDE = _("The form has been changed. What you wrote in questions that are gone is kept below, to copy from.")

View = Callable[..., HttpResponse]


def of_form(view: View) -> View:
    """Give the view the newest version at the address instead of the slug, in the form's own language; 404 without."""

    @wraps(view)
    def found(request: HttpRequest, slug: str, **kwargs: Any) -> HttpResponse:
        version = published(slug)
        if version is None:
            raise Http404
        with override(entry.language_of(request, version.form)):
            return view(request, version, **kwargs)

    return found


# --- finding the draft ------------------------------------------------------------------------------


def _drafts(**where: Any) -> QuerySet[Submission]:
    """One draft, with its form and version; `newest` is the number of the form's newest version."""
    newest = FormVersion.objects.filter(form=OuterRef("form")).order_by("-number").values("number")[:1]
    return (
        Submission.objects.select_related("form", "form__collection", "version")
        .defer("form__questions", "version__compiled")
        .annotate(newest=Subquery(newest))
        .filter(**where)[:1]
    )


_by_nonce = Prepared(lambda form, nonce: _drafts(form=form, nonce=nonce), -1, uuid.UUID(int=1))
_by_key = Prepared(lambda form, key: _drafts(form=form, key=key, state=Submission.State.DRAFT), -1, uuid.UUID(int=1))
_to_send = Prepared(lambda slug, nonce: _drafts(form__slug=slug, nonce=nonce), "the-slug", uuid.UUID(int=1))


def _whole(found: Submission | None) -> Submission | None:
    """What was begun, with its form and version; the compiled JSON stays in the database, the runtime has it."""
    if found is not None:
        found.version.form = found.form
        if found.collection_id == found.form.collection_id:
            found.collection = found.form.collection
    return found


def current_draft(request: HttpRequest, form_id: int) -> Submission | None:
    """The draft of this form that the browser is at."""
    key = sessions.current_key(request, form_id)
    return None if key is None else _whole(_by_key.first(form_id, uuid.UUID(key)))


def posted_nonce(request: HttpRequest) -> uuid.UUID | None:
    """The nonce of the page that was posted; None for one that is none of ours."""
    try:
        return uuid.UUID(request.POST.get(NONCE, ""))
    except ValueError:
        return None


def _counted(request: HttpRequest, name: str) -> int | None:
    """A number that the page carries; None for one that is none of ours."""
    number = request.POST.get(name, "")
    return int(number) if number.isdecimal() and len(number) < 9 else None


def _posted_version(request: HttpRequest, newest: FormVersion) -> FormVersion:
    """The version the posted page was drawn from: who began on one finishes on it."""
    number = _counted(request, VERSION)
    if number is None or not 0 < number < newest.number:
        return newest
    older = FormVersion.objects.filter(form=newest.form_id, number=number).defer("compiled").first()
    if older is None:
        return newest
    older.form = newest.form
    return older


def change_language(
    request: HttpRequest, version: FormVersion, draft: Submission | None, number: int = 0
) -> HttpResponse:
    """Show the form, and write to whoever fills it in, in the language that was pressed."""
    wanted = request.POST.get(LANGUAGE, "")
    if wanted in FormRuntime.of(draft.version if draft else version).languages:
        entry.choose_language(request, version.form_id, wanted)
        if draft is not None and draft.language != wanted:
            Submission.objects.filter(pk=draft.pk, state=Submission.State.DRAFT).update(language=wanted)
    if number:
        return redirect("forms:page", slug=version.form.slug, number=number)
    return redirect("forms:begin", slug=version.form.slug)


# --- the first page -----------------------------------------------------------------------------------


@private
@require_http_methods(["GET", "HEAD", "POST"])
@of_form
def begin(request: HttpRequest, version: FormVersion) -> HttpResponse:
    """What the form is for, what is needed, and the way in; POST leaves the present draft and begins another."""
    draft = current_draft(request, version.form_id)
    if not entry.may_fill(request, version.form, draft):
        return refusals.closed(request, version, draft)
    if request.method == "POST":
        if draft is not None:
            sessions.leave_draft(request, draft)
        return redirect("forms:page", slug=version.form.slug, number=1)
    runtime = FormRuntime.of(version)
    prefilling.remember(request, version.form_id, runtime)
    texts = runtime.texts
    is_short = len(runtime.pages) == 1 and not texts.get("intro") and not texts.get("privacy")
    others = [row for row in own_drafts(request.user).filter(form=version.form)[:10] if row != draft]
    if is_short and draft is None and not others and len(runtime.languages) == 1:
        return redirect("forms:page", slug=version.form.slug, number=1)
    context = {
        "collection": version.form.collection,
        "form": version.form,
        "title": runtime.title,
        **entry.language_context(runtime),
        "texts": texts,
        "pages": runtime.path({}).pages,
        "draft": draft,
        "others": others,
        "closes": last_moment(version.form.closes_at) if version.form.closes_at else "",
        "code": entry.code_of(request, version.form),
        "testing": entry.is_testing(request, version.form),
    }
    return render(request, "forms/begin.html", context)


# --- a page -----------------------------------------------------------------------------------------------


@dataclass
class Sheet:
    """One page being shown: everything its template needs, and how it came to be shown."""

    version: FormVersion
    page: Page
    draft: Submission | None = None
    form: PageForm | None = None
    nonce: str = ""
    started: str = ""
    came_from: str = ""
    notice: str = ""
    quiet: bool = False
    by: str = ""
    merge: together.Merge | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    prefilled: Mapping[str, Any] = field(default_factory=dict)

    @property
    def runtime(self) -> FormRuntime:
        """The runtime of the version shown."""
        return FormRuntime.of(self.version)

    def context(self) -> dict[str, Any]:
        """What the template shows."""
        runtime, draft = self.runtime, self.draft
        answers = {**self.prefilled, **(draft.answers if draft else {})}
        form = self.form or runtime.page_form(
            self.page,
            answers,
            raw=draft.page_progress(self.page.id).get("raw") if draft else None,
            uploads=uploads_on(self.page, draft),
            clashes=together.clashes_on(draft, self.page, self.by),
        )
        path = form.path
        before = path.before(self.page)
        slug = self.version.form.slug
        return {
            "collection": self.version.form.collection,
            "form": self.version.form,
            "title": runtime.title,
            "form_page": self.page,
            "page_form": form,
            "problems": form.problems,
            "appeared": [] if self.quiet else [asked for asked in form.asked if asked.question in form.appeared],
            "steps": _steps(runtime, path, self.page, draft) if draft else _steps_of(path, self.page),
            "place": _place(path, self.page),
            "back": reverse("forms:page", args=[slug, before.number]) if before else "",
            "draft": draft,
            "version": self.version,
            "seen": together.seen_on(draft, self.page),
            "kept": " ".join(sorted(form.kept)),
            "nonce": self.nonce or (str(draft.nonce) if draft else str(uuid.uuid4())),
            "started": self.started or traps.new_stamp(),
            "came_from": self.came_from,
            "notice": self.notice,
            "others": together.others_in(draft, self.by),
            "clashes": [asked for asked in form.asked if asked.clash and asked.shown],
            "logic": runtime.logic(self.page, answers),
            **entry.language_context(runtime),
            "testing": bool(draft and draft.is_sample),
            "has_files": any(question.takes_files for question in self.page.questions),
            **self.extra,
        }

    def response(self, request: HttpRequest, status: int = 200) -> HttpResponse:
        """The page as an answer."""
        return render(request, "forms/page.html", self.context(), status=status)


def uploads_on(page: Page, draft: Submission | None) -> list[Upload]:
    """The stored files of the page's questions; asks nothing where no question takes files."""
    asked = [question.id for question in page.questions if question.takes_files]
    if draft is None or not asked:
        return []
    return list(Upload.objects.filter(submission=draft, field_id__in=asked).order_by("pk"))


def _place(path: Path, page: Page) -> dict[str, int]:
    """Where the page stands among those that are met, the summary last."""
    numbers = [other.number for other in path.pages]
    return {"number": numbers.index(page.number) + 1 if page.number in numbers else 1, "count": len(numbers) + 1}


def _steps(runtime: FormRuntime, path: Path, page: Page, draft: Submission) -> list[dict[str, Any]]:
    """The pages that are met; one is done when it has been saved with nothing missing."""
    lacking = {question.page.id for question, _said in runtime.problems(path, draft.raw)}
    return _steps_of(path, page, {other.id for other in path.pages if draft.page_progress(other.id)}, lacking)


def _steps_of(
    path: Path, page: Page, saved: Collection[str] = (), lacking: Collection[str] = ()
) -> list[dict[str, Any]]:
    return [
        {
            "title": other.title,
            "number": other.number,
            "is_current": other is page,
            "is_saved": other.id in saved,
            "is_done": other.id in saved and other.id not in lacking,
        }
        for other in path.pages
    ]


@private
@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt  # checked below, when the size of the files can be limited while they arrive
def page(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One page of the form: shown, or saved and left."""
    limit_uploads(request)
    return _page(request, slug=slug, number=number)


@of_form
def _page(request: HttpRequest, version: FormVersion, number: int) -> HttpResponse:
    if request.method == "POST":
        if is_too_large(request):
            return refusals.too_large(request, version)
        return _post_page(request, version, number)
    draft = current_draft(request, version.form_id)
    if not entry.may_fill(request, version.form, draft):
        return refusals.closed(request, version, draft)
    if draft is not None and needs_to_move(draft, version):
        return redirect("forms:forward", slug=version.form.slug)
    version = draft.version if draft else version
    found = FormRuntime.of(version).page(number)
    if found is None:
        raise Http404
    prefilling.remember(request, version.form_id, FormRuntime.of(version))
    if draft is None:
        return _fresh_page(request, version, found)
    came_from = "summary" if request.GET.get("from") == "summary" else ""
    path = FormRuntime.of(version).path(draft.answers)
    if found.id not in path.page_ids:
        return _go_on(draft, path, found)
    by = sessions.who(request, draft) if together.is_shared(draft) else ""
    prefilled = prefilling.prefilled(request, version.form_id, found, draft)
    sheet = Sheet(version=version, page=found, draft=draft, came_from=came_from, by=by, prefilled=prefilled)
    return sheet.response(request)


def _fresh_page(request: HttpRequest, version: FormVersion, found: Page) -> HttpResponse:
    """A page for a visitor without a draft; nothing is stored, not even a session."""
    path = FormRuntime.of(version).path({})
    if found.id not in path.page_ids:
        first = path.pages[0] if path.pages else found
        if first is found:
            raise Http404
        return redirect("forms:page", slug=version.form.slug, number=first.number)
    prefilled = prefilling.prefilled(request, version.form_id, found, None)
    sheet = Sheet(version=version, page=found, prefilled=prefilled)
    if prefilled or not kept_pages.may_serve(request):
        return sheet.response(request)

    def draw(places: Mapping[str, str]) -> str:
        return render_to_string("forms/page.html", {**sheet.context(), **places}, request=request)

    return kept_pages.serve(request, version, found.number, draw)


@csrf_protect
def _post_page(request: HttpRequest, newest: FormVersion, number: int) -> HttpResponse:
    nonce = posted_nonce(request)
    is_lost = False
    draft = _whole(_by_nonce.first(newest.form_id, nonce)) if nonce else None
    if draft is not None and not draft.is_draft:
        return refusals.already_sent(request, draft, is_own=sessions.reaches_draft(request, draft))
    if draft is not None and not sessions.reaches_draft(request, draft):
        # The session is gone: what is written on this page is kept, but in a draft of its own.
        is_lost, draft, nonce = True, None, uuid.uuid4()
    version = draft.version if draft else _posted_version(request, newest)
    if not entry.may_fill(request, newest.form, draft):
        return _too_late(request, newest, version, draft, number)
    drawn = _counted(request, VERSION)
    if draft is not None and drawn is not None and 0 < drawn < version.number:
        # The draft has moved on since the page was opened.
        found = _page_of_earlier(request, draft, drawn, number)
        if found is None:
            return redirect("forms:page", slug=newest.form.slug, number=1)
    else:
        found = FormRuntime.of(version).page(number)
    if found is None:
        raise Http404
    if CHECK in request.POST:
        return _check(request, version, found, draft)
    sheet = Sheet(
        version=version,
        page=found,
        draft=draft,
        nonce=str(nonce or uuid.uuid4()) if draft is None else "",
        started=request.POST.get(traps.STARTED, ""),
        came_from="summary" if request.POST.get(FROM) == "summary" else "",
        quiet=any(name in request.POST for name in ("add-row", "move-row", "remove-row", "remove", "upload")),
    )
    if draft is None and traps.springs(request.POST):
        if not traps.is_stamp(sheet.started):
            sheet.started = traps.new_stamp()
        return _refuse_machine(request, sheet, "trap")
    try:
        _save(request, sheet, nonce or uuid.UUID(sheet.nonce))
    except TooMany:
        return refusals.wait(_refuse_machine(request, sheet, "too_many"), "begin")
    except Closed:
        return _too_late(request, newest, version, draft, number)
    except Conflict as conflict:
        return _show_conflict(request, sheet, conflict)
    if is_lost:
        sheet.notice = "lost"
    return _answer(request, sheet)


def _too_late(
    request: HttpRequest, newest: FormVersion, version: FormVersion, draft: Submission | None, number: int
) -> HttpResponse:
    """The form has closed while the page was being filled in: nothing is saved, what was changed is there to copy."""
    if AUTOSAVE in request.POST or CHECK in request.POST:
        return JsonResponse({"saved": False}, status=410)
    found = FormRuntime.of(version).page(number)
    typed: list[dict[str, str]] = []
    if found is not None:
        form = FormRuntime.of(version).page_form(found, draft.answers if draft else {}, request.POST, quiet=True)
        typed = together.written_apart(found, form, set(), together.read_seen(request.POST.get(SEEN, "")))
    return refusals.closed(request, newest, draft, typed=typed)


def _page_of_earlier(request: HttpRequest, draft: Submission, drawn: int, number: int) -> Page | None:
    """The page of the draft's version that a page of an earlier one has become; None when it is gone.

    What was written there in questions that are no longer on it is set aside in the draft.
    """
    older = FormVersion.objects.filter(form=draft.form_id, number=drawn).first()
    was = FormRuntime.of(older).page(number) if older else None
    if older is None or was is None:
        raise Http404
    found = next((page for page in FormRuntime.of(draft.version).pages if page.id == was.id), None)
    staying = {question.id for question in found.questions} if found else set()
    typed = FormRuntime.of(older).page_form(was, {}, request.POST, quiet=True)
    entries = together.written_apart(was, typed, staying, together.read_seen(request.POST.get(SEEN, "")))
    if entries:
        set_aside(draft=draft, entries=entries)
        messages.warning(request, str(SET_ASIDE))
    return found


def _check(request: HttpRequest, version: FormVersion, found: Page, draft: Submission | None) -> HttpResponse:
    """What is wrong with one question on a page that is being filled in; nothing is stored."""
    if not request_within("check", request):
        return refusals.wait(JsonResponse({}), "check")
    asked = next((one for one in found.questions if one.html_name == request.POST[CHECK]), None)
    if asked is None or not asked.is_asked or asked.takes_files:
        return JsonResponse({})
    answers = draft.answers if draft else {}
    form = FormRuntime.of(version).page_form(found, answers, request.POST, uploads=uploads_on(found, draft), live=True)
    sentences = form.errors.get(asked.id, ())
    return JsonResponse({"sentence": " ".join(str(one) for one in sentences), "error": gettext("Error:")})


def _refuse_machine(request: HttpRequest, sheet: Sheet, notice: str) -> HttpResponse:
    """The page again with everything typed, for a visitor who looks like a machine; nothing is stored."""
    sheet.notice = notice
    sheet.form = sheet.runtime.page_form(sheet.page, {}, request.POST, quiet=True)
    sheet.quiet = True
    return JsonResponse({"saved": False}) if AUTOSAVE in request.POST else sheet.response(request)


def _save(request: HttpRequest, sheet: Sheet, nonce: uuid.UUID) -> None:
    """Store the page and its files in the draft, which is made now if there was none; then judge the page."""
    runtime, found = sheet.runtime, sheet.page
    takes_files = any(question.takes_files for question in found.questions)
    live = bool(request.POST.get(LIVE))
    is_new = sheet.draft is None
    before: Mapping[str, Any] = {} if sheet.draft is None else sheet.draft.answers
    if sheet.draft is None:
        sheet.form = runtime.page_form(found, before, request.POST, live=live, quiet=sheet.quiet)
        sheet.draft = _begin(request, sheet, nonce)
    else:
        sheet.by = sessions.who(request, sheet.draft)
        sessions.remember_draft(request, sheet.draft)
    draft, by = sheet.draft, sheet.by
    if is_new and not takes_files:
        return
    refused = _store_files(request, found, draft) if takes_files else {}
    sheet.form = runtime.page_form(
        found,
        before,
        request.POST,
        uploads=uploads_on(found, draft),
        refused=refused,
        live=live,
        quiet=sheet.quiet,
    )
    seen = together.read_seen(request.POST.get(SEEN, ""))
    merge = save_page(
        draft=draft,
        page=found,
        given=sheet.form.given,
        raw=sheet.form.raw,
        by=by,
        seen=None if is_new else seen,
        chosen=None if sheet.quiet or AUTOSAVE in request.POST else together.read_choices(found, request.POST),
        person=None if sessions.is_guest(request, draft) else request.user,
    )
    sheet.merge = merge
    if AUTOSAVE not in request.POST and (merge.kept or together.waits(draft)):
        sheet.form = runtime.page_form(
            found,
            draft.answers,
            request.POST,
            raw=draft.page_progress(found.id).get("raw"),
            uploads=uploads_on(found, draft),
            refused=refused,
            live=live,
            quiet=sheet.quiet,
            kept=merge.kept,
            clashes=together.clashes_on(draft, found, by),
        )


def _begin(request: HttpRequest, sheet: Sheet, nonce: uuid.UUID) -> Submission:
    """The draft that the first posted page makes, within this browser's reach: one transaction. Raises TooMany."""
    if sheet.form is None:
        raise RuntimeError("The page has not been read.")
    with transactions.writing():
        if not request_within("begin", request):
            raise TooMany
        sheet.by = sessions.who(request)
        draft = begin_draft(
            version=sheet.version,
            nonce=nonce,
            person=request.user,
            page=sheet.page,
            given=sheet.form.given,
            raw=sheet.form.raw,
            by=sheet.by,
            code=entry.code_of(request, sheet.version.form),
            is_sample=entry.is_testing(request, sheet.version.form),
            language=get_language() or "",
            subject=prefilling.subject_of(request, sheet.version.form_id),
        )
        sessions.remember_draft(request, draft)
        request.session.save()
    return draft


def _store_files(request: HttpRequest, found: Page, draft: Submission) -> dict[str, list[Any]]:
    """Keep each posted file and remove what was asked to go; returns what was refused, by question id."""
    try:
        removed = str(uuid.UUID(request.POST.get("remove", "")))
    except ValueError:
        pass
    else:
        remove_file(submission=draft, key=removed)
    refused: dict[str, list[Any]] = {}
    for question in found.questions:
        if not question.takes_files:
            continue
        if dropped := about_dropped(request, question):
            refused[question.id] = dropped
        for file in request.FILES.getlist(question.html_name):
            try:
                if not request_within("upload", request):
                    raise Refused("too_often", TOO_MANY_FILES)
                keep_file(submission=draft, question=question, file=file)
            except Refused as error:
                refused.setdefault(question.id, []).append(_about_file(file.name or "", error.sentence))
    return refused


def about_dropped(request: HttpRequest, question: Question) -> list[Any]:
    """What is said of the files at a question that were dropped while they arrived."""
    settings = question.field["settings"]
    sentence = file_too_large(settings["max_size"])
    said: list[Any] = [_about_file(name, sentence) for name in refused_files(request).get(question.html_name, ())]
    return [*said, too_many(settings["max_files"])] if left_out_files(request).get(question.html_name) else said


def _about_file(name: str, sentence: Any) -> str:
    """The sentence, with the file it is about."""
    return _("%(file)s: %(problem)s") % {"file": shown_name(name), "problem": sentence}


def _answer(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Where a saved page leads: on, back to the summary, to the page about going on later, or to itself."""
    draft, form = sheet.draft, sheet.form
    if draft is None or form is None:  # _save has made both
        raise RuntimeError("The page has not been saved.")
    if AUTOSAVE in request.POST:
        status = 413 if form.unkept else 200
        return JsonResponse({"saved": True, "nonce": str(draft.nonce), **_saved(request, sheet)}, status=status)
    slug = sheet.version.form.slug
    if sheet.quiet or form.unkept:  # what the draft has no room for stands on the page only
        return sheet.response(request)
    if sheet.merge and sheet.merge.clashes:
        sheet.notice = "conflict"
        return sheet.response(request, status=409)
    if LANGUAGE in request.POST:
        return change_language(request, sheet.version, draft, sheet.page.number)
    if "save" in request.POST:
        return redirect("forms:later", slug=slug)
    if not form.is_valid or sheet.notice:
        return sheet.response(request)
    if sheet.came_from == "summary":
        return redirect("forms:summary", slug=slug)
    return _go_on(draft, form.path, sheet.page)


def _saved(request: HttpRequest, sheet: Sheet) -> dict[str, Any]:
    """What an open page is told after it has saved itself: what it carries now, and where others have written."""
    draft, merge = sheet.draft, sheet.merge
    if draft is None or merge is None:
        return {"seen": together.seen_on(draft, sheet.page), "kept": [], "clashes": []}
    seen = together.read_seen(request.POST.get(SEEN, ""))
    return {
        "seen": together.seen_after(draft, sheet.page, seen, merge),
        "kept": sorted(merge.kept - merge.clashes),
        "clashes": sorted(merge.clashes),
    }


def _go_on(draft: Submission, path: Path, found: Page) -> HttpResponse:
    following = path.after(found)
    if following is None:
        return redirect("forms:summary", slug=draft.form.slug)
    return redirect("forms:page", slug=draft.form.slug, number=following.number)


def _show_conflict(request: HttpRequest, sheet: Sheet, conflict: Conflict) -> HttpResponse:
    """409: what the page belongs to has been sent, or removed."""
    if sheet.draft is None:
        raise conflict
    draft = Submission.objects.select_related("form", "version", "collection").filter(pk=sheet.draft.pk).first()
    if draft is None or not draft.is_draft:
        if AUTOSAVE in request.POST:
            return JsonResponse({"saved": False}, status=409)
        sent = draft or sheet.draft
        return refusals.already_sent(request, sent, is_own=sessions.reaches_draft(request, sent))
    raise conflict


# --- the summary and the sending ------------------------------------------------------------------------------


@private
@require_http_methods(["GET", "HEAD", "POST"])
def summary(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything answered so far with ways to change it; POST sends it."""
    if request.method == "POST":
        return _send(request, slug)
    return _show_summary(request, slug=slug)


@of_form
def _show_summary(request: HttpRequest, version: FormVersion) -> HttpResponse:
    draft = current_draft(request, version.form_id)
    if not entry.may_fill(request, version.form, draft):
        return refusals.closed(request, version, draft)
    if draft is None:
        return redirect("forms:begin", slug=version.form.slug)
    if needs_to_move(draft, version):
        return redirect("forms:forward", slug=version.form.slug)
    return _summary(request, draft)


def _summary(request: HttpRequest, draft: Submission, notice: Any = "", status: int = 200) -> HttpResponse:
    runtime = FormRuntime.of(draft.version)
    path = runtime.path(draft.answers)
    uploads = list(draft.uploads.all())
    problems = [*runtime.problems(path, draft.raw), *together.undecided(draft, path)]
    context = {
        "collection": draft.collection,
        "form": draft.form,
        "title": runtime.title,
        "texts": runtime.texts,
        "draft": draft,
        "sections": runtime.summary(draft.answers, uploads),
        "problems": problems,
        "remarks": runtime.warnings(path),
        "wrong": {question.id for question, _said in problems},
        "digest": answers_digest(draft, path.answers, uploads),
        "email": runtime.contact_in(path)[1],
        "back": path.pages[-1].number if path.pages else 1,
        "notice": notice,
        "count": len(path.pages) + 1,
        "is_guest": (is_guest := sessions.is_guest(request, draft)),
        "owner": together.name_of(draft, "") if is_guest else "",
        **entry.language_context(runtime),
        "testing": draft.is_sample,
    }
    return render(request, "forms/summary.html", context, status=status)


def _send(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the draft that the posted summary was of."""
    nonce = posted_nonce(request)
    draft = _whole(_to_send.first(slug, nonce)) if nonce else None
    if draft is None or not sessions.reaches_draft(request, draft):
        return _nothing_to_send(request, slug=slug)
    with override(entry.language_of(request, draft.form)):
        return _send_draft(request, draft)


@of_form
def _nothing_to_send(request: HttpRequest, version: FormVersion) -> HttpResponse:
    return redirect("forms:begin", slug=version.form.slug)


def _send_draft(request: HttpRequest, draft: Submission) -> HttpResponse:
    is_newest = draft.version.number == draft.newest  # type: ignore[attr-defined]
    newest = None if is_newest else published(draft.form.slug)
    if draft.is_draft and newest is not None and needs_to_move(draft, newest):
        return redirect("forms:forward", slug=draft.form.slug)
    if draft.is_draft and sessions.is_guest(request, draft):
        return _summary(request, draft, GUESTS_DO_NOT_SEND, status=403)
    try:
        sent = submit(
            submission=draft,
            seen=request.POST.get("form-digest", ""),
            person=request.user,
            admit=partial(_admit, request),
            just_read=True,
        )
    except TooMany:
        return refusals.wait(_summary(request, draft, "too_many"), "submit")
    except (Closed, Conflict, Invalid) as refused:
        # What came to nothing was not counted with it.
        if draft.is_draft and not request_within("submit", request):
            return refusals.wait(_summary(request, draft, "too_many"), "submit")
        return _not_sent(request, draft, refused)
    return redirect("forms:receipt", key=sent.key)


def _not_sent(request: HttpRequest, draft: Submission, refused: Closed | Conflict | Invalid) -> HttpResponse:
    """Why it was not sent, beside what was written."""
    if isinstance(refused, Closed):
        return refusals.closed(request, draft.version, draft, refused.sentence)
    draft.refresh_from_db(fields=["answers", "progress", "saves", "state", "reference"])
    if isinstance(refused, Invalid):
        return _summary(request, draft, "invalid")
    if draft.is_draft:
        return _summary(request, draft, refused.sentence, status=409)
    return refusals.already_sent(request, draft, is_own=True)


def _admit(request: HttpRequest, email: str) -> bool:
    """Count one sending, and whether its receipt may be mailed. Raises TooMany.

    A copy of what anybody writes may not be mailed to anybody they like, again and again.
    """
    tries = {"submit": client_address(request)}
    if email and not (request.user.is_authenticated and email in proved_addresses(request.user)):
        tries["receipt_to"] = email
    found = all_within(tries)
    if not found["submit"]:
        raise TooMany
    return found.get("receipt_to", True)
