"""The workflow as staff edit it, and the compiled graphs that matters follow."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from modelcluster.models import ClusterableModel

from forms.definition import Definition, DefinitionVersion
from forms.kinds import KindsField, Problem
from workflows.compiling import compile_workflow, fill_names, pin_targets
from workflows.drawing import sketch
from workflows.examples import check_examples
from workflows.linting import lint_workflow

from .registry import RegistrySeries


class Workflow(Definition, ClusterableModel):
    """How matters of one sort are handled: the steps, and the forms that start them."""

    slug = models.SlugField(
        _("short name"), max_length=80, unique=True, help_text=_("Used when the workflow is exported and imported.")
    )
    starts_with = ParentalManyToManyField(
        "forms.Form",
        blank=True,
        related_name="workflows",
        verbose_name=_("forms that start it"),
        help_text=_("Each submission of these forms becomes a matter that follows this workflow."),
    )
    steps = KindsField(family="step", blank=True, verbose_name=_("steps"))
    examples = KindsField(
        family="example",
        blank=True,
        verbose_name=_("examples"),
        help_text=_("What must happen to a matter of a certain sort. Nothing is published that breaks an example."),
    )
    series = models.ForeignKey(
        RegistrySeries,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("registry series"),
        help_text=_("Where its matters take their registry numbers. Empty: the association's first series."),
    )
    title_question = models.CharField(
        _("question with the title"),
        max_length=60,
        blank=True,
        help_text=_("The name of the question whose answer becomes the title of the matter."),
    )
    amount_question = models.CharField(
        _("question with the amount"),
        max_length=60,
        blank=True,
        help_text=_("The name of the question, or computed value, that holds the amount applied for."),
    )
    by_hand = models.BooleanField(_("can be chosen when a letter or call is registered"), default=True)

    class Meta:
        verbose_name = _("workflow")
        verbose_name_plural = _("workflows")
        ordering: ClassVar = ["title"]
        default_permissions = ("add", "change", "delete")
        permissions: ClassVar = [("publish_workflow", _("Can publish workflows"))]

    def compile(self) -> dict[str, Any]:
        return compile_workflow(self)

    def lint(self) -> list[Problem]:
        found = lint_workflow(self)
        if any(problem.is_error for problem in found):
            return found
        return [*found, *check_examples(self)]

    def fill_names(self) -> bool:
        """Short names for those without, and outcomes that point at their steps by id."""
        named = fill_names(self.steps)
        return pin_targets(self.steps, self.examples) or named

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "workflows/preview.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        return {**super().get_preview_context(request, mode_name), "sketch": sketch(self)}


class WorkflowVersion(DefinitionVersion):
    """A published workflow: the graph its matters follow to the end."""

    collection_path = "workflow__collection"

    workflow = models.ForeignKey(
        Workflow, on_delete=models.PROTECT, related_name="versions", verbose_name=_("workflow")
    )

    class Meta(DefinitionVersion.Meta):
        verbose_name = _("workflow version")
        verbose_name_plural = _("workflow versions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workflow", "number"], name="workflows_version_numbered_once")
        ]

    def __str__(self) -> str:
        return _("%(workflow)s, version %(number)s") % {"workflow": self.workflow, "number": self.number}
