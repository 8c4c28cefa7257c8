"""What a form and a workflow have in common: a draft that staff edit, and numbered versions that never change.

Staff edit the draft (revisions, lock, preview). ``publish()`` is the one gate, whoever calls it: it lints and compiles
the draft, makes a numbered version and writes the event, all in one transaction.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.admin.utils import quote
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.actions.unpublish import UnpublishAction
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, Revision, RevisionMixin

from records.errors import Invalid, NotAllowed, Sentence
from records.events import NewEvent, NewMail, record
from records.mail import mail_kind
from records.models import CollectionScoped, Scoped
from records.policy import has, users_with

from .kinds import KindsField, Problem, places

mail_kind(
    key="forms.publish_failed",
    label=_("A scheduled publication failed"),
    placeholders={
        "title": _("what should have been published"),
        "problems": _("what is wrong, one sentence per line"),
        "link": _("where it is edited"),
    },
    examples={
        "title": _("Application for funds"),
        "problems": _("The question “Amount” has no text."),
        "link": "https://samsyn.example/admin/",
    },
    subject=_("“{{ title }}” could not be published"),
    body=_(
        "“{{ title }}” should have been published now, but something in it is wrong. What was published before "
        "is still in use.\n\n{{ problems }}\n\nCorrect the draft and publish it again: {{ link }}\n"
    ),
)


class LintFailed(Invalid):
    """A definition that cannot be published; ``found`` holds what is wrong, ``lines`` each with its place in words."""

    def __init__(self, found: Iterable[Problem], lines: Iterable[str] = ()) -> None:
        self.found = tuple(found)
        self.lines = tuple(lines) or tuple(str(problem.sentence) for problem in self.found)
        sentences: dict[str, list[Sentence]] = {}
        for problem in self.found:
            sentences.setdefault(problem.block_id, []).append(problem.sentence)
        super().__init__(sentences, sentence=" ".join(self.lines))


class Definition(PreviewableMixin, LockableMixin, DraftStateMixin, RevisionMixin, CollectionScoped):
    """A draft with published versions. A subclass answers ``compile`` and ``lint`` and has ``versions``.

    ``versions`` is the related name of the version model's foreign key, whose name is the model's own in lower case
    (``FormVersion.form``). Unpublished means closed: versions stay, nothing new begins.
    """

    title = models.CharField(_("title"), max_length=200)
    live = models.BooleanField(_("published"), default=False, editable=False)
    change_reason = models.TextField(
        _("what has changed, and why"), blank=True, help_text=_("Kept with the version when this is published.")
    )
    # {"<code>:<block id>": why the warning may stand}
    overruled = models.JSONField(_("overruled warnings"), default=dict, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    # --- what a subclass answers ---

    def compile(self) -> dict[str, Any]:
        """The draft as JSON; the same draft gives the same JSON. Asked only when the lint found no error."""
        raise NotImplementedError

    def lint(self) -> list[Problem]:
        """Everything wrong or doubtful in this draft."""
        raise NotImplementedError

    def fill_names(self) -> bool:
        """Give a readable name to every part that has none; tells whether any was given."""
        return False

    # --- versions ---

    @property
    def latest_version(self) -> Any:
        """The newest published version, also when the definition is closed; None before the first."""
        return self.versions.order_by("-number").first()  # type: ignore[attr-defined]

    @property
    def version(self) -> Any:
        """The version in use: the newest one, or None when nothing is published."""
        return self.latest_version if self.live else None

    # --- the gate ---

    @classmethod
    def permission(cls, action: str) -> str:
        """The permission for an action: ``Form.permission("publish")`` is "forms.publish_form"."""
        return f"{cls._meta.app_label}.{action}_{cls._meta.model_name}"

    @property
    def stream(self) -> str:
        """Where the events of this definition are written."""
        return f"{self._meta.model_name}:{self.pk}"

    def problems(self) -> list[Problem]:
        """The lint, with what holds for every definition."""
        # Choosers in blocks know their model only when the admin is registered, which a worker has not needed yet.
        hooks.search_for_hooks()
        found = list(self.lint())
        if self.pk and self._moved():
            found.append(
                Problem(
                    "moved",
                    _("What has been published cannot move to another association. Choose the one it had."),
                    setting="collection",
                )
            )
        return found

    def reason_for(self, warning: Problem) -> str:
        """Why the warning may stand, as somebody has written; empty when nobody has."""
        return str(self.overruled.get(warning.key, "")).strip()

    def unreasoned(self, problems: Iterable[Problem]) -> list[Problem]:
        """The warnings that nobody has said why to overrule."""
        return [problem for problem in problems if not problem.is_error and not self.reason_for(problem)]

    def describe(self, problems: Iterable[Problem]) -> list[str]:
        """Each problem as one text that also says where it is, for lists outside the editor."""
        streams = [getattr(self, field.name) for field in self._meta.get_fields() if isinstance(field, KindsField)]
        known = {block_id: place for stream in streams for block_id, place in places(stream)}
        return [
            f"{known[problem.block_id]}: {problem.sentence}" if problem.block_id in known else str(problem.sentence)
            for problem in problems
        ]

    def _moved(self) -> bool:
        stored = type(self)._default_manager.filter(pk=self.pk).values_list("collection_id", flat=True).first()
        return stored not in (None, self.collection_id) and self.versions.exists()  # type: ignore[attr-defined]

    def publish(
        self,
        revision: Revision,
        user: Any = None,
        changed: bool = True,
        log_action: bool | str = True,
        previous_revision: Revision | None = None,
        skip_permission_checks: bool = False,
    ) -> None:
        """Publish a revision, or schedule it when its go-live time lies ahead.

        One transaction: rights, lint, compile, number, event. Raises NotAllowed, or LintFailed with every problem; then
        nothing has changed. The exception is a publication that was scheduled: there is nobody to show the problems to,
        so the schedule is dropped, what was published stays, and staff are told by mail. When the compiled result
        equals the newest version, that version stays in use and no new number is taken.
        """
        with transaction.atomic():
            # The row is locked so that two publications take two numbers.
            stored = type(self)._default_manager.select_for_update(no_key=True).get(pk=self.pk)
            draft = revision.as_object()
            if user is not None:
                for collection in {stored.collection, draft.collection}:
                    if not has(user, self.permission("publish"), collection):
                        raise NotAllowed(_("You may not publish this in this association."))
            named = draft.fill_names()
            problems = draft.problems()
            errors = [problem for problem in problems if problem.is_error] or draft.unreasoned(problems)
            if errors and _was_scheduled(revision):
                self._report_failed_schedule(stored, draft, revision, errors)
                return
            if errors:
                raise LintFailed(errors, [*draft.describe(errors), *_cure(errors)])
            if named:
                revision.content = draft.serializable_data()
                revision.save(update_fields=["content"])
            super().publish(
                revision,
                user=user,
                changed=changed,
                log_action=log_action,
                previous_revision=previous_revision,
                skip_permission_checks=True,
            )
            if draft.go_live_at and draft.go_live_at > timezone.now():
                record(
                    NewEvent(
                        collection=stored.collection,
                        stream=self.stream,
                        type=f"{self._meta.model_name}.scheduled",
                        actor=user,
                        transition={"revision": revision.pk, "go_live_at": draft.go_live_at.isoformat()},
                    )
                )
            else:
                self._number(draft, revision, user, problems)
            self.refresh_from_db(
                fields=[
                    "live",
                    "has_unpublished_changes",
                    "first_published_at",
                    "last_published_at",
                    "live_revision",
                    "expired",
                ]
            )

    def _number(self, draft: "Definition", revision: Revision, user: Any, problems: Sequence[Problem]) -> None:
        compiled = json.loads(json.dumps(draft.compile()))
        version = self.latest_version
        is_new = version is None or version.compiled != compiled
        if is_new:
            version = self.versions.create(  # type: ignore[attr-defined]
                number=version.number + 1 if version else 1,
                compiled=compiled,
                created_by=getattr(user or revision.user, "key", None),
                reason=draft.change_reason,
                overruled=[
                    {
                        "code": problem.code,
                        "block_id": problem.block_id,
                        "sentence": sentence,
                        "reason": draft.reason_for(problem),
                    }
                    for problem, sentence in zip(problems, draft.describe(problems), strict=True)
                ],
            )
            if draft.change_reason:
                # It is the version's now: the next change has a reason of its own.
                draft.change_reason = self.change_reason = ""
                type(self)._default_manager.filter(pk=self.pk).update(change_reason="")
                revision.content = {**revision.content, "change_reason": ""}
                revision.save(update_fields=["content"])
        record(
            NewEvent(
                collection=draft.collection,
                stream=self.stream,
                type=f"{self._meta.model_name}.published",
                actor=user,
                transition={"number": version.number, "new": is_new, "revision": revision.pk},
            )
        )

    def _report_failed_schedule(
        self, stored: "Definition", draft: "Definition", revision: Revision, errors: Sequence[Problem]
    ) -> None:
        scheduled = revision.approved_go_live_at
        type(revision).objects.filter(pk=revision.pk).update(approved_go_live_at=None)
        with override(settings.LANGUAGE_CODE):
            sentences = "\n".join(f"– {line}" for line in [*draft.describe(errors), *_cure(errors)])
        staff = users_with(self.permission("publish"), stored.collection)
        record(
            NewEvent(
                collection=stored.collection,
                stream=self.stream,
                type=f"{self._meta.model_name}.publish_failed",
                actor=None,
                transition={"revision": revision.pk, "problems": [problem.code for problem in errors]},
            ),
            mails=[
                NewMail(
                    kind="forms.publish_failed",
                    key=f"{self.stream}:publish_failed:{revision.pk}:{scheduled.isoformat()}:{person.key}",
                    to=person.email,
                    collection=stored.collection,
                    language=settings.LANGUAGE_CODE,
                    context={"title": str(stored), "problems": sentences, "link": self.edit_address()},
                )
                for person in staff
            ],
        )

    def edit_address(self) -> str:
        """The full address where staff edit this."""
        view = self.snippet_viewset.get_url_name("edit")  # type: ignore[attr-defined]
        return settings.BASE_URL + reverse(view, args=[quote(self.pk)])

    def unpublish(
        self, set_expired: bool = False, commit: bool = True, user: Any = None, log_action: bool | str = True
    ) -> None:
        """Close it: its versions stay, nothing new begins. Raises NotAllowed."""
        with transaction.atomic():
            stored = type(self)._default_manager.select_for_update(no_key=True).get(pk=self.pk)
            if user is not None and not has(user, self.permission("publish"), stored.collection):
                raise NotAllowed(_("You may not close this in this association."))
            was_live = stored.live
            UnpublishAction(self, set_expired=set_expired, commit=commit, user=user, log_action=log_action).execute(
                skip_permission_checks=True
            )
            if was_live:
                record(
                    NewEvent(
                        collection=stored.collection,
                        stream=self.stream,
                        type=f"{self._meta.model_name}.unpublished",
                        actor=user,
                        transition={"expired": set_expired},
                    )
                )

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Remove a draft that was never published. Raises Invalid for anything else."""
        if self.versions.exists():  # type: ignore[attr-defined]
            raise Invalid(_("This has been published and cannot be deleted. Unpublish it instead: then it is closed."))
        return super().delete(*args, **kwargs)


def _cure(problems: Sequence[Problem]) -> list[str]:
    """What to do about warnings, when nothing else is wrong."""
    if any(problem.is_error for problem in problems):
        return []
    return [gettext("Correct it, or write why it may stand, in the list of what to check before publishing.")]


def _was_scheduled(revision: Revision) -> bool:
    return revision.approved_go_live_at is not None and revision.approved_go_live_at <= timezone.now()


class DefinitionVersion(Scoped):
    """A published version: compiled, numbered, never changed. A subclass adds the foreign key to its definition."""

    number = models.PositiveIntegerField(_("number"))
    compiled = models.JSONField(_("compiled"))
    created_at = models.DateTimeField(_("published"), auto_now_add=True)
    # The person's key, not a foreign key: a version outlives the people who made it.
    created_by = models.UUIDField(_("published by"), null=True, editable=False)
    reason = models.TextField(_("what has changed, and why"), blank=True)
    # The warnings it was published in spite of: [{"code", "block_id", "sentence", "reason"}]
    overruled = models.JSONField(_("overruled warnings"), default=list)

    class Meta:
        abstract = True
        ordering: ClassVar[list[str]] = ["-number"]
        default_permissions = ()
