"""The library in the Wagtail admin: begin from a template, keep one, insert a page or question from somewhere else."""

from typing import Any

import django.forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages
from wagtail.models import Collection

from forms.actions.form import import_form
from forms.actions.template import insert_parts, keep_template, remove_template
from forms.admin.definition import free_slug
from forms.models import Form
from forms.parts import Place
from forms.permissions.form import ADD, CHANGE
from forms.template_sources import FORM, Source, find, forms_for, kept, kept_for, may_keep_in, shipped
from records import policy
from records.errors import NotAllowed, SamsynError

ANSWER = ["GET", "HEAD", "POST"]
A_PAGE = 50


def _may_use(request: HttpRequest) -> None:
    if not policy.anywhere(request.user, [ADD, CHANGE]):
        raise PermissionDenied


def _form(request: HttpRequest, pk: int) -> Form:
    """A form this person may take from. Raises Http404."""
    return get_object_or_404(forms_for(request.user), pk=pk)


def _own_form(request: HttpRequest, pk: int) -> Form:
    """A form this person may change. Raises Http404."""
    form = _form(request, pk)
    if not policy.has(request.user, CHANGE, form.collection):
        raise PermissionDenied
    return form


def _source(request: HttpRequest, key: str) -> Source:
    source = find(request.user, key)
    if source is None:
        raise Http404
    return source


def _edit(form: Form) -> str:
    return reverse(Form.snippet_viewset.get_url_name("edit"), args=[form.pk])  # type: ignore[attr-defined]


# --- the list -------------------------------------------------------------------------------------------
@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """Everything one can begin from."""
    _may_use(request)
    rows = kept_for(request.user).defer("content").order_by("title")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("p"))
    for row in page:
        row.may_remove = may_keep_in(request.user, row.collection)  # type: ignore[attr-defined]
    context = {
        "shipped": shipped(),
        "kept": page,
        "may_add": policy.anywhere(request.user, [ADD]),
        "page_title": _("Templates"),
        "header_icon": "copy",
    }
    return render(request, "forms/admin/library/list.html", context)


# --- a new form -----------------------------------------------------------------------------------------
class NewForm(django.forms.Form):
    """What a form made of a template is called, and whose it is."""

    title = django.forms.CharField(label=gettext_lazy("Title"), max_length=200)
    slug = django.forms.SlugField(
        label=gettext_lazy("Address"),
        max_length=80,
        help_text=gettext_lazy("The last part of the form's web address: small letters, digits and hyphens."),
    )
    collection: Any = django.forms.ModelChoiceField(label=gettext_lazy("Association"), queryset=None, empty_label=None)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = policy.collections_with(user, ADD).filter(depth__gt=1)
        self.fields["collection"].queryset = mine  # type: ignore[attr-defined]


@require_http_methods(ANSWER)
def begin(request: HttpRequest) -> HttpResponse:
    """What the template holds, and the new form's title and address; POST makes the draft."""
    if not policy.anywhere(request.user, [ADD]):
        raise PermissionDenied
    source = _source(request, request.GET.get("from", ""))
    if not source.is_form:
        raise Http404
    initial = {"title": source.title, "slug": free_slug(Form, source.template["form"]["slug"])}
    asked = NewForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and asked.is_valid():
        try:
            made = import_form(template=source.template, user=request.user, **asked.cleaned_data)
        except NotAllowed as error:
            raise PermissionDenied from error
        except SamsynError as error:
            asked.add_error(None, str(error.sentence))
        else:
            messages.success(
                request, _("“%(title)s” is now a draft. Read it through and publish it.") % {"title": made}
            )
            return redirect(_edit(made))
    context = {"source": source, "form": asked, "page_title": _("New form from a template"), "header_icon": "form"}
    return render(request, "forms/admin/library/begin.html", context, status=422 if asked.errors else 200)


