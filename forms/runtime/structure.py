"""Pages and questions of a compiled version, with their conditions and calculations ready to run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from forms.expressions import Compiled
from forms.fields import AnswerField, FieldKind, kind_of

Answers = Mapping[str, Any]


def compiled(expression: Mapping[str, Any] | None) -> Compiled | None:
    """A stored expression, ready to run."""
    return Compiled.from_json(expression) if expression else None


@dataclass(frozen=True, eq=False)
class Question:
    """One field of the form, with its kind."""

    field: Mapping[str, Any]
    page: "Page"
    kind: FieldKind
    condition: Compiled | None
    required_if: Compiled | None = None

    @cached_property
    def id(self) -> str:
        """The stable id: what answers are kept under."""
        return self.field["id"]

    @property
    def lang(self) -> str:
        """The language it is written in, where that is not the language of the page."""
        return self.field.get("lang", "")

    @property
    def label(self) -> str:
        """What is asked, or what the value is called."""
        return self.field["label"]

    @property
    def html_name(self) -> str:
        """What the question is called in a posted page; its parts follow after a hyphen."""
        return f"q-{self.field['name']}"

    @cached_property
    def is_asked(self) -> bool:
        """Does a person answer it? Not a heading and not a computed value."""
        return self.kind.asks

    @cached_property
    def calculation(self) -> Compiled | None:
        """What works out the value, when nobody is asked."""
        return compiled(self.kind.calculation(self.field))

    @cached_property
    def has_value(self) -> bool:
        """Is there something to store and to show: an answer or a computed value?"""
        return self.is_asked or self.calculation is not None

    @property
    def takes_files(self) -> bool:
        """Is the answer a list of uploaded files?"""
        return self.kind.takes_files

    @cached_property
    def form_field(self) -> AnswerField:
        """The field that cleans and draws the answer; made once, never changed."""
        return self.kind.form_field(self.field)

    @cached_property
    def required_field(self) -> AnswerField:
        """The field as it is where an answer is required; for a question that only some must answer."""
        return self.kind.form_field(self.field, required=True)

    @cached_property
    def limits(self) -> dict[str, Compiled]:
        """Limits of the answer that depend on the day or on other answers."""
        return {name: Compiled.from_json(stored) for name, stored in self.kind.limits(self.field).items()}

    def is_shown(self, values: Answers, today: date) -> bool:
        """Does its own condition hold?"""
        return self.condition is None or self.condition.holds(values, today=today)

    def clean(self, value: Any) -> Any:
        """The JSON to store for what a widget read, None for no answer. Raises ValidationError."""
        return self.kind.to_json(self.field, self.form_field.clean(value))


@dataclass(frozen=True, eq=False)
class Rule:
    """What must hold between several answers, and what is said when it does not."""

    id: str
    holds: Compiled
    needs: tuple[str, ...]
    message: str
    at: str
    is_error: bool

    def is_broken(self, values: Answers, today: date) -> bool:
        """Does it not hold? Of answers that are not there nothing is said."""
        return all(needed in values for needed in self.needs) and not self.holds.holds(values, today=today)


@dataclass(frozen=True, eq=False)
class Page:
    """One page of the form; `number` is its place in the address and does not move when others are hidden."""

    id: str
    name: str
    title: str
    intro: str
    number: int
    condition: Compiled | None
    questions: list[Question] = field(default_factory=list)
    rules: tuple[Rule, ...] = ()

    def is_shown(self, values: Answers, today: date) -> bool:
        """Does its condition hold?"""
        return self.condition is None or self.condition.holds(values, today=today)


def build_pages(version: Mapping[str, Any]) -> tuple[Page, ...]:
    """The pages of a compiled version."""
    pages = []
    for number, stored in enumerate(version["pages"], start=1):
        page = Page(
            id=stored["id"],
            name=stored["name"],
            title=stored["title"],
            intro=stored.get("intro", ""),
            number=number,
            condition=compiled(stored.get("shown_if")),
            rules=tuple(
                Rule(
                    id=rule["id"],
                    holds=Compiled.from_json(rule["holds"]),
                    needs=tuple(rule["needs"]),
                    message=rule["message"],
                    at=rule["at"],
                    is_error=rule["level"] == "error",
                )
                for rule in stored.get("rules", ())
            ),
        )
        for settings in stored["fields"]:
            kind = kind_of(settings)
            page.questions.append(
                Question(
                    field=settings,
                    page=page,
                    kind=kind,
                    condition=compiled(settings.get("shown_if")),
                    required_if=compiled(settings.get("required_if")),
                )
            )
        pages.append(page)
    return tuple(pages)
