"""How options are drawn: radio buttons, checkboxes, a list to search in, and the text beside “other”."""

from collections.abc import Mapping, Sequence
from typing import Any

import django.forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .options import MANY, OTHER

OTHER_LENGTH = 200


class OptionInputs:
    """What radios and checkboxes share: our markup, the help text of an option tied to its control, “other”.

    With ``other`` the value read and shown is ``{"chosen": …, "text": …}``, else what is chosen alone.
    """

    template_name: Any = "forms/widgets/choices.html"
    use_fieldset = True
    is_inline = False
    other = ""
    helps: Mapping[str, str] = {}

    def create_option(
        self, name: str, value: Any, label: Any, selected: bool, index: int, subindex: Any = None, attrs: Any = None
    ) -> dict[str, Any]:
        option = super().create_option(name, value, label, selected, index, subindex, attrs)  # type: ignore[misc]
        option["help"] = self.helps.get(str(value), "")
        option["is_other"] = bool(self.other) and str(value) == OTHER
        if option["help"] and option["attrs"].get("id"):
            option["help_id"] = f"{option['attrs']['id']}_help"
            option["attrs"]["aria-describedby"] = option["help_id"]
        return option

    def id_for_label(self, id_: str, index: Any = "0") -> str:
        return f"{id_}_{index}" if id_ else id_

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        chosen = super().value_from_datadict(data, files, name)  # type: ignore[misc]
        return {"chosen": chosen, "text": str(data.get(f"{name}-other", ""))} if self.other else chosen

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        value, text = parts_of(value)
        context = super().get_context(name, value, attrs)  # type: ignore[misc]
        base = context["widget"]["attrs"].get("id") or f"id_{name}"
        context["is_inline"] = self.is_inline
        context["is_searched"] = len(getattr(self, "choices", ())) > MANY
        if self.other:
            context["other"] = {
                "name": f"{name}-other",
                "id": f"{base}-other",
                "text": text,
                "label": other_question(self.other),
                "length": OTHER_LENGTH,
                "invalid": context["widget"]["attrs"].get("aria-invalid"),
            }
        return context


def parts_of(value: Any) -> tuple[Any, str]:
    """What is chosen, and what is written beside “other”."""
    if isinstance(value, Mapping):
        return value.get("chosen"), str(value.get("text") or "")
    return value, ""


def other_question(label: str) -> str:
    """What is asked beside the option."""
    return gettext("%(other)s: write what") % {"other": label}


class Radios(OptionInputs, django.forms.RadioSelect):
    """One of several, each visible."""


class Checkboxes(OptionInputs, django.forms.CheckboxSelectMultiple):
    """Any of several, each visible."""


class DropDownInput(OptionInputs, django.forms.Select):
    """One of many: a native list, in which one can also search where there is JavaScript."""

    template_name = "forms/widgets/drop_down.html"
    use_fieldset = False

    def id_for_label(self, id_: str, index: Any = "") -> str:
        return id_


def drawn(widget: Any, choices: Sequence[Mapping[str, str]], other: str = "") -> Any:
    """The widget with the help texts of its options, and with “other” where there is one."""
    widget.helps = {choice["key"]: choice["help"] for choice in choices if choice["help"]}
    widget.other = other
    return widget


NO_ANSWER = _("No answer")
