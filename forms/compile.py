"""From a form's draft to the JSON that a published version keeps; the same draft gives the same JSON."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from django.utils.translation import gettext
from wagtail.blocks import StreamValue
from wagtail.models import Collection

from forms import expressions, translations
from forms.expressions import Ast, Compiled, Cycle, ExpressionError, Name, Type
from forms.fields import FieldKind
from forms.kinds import Problem, family
from forms.names import readable_name

FORMAT = 1


class DraftForm(Protocol):
    """What the compiler reads of a form's draft; the model that has it lies above."""

    pk: Any
    title: str
    language: str
    purpose: str
    intro: str
    next_steps: str
    contact: str
    privacy_text: str
    contact_email_field: str
    anonymous: bool
    contact_name_field: str
    translations: Any
    collection: Any
    collection_id: Any
    questions: Any

    @property
    def latest_version(self) -> Any:
        """The newest published version, or None."""


@dataclass(frozen=True)
class Context:
    """What a kind may know of the form it stands in, seen from one block."""

    draft: "Draft"
    block_id: str = ""

    def at(self, block_id: str) -> "Context":
        """The same, seen from another block (a column, an option)."""
        return replace(self, block_id=block_id)

    @property
    def privacy_text(self) -> str:
        """What the form says about personal data."""
        return self.draft.form.privacy_text

    def may_use(self, collection: Collection) -> bool:
        """Does something of that collection lie within reach: the form's own association, or one above it?"""
        form = self.draft.form
        return form.collection_id is not None and form.collection.path.startswith(collection.path)

    def published_key(self, choice_id: str) -> str | None:
        """The key an option had in the newest published version; None when it is new."""
        return self.draft.published_keys.get(choice_id)

    def expression(
        self, source: str, setting: str, expected: Type, names: Mapping[str, Name] | None = None
    ) -> Compiled | None:
        """Compile what the editor wrote in a setting; what is wrong becomes a problem there, and the answer None.

        `names` are those it may speak of, when they are not the form's questions (the columns of a table's row).
        """
        try:
            return expressions.compile(source, self.draft.names if names is None else names, expected=expected)
        except ExpressionError as error:
            self.draft.problems.append(
                Problem(error.code, expressions.sentence(error, gettext), self.block_id, setting=setting)
            )
            return None


@dataclass
class Question:
    """One question of a draft: the block the editor set, and the compiled field as far as it has come."""

    id: str
    kind: FieldKind
    value: Mapping[str, Any]
    page: int
    compiled: dict[str, Any] = field(default_factory=dict)
    condition: Compiled | None = None
    required_if: Compiled | None = None

    @property
    def label(self) -> str:
        """What people call it."""
        return self.compiled["label"]

    @property
    def uses(self) -> frozenset[str]:
        """The ids of the questions its calculation needs."""
        calculation = self.kind.calculation(self.compiled)
        return expressions.dependencies(calculation["ast"]) if calculation else frozenset()


@dataclass
class Page:
    """One page of a draft."""

    id: str
    value: Mapping[str, Any]
    number: int
    questions: list[Question] = field(default_factory=list)
    condition: Compiled | None = None
    rules: list["Rule"] = field(default_factory=list)


@dataclass
class Rule:
    """What must hold between answers; ``at`` is the question it is shown at."""

    id: str
    holds: Compiled | None
    message: str
    at: str
    level: str

    @property
    def needs(self) -> list[str]:
        """The questions without whose answers nothing can be said."""
        return sorted(expressions.needed(self.holds.ast)) if self.holds else []


