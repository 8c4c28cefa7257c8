"""The board's register: boards, members, seats and standing items, edited by the office."""

import django.forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList

from records.admin import ScopedModelAdmin
from workflows.models import AgendaItem, Board, Meeting, Member, Seat, StandingItem


class BoardAdmin(ScopedModelAdmin):
    """Boards and the settings their meetings follow."""

    model = Board
    menu_label = gettext_lazy("Boards")
    menu_icon = "group"
    menu_order = 241
    list_display = ("name", "collection", "who_sits")
    list_select_related = ("collection",)
    panels = (
        FieldPanel("collection"),
        FieldPanel("name"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("notice_days"), FieldPanel("presidium_days")]),
                FieldRowPanel([FieldPanel("preparation_days"), FieldPanel("completion_days")]),
            ],
            heading=gettext_lazy("Days before a meeting"),
        ),
        MultiFieldPanel(
            [FieldPanel("distance_decided_on"), FieldPanel("distance_decision")],
            heading=gettext_lazy("Attending from a distance"),
        ),
        FieldPanel("deputies_across"),
        FieldRowPanel([FieldPanel("minutes_kept_at"), FieldPanel("court")]),
    )

    def who_sits(self, row: Board) -> SafeString:
        """Leads to the people and to what should be looked at."""
        return format_html('<a href="{}">{}</a>', reverse("workflows:composition", args=[row.pk]), _("Who sits"))

    who_sits.short_description = gettext_lazy("seats")  # type: ignore[attr-defined]


class MemberAdmin(ScopedModelAdmin):
    """The association's members: those that elect people to the board."""

    model = Member
    menu_label = gettext_lazy("Members of the association")
    menu_icon = "site"
    menu_order = 242
    list_display = ("name", "party", "board", "joined_on", "left_on")
    list_filter = ("board", "party")
    list_select_related = ("board__collection",)
    search_fields = ("name",)
    panels = (
        FieldPanel("board"),
        FieldRowPanel([FieldPanel("name"), FieldPanel("party")]),
        FieldRowPanel([FieldPanel("joined_on"), FieldPanel("left_on")]),
        FieldRowPanel([FieldPanel("notice_email"), FieldPanel("notice_url")]),
    )


class SeatAdmin(ScopedModelAdmin):
    """Who sits on the board; somebody who has served is never removed, the seat is ended."""

    model = Seat
    menu_label = gettext_lazy("Seats of the board")
    menu_icon = "user"
    menu_order = 243
    list_display = ("name", "member", "kind", "order", "office", "starts_on", "ends_on")
    list_filter = ("member", "kind", "ends_on")
    list_select_related = ("member__board__collection",)
    list_per_page = 50
    search_fields = ("name", "affiliation", "member__name")
    panels = (
        FieldRowPanel([FieldPanel("member"), FieldPanel("name")]),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("order"), FieldPanel("office")]),
        FieldRowPanel([FieldPanel("affiliation"), FieldPanel("employer")]),
        FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on"), FieldPanel("ended_reason")]),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Seat]:
        return super().get_queryset(request).order_by("member__board", "member", "-kind", "order", "pk")


class StandingItemForm(WagtailAdminModelForm):
    """The sort as a choice, and the meetings it belongs to as ticks."""

    sort = django.forms.ChoiceField(
        label=gettext_lazy("Sort"),
        choices=[choice for choice in AgendaItem.Sort.choices if choice[0] != AgendaItem.Sort.MATTER],
    )
    purposes = django.forms.MultipleChoiceField(
        label=gettext_lazy("Meetings"),
        choices=Meeting.Purpose.choices,
        required=False,
        widget=django.forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked: every meeting."),
    )


class StandingItemAdmin(ScopedModelAdmin):
    """What every meeting begins or ends with."""

    model = StandingItem
    menu_label = gettext_lazy("Standing items")
    menu_icon = "list-ol"
    menu_order = 244
    list_display = ("title", "place", "position", "board")
    list_filter = ("board", "place")
    list_select_related = ("board__collection",)
    edit_handler = ObjectList(
        [
            FieldPanel("board"),
            FieldPanel("title"),
            FieldPanel("proposal"),
            FieldRowPanel([FieldPanel("place"), FieldPanel("position"), FieldPanel("sort")]),
            FieldPanel("purposes"),
        ],
        base_form_class=StandingItemForm,
    )
