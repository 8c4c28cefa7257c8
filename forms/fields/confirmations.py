"""Confirmation by each party: who confirms, in which role, and a tick."""

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any

import django.forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ChoiceBlock, ListBlock

from forms.expressions import Name, Type
from forms.kinds import Problem

from .answer import AnswerField
from .base import Column, Example, Field, FieldKind
from .options import CHOOSING, ChoiceQuestionBlock, OptionBlock, compile_choices, fill_keys, lint_choices
from .text_cleaning import clean_line

LONGEST = 200
WRITTEN = ("name", "role")


class ConfirmationInput(django.forms.Widget):
    """For each party a fieldset with name, role and a box to tick."""

    template_name = "forms/widgets/confirmation.html"
    use_fieldset = True

    def __init__(self, *, parties: Sequence[Mapping[str, str]], statement: str) -> None:
        self.parties = parties
        self.statement = statement
        super().__init__()

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, dict[str, str]]:
        return {
            party["key"]: {part: str(data.get(f"{name}-{party['key']}-{part}", "")) for part in (*WRITTEN, "ok")}
            for party in self.parties
        }

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return all(f"{name}-{party['key']}-name" not in data for party in self.parties)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}-{self.parties[0]['key']}-name" if id_ and self.parties else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        base = context["widget"]["attrs"].get("id", name)
        value = value if isinstance(value, Mapping) else {}
        context.update(
            {
                "parties": [
                    {
                        "key": party["key"],
                        "label": party["label"],
                        "help": party["help"],
                        "name": f"{name}-{party['key']}",
                        "id": f"{base}-{party['key']}",
                        "given": value.get(party["key"]) or {},
                    }
                    for party in self.parties
                ],
                "statement": self.statement or gettext("We have read this and stand behind it"),
                "length": LONGEST,
                "invalid": context["widget"]["attrs"].get("aria-invalid"),
            }
        )
        return context


class ConfirmationAnswer(AnswerField):
    """Who has confirmed, by party; all of them or at least one."""

    default_error_messages = {"required": _("Let the parties confirm: write who does it, and tick the box.")}

    def __init__(self, *, parties: Sequence[Mapping[str, str]], needed: str, **kwargs: Any) -> None:
        self.parties = parties
        self.needed = needed
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> dict[str, dict[str, str]]:
        value = value if isinstance(value, Mapping) else {}
        given: dict[str, dict[str, str]] = {}
        errors: list[ValidationError] = []
        for party in self.parties:
            typed = value.get(party["key"])
            typed = typed if isinstance(typed, Mapping) else {}
            written = {part: clean_line(typed.get(part) or "") for part in WRITTEN}
            problem = self._problem(written, is_ticked=bool(clean_line(typed.get("ok") or "")))
            if problem:
                sentence = _("%(label)s: %(problem)s") % {"label": party["label"], "problem": problem}
                errors.append(ValidationError(sentence, code="incomplete"))
            elif any(written.values()):
                given[party["key"]] = written
        if errors:
            raise ValidationError(errors)
        return given

    def _problem(self, written: Mapping[str, str], *, is_ticked: bool) -> Any:
        if any(len(text) > LONGEST for text in written.values()):
            return _("shorten name and role to at most %(limit)s characters.") % {"limit": LONGEST}
        if is_ticked and not all(written.values()):
            return _("write both the name and the role of the one who confirms.")
        if any(written.values()) and not is_ticked:
            return _("tick the box, or empty name and role.")
        return ""

    def validate(self, value: dict[str, dict[str, str]]) -> None:
        super().validate(value)
        missing = [party["label"] for party in self.parties if party["key"] not in value]
        if self.required and self.needed == "all" and missing:
            raise ValidationError(
                _("All parties have to confirm. Still missing: %(parties)s.") % {"parties": ", ".join(missing)},
                code="missing",
            )


