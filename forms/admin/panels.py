"""What the editor of a form shows beside the questions: plain-language hints, and ways to reuse."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from wagtail.admin.panels import Panel

from forms.hints import hints
from forms.kinds import Problem


class HintsPanel(Panel):
    """What could be easier to read or fairer to answer; stops nothing, and each hint leads to its question."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "forms/admin/hints_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            found = hints(self.instance) if self.instance.pk else []
            context["hints"] = lines(self.instance, found)
            context["by_block"] = [
                {"block": hint.block_id, "sentence": str(hint.sentence)} for hint in found if hint.block_id
            ]
            context["is_new"] = not self.instance.pk
            return context


def lines(form: Any, found: Iterable[Problem]) -> list[dict[str, str]]:
    """Each hint in words with its place, and the id of the block to go to."""
    listed = list(found)
    return [{"text": text, "block": hint.block_id} for hint, text in zip(listed, form.describe(listed), strict=True)]


class ReusePanel(Panel):
    """Ways to take something from elsewhere, and to keep something for others."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "forms/admin/reuse_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            form = self.instance
            context["is_new"] = not form.pk
            if form.pk:
                copy = reverse(type(form).snippet_viewset.get_url_name("copy"), args=[form.pk])
                context |= {"form_pk": form.pk, "copy_url": copy}
            return context
