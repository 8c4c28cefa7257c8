"""Kinds that are answered by choosing: one of, several of, yes or no."""

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any

import django.forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import BooleanBlock, CharBlock, IntegerBlock, ListBlock, StructBlock, TextBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from forms.expressions import Name, Type, is_name
from forms.kinds import Problem
from forms.names import readable_name

from .answer import AnswerField
from .base import Example, Field, FieldKind, QuestionBlock
from .text_cleaning import clean_line

CHOOSING = _("Choosing")
NONE = "none"
"""The key of the option that excludes all others."""


class OptionBlock(StructBlock):
    """One option; its key is what answers hold, and never changes when the label does."""

    label = CharBlock(label=_("Option"), max_length=200)
    help = CharBlock(label=_("Help text"), required=False, max_length=300)
    key = CharBlock(
        label=_("Key"),
        required=False,
        max_length=60,
        help_text=_("What answers and conditions hold. Made from the option when left empty; do not change it later."),
    )

    class Meta:
        label_format = "{label}"


class ChoiceQuestionBlock(QuestionBlock):
    """A question with options: its own, or those of a choice list."""

    choices = ListBlock(OptionBlock(), label=_("Options"), default=[], collapsed=True)
    choice_list = SnippetChooserBlock(
        "forms.ChoiceList",
        label=_("Options from a choice list"),
        required=False,
        help_text=_("Used instead of the options above. Publish the form again when the list has changed."),
    )


def fill_keys(value: Mapping[str, Any]) -> bool:
    """Give every option of the question itself that lacks a key one from its label; tells whether any was given."""
    options = list(value.get("choices") or ())
    taken = {option["key"] for option in options if option.get("key")}
    taken.add(NONE)
    given = False
    for option in options:
        if not option.get("key"):
            option["key"] = readable_name(option.get("label") or "", taken, "choice")
            taken.add(option["key"])
            given = True
    return given


def compile_choices(value: Mapping[str, Any]) -> list[dict[str, str]]:
    """The options as a version keeps them: those of the choice list, else the question's own."""
    chosen = value.get("choice_list")
    if chosen is not None:
        return [
            {"id": f"list-{option.pk}", "key": option.key, "label": option.label, "help": option.help}
            for option in chosen.options.all()
        ]
    choices = value.get("choices")
    return [
        {
            "id": child.id,
            "key": child.value["key"] or "",
            "label": child.value["label"] or "",
            "help": child.value["help"] or "",
        }
        for child in (choices.bound_blocks if choices else ())
    ]


def lint_choices(value: Mapping[str, Any], context: Any, block_id: str) -> Iterable[Problem]:
    """What is wrong with the options: none, two alike, a key that cannot be or that has changed since published."""
    chosen = value.get("choice_list")
    place = "choice_list" if chosen is not None else "choices"
    if chosen is not None and not context.may_use(chosen.collection):
        yield Problem(
            "list_of_another",
            _("This choice list belongs to another association. Choose one of your own."),
            block_id,
            setting=place,
        )
    choices = compile_choices(value)
    if not choices:
        yield Problem(
            "no_options", _("There are no options to choose from. Add at least two."), block_id, setting=place
        )
    labels: set[str] = set()
    keys: set[str] = set()
    for choice in choices:
        at = (block_id, place) if chosen is not None else (choice["id"], "label")
        if choice["label"].strip().lower() in labels:
            sentence = _("Two options are called “%(label)s”. Give them different names.") % {"label": choice["label"]}
            yield Problem("same_option", sentence, at[0], setting=at[1])
        labels.add(choice["label"].strip().lower())
        at = (block_id, place) if chosen is not None else (choice["id"], "key")
        if choice["key"] in keys:
            sentence = _("Two options have the key “%(key)s”. Give each a key of its own.") % {"key": choice["key"]}
            yield Problem("same_key", sentence, at[0], setting=at[1])
        keys.add(choice["key"])
        before = context.published_key(choice["id"])
        if before is not None and before != choice["key"]:
            sentence = _(
                "The key of “%(label)s” was “%(before)s” when it was published, and answers hold it. "
                "Write “%(before)s” again, or add a new option."
            ) % {"label": choice["label"], "before": before}
            yield Problem("key_changed", sentence, at[0], setting=at[1])
        if chosen is None and not is_name(choice["key"]):
            sentence = _("“%(key)s” cannot be a key. Use small letters a–z, digits and _, and begin with a letter.") % {
                "key": choice["key"]
            }
            yield Problem("bad_key", sentence, at[0], setting=at[1])


