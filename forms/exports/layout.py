"""Which columns an export has: joined over all versions by their keys, with the quickest way to fill each."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from forms.cells import Numerals
from forms.fields import Column
from forms.models import Form, FormVersion, Submission
from forms.runtime import FormRuntime, Question

from .reading import Read, options, reader, with_keys

Values = Callable[[int, Sequence[int]], Mapping[int, Any]]
Answers = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Extra:
    """A column that a higher room adds.

    `values` is given the id of the form and those of its submissions, in order, and tells their cells by their ids.
    """

    key: str
    label: str | Promise
    values: Values
    type: str = "text"


# Columns after the reference, in the order they were added (workflows adds the registry number).
extras: list[Extra] = []

# The columns that every submission has, whatever the form asks; the extras stand after the reference.
HEAD: dict[str, str | Promise] = {
    "reference": gettext_lazy("Reference"),
    "sent": gettext_lazy("Sent"),
    "state": gettext_lazy("State"),
    "name": gettext_lazy("Name"),
    "email": gettext_lazy("E-mail"),
    "version": gettext_lazy("Version"),
    "completed": gettext_lazy("Completed"),
}


@dataclass
class Joined:
    """Columns over all versions: the newest version's order first, what only older ones had last."""

    columns: dict[str, Column] = field(default_factory=dict)

    def add(self, columns: Iterable[Column]) -> None:
        """Take in the columns of an older version."""
        for column in columns:
            self.columns.setdefault(column.key, column)

    @property
    def labels(self) -> list[str]:
        """The headings, told apart where two are the same."""
        seen: dict[str, int] = {}
        labels = []
        for column in self.columns.values():
            seen[column.label] = seen.get(column.label, 0) + 1
            labels.append(column.label if seen[column.label] == 1 else f"{column.label} ({seen[column.label]})")
        return labels


