"""An outcome as the editor sets it: what the button says, who may choose it and when, and what goes with the choice."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import django.forms
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import BlockGroup

from forms.conditions import ConditionBlock
from forms.kinds import Problem
from workflows import letters
from workflows.facts import holds, values_of
from workflows.kinds import Choice, Compiled, Edge, StepForm, TargetBlock, comment_field, step_name
from workflows.papers import write_letter

if TYPE_CHECKING:
    from workflows.compiling import Context
    from workflows.engine import Run
    from workflows.models import Matter

TONES = [("primary", _("the usual way on")), ("secondary", _("another way")), ("danger", _("a refusal"))]
OFFICER = "officer"


class Outcome(blocks.StructBlock):
    """One way out of a step, as the editor names it."""

    label = blocks.CharBlock(label=_("What the button says"), max_length=80)
    target = TargetBlock()
    tone = blocks.ChoiceBlock(label=_("Looks like"), choices=TONES, default="primary")
    explain = blocks.BooleanBlock(label=_("A reason must be written"), required=False)
    who = blocks.ChoiceBlock(
        label=_("Who may choose it"),
        choices=[(OFFICER, _("only the responsible officer, when there is one"))],
        required=False,
        help_text=_("Empty: everyone who may do the step."),
    )
    condition = ConditionBlock(
        label=_("Can be chosen when"),
        required=False,
        help_text=_("For example: matter_amount_applied <= 50000. Empty: always."),
    )
    confirm = blocks.CharBlock(
        label=_("Must be ticked first"),
        required=False,
        max_length=250,
        help_text=_("For example: “I have checked that both parties have signed.” Empty: nothing."),
    )
    subject = blocks.CharBlock(
        label=_("Draft of a letter: subject"),
        required=False,
        max_length=150,
        help_text=_("Whoever chooses sees the letter, can change it, and sends it with the choice. Empty: no letter."),
    )
    text = blocks.TextBlock(
        label=_("Draft of a letter: text"), required=False, rows=6, help_text=letters.PLACEHOLDERS_HELP
    )

    class Meta:
        label_format = "{label}"

    def get_form_layout(self) -> BlockGroup:
        """The button and where it leads; the rest is folded away."""
        return BlockGroup(
            ["label", "target", "tone", "explain"], settings=["who", "condition", "confirm", "subject", "text"]
        )


# --- while a draft is checked and compiled ---------------------------------------------------------------
def edges_of(rows: Any) -> list[Edge]:
    """The outcomes of a list of them, each with the id of its row."""
    return [
        Edge(step_name(row.get("label")), row.get("target") or "", row.get("label") or "", "target", block_id)
        for row, block_id in rows_of(rows)
    ]


def rows_of(rows: Any) -> list[tuple[Mapping[str, Any], str]]:
    """Each row of a list with its block's id; plain rows have none."""
    if hasattr(rows, "bound_blocks"):
        return [(child.value, child.id or "") for child in rows.bound_blocks]
    return [(row, "") for row in rows or ()]


def compile_outcomes(rows: Any, context: "Context") -> dict[str, dict[str, Any]]:
    """What a version keeps of each outcome by name; settings that are not used take no room."""
    kept: dict[str, dict[str, Any]] = {}
    for row, _block_id in rows_of(rows):
        said = {"tone": row.get("tone") or "primary", "explain": bool(row.get("explain"))}
        more = {name: row[name] for name in ("who", "confirm", "subject", "text") if row.get(name)}
        if row.get("condition"):
            more["condition"] = context.condition(row["condition"])
        kept[step_name(row["label"])] = {**said, **more}
    return kept


def check_outcomes(rows: Any, context: "Context") -> Iterator[Problem]:
    """Buttons that cannot be told apart, conditions and letters that are wrong, and a step that could stand still."""
    listed = rows_of(rows)
    names = [step_name(row.get("label")) for row, _block_id in listed]
    for (row, block_id), name in zip(listed, names, strict=True):
        at = block_id or context.block_id
        if not name or names.count(name) > 1:
            yield Problem(
                "same_outcome",
                gettext("Two outcomes cannot be told apart by “%(label)s”. Write something different on each button.")
                % {"label": row.get("label")},
                at,
                setting="label",
            )
        if row.get("condition"):
            yield from context.condition_problems(row["condition"], at, "condition")
        yield from letter_problems(row, at)
        if bool(row.get("subject")) != bool(row.get("text")):
            yield Problem(
                "half_letter",
                gettext("A letter needs both a subject and a text. Write the other one, or empty both."),
                at,
                setting="text" if row.get("subject") else "subject",
            )
    if listed and all(row.get("condition") for row, _block_id in listed):
        yield Problem(
            "only_conditional",
            gettext(
                "Every outcome has a condition, so nobody could go on when none of them holds. "
                "Let one outcome be without, for example one that sends the matter back."
            ),
            context.block_id,
        )