def label_of(field: Field, key: Any) -> str:
    """The label of an option; the key itself when the version does not know it."""
    if key == NONE and field["settings"].get("none_label"):
        return field["settings"]["none_label"]
    return next((choice["label"] for choice in field["settings"]["choices"] if choice["key"] == key), str(key))


class OptionInputs:
    """What radios and checkboxes share: our markup, and the help text of an option tied to its control."""

    template_name: Any = "forms/widgets/choices.html"
    use_fieldset = True
    is_inline = False
    helps: Mapping[str, str] = {}

    def create_option(
        self, name: str, value: Any, label: Any, selected: bool, index: int, subindex: Any = None, attrs: Any = None
    ) -> dict[str, Any]:
        option = super().create_option(name, value, label, selected, index, subindex, attrs)  # type: ignore[misc]
        option["help"] = self.helps.get(str(value), "")
        if option["help"] and option["attrs"].get("id"):
            option["help_id"] = f"{option['attrs']['id']}_help"
            option["attrs"]["aria-describedby"] = option["help_id"]
        return option

    def id_for_label(self, id_: str, index: Any = "0") -> str:
        return f"{id_}_{index}" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), "is_inline": self.is_inline}  # type: ignore[misc]


class Radios(OptionInputs, django.forms.RadioSelect):
    """One of several, each visible."""


class Checkboxes(OptionInputs, django.forms.CheckboxSelectMultiple):
    """Any of several, each visible."""


def _with_helps(widget: Any, choices: Sequence[Mapping[str, str]]) -> Any:
    widget.helps = {choice["key"]: choice["help"] for choice in choices if choice["help"]}
    return widget


class OneOfAnswer(AnswerField):
    """The key of one option."""

    default_error_messages = {
        "required": _("Choose one of the options."),
        "unknown": _("Choose one of the options shown."),
    }

    def __init__(self, *, keys: Iterable[str], **kwargs: Any) -> None:
        self.keys = frozenset(keys)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return clean_line(value) if isinstance(value, str) else ""

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and value not in self.keys:
            raise ValidationError(self.error_messages["unknown"], code="unknown")


class OneOf(FieldKind):
    """One of several options, shown as radio buttons."""

    name = "one_of"
    label = _("One of several")
    icon = "radio-full"
    group = CHOOSING
    type = Type.TEXT
    example = Example(
        settings={
            "label": "Inriktning",
            "choices": [
                {"label": "Individ", "key": "individ", "help": "Stöd till deltagare"},
                {"label": "Struktur", "key": "struktur", "help": ""},
            ],
        },
        data={"": "struktur"},
        stored="struktur",
        display="Struktur",
        cells=["Struktur"],
        wrong=[{"": "annat"}],
    )
    Settings = ChoiceQuestionBlock

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return {"choices": compile_choices(value)}

    def fill_keys(self, value: Mapping[str, Any]) -> bool:
        return fill_keys(value)

    def lint(self, settings: Mapping[str, Any], context: Any) -> Iterable[Problem]:
        return lint_choices(settings, context, context.block_id)

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        choices = field["settings"]["choices"]
        common = self.common(field, required)
        shown = [(choice["key"], choice["label"]) for choice in choices]
        if not common["required"]:
            # A radio button cannot be unchosen without JavaScript.
            shown.append(("", _("No answer")))
        widget = _with_helps(Radios(choices=shown), choices)
        return OneOfAnswer(keys=[choice["key"] for choice in choices], widget=widget, **common)

    def cell_field(self, field: Field) -> django.forms.Field:
        choices = field["settings"]["choices"]
        shown = [("", "–"), *((choice["key"], choice["label"]) for choice in choices)]
        keys = [choice["key"] for choice in choices]
        return OneOfAnswer(keys=keys, widget=django.forms.Select(choices=shown), **self.common(field, None))

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        return {"": rng.choice(field["settings"]["choices"])["key"]}

    def display(self, field: Field, stored: Any) -> str:
        return label_of(field, stored) if stored else ""

    def statistics(self, field: Field) -> tuple[str, ...]:
        return ("answered", "distribution")

    def expression_name(self, field: Field) -> Name | None:
        return Name(field["id"], Type.TEXT, choices=frozenset(choice["key"] for choice in field["settings"]["choices"]))

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": f"select_one {field['name']}"}