class Layout:
    """The columns of one export, the same for every row.

    `columns` are the chosen ones, by the keys of the head, of the extras and by the ids of questions; empty for all.
    With `keys` the answers to choices are written as their stable keys instead of their labels.
    """

    def __init__(self, form: Form, columns: Iterable[str] = (), *, keys: bool = False) -> None:
        self.form, self.keys = form, keys
        self.chosen = frozenset(columns)
        versions = list(FormVersion.objects.filter(form=form).order_by("-number"))
        self.runtimes = {version.pk: FormRuntime.of(version) for version in versions}
        self.numbers = {version.pk: version.number for version in versions}
        self.states = {value: str(label) for value, label in Submission.State.choices}
        self.main = Joined()
        self.tables: dict[str, Joined] = {}
        self.table_labels: dict[str, str] = {}
        self.questions: dict[str, Question] = {}
        self.versions_of: dict[str, list[int]] = {}
        for pk, runtime in self.runtimes.items():
            for question in runtime.questions.values():
                if not (question.has_value and self._is_chosen(question.id)):
                    continue
                self.questions.setdefault(question.id, question)
                self.versions_of.setdefault(question.id, []).append(self.numbers[pk])
                self.main.add(question.kind.columns(question.field))
                rows = question.kind.row_columns(question.field)
                if rows:
                    self.tables.setdefault(question.id, Joined()).add(rows)
                    self.table_labels.setdefault(question.id, question.label)
        self._before = ["reference"]  # always there: the sheets of the tables point at it
        self._after = [key for key in HEAD if key != "reference" and self._is_chosen(key)]
        self.extras = [extra for extra in extras if self._is_chosen(extra.key)]
        self._readers: dict[int, list[tuple[str, list[int], Read]]] = {}
        self.finish(str)

    def _is_chosen(self, key: str) -> bool:
        return not self.chosen or key in self.chosen

    # --- the head ---------------------------------------------------------------------------------

    def head(self) -> list[str]:
        """The headings of the columns that every submission has, whatever the form asks."""
        return [
            *(str(HEAD[key]) for key in self._before),
            *(str(extra.label) for extra in self.extras),
            *(str(HEAD[key]) for key in self._after),
        ]

    def head_columns(self, block: Any) -> list[Sequence[Any]]:
        """What stands under those headings; `block` is a `Block`."""
        values = {
            "reference": block.references,
            "sent": block.sent,
            "state": [self.states.get(state, state) for state in block.states],
            "name": [name or None for name in block.names],
            "email": [email or None for email in block.emails],
            "version": Numerals([str(self.numbers[block.version_id])] * len(block)),
            "completed": [times or None for times in block.completed],
        }
        return [*(values[key] for key in self._before), *block.extra, *(values[key] for key in self._after)]

    # --- the answers --------------------------------------------------------------------------------

    def finish(self, ready: Callable[[Any], str]) -> None:
        """How a writer wants the cells that are neither plain text nor plain numbers."""
        places = {key: place for place, key in enumerate(self.main.columns)}
        self._readers = {
            pk: [
                (
                    question.id,
                    [places[column.key] for column in question.kind.columns(question.field)],
                    reader(question, keys=self.keys, ready=ready),
                )
                for question in runtime.questions.values()
                if question.id in self.questions and question.kind.columns(question.field)
            ]
            for pk, runtime in self.runtimes.items()
        }

    def columns(self, version_id: int, answers: Answers) -> list[Sequence[Any]]:
        """The joined columns, filled with the answers of some submissions of one version."""
        readers = self._readers[version_id]
        asked = [field_id for field_id, _places, _read in readers]
        stored = zip(*[list(map(given.get, asked)) for given in answers], strict=True)
        nothing: Sequence[Any] = [None] * len(answers)
        found = [nothing] * len(self.main.columns)
        for (_field_id, places, read), column in zip(readers, stored, strict=True):
            for place, cells in zip(places, read(column), strict=True):
                found[place] = cells
        return found

    def rows(self, version_id: int, answers: Answers) -> Iterator[tuple[str, int, list[Any]]]:
        """The rows of the tables of those submissions: the table's id, whose it is, the cells under its columns."""
        runtime = self.runtimes[version_id]
        for table, joined in self.tables.items():
            question: Question | None = runtime.questions.get(table)
            if question is None:
                continue
            keys = [column.key for column in question.kind.row_columns(question.field)]
            field = with_keys(question.field) if self.keys else question.field
            for whose, given in enumerate(answers):
                for cells in question.kind.row_cells(field, given.get(table)):
                    found = dict(zip(keys, cells, strict=True))
                    yield table, whose, [found.get(key) for key in joined.columns]

    # --- the data dictionary ------------------------------------------------------------------------

    def dictionary(self) -> list[dict[str, Any]]:
        """What each question is: name, words, kind, options, versions, personal data or not."""
        newest = max(self.numbers.values(), default=0)
        return [
            {
                "name": question.field["name"],
                "question": question.label,
                "kind": str(question.kind.label),
                "options": [{"key": key, "label": str(label)} for key, label in options(question.field)],
                "columns": [column.label for column in question.kind.columns(question.field)],
                "versions": sorted(self.versions_of[field_id]),
                "withdrawn": newest not in self.versions_of[field_id],
                "personal": bool(question.field.get("personal") or question.kind.personal),
                "id": field_id,
            }
            for field_id, question in self.questions.items()
        ]

    def dictionary_head(self) -> list[str]:
        """The headings of the dictionary as a sheet."""
        return [
            _("Name"),
            _("Question"),
            _("Kind"),
            _("Options (key = text)"),
            _("Columns"),
            _("Versions"),
            _("Still asked"),
            _("Personal data"),
        ]

    def dictionary_rows(self) -> Iterator[list[Any]]:
        """The dictionary as rows of a sheet."""
        for entry in self.dictionary():
            yield [
                entry["name"],
                entry["question"],
                entry["kind"],
                "\n".join(f"{option['key']} = {option['label']}" for option in entry["options"]) or None,
                "\n".join(entry["columns"]),
                spans(entry["versions"]),
                _("No") if entry["withdrawn"] else _("Yes"),
                _("Yes") if entry["personal"] else _("No"),
            ]


def spans(numbers: Sequence[int]) -> str:
    """Numbers in order as people write them: 1–3, 5."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in parts)


def columns_of(form: Form) -> list[tuple[str, str]]:
    """Everything an export of the form can hold, for whoever chooses: key and words."""
    layout = Layout(form)
    head = [(key, str(label)) for key, label in HEAD.items()]
    added = [(extra.key, str(extra.label)) for extra in extras]
    newest = max(layout.numbers.values(), default=0)
    asked = []
    for field_id, question in layout.questions.items():
        label = question.label
        if newest not in layout.versions_of[field_id]:
            count = len(layout.versions_of[field_id])
            label += " " + ngettext("(no longer asked; %(n)s version)", "(no longer asked; %(n)s versions)", count) % {
                "n": count
            }
        asked.append((field_id, label))
    return [*head[:1], *added, *head[1:], *asked]
