"""The kind that nobody answers: a value worked out from other answers."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, IntegerBlock, TextBlock

from forms.expressions import Type
from forms.kinds import Problem

from .base import Example, Field, FieldKind, QuestionBlock
from .numbers import NUMBERS, as_typed, numeral_cells


class Computed(FieldKind):
    """A number worked out by an expression, rounded half away from zero; the server's result is the one that counts."""

    name = "computed"
    label = _("Computed value")
    icon = "cogs"
    group = NUMBERS
    asks = False
    type = Type.NUMBER
    column_type = "number"
    example = Example(
        settings={"label": "Sökt belopp", "expression": "10 / 4", "decimals": 1, "unit": "kr"},
        stored="2.5",
        display="2,5\xa0kr",
        cells=[Decimal("2.5")],
    )

    class Settings(QuestionBlock):
        """What is worked out, and how it is shown."""

        label = CharBlock(label=_("What the value is called"), max_length=250)
        expression = TextBlock(
            label=_("Calculation"),
            rows=2,
            help_text=_("Names of questions and the signs + - * /, for example: sum(budget.amount) - other_funding"),
        )
        decimals = IntegerBlock(label=_("Decimals"), default=0, min_value=0, max_value=6)
        unit = CharBlock(label=_("Unit"), required=False, max_length=20, help_text=_("Shown after the number."))
        required = None
        required_if = None  # type: ignore[assignment]
        error = None

        FOLDED: ClassVar[tuple[str, ...]] = ("name", "shown_if", "personal")

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return {"decimals": value.get("decimals") or 0, "unit": value.get("unit") or "", "calculation": None}

    def calculations(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        compiled = context.expression(value.get("expression") or "", "expression", Type.NUMBER)
        if compiled is None:
            return {}
        decimals = str(value.get("decimals") or 0)
        # Rounded in the expression itself, so that Python and JavaScript round alike.
        return {"calculation": {"ast": ("round", compiled.ast, ("number", decimals)), "type": Type.NUMBER.value}}

    def lint(self, settings: Mapping[str, Any], context: Any) -> Iterable[Problem]:
        return ()

    def calculation(self, field: Field) -> Mapping[str, Any] | None:
        return field["settings"]["calculation"]

    def display(self, field: Field, stored: Any) -> str:
        if stored is None:
            return ""
        settings = field["settings"]
        text = as_typed(Decimal(stored), settings["decimals"])
        return f"{text}\xa0{settings['unit']}" if settings["unit"] else text

    def html(self, field: Field, stored: Any = None) -> SafeString:
        context = {"field": field, "text": self.display(field, stored), "settings": field["settings"]}
        return SafeString(render_to_string("forms/widgets/computed.html", context))

    cells = numeral_cells

    def statistics(self, field: Field) -> tuple[str, ...]:
        return ("answered", "sum", "mean", "range")

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": "calculate"}

    def redact(self, field: Field, stored: Any) -> Any:
        return stored
