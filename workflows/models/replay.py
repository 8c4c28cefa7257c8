"""A draft run over all matters, and matters moved to what was published: asked for, on its way, done."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models import Scoped

from .definition import Workflow, WorkflowVersion


class Replay(Scoped):
    """What was asked for over the matters of a workflow, how far it has come, and what came of it."""

    collection_path = "workflow__collection"

    class Sort(models.TextChoices):
        """What is done with each matter."""

        LOOK = "look", _("look how it would have gone")
        MOVE = "move", _("move it to the new version")

    class State(models.TextChoices):
        """How far it has come."""

        WAITING = "waiting", _("waiting")
        WORKING = "working", _("on its way")
        READY = "ready", _("done")
        FAILED = "failed", _("failed")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="replays")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    sort = models.CharField(max_length=4, choices=Sort, default=Sort.LOOK)
    # The draft as it was when asked for; or the version that matters are moved to.
    compiled = models.JSONField(default=dict)
    version = models.ForeignKey(WorkflowVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    # Groups of matters that would go the same way; or a row for each matter that was to be moved.
    result = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("replay of a workflow")
        verbose_name_plural = _("replays of workflows")
        default_permissions = ()
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.workflow}: {self.get_sort_display()}"

    @property
    def is_finished(self) -> bool:
        """Is there nothing more to wait for?"""
        return self.state in (self.State.READY, self.State.FAILED)

    @property
    def moved(self) -> list[dict[str, Any]]:
        """The rows of matters that were moved."""
        return [row for row in self.result if row.get("ok")]

    @property
    def left(self) -> list[dict[str, Any]]:
        """The rows of matters that stay with their version, each with why."""
        return [row for row in self.result if not row.get("ok")]
