"""Options that several questions share: parties, areas, municipalities, scales."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable

from forms.names import readable_name
from records.models import CollectionScoped, Scoped


class ChoiceList(CollectionScoped, ClusterableModel):
    """A list of options; publishing a form copies them into its version, so that a later change alters nothing sent."""

    title = models.CharField(_("title"), max_length=200)

    class Meta:
        verbose_name = _("choice list")
        verbose_name_plural = _("choice lists")
        ordering: ClassVar[list[str]] = ["title"]
        # No right to delete: drafts and copies may point at a list.
        default_permissions = ("add", "change")

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the list; an option without a key gets one from its label, and keeps it when the label changes."""
        options = list(self.options.all())
        taken = {option.key for option in options if option.key}
        for option in options:
            if not option.key:
                option.key = readable_name(option.label, taken, "choice")
                taken.add(option.key)
        super().save(*args, **kwargs)


class ChoiceListOption(Scoped, Orderable):
    """One option: the key is what answers hold and conditions compare with, the label what people read."""

    collection_path = "choice_list__collection"

    choice_list = ParentalKey(ChoiceList, on_delete=models.CASCADE, related_name="options")
    label = models.CharField(_("label"), max_length=200)
    help = models.CharField(_("help text"), max_length=500, blank=True)
    key = models.SlugField(
        _("key"),
        max_length=60,
        blank=True,
        help_text=_("What answers and conditions hold. Made from the label when left empty; do not change it later."),
    )

    class Meta(Orderable.Meta):
        verbose_name = _("option")
        verbose_name_plural = _("options")
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["choice_list", "key"], name="forms_choice_key_once"),
        ]

    def __str__(self) -> str:
        return self.label