class SeveralOfAnswer(AnswerField):
    """The keys of several options, in the order they are shown."""

    default_error_messages = {
        "required": _("Choose at least one option."),
        "unknown": _("Choose among the options shown."),
    }

    def __init__(self, *, keys: Sequence[str], fewest: int | None, most: int | None, none: str, **kwargs: Any) -> None:
        self.keys = list(keys)
        self.fewest = fewest
        self.most = most
        self.none = none
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> list[str]:
        chosen = {clean_line(key) for key in value or () if isinstance(key, str)} - {""}
        if chosen - {*self.keys, *([NONE] if self.none else [])}:
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        return [key for key in [*self.keys, NONE] if key in chosen]

    def validate(self, value: list[str]) -> None:
        super().validate(value)
        if NONE in value and len(value) > 1:
            raise ValidationError(
                _("“%(none)s” cannot be chosen together with another option.") % {"none": self.none}, code="none"
            )
        if not value or value == [NONE]:
            return
        if self.fewest and len(value) < self.fewest:
            raise ValidationError(_("Choose at least %(count)s options.") % {"count": self.fewest}, code="too_few")
        if self.most and len(value) > self.most:
            raise ValidationError(_("Choose at most %(count)s options.") % {"count": self.most}, code="too_many")


class SeveralOf(FieldKind):
    """Any number of options, shown as checkboxes."""

    name = "several_of"
    label = _("Several of several")
    icon = "check"
    group = CHOOSING
    type = Type.LIST
    example = Example(
        settings={
            "label": "Kommuner",
            "choices": [
                {"label": "Eksjö", "key": "eksjo", "help": ""},
                {"label": "Nässjö", "key": "nassjo", "help": ""},
                {"label": "Vetlanda", "key": "vetlanda", "help": ""},
            ],
            "fewest": 2,
            "most": 2,
            "none_label": "Ingen av dem",
        },
        data={"": ["vetlanda", "eksjo"]},
        stored=["eksjo", "vetlanda"],
        display="Eksjö, Vetlanda",
        cells=["Eksjö, Vetlanda"],
        wrong=[
            {"": ["eksjo"]},
            {"": ["eksjo", "nassjo", "vetlanda"]},
            {"": ["eksjo", "none"]},
            {"": ["annan", "eksjo"]},
        ],
        empty={},
    )

    class Settings(ChoiceQuestionBlock):
        """Options, and how many of them."""

        fewest = IntegerBlock(label=_("Fewest"), required=False, min_value=1)
        most = IntegerBlock(label=_("Most"), required=False, min_value=1)
        none_label = CharBlock(
            label=_("“None of these”"),
            required=False,
            max_length=200,
            help_text=_("The text of an option that excludes all others. Leave empty to have none."),
        )

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return {
            "choices": compile_choices(value),
            "fewest": value.get("fewest"),
            "most": value.get("most"),
            "none_label": value.get("none_label") or "",
        }

    def fill_keys(self, value: Mapping[str, Any]) -> bool:
        return fill_keys(value)

    def lint(self, settings: Mapping[str, Any], context: Any) -> Iterable[Problem]:
        yield from lint_choices(settings, context, context.block_id)
        choices = compile_choices(settings)
        fewest, most = settings.get("fewest"), settings.get("most")
        if fewest and choices and fewest > len(choices):
            yield Problem(
                "limits_crossed",
                _("More options must be chosen than there are. Lower the number, or add options."),
                context.block_id,
                setting="fewest",
            )
        if fewest and most and fewest > most:
            yield Problem(
                "limits_crossed",
                _("The fewest allowed is more than the most. Exchange them, or leave one empty."),
                context.block_id,
                setting="fewest",
            )
        if settings.get("none_label") and any(choice["key"] == NONE for choice in choices):
            yield Problem(
                "none_taken",
                _("An option has the key “none”, which “None of these” needs. Remove that option, or the text here."),
                context.block_id,
                setting="none_label",
            )

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        settings = field["settings"]
        shown = [(choice["key"], choice["label"]) for choice in settings["choices"]]
        if settings["none_label"]:
            shown.append((NONE, settings["none_label"]))
        return SeveralOfAnswer(
            keys=[choice["key"] for choice in settings["choices"]],
            fewest=settings["fewest"],
            most=settings["most"],
            none=settings["none_label"],
            widget=_with_helps(Checkboxes(choices=shown), settings["choices"]),
            **self.common(field, required),
        )

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        settings = field["settings"]
        keys = [choice["key"] for choice in settings["choices"]]
        fewest = min(settings["fewest"] or 1, len(keys))
        most = min(settings["most"] or fewest + 1, len(keys))
        return {"": rng.sample(keys, rng.randint(fewest, max(most, fewest)))}

    def display(self, field: Field, stored: Any) -> str:
        return ", ".join(label_of(field, key) for key in stored or ())

    def display_html(self, field: Field, stored: Any) -> SafeString:
        labels = [label_of(field, key) for key in stored or ()]
        if len(labels) < 2:
            return format_html("{}", "".join(labels))
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((label,) for label in labels)))

    def statistics(self, field: Field) -> tuple[str, ...]:
        return ("answered", "distribution")

    def expression_name(self, field: Field) -> Name | None:
        keys = {choice["key"] for choice in field["settings"]["choices"]}
        if field["settings"]["none_label"]:
            keys.add(NONE)
        return Name(field["id"], Type.LIST, choices=frozenset(keys))

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": f"select_multiple {field['name']}"}


