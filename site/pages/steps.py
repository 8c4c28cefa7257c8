"""The step kind that publishes an activity's page when money has been granted."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils import timezone
from django.utils.html import linebreaks
from django.utils.text import slugify
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock

from forms.kinds import Problem, family
from forms.queries import effective_answers, runtime_of
from pages.models import ProjectIndexPage, ProjectPage
from pages.queries import association_page
from records.effects import GiveUp, NewEffect, effect
from records.events import NewEvent, record
from records.models import Effect
from workflows import links
from workflows.compiling import names_of
from workflows.kinds import Edge, Example, Step, StepSettings, TargetBlock
from workflows.models import Matter

if TYPE_CHECKING:
    from workflows.compiling import Context
    from workflows.engine import Run

PUBLISH = "pages.publish_matter"

# What a page can take from the application: setting → what it becomes.
QUESTIONS = {
    "lead": _("Question with the short description"),
    "target_group": _("Question with the target group"),
    "goals": _("Question with the goals"),
    "principal": _("Question with the principal"),
    "parties": _("Question with the parties"),
    "municipalities": _("Question with the municipalities"),
    "period_start": _("Question with the first day"),
    "period_end": _("Question with the last day"),
    "funding_form": _("Question with the form of funding"),
    "direction": _("Question with the direction"),
}


# What the shipped form calls its options, and what a page calls the same.
SAME = {
    "projekt": ProjectPage.FundingForm.PROJECT,
    "liv": ProjectPage.FundingForm.LIV,
    "fria_medel": ProjectPage.FundingForm.FREE_MEANS,
    "forstudie": ProjectPage.FundingForm.PRE_STUDY,
    "utbildning": ProjectPage.FundingForm.TRAINING,
    "individ": ProjectPage.Direction.INDIVIDUAL,
    "struktur": ProjectPage.Direction.STRUCTURAL,
    **{value: value for value in (*ProjectPage.FundingForm.values, *ProjectPage.Direction.values)},
}


def _question_block(label: Any) -> CharBlock:
    return CharBlock(
        label=label,
        required=False,
        max_length=200,
        help_text=_(
            "The name of a question in the form; several with commas between, a table's column as table.column."
        ),
    )


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(",") if name.strip()]


class PublishPage(Step):
    """Makes the activity's public page out of the application and the decision, and goes on."""

    name = "publish_page"
    label = _("Publish a page about the activity")
    icon = "doc-full"
    group = _("Happens by itself")
    automatic = True
    shape = "slip"
    outcome_labels: ClassVar = {"published": _("published")}
    example: ClassVar = Example(
        {"label": "Page", "lead": "background", "period_start": "", "target": "next"}, outcome="published"
    )

    class Settings(StepSettings):
        """Where the matter goes then, and which answers the public may read."""

        target = TargetBlock()
        lead = _question_block(QUESTIONS["lead"])
        target_group = _question_block(QUESTIONS["target_group"])
        goals = _question_block(QUESTIONS["goals"])
        principal = _question_block(QUESTIONS["principal"])
        parties = _question_block(QUESTIONS["parties"])
        municipalities = _question_block(QUESTIONS["municipalities"])
        period_start = _question_block(QUESTIONS["period_start"])
        period_end = _question_block(QUESTIONS["period_end"])
        funding_form = _question_block(QUESTIONS["funding_form"])
        direction = _question_block(QUESTIONS["direction"])

    def edges(self, value: Mapping[str, Any]) -> list[Edge]:
        return [Edge("published", value.get("target") or "", setting="target")]

    def compile(self, value: Mapping[str, Any], context: "Context") -> dict[str, Any]:
        return {setting: (value.get(setting) or "").strip() for setting in QUESTIONS}

    def check(self, value: Mapping[str, Any], context: "Context") -> Iterable[Problem]:
        for setting in QUESTIONS:
            for form, compiled in context.versions.items():
                for name in _names(value.get(setting)):
                    if name not in _known(compiled):
                        yield Problem(
                            "unknown_question",
                            gettext(
                                "The form “%(form)s” has no question named “%(name)s”. Its questions are: %(known)s."
                            )
                            % {
                                "form": context.title_of(form),
                                "name": name,
                                "known": ", ".join(sorted(names_of(compiled))),
                            },
                            context.block_id,
                            setting=setting,
                        )

    def enter(self, step: Mapping[str, Any], run: "Run") -> str | None:
        matter = run.matter
        run.record(
            "publishing",
            {"step": step["id"]},
            effects=[
                NewEffect(
                    kind=PUBLISH,
                    key=f"{PUBLISH}:{matter.key}:{matter.visit}",
                    collection=matter.collection,
                    object_id=f"{matter.key}/{step['id']}",
                )
            ],
        )
        return "published"


def _known(form: Mapping[str, Any]) -> set[str]:
    """The questions of a compiled form, and the columns of its tables."""
    known = set()
    for page in form["pages"]:
        for question in page["fields"]:
            known.add(question["name"])
            known |= {f"{question['name']}.{column['name']}" for column in question["settings"].get("columns", ())}
    return known