# --- keeping --------------------------------------------------------------------------------------------
class KeepForm(django.forms.Form):
    """What is kept, what it is called, and for whom."""

    part = django.forms.ChoiceField(label=gettext_lazy("What to keep"), required=False)
    title = django.forms.CharField(label=gettext_lazy("Title"), max_length=200)
    description = django.forms.CharField(
        label=gettext_lazy("What it is good for"),
        required=False,
        max_length=1000,
        widget=django.forms.Textarea({"rows": 3}),
    )
    collection: Any = django.forms.ModelChoiceField(label=gettext_lazy("For whom"), queryset=None, empty_label=None)

    def __init__(self, *args: Any, user: Any, form: Form, source: Source, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: Any = self.fields["part"]
        groups = [
            (page["label"], [(page["id"], _("The whole page “%(title)s”") % {"title": page["label"]}), *_named(page)])
            for page in source.pages
        ]
        offered.choices = [("", _("The whole form")), *groups]
        places = Collection.objects.filter(pk=form.collection_id)
        if policy.everywhere(user):
            places = Collection.objects.filter(Q(pk=form.collection_id) | Q(depth=1))
        field: Any = self.fields["collection"]
        field.queryset = places
        field.label_from_instance = lambda row: _("The whole installation") if row.depth == 1 else row.name


def _named(page: dict[str, Any]) -> list[tuple[str, str]]:
    return [(question["id"], question["label"]) for question in page["questions"]]


@require_http_methods(ANSWER)
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Which part of the form to keep as a template, and for whom; POST keeps it."""
    form = _own_form(request, pk)
    source = _source(request, f"{FORM}:{form.pk}")
    initial = {"title": form.title, "collection": form.collection_id}
    asked = KeepForm(request.POST or None, user=request.user, form=form, source=source, initial=initial)
    if request.method == "POST" and asked.is_valid():
        given = asked.cleaned_data
        try:
            made = keep_template(
                form=form,
                user=request.user,
                collection=given["collection"],
                title=given["title"],
                description=given["description"],
                block_id=given["part"],
            )
        except NotAllowed as error:
            raise PermissionDenied from error
        except SamsynError as error:
            asked.add_error(None, str(error.sentence))
        else:
            messages.success(request, _("“%(title)s” is kept as a template.") % {"title": made.title})
            return redirect("forms_library")
    context = {
        "form": asked,
        "edited": form,
        "back": _edit(form),
        "page_title": _("Keep as template"),
        "page_subtitle": form.title,
        "header_icon": "copy",
    }
    return render(request, "forms/admin/library/keep.html", context, status=422 if asked.errors else 200)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a kept template."""
    template = get_object_or_404(kept_for(request.user), pk=pk)
    try:
        remove_template(template=template, user=request.user)
    except NotAllowed as error:
        raise PermissionDenied from error
    messages.success(request, _("The template “%(title)s” is removed.") % {"title": template.title})
    return redirect("forms_library")


# --- inserting ------------------------------------------------------------------------------------------
class InsertForm(django.forms.Form):
    """What is taken from the source, and where it is put."""

    place = django.forms.ChoiceField(label=gettext_lazy("Where"), required=False)

    def __init__(self, *args: Any, target: Source, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = [
            (
                page["label"],
                [
                    (page["id"], _("after the page “%(title)s”, or last on it") % {"title": page["label"]}),
                    *((one["id"], _("after “%(label)s”") % {"label": one["label"]}) for one in page["questions"]),
                ],
            )
            for page in target.pages
        ]
        offered: Any = self.fields["place"]
        offered.choices = [("", _("last in the form")), *groups]


@require_http_methods(ANSWER)
def insert(request: HttpRequest, pk: int) -> HttpResponse:
    """Where to take from; then what to take and where to put it; POST puts it into the draft."""
    form = _own_form(request, pk)
    context: dict[str, Any] = {
        "edited": form,
        "back": _edit(form),
        "page_title": _("Insert page or question"),
        "page_subtitle": form.title,
        "header_icon": "plus",
    }
    if not request.GET.get("from"):
        return render(request, "forms/admin/library/sources.html", {**context, **_sources(request, form)})
    source = _source(request, request.GET["from"])
    asked = InsertForm(request.POST or None, target=_source(request, f"{FORM}:{form.pk}"))
    if request.method == "POST" and asked.is_valid():
        try:
            problems = insert_parts(
                form=form,
                user=request.user,
                source=source.template,
                block_ids=request.POST.getlist("part"),
                place=Place(asked.cleaned_data["place"]),
            )
        except NotAllowed as error:
            raise PermissionDenied from error
        except SamsynError as error:
            asked.add_error(None, str(error.sentence))
        else:
            messages.success(request, _("It is in the draft now. Nothing is published until you publish the form."))
            if problems:
                count = len(problems)
                told = ngettext("One thing to look at:", "%(count)s things to look at:", count) % {"count": count}
                lines = form.get_latest_revision_as_object().describe(problems)
                messages.warning(request, " ".join([told, *lines]))
            return redirect(_edit(form))
    context |= {"source": source, "form": asked, "chosen": request.POST.getlist("part")}
    return render(request, "forms/admin/library/insert.html", context, status=422 if asked.errors else 200)


def _sources(request: HttpRequest, form: Form) -> dict[str, Any]:
    """Kept templates first, then the other forms within reach, then what is shipped."""
    others = forms_for(request.user).exclude(pk=form.pk)
    if query := request.GET.get("q", "").strip()[:100]:
        others = others.filter(title__icontains=query)
    page = Paginator(others, A_PAGE).get_page(request.GET.get("p"))
    return {"kept": kept(request.user)[:A_PAGE], "others": page, "shipped": shipped(), "query": query}


def urls() -> list[URLPattern]:
    """The addresses of the library, under the admin's own."""
    return [
        path("formularmallar/", library, name="forms_library"),
        path("formularmallar/nytt/", begin, name="forms_library_begin"),
        path("formularmallar/spara/<int:pk>/", keep, name="forms_library_keep"),
        path("formularmallar/infoga/<int:pk>/", insert, name="forms_library_insert"),
        path("formularmallar/<int:pk>/ta-bort/", remove, name="forms_library_remove"),
    ]
