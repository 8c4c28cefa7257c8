"""The difference between two versions of a workflow, in words: step by step, what leads where, and when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.blocks import Block, ChoiceBlock, ListBlock, StructBlock

from forms.models import Form
from forms.versions.difference import Change, moved_among
from forms.versions.words import in_names, in_words, names_in
from workflows.compiling import kind_of, steps_of
from workflows.conditions import matter_words

Json = Mapping[str, Any]

TEXTS = {
    "label": gettext_lazy("The step is called something else."),
    "name": gettext_lazy("The short name has been changed."),
    "applicant_now": gettext_lazy("The applicant reads something else while the matter is here."),
    "applicant_future": gettext_lazy("The applicant reads something else before the matter comes here."),
}
QUESTIONS = {
    "title": gettext_lazy("the question with the title"),
    "amount": gettext_lazy("the question with the amount"),
}


def compare(old: Json, new: Json) -> list[Change]:
    """Everything that differs between two compiled versions of a workflow."""
    was, now = _Version(old), _Version(new)
    return [*_workflow(was, now), *_steps(was, now)]


@dataclass
class _Version:
    """A compiled version, and what its conditions speak of as people call it."""

    compiled: Json
    words: dict[str, Any] = field(default_factory=dict)

    @property
    def steps(self) -> dict[str, Json]:
        """The steps by id, in the editor's order."""
        return {step["id"]: step for step in steps_of(self.compiled)}

    def called(self, step_id: str | None) -> str:
        """What a step is called; empty for none."""
        step = self.compiled["steps"].get(step_id)
        return step["label"] if step else ""

    def condition(self, stored: Json | None) -> str:
        """A condition with the words of the form it was compiled for; as it was written where they are gone."""
        if stored is None:
            return ""
        for form_id, compiled in stored["by_form"].items():
            if form_id not in self.words:
                self.words[form_id] = _words(form_id)
            if names := self.words[form_id]:
                return in_names(compiled, names, stored["condition"])
        return str(stored["condition"])


def _words(form_id: str) -> dict[str, Any]:
    """What a condition can speak of, under what people call it."""
    form = Form.objects.filter(pk=form_id).defer("questions").first() if form_id else None
    version = form.latest_version if form else None
    return {**matter_words(), **(names_in(version.compiled) if version else {})}


def _workflow(was: _Version, now: _Version) -> Iterator[Change]:
    if was.compiled["title"] != now.compiled["title"]:
        sentence = _("The workflow has another title.")
        yield Change("form", "", _("the title"), sentence, was.compiled["title"], now.compiled["title"])
    if was.compiled["start"] != now.compiled["start"]:
        one, other = was.called(was.compiled["start"]), now.called(now.compiled["start"])
        yield Change("form", "", _("the start"), _("Matters begin at another step."), one, other)
    for name, label in QUESTIONS.items():
        one, other = (version.compiled.get("questions", {}).get(name) or "" for version in (was, now))
        if one != other:
            yield Change("form", "", str(label), _("It is taken from another question."), one, other)


def _steps(was: _Version, now: _Version) -> Iterator[Change]:
    before, after = was.steps, now.steps
    moved = moved_among([key for key in before if key in after], [key for key in after if key in before])
    for key, step in after.items():
        if key not in before:
            yield Change("added", step["label"], "", _("The step is new."), "", str(kind_of(step).label))
            continue
        if key in moved:
            yield Change("moved", step["label"], "", _("The step has another place in the list."))
        yield from _step(was, now, before[key], step)
    for key, step in before.items():
        if key not in after:
            yield Change("removed", step["label"], "", _("The step has been removed."))


