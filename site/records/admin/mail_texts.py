"""The association's own mail texts: which mail and language first, then the words, with what may be filled in."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

import django.forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList, Panel
from wagtail.admin.ui.tables import UpdatedAtColumn
from wagtail.log_actions import log
from wagtail.snippets.views import snippets

from records import mail
from records.actions import mail_text
from records.admin.snippets import ScopedSnippetViewSet
from records.models import MailText


def _kinds() -> list[mail.MailKind]:
    return sorted(mail.kinds().values(), key=lambda kind: str(kind.label))


class MailTextForm(WagtailAdminModelForm):
    """The words of one mail in one language; which mail that is was chosen before and does not change."""

    kind = django.forms.ChoiceField(label=gettext_lazy("Kind of mail"))
    language = django.forms.ChoiceField(label=gettext_lazy("Language"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, list[tuple[str, Any]]] = {
            "kind": [(kind.key, kind.label) for kind in _kinds()],
            "language": list(settings.LANGUAGES),
        }
        for name, offered in choices.items():
            # A list of one: it shows what was chosen, is sent along, and leaves nothing to change.
            chosen = self.data.get(self.add_prefix(name)) if self.is_bound else None
            chosen = getattr(self.instance, name) or chosen
            self.fields[name].choices = [choice for choice in offered if choice[0] == chosen] or offered
            self.fields[name].disabled = self.instance.pk is not None


class PlaceholdersPanel(Panel):
    """What may stand in the text, and the words that apply without one of the association's own."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "records/admin/placeholders_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            # Without a kind in the address the form itself says which one it is about.
            name = self.instance.kind or self.form["kind"].value()
            kind = mail.kinds().get(name)
            if kind is None:
                return context
            language = self.instance.language or self.form["language"].value()
            subject, body = mail.wording(kind, language or settings.LANGUAGE_CODE, None)
            context["allowed"] = [(f"{{{{ {name} }}}}", label) for name, label in kind.allowed.items()]
            context |= {"subject": subject, "body": body, "language": language}
            return context


class MailTextCreateView(snippets.CreateView):
    """A new text begins with the words that apply today."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.get_initial_form_instance() is None:
            return render(request, "records/admin/choose_mail.html", self._choices())
        return super().get(request, *args, **kwargs)

    def get_initial_form_instance(self) -> MailText | None:
        kind = mail.kinds().get(self.request.GET.get("kind", ""))
        language = self.request.GET.get("language", "")
        if kind is None or language not in dict(settings.LANGUAGES):
            return None
        subject, body = mail.wording(kind, language, None)
        return MailText(kind=kind.key, language=language, subject=subject, body=body)

    def get_add_url(self) -> str:
        chosen = self.get_initial_form_instance()
        if chosen is None:
            return super().get_add_url()
        return f"{super().get_add_url()}?{urlencode({'kind': chosen.kind, 'language': chosen.language})}"

    def _choices(self) -> dict[str, Any]:
        """Every mail in every language: where a text can be written, and the texts there are."""
        places = self.permission_policy.collections_user_has_permission_for(self.request.user, "add")
        places = [place for place in places if place.depth > 1]
        written: dict[tuple[str, str], list[MailText]] = {}
        for text in MailText.objects.for_user(self.request.user).select_related("collection").order_by("pk"):
            written.setdefault((text.kind, text.language), []).append(text)
        rows = []
        for kind in _kinds():
            cells = []
            for language, name in settings.LANGUAGES:
                texts = written.get((kind.key, language), [])
                query = urlencode({"kind": kind.key, "language": language})
                cells.append(
                    {
                        "language": name,
                        "texts": texts,
                        "url": f"{super().get_add_url()}?{query}" if len(texts) < len(places) else "",
                    }
                )
            rows.append((kind, cells))
        return {
            "page_title": _("Write a mail text"),
            "header_icon": "mail",
            "rows": rows,
            "languages": [name for _code, name in settings.LANGUAGES],
            "several": len(places) > 1,
            "edit_name": self.edit_url_name,
            "list_name": self.index_url_name,
        }

    def save_instance(self) -> MailText:
        text = mail_text.write(text=self.form.save(commit=False), user=self.request.user)
        log(instance=text, action="wagtail.create", content_changed=True)
        return text


class MailTextEditView(snippets.EditView):
    """Other words."""

    def save_instance(self) -> MailText:
        self.has_content_changes = self.form.has_changed()
        text = self.form.save(commit=False)
        if self.has_content_changes:
            mail_text.write(text=text, user=self.request.user)
            log(instance=text, action="wagtail.edit", content_changed=True)
        return text


class MailTextDeleteView(snippets.DeleteView):
    """Back to the words that come with the product."""

    success_message = gettext_lazy("%(object)s has the text that comes with the product again.")

    @property
    def confirmation_message(self) -> str:
        return _("The association's own text is deleted, and the one that comes with the product is sent from now on.")

    def delete_action(self) -> None:
        log(instance=self.object, action="wagtail.delete")
        mail_text.reset(text=self.object, user=self.request.user)


class MailTextViewSet(ScopedSnippetViewSet):
    """Mail texts: the association's own words instead of those that come with the product."""

    model = MailText
    icon = "edit"
    menu_label = gettext_lazy("Mail texts")
    menu_name = "mail-texts"
    menu_order = 245
    add_to_admin_menu = True
    copy_view_enabled = False
    add_view_class = MailTextCreateView
    edit_view_class = MailTextEditView
    delete_view_class = MailTextDeleteView
    list_display = ("__str__", "subject", "collection", UpdatedAtColumn())
    list_filter = ("collection",)
    search_fields = ("subject", "body")
    edit_handler = ObjectList(
        [
            FieldPanel("collection"),
            FieldRowPanel([FieldPanel("kind"), FieldPanel("language")]),
            FieldPanel("subject"),
            FieldPanel("body"),
            PlaceholdersPanel(heading=gettext_lazy("What can be filled in, and the text that comes with the product")),
        ],
        base_form_class=MailTextForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[MailText]:
        return super().get_queryset(request).select_related("collection")

    def delete_rows(self, rows: Iterable[MailText], user: Any) -> None:
        for text in rows:
            mail_text.reset(text=text, user=user)
