"""What the rules of a workflow can speak of, for those who choose and read: the answers, and the matter itself."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from forms.admin.builder import described
from forms.expressions import Name
from workflows.compiling import MATTER_NAMES, context_of

MATTER_LABELS = {
    "matter_amount_applied": _("The matter: amount applied for"),
    "matter_amount_granted": _("The matter: amount granted"),
    "matter_recommendation": _("The matter: what was recommended"),
    "matter_decision": _("The matter: what was decided"),
}


def matter_words() -> dict[str, Name]:
    """What is known of the matter, under what people call it."""
    return {f"“{MATTER_LABELS[name]}”": found for name, found in MATTER_NAMES.items()}


def questions(workflow: Any) -> list[dict[str, Any]]:
    """What the rule builder offers in a workflow: what is known of the matter, and what every form that starts it asks.

    A rule is compiled for each of the forms, so only a question that all have, with the same type, can be spoken of.
    """
    found: list[dict[str, Any]] = [
        {"name": name, "label": str(MATTER_LABELS[name]), "type": known.type.value, "options": []}
        for name, known in MATTER_NAMES.items()
    ]
    asked = [_asked(compiled) for compiled in context_of(workflow).versions.values()] if workflow.pk else []
    for name, question in (asked[0] if asked else {}).items():
        if all(name in form and form[name]["type"] == question["type"] for form in asked):
            found.append(question)
    return found


def _asked(compiled: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The questions of a published form, by name."""
    found = {}
    for page in compiled["pages"]:
        for field in page["fields"]:
            known = described(field)
            if known is not None:
                options = known.pop("choices")
                is_choice = known["type"] == "text" and options
                found[field["name"]] = {
                    **known,
                    "name": field["name"],
                    "label": field["label"],
                    "type": "choice" if is_choice else known["type"],
                    "options": options,
                    "isSingle": known.get("single", False),
                }
    return found