class Confirmation(FieldKind):
    """A confirmation by each party. Conditions see the list of the parties that have confirmed."""

    name = "confirmation"
    label = _("Confirmation by each party")
    icon = "group"
    group = CHOOSING
    type = Type.LIST
    personal = True
    lists_all = True
    example = Example(
        settings={
            "label": "Parternas bekräftelse",
            "choices": [
                {"label": "Regionen", "key": "regionen", "help": ""},
                {"label": "Eksjö kommun", "key": "eksjo", "help": ""},
            ],
            "needed": "all",
            "statement": "Vi står bakom ansökan",
        },
        data={
            "-regionen-name": "Anna Ek",
            "-regionen-role": "Områdeschef",
            "-regionen-ok": "on",
            "-eksjo-name": "Bo  Al",
            "-eksjo-role": "Socialchef",
            "-eksjo-ok": "on",
        },
        stored={
            "regionen": {"name": "Anna Ek", "role": "Områdeschef"},
            "eksjo": {"name": "Bo Al", "role": "Socialchef"},
        },
        display="Regionen: Anna Ek, Områdeschef\nEksjö kommun: Bo Al, Socialchef",
        cells=["Anna Ek, Områdeschef", "Bo Al, Socialchef"],
        wrong=[
            {"-regionen-name": "Anna Ek", "-regionen-role": "Chef", "-regionen-ok": "on"},
            {"-regionen-name": "", "-regionen-role": "", "-regionen-ok": "on"},
            {"-regionen-name": "Anna Ek", "-regionen-role": "Chef"},
            {"-regionen-name": "A" * 201, "-regionen-role": "Chef", "-regionen-ok": "on"},
        ],
        empty={"-regionen-name": "", "-regionen-role": " "},
    )

    class Settings(ChoiceQuestionBlock):
        """Which parties, and whether all of them must confirm."""

        choices = ListBlock(OptionBlock(), label=_("Parties"), default=[], collapsed=True)
        needed = ChoiceBlock(
            label=_("Must confirm"), default="all", choices=[("all", _("all parties")), ("any", _("at least one"))]
        )
        statement = CharBlock(label=_("Text at the box"), required=False, max_length=250)

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return {
            "choices": compile_choices(value),
            "needed": value.get("needed") or "all",
            "statement": value.get("statement") or "",
        }

    def fill_keys(self, value: Mapping[str, Any]) -> bool:
        return fill_keys(value)

    def lint(self, settings: Mapping[str, Any], context: Any) -> Iterable[Problem]:
        return lint_choices(settings, context, context.block_id)

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        settings = field["settings"]
        return ConfirmationAnswer(
            parties=settings["choices"],
            needed=settings["needed"],
            widget=ConfirmationInput(parties=settings["choices"], statement=settings["statement"]),
            **self.common(field, required),
        )

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        return {
            f"-{party['key']}-{part}": text
            for party in field["settings"]["choices"]
            for part, text in (("name", f"Prov {rng.choice('ABCDE')}"), ("role", "Chef"), ("ok", "on"))
        }

    def to_json(self, field: Field, value: Any) -> Any:
        return value or None

    def from_json(self, field: Field, stored: Any) -> Any:
        return {key: {**party, "ok": "on"} for key, party in (stored or {}).items()}

    def _confirmed(self, field: Field, stored: Any) -> list[dict[str, str]]:
        return [
            {"label": party["label"], **stored[party["key"]]}
            for party in field["settings"]["choices"]
            if party["key"] in (stored or {})
        ]

    def display(self, field: Field, stored: Any) -> str:
        return "\n".join(gettext("%(label)s: %(name)s, %(role)s") % party for party in self._confirmed(field, stored))

    def display_html(self, field: Field, stored: Any) -> SafeString:
        if not stored:
            return SafeString("")
        context = {"label": field["label"], "rows": self._confirmed(field, stored)}
        return SafeString(render_to_string("forms/widgets/confirmation_answer.html", context))

    def columns(self, field: Field) -> list[Column]:
        label = gettext("%(label)s: %(value)s")
        return [
            Column(f"{field['id']}.{party['key']}", label % {"label": field["label"], "value": party["label"]})
            for party in field["settings"]["choices"]
        ]

    def cells(self, field: Field, stored: Any) -> list[Any]:
        given = stored or {}
        return [
            f"{given[party['key']]['name']}, {given[party['key']]['role']}" if party["key"] in given else None
            for party in field["settings"]["choices"]
        ]

    def statistics(self, field: Field) -> tuple[str, ...]:
        return ("answered", "distribution")

    def expression_name(self, field: Field) -> Name | None:
        keys = frozenset(party["key"] for party in field["settings"]["choices"])
        return Name(field["id"], Type.LIST, choices=keys)

    def expression_value(self, field: Field, stored: Any) -> Any:
        return list(stored) if stored else None

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": f"select_multiple {field['name']}"}
