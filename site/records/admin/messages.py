"""The register of messages: what was mailed to whom, how far it has come, and sending it once more."""

from typing import Any
from uuid import UUID

from django.contrib.admin import SimpleListFilter, display
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail_modeladmin.helpers import ButtonHelper
from wagtail_modeladmin.views import InspectView

from records import mail, policy
from records.actions.message import resend
from records.admin import gate
from records.admin.registers import (
    SEE,
    PeriodFilter,
    ScopedIndexView,
    ScopedModelAdmin,
    ScopedPermissionHelper,
    ScopedRelatedFilter,
)
from records.errors import NotAllowed, SamsynError
from records.links import linked
from records.models import Effect, Event, Message

RESEND = "records_message_resend"
ERROR_LENGTH = 80


class ReadOnly(ScopedPermissionHelper):
    """What was mailed is not made, changed or deleted by hand, not even by superusers."""

    def user_can_create(self, user: Any) -> bool:
        return False

    def user_can_edit_obj(self, user: Any, obj: Any) -> bool:
        return False

    def user_can_delete_obj(self, user: Any, obj: Any) -> bool:
        return False


class SubjectLeadsThere(ButtonHelper):
    """No buttons in the list: the first column leads to the message, and that is all one can do from here."""

    def get_buttons_for_obj(self, obj: Any, *args: Any, **kwargs: Any) -> list[Any]:
        return []


class KindFilter(SimpleListFilter):
    """Kinds of mail by what they are called."""

    title = gettext_lazy("kind of mail")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        keys = [*mail.kinds(), *([mail.SYSTEM] if policy.everywhere(request.user) else [])]
        return sorted(((key, mail.label_of(key)) for key in keys), key=lambda choice: choice[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class WrittenFilter(PeriodFilter):
    """When it was written."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("time")


class AssociationFilter(ScopedRelatedFilter):
    """Offered to people of several associations; mail of no association has a kind of its own."""

    include_empty_choice = False


class MessageIndexView(ScopedIndexView):
    """The list; in a demo that mails nothing it says so."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, stays_here=mail.stays_here())


class MessageInspectView(InspectView):
    """One message, whole: the text, what is attached, what caused it, and how delivery went."""

    page_title = gettext_lazy("Message")

    def get_meta_title(self) -> str:
        return f"{self.page_title}: {self.instance.subject}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        message: Message = self.instance
        return super().get_context_data(
            **kwargs,
            message=message,
            stays_here=mail.stays_here(),
            kind=mail.label_of(message.kind),
            state=chip(message),
            text=linked(message.body),
            attached=mail.attached(message),
            holds_a_secret=mail.holds_a_secret(message),
            cause=_cause(message),
            sendings=_sendings(message),
            next_try=_next_try(message.effect),
            may_resend=policy.of(Message).user_has_permission_for_instance(self.request.user, "resend", message),
            resend_name=RESEND,
        )


def chip(message: Message) -> SafeString:
    """The state, in words and in a colour that repeats them."""
    return format_html(
        '<span class="w-status w-status--label message-state message-state--{}">{}</span>',
        message.state,
        message.get_state_display(),
    )


def _cause(message: Message) -> Event | None:
    """The event that led to the message: the last of its stream when it was first queued."""
    if not message.cause:
        return None
    deliveries = Effect.objects.filter(kind=mail.DELIVER, object_id=str(message.pk)).order_by("created_at")
    first = deliveries.values("created_at")[:1]
    return Event.objects.filter(stream=message.cause, at__lte=first).order_by("-sequence").first()


def _sendings(message: Message) -> list[dict[str, Any]]:
    """When the message was sent again, and who asked for it."""
    events = list(Event.objects.filter(stream=f"message:{message.pk}", type="message.resent").order_by("sequence"))
    keys = {event.actor_key for event in events if event.actor_key}
    people = {str(person.key): person for person in get_user_model()._default_manager.filter(key__in=keys)}
    return [{"at": event.at, "person": people.get(event.actor_key)} for event in events]


def _next_try(delivery: Effect) -> Any:
    """When delivery is tried again, or None when it does not wait for that."""
    waits = delivery.state == Effect.State.QUEUED and delivery.attempts and delivery.due_at > timezone.now()
    return delivery.due_at if waits else None


class MessageAdmin(ScopedModelAdmin):
    """Every mail of the associations one works for; mail about accounts (login codes) is for superusers."""

    model = Message
    menu_label = gettext_lazy("Messages")
    menu_icon = "mail"
    menu_order = 207
    permission_helper_class = ReadOnly
    button_helper_class = SubjectLeadsThere
    index_view_class = MessageIndexView
    inspect_view_class = MessageInspectView
    inspect_view_enabled = True
    list_display = ("about", "what", "status", "written")
    list_filter = ("state", ("queued_at", WrittenFilter), KindFilter, ("collection", AssociationFilter))
    list_per_page = 50
    search_fields = ("to", "subject")
    ordering = ("-queued_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return super().get_queryset(request).select_related("effect", "collection").defer("body", "attachments")

    @staticmethod
    @display(description=gettext_lazy("subject and recipient"), ordering="subject")
    def about(row: Message) -> SafeString:
        """The subject and to whom it went; as the first column it leads to the message."""
        return format_html('{}<br><small class="message-to">{}</small>', row.subject or _("(no subject)"), row.to)

    @staticmethod
    @display(description=gettext_lazy("kind of mail"), ordering="kind")
    def what(row: Message) -> str:
        """The kind of mail."""
        return mail.label_of(row.kind)

    @staticmethod
    @display(description=gettext_lazy("state"), ordering="state")
    def status(row: Message) -> SafeString:
        """How far the mail has come, and in short what went wrong."""
        error = "" if row.state == Message.State.SENT else row.error or row.effect.error
        if not error:
            return chip(row)
        return format_html("{}<br><small>{}</small>", chip(row), Truncator(error).chars(ERROR_LENGTH))

    @staticmethod
    @display(description=gettext_lazy("time"), ordering="queued_at")
    def written(row: Message) -> str:
        """When it was written and queued."""
        return date_format(timezone.localtime(row.queued_at), "SHORT_DATETIME_FORMAT")

    def get_admin_urls_for_registration(self) -> tuple[URLPattern, ...]:
        again = path("records/message/<uuid:pk>/resend/", require_POST(self.resend_view), name=RESEND)
        gate.admit_register([RESEND])
        return (*super().get_admin_urls_for_registration(), again)

    def resend_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Send a message once more, and say what came of it."""
        self._check(request, str(pk), SEE)
        message = get_object_or_404(Message.objects.select_related("collection"), pk=pk)
        try:
            resend(message=message, user=request.user)
        except NotAllowed as error:
            raise PermissionDenied from error
        except SamsynError as error:
            messages.error(request, error.sentence)
        else:
            told = _("The message is on its way to %(address)s again.") % {"address": message.to}
            messages.success(request, told)
        return redirect(self.url_helper.get_action_url("inspect", str(pk)))