def letter_problems(row: Mapping[str, Any], block_id: str) -> Iterator[Problem]:
    """Words in a letter that nothing is known for."""
    for setting in ("subject", "text"):
        for wrong in letters.unknown_placeholders(row.get(setting) or ""):
            yield Problem(
                "placeholder",
                gettext("Nothing is known to put in for “%(wrong)s”. You can use: %(known)s.")
                % {"wrong": wrong, "known": letters.known_placeholders()},
                block_id,
                setting=setting,
            )


# --- while a matter is at the step -----------------------------------------------------------------------
class CommentForm(StepForm):
    """An internal comment that goes with the choice."""

    comment = comment_field(_("Comment"), required=False, help_text=_("Only the office sees it."))


class RequiredCommentForm(StepForm):
    """A choice that must be explained."""

    comment = comment_field(_("Reason"), required=True, help_text=_("Only the office sees it."))


class OutcomeForm(StepForm):
    """What one outcome asks for: a reason, a tick, a letter to look through. `outcome` tells which."""

    outcome = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = self.step["settings"]["outcomes"][self.outcome]
        self.fields["comment"] = comment_field(
            _("Reason") if said["explain"] else _("Comment"),
            required=said["explain"],
            help_text=_("Only the office sees it."),
        )
        if "subject" in said:
            person = self.matter.people.first()
            with translation.override(self.matter.language):
                subject, text = (letters.fill(said[name], self.matter, person) for name in ("subject", "text"))
            self.fields["send"] = django.forms.BooleanField(
                label=_("Send this letter to the applicant"), required=False, initial=True
            )
            self.fields["subject"] = django.forms.CharField(label=_("Subject"), max_length=150, initial=subject)
            self.fields["text"] = comment_field(_("Letter"), required=True)
            self.fields["text"].initial = text
            self.fields["text"].widget.attrs["rows"] = 10
        if "confirm" in said:
            self.fields["agreed"] = django.forms.BooleanField(
                label=said["confirm"],
                error_messages={"required": _("Tick the box before you go on. If it is not so, choose another way.")},
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "send" in self.fields and not data.get("send"):
            # A letter that is not sent need not be whole.
            for name in ("subject", "text"):
                self.errors.pop(name, None)
        for name in ("subject", "text"):
            if wrong := letters.unknown_placeholders(data.get(name) or ""):
                message = gettext("Nothing is known to put in for “%(wrong)s”.") % {"wrong": ", ".join(wrong)}
                self.add_error(name, ValidationError(message))
        return data


@cache
def form_for(outcome: str) -> type[OutcomeForm]:
    """The form of one outcome: a class of its own, since choices with the same form share it."""
    return type("OutcomeForm", (OutcomeForm,), {"outcome": outcome})


def choices_of(step: Compiled, matter: "Matter") -> list[Choice]:
    """A button for each outcome whose condition holds now."""
    said = step["settings"]["outcomes"]
    chosen = _open(said, matter)
    return [
        Choice(
            edge["name"],
            edge["label"],
            _form(edge["name"], said),
            tone=said[edge["name"]]["tone"],
            outcomes=(edge["name"],),
        )
        for edge in step["outcomes"]
        if edge["name"] in chosen
    ]


def _open(said: Mapping[str, Any], matter: "Matter") -> Sequence[str]:
    """The outcomes that can be chosen now; the answers are read only when a condition asks for them."""
    asked = [name for name, outcome in said.items() if "condition" in outcome]
    if not asked:
        return list(said)
    form, values = values_of(matter)
    return [name for name in said if name not in asked or holds(said[name]["condition"], form, values)]


def _form(outcome: str, said: Mapping[str, Any]) -> type[django.forms.Form]:
    if {"confirm", "subject"} & set(said[outcome]):
        return form_for(outcome)
    return RequiredCommentForm if said[outcome]["explain"] else CommentForm


def why_not_outcome(step: Compiled, matter: "Matter", outcome: str, user: Any) -> str | None:
    """Why a person who may do the step may not choose just this outcome."""
    said = step["settings"]["outcomes"].get(outcome, {})
    officer = matter.officer
    if said.get("who") == OFFICER and officer is not None and officer.is_active and officer.pk != user.pk:
        return gettext("Only the responsible officer, %(name)s, can choose this.") % {"name": officer}
    return None


def take_outcome(step: Compiled, run: "Run", choice: str, data: Mapping[str, Any]) -> str:
    """Keep the comment and send the letter that go with a choice."""
    if comment := data.get("comment"):
        run.note(comment)
    if data.get("send"):
        write_letter(run, kind=letters.LETTER, subject=data["subject"], text=data["text"], step=step["id"])
    return choice