class YesNoAnswer(OneOfAnswer):
    """Yes or no as a truth value."""

    def clean(self, value: Any) -> bool | None:
        if isinstance(value, bool):
            value = "yes" if value else "no"
        return {"yes": True, "no": False}.get(super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


class YesNo(FieldKind):
    """Yes or no."""

    name = "yes_no"
    label = _("Yes or no")
    icon = "tick-inverse"
    group = CHOOSING
    type = Type.BOOLEAN
    column_type = "boolean"
    example = Example(
        settings={"label": "Medfinansieras insatsen av ESF?"},
        data={"": "no"},
        stored=False,
        display="Nej",
        cells=[False],
        wrong=[{"": "kanske"}],
    )

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        common = self.common(field, required)
        shown: list[tuple[str, Any]] = [("yes", _("Yes")), ("no", _("No"))]
        if not common["required"]:
            shown.append(("", _("No answer")))
        widget = Radios(choices=shown)
        widget.is_inline = True
        return YesNoAnswer(keys=["yes", "no"], widget=widget, **common)

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        return {"": rng.choice(["yes", "no"])}

    def to_json(self, field: Field, value: Any) -> Any:
        return value

    def display(self, field: Field, stored: Any) -> str:
        return "" if stored is None else gettext("Yes") if stored else gettext("No")

    def cells(self, field: Field, stored: Any) -> list[Any]:
        return [stored]

    def statistics(self, field: Field) -> tuple[str, ...]:
        return ("answered", "distribution")

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": f"select_one {field['name']}"}


class ConsentAnswer(AnswerField):
    """A box that has to be ticked."""

    group_template = "forms/widgets/consent_field.html"
    default_error_messages = {
        "required": _("Tick the box to go on."),
    }

    def __init__(self, *, text: str, **kwargs: Any) -> None:
        self.text = text
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> bool | None:
        return True if value in (True, "on", "true", "True") else None


class Consent(FieldKind):
    """Something that must be agreed to or assured; the text is kept with the version."""

    name = "consent"
    label = _("Consent or assurance")
    icon = "clipboard-list"
    group = CHOOSING
    type = Type.BOOLEAN
    column_type = "boolean"
    example = Example(
        settings={"label": "Uppgifterna är riktiga", "text": "Du intygar att uppgifterna stämmer."},
        data={"": "on"},
        stored=True,
        display="Ja",
        cells=[True],
        wrong=[{}],
    )

    class Settings(QuestionBlock):
        """What is agreed to."""

        label = CharBlock(label=_("Text at the box"), max_length=250)
        text = TextBlock(label=_("What is agreed to"), required=False, rows=3, max_length=4000)
        with_privacy_text = BooleanBlock(
            label=_("Show the form's text about personal data above the box"), required=False
        )
        help = None
        required = None

    def is_required(self, value: Mapping[str, Any]) -> bool:
        return True

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        texts = [value.get("text") or "", context.privacy_text if value.get("with_privacy_text") else ""]
        return {"text": "\n\n".join(text.strip() for text in texts if text.strip())}

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        common = self.common(field, required)
        return ConsentAnswer(text=field["settings"]["text"], widget=django.forms.CheckboxInput(), **common)

    def display(self, field: Field, stored: Any) -> str:
        return gettext("Yes") if stored else ""

    def cells(self, field: Field, stored: Any) -> list[Any]:
        return [stored]

    def redact(self, field: Field, stored: Any) -> Any:
        return stored

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": "acknowledge"}