@effect(PUBLISH)
def publish(row: Effect) -> None:
    """Make the page, or bring the one there is up to date; one matter has one page however often this runs."""
    key, _slash, step_id = row.object_id.partition("/")
    matter = Matter.objects.select_related("collection", "workflow_version", "submission").get(key=key)
    taken = _answers(matter, matter.graph["steps"][step_id]["settings"])
    page = ProjectPage.objects.filter(source_key=matter.stream).first()
    is_new = page is None
    page = page or ProjectPage(source_key=matter.stream, matter_key=str(matter.key), live=False)
    _fill(page, matter, taken)
    if is_new:
        index = _index(matter)
        page.slug = _free_slug(index, page.title)
        index.add_child(instance=page)
    page.save_revision().publish()
    record(
        NewEvent(
            collection=matter.collection,
            stream=matter.stream,
            type="matter.published",
            transition={"page": page.pk, "new": is_new},
        )
    )


def _index(matter: Matter) -> ProjectIndexPage:
    """The association's list of activities; made when there is none."""
    association = association_page(matter.collection)
    if association is None:
        raise GiveUp(gettext("The association has no page to publish the activity below."))
    index = ProjectIndexPage.objects.child_of(association).first()
    if index is None:
        index = ProjectIndexPage(title=gettext("Activities"), slug=_free_slug(association, gettext("Activities")))
        association.add_child(instance=index)
        index.save_revision().publish()
    return index


def _free_slug(parent: Any, title: str) -> str:
    wanted = slugify(title)[:200] or "aktivitet"
    taken = set(parent.get_children().filter(slug__startswith=wanted).values_list("slug", flat=True))
    slug, number = wanted, 1
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug


def _answers(matter: Matter, settings: Mapping[str, str]) -> dict[str, tuple[Any, str]]:
    """The chosen answers: the stored one and as people read it, by setting."""
    if matter.submission is None:
        return {}
    answers = effective_answers(matter.submission)
    by_name = {question.field["name"]: question for question in runtime_of(matter.submission).questions.values()}
    found = {}
    with override(matter.language):
        for setting in QUESTIONS:
            read = [one for name in _names(settings.get(setting)) for one in _read(name, by_name, answers)]
            if read:
                found[setting] = (read[0][0], "\n".join(dict.fromkeys(text for _stored, text in read)))
    return found


def _read(name: str, by_name: Mapping[str, Any], answers: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
    """What was answered to a question, or in a column of a table."""
    name, _dot, column_name = name.partition(".")
    question = by_name.get(name)
    stored = answers.get(question.id) if question else None
    if question is None or stored is None:
        return
    if not column_name:
        yield stored, question.kind.display(question.field, stored)
        return
    column = next(one for one in question.field["settings"]["columns"] if one["name"] == column_name)
    for row in stored:
        if (value := row.get(column["id"])) is not None:
            kind: Any = family("field")[column["kind"]]
            yield value, kind.display(column, value)


def _fill(page: ProjectPage, matter: Matter, taken: Mapping[str, tuple[Any, str]]) -> None:
    def read(setting: str) -> str:
        return taken.get(setting, (None, ""))[1]

    decision = matter.confirmed_decision()
    page.title = matter.title
    page.registry_number = matter.registry_number
    page.amount_granted = matter.amount_granted
    if decision is not None:
        page.decision_date = decision.meeting_date
        page.decision_paragraph = decision.paragraph
    page.lead = read("lead")[:500]
    page.target_group = read("target_group")
    page.goals = linebreaks(read("goals"), autoescape=True) if read("goals") else ""
    page.principal = read("principal")[:200]
    page.parties = _lines(taken.get("parties"))
    page.municipalities = _lines(taken.get("municipalities"))
    page.period_start = _day(taken.get("period_start"))
    page.period_end = _day(taken.get("period_end"))
    for setting, choices in (("funding_form", ProjectPage.FundingForm), ("direction", ProjectPage.Direction)):
        stored = SAME.get(taken.get(setting, ("", ""))[0], "")
        setattr(page, setting, stored if stored in choices.values else "")
    planned = page.period_start is not None and page.period_start > timezone.localdate()
    page.status = ProjectPage.Status.PLANNED if planned else ProjectPage.Status.RUNNING


def _lines(found: tuple[Any, str] | None) -> list[str]:
    """Each of several, whether they were chosen or written with commas or on lines."""
    if found is None:
        return []
    return [part.strip() for line in found[1].splitlines() for part in line.split(",") if part.strip()]


def _day(found: tuple[Any, str] | None) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(found[0]) if found else None
    except (TypeError, ValueError):
        return None


def page_of(matter: Matter) -> list[links.Link]:
    """The public page, on the matter page."""
    page = ProjectPage.objects.live().filter(matter_key=str(matter.key)).first()
    return [links.Link(_("Public page"), page.url)] if page and page.url else []


links.providers.append(page_of)