def _step(was: _Version, now: _Version, old: Json, new: Json) -> Iterator[Change]:
    place = new["label"]
    if old["kind"] != new["kind"]:
        kinds = {"before": kind_of(old).label, "after": kind_of(new).label}
        yield Change("kind", place, "", _("Is now of the kind “%(after)s”, was “%(before)s”.") % kinds)
    for name, sentence in TEXTS.items():
        if old[name] != new[name]:
            yield Change("reworded", place, "", str(sentence), old[name], new[name])
    if old["due_days"] != new["due_days"]:
        days = (_days(old["due_days"]), _days(new["due_days"]))
        yield Change("settings", place, "", _("The matter may stay here for another time."), *days)
    yield from _outcomes(was, now, old, new)
    if old["kind"] == new["kind"]:
        yield from _settings(old, new)


def _days(days: int | None) -> str:
    if days is None:
        return _("no date")
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def _outcomes(was: _Version, now: _Version, old: Json, new: Json) -> Iterator[Change]:
    """What leads from the step: known by what it is called, for a place in a list is no name."""
    place, before, after = new["label"], _by_label(old), _by_label(new)
    ruled_before, ruled_after = kind_of(old).conditions(old), kind_of(new).conditions(new)
    for label, edge in after.items():
        to = now.called(edge["target"])
        condition = now.condition(ruled_after.get(edge["name"]))
        if label not in before:
            sentence = _("New outcome: leads to “%(step)s”.") % {"step": to}
            yield Change("options", place, label, sentence, "", condition)
            continue
        earlier = before[label]
        if earlier["target"] != edge["target"]:
            yield Change("rule", place, label, _("Leads to another step."), was.called(earlier["target"]), to)
        condition_before = was.condition(ruled_before.get(earlier["name"]))
        if condition_before != condition:
            yield Change("rule", place, label, _("Has another condition."), condition_before, condition)
    for label, edge in before.items():
        if label not in after:
            sentence = _("The outcome has been removed; it led to “%(step)s”.") % {"step": was.called(edge["target"])}
            yield Change("options", place, label, sentence)
    if ruled_after and moved_among([key for key in before if key in after], [key for key in after if key in before]):
        yield Change("moved", place, "", _("The rules are tried in another order."))


def _by_label(step: Json) -> dict[str, Json]:
    return {kind_of(step).outcome_label(step, edge["name"]) or edge["name"]: edge for edge in step["outcomes"]}


def _settings(old: Json, new: Json) -> Iterator[Change]:
    """What else is set: texts of letters, results, what each outcome asks for."""
    blocks = kind_of(new).block().child_blocks
    for name in dict.fromkeys([*old["settings"], *new["settings"]]):
        one, other = old["settings"].get(name), new["settings"].get(name)
        if one == other or name == kind_of(new).ruled_by:
            continue
        block = blocks.get(name)
        if isinstance(other, Mapping) and isinstance(one, Mapping):
            # What is set for one outcome stands at it.
            labels = {edge["name"]: label for label, edge in _by_label(new).items()}
            for key in other:
                if key in one and one[key] != other[key]:
                    # The condition of an outcome stands with where it leads.
                    names = [name for name in {**one[key], **other[key]} if name != "condition"]
                    parts = [name for name in names if one[key].get(name) != other[key].get(name)]
                    if not parts:
                        continue
                    values = [_value(block, {name: row.get(name) for name in parts}) for row in (one[key], other[key])]
                    yield Change("settings", new["label"], str(labels.get(key, key)), _("Has been changed."), *values)
            continue
        label = str(block.label) if block is not None and block.label else name.replace("_", " ")
        sentence = _("“%(setting)s” has been changed.") % {"setting": label}
        yield Change("settings", new["label"], "", sentence, _value(block, one), _value(block, other))


def _value(block: Block | None, value: Any) -> str:
    """A setting in the words of the editor."""
    if isinstance(block, ListBlock):
        block = block.child_block
    if isinstance(block, StructBlock) and isinstance(value, Mapping):
        children = block.child_blocks
        return "\n".join(
            _("%(label)s: %(value)s")
            % {"label": children[name].label if name in children else name, "value": _value(children.get(name), part)}
            for name, part in value.items()
        )
    if isinstance(block, ChoiceBlock):
        return str(dict(block.field.choices).get(value, value))
    return in_words(value, {})
