"""What makes answers hard to use: no way out among the options, options unlike last year's, names asked for in vain."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from forms.compile import Draft, Question
from forms.expressions import Type
from forms.kinds import Problem

WAYS_OUT = re.compile(
    r"\b(ingen|inget|inga|annan|annat|andra|övrigt|övriga|vet (ej|inte)|ej aktuell|inte aktuell|"
    r"none|other|don.t know|not applicable)",
    re.IGNORECASE,
)
FEW = 4  # so many options a person can hold in mind; of fewer it is plain whether they are all there are
TOLD_APART = ("id", "help")


def lint_options(draft: Draft) -> Iterator[Problem]:
    """Questions that force an answer that may not be true."""
    for question in draft.questions:
        name = question.kind.expression_name(question.compiled)
        settings = question.compiled["settings"]
        if name is None or name.choices is None or not question.compiled["required"] or _is_registered(question):
            continue
        options = settings.get("choices") or ()
        if settings.get("none_label") or settings.get("other_label") or any(map(_is_way_out, options)):
            continue
        if name.type == Type.LIST and options:
            sentence = _(
                "Somebody whom none of the options fits cannot answer. Add a text for “none of them”, "
                "or let the question be left unanswered."
            )
            yield Problem("no_none", sentence, question.id, level="warning", setting="choices")
        elif name.type == Type.TEXT and len(options) > FEW:
            sentence = _(
                "Somebody whom none of the options fits has to choose a wrong one. Add “other” or “do not know”, "
                "or let the question be left unanswered."
            )
            yield Problem("no_other", sentence, question.id, level="warning", setting="choices")


def _is_way_out(option: Mapping[str, Any]) -> bool:
    return bool(WAYS_OUT.search(option.get("label") or ""))


def _is_registered(question: Question) -> bool:
    """Options of a choice list (municipalities, parties), or of a kind that lists all, are all there are."""
    return question.kind.lists_all or question.value.get("choice_list") is not None


def lint_series(draft: Draft) -> Iterator[Problem]:
    """Questions of an evaluation whose scale or options are no longer those of the newest published version."""
    form = draft.form
    version = form.latest_version if form.pk and form.purpose == "evaluation" else None
    if version is None:
        return
    before = {field["id"]: field for page in version.compiled["pages"] for field in page["fields"]}
    for question in draft.questions:
        old = before.get(question.id)
        if old is None or "distribution" not in question.kind.statistics(question.compiled):
            continue
        if old["kind"] != question.compiled["kind"] or _scale(old) != _scale(question.compiled):
            sentence = _(
                "The options are not those of the latest published version, so the answers cannot be compared with "
                "earlier years. Take the earlier options back, or make it a new question."
            )
            yield Problem("series_broken", sentence, question.id, level="warning", setting="choices")


def _scale(field: Mapping[str, Any]) -> Any:
    """What the answers are made of, without what may be worded anew."""
    return _bare(field["settings"])


def _bare(settings: Any) -> Any:
    if isinstance(settings, Mapping):
        # A setting that a later release brought, and nobody uses, is no change.
        return {
            key: bare for key, part in settings.items() if key not in TOLD_APART and (bare := _bare(part)) not in _EMPTY
        }
    if isinstance(settings, list | tuple):
        return [_bare(part) for part in settings]
    return settings


_EMPTY: tuple[Any, ...] = (None, "", [], {}, False)


def lint_anonymous(draft: Draft) -> Iterator[Problem]:
    """An anonymous form asks for nothing that tells who answers."""
    if not draft.form.anonymous:
        return
    for question in draft.questions:
        if question.compiled["personal"]:
            sentence = _(
                "The form is anonymous, but this asks for personal data. Remove the question, "
                "or let the form not be anonymous."
            )
            yield Problem("personal_on_anonymous", sentence, question.id, setting="personal")
    for setting in ("contact_email_field", "contact_name_field"):
        if getattr(draft.form, setting):
            sentence = _("The form is anonymous, so nobody gets a receipt. Leave this empty.")
            yield Problem("contact_on_anonymous", sentence, setting=setting)
