"""The list of what has been sent in: a page costs the same among a thousand as among a hundred thousand."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.core.paginator import Page
from django.db.models import Q, QuerySet
from django.db.models.sql.datastructures import BaseTable
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.paginator import WagtailPaginator

from forms.models import Form, RegisterView, Submission
from forms.queries import completions_of, effective_answers
from forms.runtime import FormRuntime
from records.admin import ScopedIndexView
from records.policy import collections_with

REGISTER = "submissions"
SEE = "forms.view_submission"
FORM, PARAMETER = "form__id__exact", "samples"
MOST_COLUMNS = 12
BASE: dict[str, Any] = {
    "reference": gettext_lazy("reference number"),
    "form": gettext_lazy("form"),
    "name": gettext_lazy("name"),
    "email": gettext_lazy("e-mail address"),
    "status": gettext_lazy("state"),
    "submitted_at": gettext_lazy("sent"),
}


# What can be done with many rows; forms.admin.bulk does it.
BULK: dict[str, Any] = {
    "export": gettext_lazy("Export to Excel"),
    "print": gettext_lazy("Print"),
    "receipt": gettext_lazy("Send the receipt again"),
    "remove": gettext_lazy("Remove samples"),
}


class FormFilter(SimpleListFilter):
    """Which form; offers the forms of the person's associations without looking through what they received."""

    title = gettext_lazy("form")
    parameter_name = FORM

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        forms = Form.objects.filter(
            collection__in=collections_with(request.user, SEE), first_published_at__isnull=False
        )
        return [(str(pk), title) for pk, title in forms.order_by("title").values_list("pk", "title")[:200]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or ""
        return queryset.filter(form=int(value)) if value.isdecimal() and len(value) < 15 else queryset


class SampleFilter(SimpleListFilter):
    """Samples are hidden until they are asked for."""

    title = gettext_lazy("samples")
    parameter_name = PARAMETER

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("only", gettext_lazy("only samples"))]

    def choices(self, changelist: Any) -> Any:
        first, *rest = super().choices(changelist)
        yield {**first, "display": _("without samples")}
        yield from rest

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(is_sample=self.value() == "only")


class InOrder(BaseTable):
    """The table read along the register's index, which holds every column its filters ask for.

    SQLite would rather look up every row of the association, and sort them, for it does not know that they are many.
    """

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, params = super().as_sql(compiler, connection)
        return (f"{sql} INDEXED BY forms_submission_register" if connection.vendor == "sqlite" else sql), params


