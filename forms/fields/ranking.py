"""Ranking: things put in order by giving each a place."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any

import django.forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import IntegerBlock, ListBlock

from forms.expressions import Name, Type
from forms.kinds import Problem

from .answer import AnswerField
from .base import Column, Example, Field, FieldKind
from .options import ChoiceQuestionBlock, OptionBlock, compile_choices, fill_keys, label_of, lint_choices
from .scales import RATING


class RankingInput(django.forms.Widget):
    """A list of places for each thing; with JavaScript also buttons that move it up and down."""

    template_name = "forms/widgets/ranking.html"
    use_fieldset = True

    def __init__(self, *, choices: Sequence[Mapping[str, str]], places: int) -> None:
        self.choices = choices
        self.places = places
        super().__init__()

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, str]:
        return {choice["key"]: str(data.get(f"{name}-{choice['key']}", "")) for choice in self.choices}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return all(f"{name}-{choice['key']}" not in data for choice in self.choices)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}-{self.choices[0]['key']}" if id_ and self.choices else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        base = context["widget"]["attrs"].get("id", name)
        invalid = context["widget"]["attrs"].get("aria-invalid")
        value = value if isinstance(value, Mapping) else {}
        count = Counter(text for text in value.values() if text)
        context.update(
            {
                "items": [
                    {
                        "key": choice["key"],
                        "label": choice["label"],
                        "help": choice["help"],
                        "name": f"{name}-{choice['key']}",
                        "id": f"{base}-{choice['key']}",
                        "place": value.get(choice["key"], ""),
                        "invalid": invalid and count[value.get(choice["key"], "")] != 1,
                    }
                    for choice in self.choices
                ],
                "places": [str(place) for place in range(1, self.places + 1)],
            }
        )
        if invalid and not any(item["invalid"] for item in context["items"]):
            for item in context["items"]:
                item["invalid"] = invalid
        return context


class RankingAnswer(AnswerField):
    """The keys in order; every place is given once."""

    default_error_messages = {"required": _("Give each a place.")}

    def __init__(self, *, choices: Sequence[Mapping[str, str]], places: int, **kwargs: Any) -> None:
        self.choices = choices
        self.places = places
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> list[str]:
        value = value if isinstance(value, Mapping) else {}
        by_place: dict[str, list[Mapping[str, str]]] = {}
        known = [str(place) for place in range(1, self.places + 1)]
        for choice in self.choices:
            text = str(value.get(choice["key"]) or "").strip()
            if text and text not in known:
                raise ValidationError(
                    _("Give places from 1 to %(places)s, each to one only.") % {"places": self.places}, code="unknown"
                )
            if text:
                by_place.setdefault(text, []).append(choice)
        for place in known:
            if len(by_place.get(place, ())) > 1:
                labels = ", ".join(f"“{choice['label']}”" for choice in by_place[place])
                raise ValidationError(
                    _("Place %(place)s is given more than once: %(labels)s. Give each a place of its own.")
                    % {"place": place, "labels": labels},
                    code="double",
                )
        missing = [place for place in known if place not in by_place]
        if by_place and missing:
            raise ValidationError(
                _("These places are not given yet: %(places)s.") % {"places": ", ".join(missing)}, code="incomplete"
            )
        return [by_place[place][0]["key"] for place in known] if by_place else []


class Ranking(FieldKind):
    """Things put in order, all of them or the first few; stored as their keys, the first first."""

    name = "ranking"
    label = _("Ranking")
    icon = "order"
    group = RATING
    type = Type.LIST
    lists_all = True
    example = Example(
        settings={
            "label": "Vad är viktigast för er?",
            "choices": [
                {"label": "Tidiga insatser", "key": "tidigt", "help": ""},
                {"label": "Gemensam planering", "key": "planering", "help": "Mellan alla parter"},
                {"label": "Uppföljning", "key": "uppfoljning", "help": ""},
            ],
        },
        data={"-tidigt": "2", "-planering": "1", "-uppfoljning": "3"},
        stored=["planering", "tidigt", "uppfoljning"],
        display="1. Gemensam planering, 2. Tidiga insatser, 3. Uppföljning",
        cells=[2, 1, 3],
        wrong=[
            {"-tidigt": "1", "-planering": "1", "-uppfoljning": "2"},
            {"-tidigt": "1", "-planering": "2", "-uppfoljning": ""},
            {"-tidigt": "4", "-planering": "1", "-uppfoljning": "2"},
            {"-tidigt": "först", "-planering": "1", "-uppfoljning": "2"},
        ],
        empty={"-tidigt": ""},
    )

    class Settings(ChoiceQuestionBlock):
        """What is put in order, and how much of it."""

        choices = ListBlock(OptionBlock(), label=_("What is put in order"), default=[], collapsed=True)
        places = IntegerBlock(
            label=_("How many are given a place"),
            required=False,
            min_value=1,
            help_text=_("For example 3, to ask for the three most important. Leave empty to have all of them ordered."),
        )

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        choices = compile_choices(value)
        return {"choices": choices, "places": min(value.get("places") or len(choices), len(choices))}

    def fill_keys(self, value: Mapping[str, Any]) -> bool:
        return fill_keys(value)

    def lint(self, settings: Mapping[str, Any], context: Any) -> Iterable[Problem]:
        return lint_choices(settings, context, context.block_id)

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        settings = field["settings"]
        known = {"choices": settings["choices"], "places": settings["places"]}
        return RankingAnswer(**known, widget=RankingInput(**known), **self.common(field, required))

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        settings = field["settings"]
        keys = rng.sample([choice["key"] for choice in settings["choices"]], settings["places"])
        return {f"-{key}": str(place) for place, key in enumerate(keys, start=1)}

    def from_json(self, field: Field, stored: Any) -> Any:
        return {key: str(place) for place, key in enumerate(stored or (), start=1)}

    def display(self, field: Field, stored: Any) -> str:
        return ", ".join(f"{place}. {label_of(field, key)}" for place, key in enumerate(stored or (), start=1))

    def display_html(self, field: Field, stored: Any) -> SafeString:
        if not stored:
            return SafeString("")
        items = format_html_join("", "<li>{}</li>", ((label_of(field, key),) for key in stored))
        return format_html("<ol>{}</ol>", items)

    def columns(self, field: Field) -> list[Column]:
        label = gettext("%(label)s: %(value)s")
        return [
            Column(
                f"{field['id']}.{choice['key']}", label % {"label": field["label"], "value": choice["label"]}, "number"
            )
            for choice in field["settings"]["choices"]
        ]

    def cells(self, field: Field, stored: Any) -> list[Any]:
        places = {key: place for place, key in enumerate(stored or (), start=1)}
        return [places.get(choice["key"]) for choice in field["settings"]["choices"]]

    def statistics(self, field: Field) -> tuple[str, ...]:
        return ("answered", "distribution", "mean", "range")

    def expression_name(self, field: Field) -> Name | None:
        keys = frozenset(choice["key"] for choice in field["settings"]["choices"])
        return Name(field["id"], Type.LIST, choices=keys)

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": f"rank {field['name']}"}

    def redact(self, field: Field, stored: Any) -> Any:
        return stored
