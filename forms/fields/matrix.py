"""The matrix: several statements judged on one scale, each row a group of radio buttons of its own."""

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any

import django.forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import ListBlock

from forms.expressions import Name, Type
from forms.kinds import Problem

from .answer import AnswerField
from .base import Column, Example, Field, FieldKind
from .options import ChoiceQuestionBlock, OptionBlock, compile_choices, fill_keys, lint_choices
from .scales import (
    RATING,
    ScaleAnswer,
    ScaleBlock,
    ScaleInput,
    compile_scale,
    lint_scale,
    number_in,
    sample_step,
    scale_cells,
    scale_columns,
    shown_step,
)


class MatrixInput(django.forms.Widget):
    """One fieldset of radio buttons per row, under a common heading where there is room for it."""

    template_name = "forms/widgets/matrix.html"
    use_fieldset = True

    def __init__(self, *, settings: Mapping[str, Any], required: bool) -> None:
        self.settings = settings
        self.is_required_row = required
        self.scale = ScaleInput(settings=settings, required=required)
        super().__init__()

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, str]:
        return {row["key"]: str(data.get(f"{name}-{row['key']}", "")) for row in self.settings["choices"]}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return all(f"{name}-{row['key']}" not in data for row in self.settings["choices"])

    def id_for_label(self, id_: str) -> str:
        rows = self.settings["choices"]
        return f"{id_}-{rows[0]['key']}_0" if id_ and rows else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        base = context["widget"]["attrs"].get("id", name)
        is_invalid = bool(context["widget"]["attrs"].get("aria-invalid"))
        value = value if isinstance(value, Mapping) else {}
        rows = []
        for row in self.settings["choices"]:
            given = value.get(row["key"])
            own = {"id": f"{base}-{row['key']}"}
            wrong = is_invalid and (
                (self.is_required_row and given in (None, ""))
                or (given not in (None, "") and str(given) not in dict(self.scale.choices))
            )
            if wrong:
                own["aria-invalid"] = "true"
            html = self.scale.render(f"{name}-{row['key']}", given, own)
            rows.append({**row, "html": html, "wrong": wrong, "help_id": f"{own['id']}_help"})
        head = self.scale.get_context(name, None, {"id": f"{base}-head"})["widget"]["optgroups"]
        context.update(
            {
                "rows": rows,
                "head": [option for _group, options, _index in head for option in options],
                "count": sum(len(options) for _group, options, _index in head),
            }
        )
        return context


class MatrixAnswer(AnswerField):
    """A step for every row."""

    group_class = "wide"
    default_error_messages = {"required": _("Choose a step on every row.")}

    def __init__(self, *, rows: Sequence[Mapping[str, str]], step: ScaleAnswer, **kwargs: Any) -> None:
        self.rows = rows
        self.step = step
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> dict[str, Any]:
        value = value if isinstance(value, Mapping) else {}
        answers: dict[str, Any] = {}
        for row in self.rows:
            try:
                given = self.step.clean(value.get(row["key"]))
            except ValidationError as error:
                sentence = _("%(label)s: %(problem)s") % {"label": row["label"], "problem": error.messages[0]}
                raise ValidationError(sentence, code="unknown") from error
            if given is not None:
                answers[row["key"]] = given
        return answers

    def validate(self, value: dict[str, Any]) -> None:
        super().validate(value)
        missing = [row["label"] for row in self.rows if row["key"] not in value]
        if self.required and missing:
            raise ValidationError(
                _("Answer these rows too: %(rows)s.") % {"rows": ", ".join(f"“{label}”" for label in missing)},
                code="incomplete",
            )


