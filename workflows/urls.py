"""Addresses of the workflows room."""

from django.urls import URLPattern, URLResolver, include, path

from workflows.views import agenda, completion, correspondence, matter, meetings, sitting, start

app_name = "workflows"

one_matter = [
    path("", matter.matter, name="matter"),
    path("uppgift/<int:task>/", matter.choose, name="choose"),
    path("komplettera/", completion.complete, name="complete"),
    path("anteckning/", correspondence.note, name="note"),
    path("meddelande/", correspondence.message, name="message"),
    path("last/", correspondence.read, name="read"),
    path("fil/<uuid:file>/", correspondence.file, name="file"),
    path("folj/", correspondence.follow, name="follow"),
    path("folj-inte/", correspondence.unfollow, name="unfollow"),
    path("lank/", correspondence.link, name="link"),
    path("lank/<int:link>/ta-bort/", correspondence.unlink, name="unlink"),
    path("sekretess/", correspondence.mark, name="mark"),
    path("akt/", correspondence.ask_dossier, name="ask_dossier"),
    path("akt/<uuid:dossier>/", correspondence.dossier, name="dossier"),
    path("handlaggare/", matter.assign, name="assign"),
    path("person/", matter.add_person, name="add_person"),
    path("person/<int:person>/", matter.change_person, name="change_person"),
    path("person/<int:person>/ta-bort/", matter.remove_person, name="remove_person"),
    path("aterkalla/", matter.withdraw, name="withdraw"),
    path("avsluta/", matter.close, name="close"),
    path("jav/", matter.recuse, name="recuse"),
    path("jav/<uuid:recusal>/", matter.lift, name="lift"),
]

one_meeting = [
    path("", agenda.meeting, name="meeting"),
    path("andra/", agenda.change, name="change_meeting"),
    path("stall-in/", agenda.cancel, name="cancel_meeting"),
    path("hamta/", agenda.collect, name="collect_matters"),
    path("forslag/", agenda.propose, name="propose_item"),
    path("kallelse/", agenda.call, name="send_call"),
    path("punkt/", agenda.add_item, name="add_item"),
    path("punkt/<uuid:item>/", agenda.item, name="meeting_item"),
    path("punkt/<uuid:item>/flytta/", agenda.move, name="move_item"),
    path("punkt/<uuid:item>/ta-bort/", agenda.remove_item, name="remove_item"),
    path("punkt/<uuid:item>/handling/", agenda.add_paper, name="add_paper"),
    path("handling/<uuid:paper>/", agenda.paper, name="agenda_paper"),
    path("handling/<uuid:paper>/ta-bort/", agenda.remove_paper, name="remove_paper"),
    path("handlingar/", agenda.ask_pack, name="ask_pack"),
    path("handlingar/<uuid:pack>/", agenda.pack, name="board_pack"),
    path("sammantrade/", sitting.page, name="sitting"),
    path("sammantrade/lage/", sitting.live, name="sitting_live"),
    path("sammantrade/hjalp/", sitting.help_page, name="sitting_help"),
    path("sammantrade/<slug:what>/", sitting.act, name="sitting_act"),
]

the_board = [
    path("", meetings.meetings, name="meetings"),
    path("<int:board>/nytt/", meetings.plan, name="plan_meeting"),
    path("<int:board>/ar/", meetings.plan_year, name="plan_year"),
    path("<int:board>/ledamoter/", meetings.composition, name="composition"),
    path("<int:board>/ledamoter/<uuid:seat>/bjud-in/", meetings.invite, name="invite_to_seat"),
    path("kalender/", meetings.make_link, name="make_calendar_link"),
    path("kalender/ta-bort/", meetings.drop_link, name="drop_calendar_link"),
    path("kalender/<str:token>.ics", meetings.calendar, name="feed"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("start/", start.start, name="start"),
    path("arende/<uuid:key>/", include(one_matter)),
    path("styrelsen/", include(the_board)),
    path("mote/<uuid:key>/", include(one_meeting)),
]