class Draft:
    """A form's draft, read and compiled once; ``problems`` holds what its expressions and keys have wrong."""

    def __init__(self, form: DraftForm) -> None:
        self.form = form
        self.problems: list[Problem] = []
        fill_names(form.questions)
        self.pages = list(_pages(form.questions))
        self.questions = [question for page in self.pages for question in page.questions]
        self.published_keys = _published_keys(form)
        context = Context(self)
        for question in self.questions:
            question.compiled = _compile_field(question, context.at(question.id))
        self.names: dict[str, Name] = {}
        for question in self.questions:
            name = question.kind.expression_name(question.compiled)
            if name is not None and question.compiled["name"]:
                self.names.setdefault(question.compiled["name"], name)
        for page in self.pages:
            page.condition = self._condition(page.value, context.at(page.id))
            page.rules = [self._rule(child, context) for child in _children(page.value.get("rules"))]
            for question in page.questions:
                here = context.at(question.id)
                question.condition = self._condition(question.value, here)
                question.compiled["shown_if"] = question.condition and _stored(question.condition)
                question.required_if = self._condition(question.value, here, "required_if")
                if question.required_if is not None and not question.compiled["required"]:
                    question.compiled["required_if"] = _stored(question.required_if)
                question.compiled["settings"].update(question.kind.calculations(question.value, here))

    def _condition(self, value: Mapping[str, Any], context: Context, setting: str = "shown_if") -> Compiled | None:
        source = (value.get(setting) or "").strip()
        return context.expression(source, setting, Type.BOOLEAN) if source else None

    def _rule(self, child: Any, context: Context) -> Rule:
        rule_id = _id_of(child)
        value = child.value
        at = self.question_named(value.get("at") or "") if value.get("at") else None
        return Rule(
            id=rule_id,
            holds=self._condition(value, context.at(rule_id), "holds"),
            message=value.get("message") or "",
            at=at.id if at else "",
            level=value.get("level") or "error",
        )

    def depends_on(self, question: Question) -> frozenset[str]:
        """The ids whose answers decide whether the question is shown, or what its value is."""
        page = self.pages[question.page]
        conditions = [condition.uses for condition in (question.condition, page.condition) if condition]
        return question.uses.union(*conditions)

    def order(self) -> list[str]:
        """All ids so that each comes after those it depends on. Raises Cycle."""
        # Sorted: sets have no order of their own, and the same draft is to give the same JSON.
        return expressions.order({question.id: sorted(self.depends_on(question)) for question in self.questions})

    def dependents(self, order: list[str]) -> dict[str, list[str]]:
        """For every question that something depends on, the questions that have to be worked out again after it."""
        by_id = {question.id: question for question in self.questions}
        found: dict[str, list[str]] = {}
        for question_id in order:
            for used in sorted(self.depends_on(by_id[question_id])):
                if used in by_id:
                    found.setdefault(used, []).append(question_id)
        return found

    def question_named(self, name: str) -> Question | None:
        """The question of that name."""
        return next((question for question in self.questions if question.compiled["name"] == name), None)

    def compile(self) -> dict[str, Any]:
        """The JSON of a version; of a draft that could not be published too, for its preview."""
        graph: dict[str, Any] | None = None
        try:
            order = self.order()
            graph = {"dependents": self.dependents(order)}
        except Cycle:
            order = [question.id for question in self.questions]
        form = self.form
        email, name = self.question_named(form.contact_email_field), self.question_named(form.contact_name_field)
        compiled = {
            "format": FORMAT,
            "title": form.title,
            "language": form.language,
            "purpose": form.purpose,
            "texts": {
                "intro": form.intro,
                "next_steps": form.next_steps,
                "contact": form.contact,
                "privacy": form.privacy_text,
            },
            "contact": {
                "email": email.id if email and form.contact_email_field else None,
                "name": name.id if name and form.contact_name_field else None,
            },
            "pages": [
                {
                    "id": page.id,
                    "name": page.value.get("name") or "",
                    "title": page.value.get("title") or "",
                    "intro": page.value.get("intro") or "",
                    "shown_if": page.condition and _stored(page.condition),
                    "fields": [question.compiled for question in page.questions],
                    **({"rules": [_stored_rule(rule) for rule in page.rules if rule.holds]} if page.rules else {}),
                }
                for page in self.pages
            ],
            "order": order,
        }
        # Without a graph (a circle, in a preview) the runtime works round by round.
        return compiled if graph is None else {**compiled, "graph": graph}


def _stored(condition: Compiled) -> dict[str, Any]:
    return condition.to_json()


def _stored_rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "holds": rule.holds and _stored(rule.holds),
        "needs": rule.needs,
        "message": rule.message,
        "at": rule.at,
        "level": rule.level,
    }


def _children(rules: Any) -> list[Any]:
    return list(rules.bound_blocks) if rules else []


def _pages(questions: StreamValue) -> Iterator[Page]:
    kinds = family("field")
    for number, block in enumerate(questions):
        page = Page(_id_of(block), block.value, number)
        for child in block.value["questions"]:
            kind = kinds[child.block_type]
            page.questions.append(Question(_id_of(child), kind, child.value, number))  # type: ignore[arg-type]
        yield page


def _id_of(block: Any) -> str:
    """The stable id; one that has not been saved yet is given one, which saving then keeps."""
    if not block.id:
        block.id = str(uuid.uuid4())
    return block.id


def _compile_field(question: Question, context: Context) -> dict[str, Any]:
    kind, value = question.kind, question.value
    return {
        "id": question.id,
        "name": value.get("name") or "",
        "kind": kind.name,
        "label": kind.label_of(value),
        "help": value.get("help") or "",
        "required": kind.is_required(value),
        "personal": kind.personal or bool(value.get("personal")),
        "shown_if": None,
        "error": value.get("error") or "",
        "settings": kind.compile(value, context),
    }


def fill_names(questions: StreamValue) -> bool:
    """Give every page, question, column and option without a name one from its label; tells whether any was given."""
    given = False
    pages = list(questions)
    page_names = {page.value.get("name") for page in pages} - {None, ""}
    blocks = [child for page in pages for child in page.value["questions"]]
    names = {child.value.get("name") for child in blocks} - {None, ""}
    for page in pages:
        if not page.value.get("name"):
            page.value["name"] = readable_name(page.value.get("title") or "", page_names, "page")
            page_names.add(page.value["name"])
            given = True
    for child in blocks:
        kind: Any = family("field")[child.block_type]
        if not child.value.get("name"):
            child.value["name"] = readable_name(kind.label_of(child.value), names, "question")
            names.add(child.value["name"])
            given = True
        given |= kind.fill_keys(child.value)
    return given


def _published_keys(form: DraftForm) -> dict[str, str]:
    version = form.latest_version if form.pk else None
    return dict(_keys_in(version.compiled)) if version else {}


def _keys_in(compiled: Any) -> Iterator[tuple[str, str]]:
    if isinstance(compiled, dict):
        if "key" in compiled and "id" in compiled:
            yield compiled["id"], compiled["key"]
        for inner in compiled.values():
            yield from _keys_in(inner)
    elif isinstance(compiled, list):
        for inner in compiled:
            yield from _keys_in(inner)


def uses_today(ast: Ast) -> bool:
    """Does the value of the expression change with the day?"""
    return ast[0] == "today" or any(uses_today(operand) for operand in ast if isinstance(operand, tuple))


def compile_form(form: DraftForm) -> dict[str, Any]:
    """The JSON of a version of this draft, with its translations."""
    compiled = Draft(form).compile()
    languages = translations.stored(compiled, form.translations or {})
    return {**compiled, "languages": languages} if languages else compiled
