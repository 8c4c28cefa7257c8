"""A role in an association: the group that holds its rights."""

from typing import ClassVar

from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.scope import CollectionScoped


class RoleGroup(CollectionScoped):
    """Says that a group is one association's officers, editors, …; the group's own rights do the rest."""

    class Role(models.TextChoices):
        """What a person can be in an association."""

        ADMINISTRATOR = "administrator", _("Administrator")
        EDITOR = "editor", _("Editor")
        OFFICER = "officer", _("Officer")
        REVIEWER = "reviewer", _("Reviewer in the preparatory group")
        CHAIR = "chair", _("Chair")
        DEPUTY_CHAIR = "deputy_chair", _("Deputy chair")
        MEMBER = "member", _("Board member")

    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="role_group", verbose_name=_("group"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        default_permissions = ()
        permissions: ClassVar = [("invite_user", _("Can invite people and give them roles"))]
        constraints: ClassVar = [models.UniqueConstraint("collection", "role", name="records_one_group_per_role")]

    def __str__(self) -> str:
        return self.get_role_display()
