"""Codes that open a closed form for those who were given one, and the places that limits hand out."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models import Scoped

from .form import Form
from .submission import Submission


class EntryCode(Scoped):
    """A code with which a form that has closed can still be filled in."""

    collection_path = "form__collection"

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="entry_codes", verbose_name=_("form"))
    code = models.CharField(_("code"), max_length=20)
    note = models.CharField(_("note"), max_length=200, blank=True, help_text=_("Who got the code, and why."))
    valid_until = models.DateTimeField(_("valid until"))
    max_uses = models.PositiveIntegerField(_("number of uses"), default=1)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    created_by = models.UUIDField(_("made by"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("late-entry code")
        verbose_name_plural = _("late-entry codes")
        default_permissions = ()
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["form", "code"], name="forms_entry_code_once")]

    def __str__(self) -> str:
        return self.code


class TakenPlace(Scoped):
    """One of the places a limit allows, taken by one submission; the constraint is what keeps the limit."""

    class Limit(models.TextChoices):
        """What a limit counts."""

        ALL = "all", _("in all")
        PERSON = "person", _("per person")
        ORGANISATION = "organisation", _("per organisation")
        SUBJECT = "subject", _("per subject")
        CODE = "code", _("per late-entry code")

    collection_path = "form__collection"

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="places")
    limit = models.CharField(max_length=12, choices=Limit)
    # Whom or what the limit counts for, hashed where it is an address; empty for all.
    key = models.CharField(max_length=120, blank=True)
    number = models.PositiveIntegerField()
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="places")

    class Meta:
        verbose_name = _("taken place")
        verbose_name_plural = _("taken places")
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["form", "limit", "key", "number"], name="forms_place_taken_once"),
            models.UniqueConstraint(fields=["submission", "limit"], name="forms_place_one_per_limit"),
        ]

    def __str__(self) -> str:
        return f"{self.get_limit_display()} {self.number}"