def in_order(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The same rows, found in the index and counted once."""
    rows = rows.all()
    alias = rows.query.get_initial_alias()
    rows.query.alias_map[alias] = InOrder(rows.model._meta.db_table, alias)
    rows.count = cache(rows.count)  # type: ignore[method-assign]
    return rows


class SteadyPaginator(WagtailPaginator):
    """Finds the ids of a page in the index, from whichever end is nearer, and only then reads the rows."""

    @cached_property
    def count(self) -> int:
        """How many there are, counted in the index."""
        return self.object_list.count()

    def page(self, number: Any) -> Page:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        stop = min(start + self.per_page, self.count)
        rows = self.object_list
        if start > self.count // 2:
            backwards = rows.reverse().values_list("pk", flat=True)[self.count - stop : self.count - start]
            ids = list(backwards)[::-1]
        else:
            ids = list(rows.values_list("pk", flat=True)[start:stop])
        place = {pk: index for index, pk in enumerate(ids)}
        found = rows.model.objects.filter(pk__in=ids).select_related("form", "collection", "version")
        found = found.defer("progress", "form__questions", "version__compiled")
        return self._get_page(sorted(found, key=lambda row: place[row.pk]), number, self)


class RegisterIndexView(ScopedIndexView):
    """The list with what is chosen for it: columns, saved views, rows to do something with."""

    paginator_class = SteadyPaginator

    @cached_property
    def saved(self) -> list[RegisterView]:
        """The person's own views; the one without a name says which columns are usual."""
        return list(RegisterView.objects.filter(person=self.request.user.pk, register=REGISTER).order_by("name")[:50])

    @cached_property
    def chosen_form(self) -> Form | None:
        """The form that the list is narrowed to, which may then show its answers as columns."""
        value = self.request.GET.get(FORM, "")
        if not value.isdecimal() or len(value) > 14:
            return None
        mine = Form.objects.filter(pk=value, collection__in=collections_with(self.request.user, SEE))
        return mine.defer("questions").first()

    @cached_property
    def questions(self) -> dict[str, str]:
        """The questions of that form by id: of its newest version."""
        version = self.chosen_form.versions.order_by("-number").first() if self.chosen_form else None
        if version is None:
            return {}
        runtime = FormRuntime.of(version)
        return {found.id: found.label for found in runtime.questions.values() if found.has_value}

    @cached_property
    def columns(self) -> list[str]:
        """The keys of the columns shown."""
        query = self.request.GET.copy()
        query.pop(self.PAGE_VAR, None)
        named = next((view for view in self.saved if view.name and view.query == query.urlencode()), None)
        usual = next((view for view in self.saved if not view.name), None)
        view = named or usual
        chosen = view.columns if view else []
        known = [key for key in chosen if key in BASE or key in self.questions]
        # The reference is always there: it leads to the submission.
        return ["reference", *(key for key in known if key != "reference")] if known else list(BASE)

    def choices(self) -> list[dict[str, Any]]:
        """Every column that can be chosen."""
        every = [*BASE.items(), *self.questions.items()]
        return [{"key": key, "label": label, "is_chosen": key in self.columns} for key, label in every]

    def get_base_queryset(self, request: HttpRequest | None = None) -> QuerySet[Any]:
        rows = super().get_base_queryset(request)
        return rows.filter(submitted_at__isnull=False)

    def get_queryset(self, request: HttpRequest | None = None) -> QuerySet[Any]:
        if request is None and "queryset" in self.__dict__:
            return self.queryset  # asked for twice: by dispatch and by the page
        self.list_display = self.request.register_display = self.display()
        rows = super().get_queryset(request)
        return rows if self.request.GET.get(self.SEARCH_VAR) else in_order(rows)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> QuerySet[Any]:
        """Every word, in what was answered or in who sent it."""
        for word in search_term.split()[:8]:
            inside = Q(text__text__contains=word.lower())
            queryset = queryset.filter(
                inside | Q(reference__icontains=word) | Q(name__icontains=word) | Q(email__icontains=word)
            )
        return queryset

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET.copy()
        query.pop(self.PAGE_VAR, None)
        # How many there are at all is only told beside a narrower list, and counting twice is not worth it.
        context = super().get_context_data(
            **kwargs,
            register_columns=self.choices(),
            saved_views=[view for view in self.saved if view.name],
            view_query=query.urlencode(),
            bulk_actions=list(BULK.items()),
        )
        self.add_answers(context["object_list"])
        return context

    def add_answers(self, rows: Sequence[Submission]) -> None:
        """Give each row what its answer columns show, with completions."""
        asked = [key for key in self.columns if key in self.questions]
        if not asked:
            return
        completions = completions_of(rows)
        for row in rows:
            runtime = FormRuntime.of(row.version)
            answers = effective_answers(row, completions[row.pk], runtime)
            row.shown_answers = {  # type: ignore[attr-defined]
                key: runtime.questions[key].kind.display(runtime.questions[key].field, answers.get(key))
                for key in asked
                if key in runtime.questions and answers.get(key) is not None
            }

    def display(self) -> tuple[Any, ...]:
        """The columns as the list wants them: a box to choose the row, names of fields, and answers."""
        return (choose_row, *(key if key in BASE else answer_column(key, self.questions[key]) for key in self.columns))


def choose_row(row: Submission) -> SafeString:
    """The box that chooses the row for what is done with many."""
    label = _("Choose %(reference)s") % {"reference": row.reference}
    return format_html('<input type="checkbox" name="row" value="{}" form="bulk" aria-label="{}">', row.pk, label)


choose_row.short_description = gettext_lazy("Choose")  # type: ignore[attr-defined]


def answer_column(key: str, label: str) -> Any:
    """A column with the answers to one question."""

    def column(row: Submission) -> str:
        text = getattr(row, "shown_answers", {}).get(key, "")
        return text if len(text) <= 120 else f"{text[:119]}…"

    column.short_description = label if len(label) <= 60 else f"{label[:59]}…"  # type: ignore[attr-defined]
    return column


def keep_view(*, person: Any, name: str, query: str, columns: Iterable[str]) -> RegisterView:
    """Save how the person wants to see the register; without a name it is how it usually looks."""
    values = {"query": query[:1000] if name else "", "columns": list(columns)[:MOST_COLUMNS]}
    view, _made = RegisterView.objects.update_or_create(
        person=person, register=REGISTER, name=name.strip()[:80], defaults=values
    )
    return view