class Matrix(FieldKind):
    """Several rows judged on one scale. Conditions see a table of one row, with a column for each: ``matrix.row``."""

    name = "matrix"
    label = _("Matrix (rows on a scale)")
    icon = "table"
    group = RATING
    type = Type.ROWS
    example = Example(
        settings={
            "label": "Vad tycker du om insatsen?",
            "choices": [
                {"label": "Bemötandet", "key": "bemotande", "help": ""},
                {"label": "Möjligheten att påverka", "key": "paverka", "help": "Din egen planering"},
                {"label": "Samarbetet", "key": "samarbete", "help": ""},
            ],
            "smallest": "1",
            "largest": 5,
            "labels": "Mycket dåligt\nDåligt\nVarken eller\nBra\nMycket bra",
            "numbers": True,
            "unknown_label": "Vet ej",
        },
        data={"-bemotande": "5", "-paverka": "unknown", "-samarbete": "2"},
        stored={"bemotande": 5, "paverka": "unknown", "samarbete": 2},
        display="Bemötandet: 5 – Mycket bra\nMöjligheten att påverka: Vet ej\nSamarbetet: 2 – Dåligt",
        cells=[5, False, None, True, 2, False],
        wrong=[
            {"-bemotande": "5", "-paverka": "", "-samarbete": "2"},
            {"-bemotande": "6", "-paverka": "1", "-samarbete": "2"},
            {"-bemotande": "5"},
        ],
        empty={"-bemotande": "", "-paverka": ""},
    )

    class Settings(ScaleBlock):
        """Rows, and the scale they are judged on."""

        choices = ListBlock(OptionBlock(), label=_("Rows"), default=[], collapsed=True)
        choice_list = ChoiceQuestionBlock.base_blocks["choice_list"]

        def get_form_layout(self) -> Any:
            """The rows before the scale."""
            layout = super().get_form_layout()
            rows = ["choices", "choice_list"]
            others = [name for name in layout.children if name not in rows]
            layout.children = [*others[:2], *rows, *others[2:]]
            return layout

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return {"choices": compile_choices(value), **compile_scale(value)}

    def fill_keys(self, value: Mapping[str, Any]) -> bool:
        return fill_keys(value)

    def lint(self, settings: Mapping[str, Any], context: Any) -> Iterable[Problem]:
        yield from lint_choices(settings, context, context.block_id)
        yield from lint_scale(settings, context.block_id)

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        settings, common = field["settings"], self.common(field, required)
        return MatrixAnswer(
            rows=settings["choices"],
            step=ScaleAnswer(settings=settings, required=False),
            widget=MatrixInput(settings=settings, required=common["required"]),
            **common,
        )

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        settings = field["settings"]
        return {f"-{row['key']}": str(sample_step(settings, rng)) for row in settings["choices"]}

    def to_json(self, field: Field, value: Any) -> Any:
        return value or None

    def display(self, field: Field, stored: Any) -> str:
        return "\n".join(
            gettext("%(label)s: %(value)s") % {"label": row["label"], "value": text}
            for row, text in self._shown(field, stored)
        )

    def display_html(self, field: Field, stored: Any) -> SafeString:
        if not stored:
            return SafeString("")
        rows = [{"label": row["label"], "text": text} for row, text in self._shown(field, stored)]
        return SafeString(render_to_string("forms/widgets/matrix_answer.html", {"label": field["label"], "rows": rows}))

    def _shown(self, field: Field, stored: Any) -> list[tuple[Mapping[str, str], str]]:
        settings, stored = field["settings"], stored or {}
        return [(row, shown_step(settings, stored[row["key"]])) for row in settings["choices"] if row["key"] in stored]

    def columns(self, field: Field) -> list[Column]:
        settings = field["settings"]
        label = gettext("%(label)s: %(value)s")
        return [
            column
            for row in settings["choices"]
            for column in scale_columns(
                f"{field['id']}.{row['key']}", label % {"label": field["label"], "value": row["label"]}, settings
            )
        ]

    def cells(self, field: Field, stored: Any) -> list[Any]:
        settings, stored = field["settings"], stored or {}
        return [cell for row in settings["choices"] for cell in scale_cells(settings, stored.get(row["key"]))]

    def statistics(self, field: Field) -> tuple[str, ...]:
        return ("answered", "distribution", "mean", "range")

    def expression_name(self, field: Field) -> Name | None:
        columns = {row["key"]: Name(row["key"], Type.NUMBER) for row in field["settings"]["choices"]}
        return Name(field["id"], Type.ROWS, columns=columns)

    def expression_value(self, field: Field, stored: Any) -> Any:
        if not stored:
            return None
        return [{key: number for key, value in stored.items() if (number := number_in(value)) is not None}]

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": "begin_group", "appearance": "table-list"}

    def redact(self, field: Field, stored: Any) -> Any:
        return stored
