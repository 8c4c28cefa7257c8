"""Addresses of the workflows room."""

from django.urls import URLPattern, URLResolver, include, path

from workflows.views import (
    agenda,
    completion,
    correspondence,
    delegation,
    matter,
    meetings,
    minutes,
    notices,
    sitting,
    start,
)

app_name = "workflows"

Addresses = list[URLPattern | URLResolver]

one_matter: Addresses = [
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

one_minutes: Addresses = [
    path("klart/", minutes.ready, name="minutes_ready"),
    path("ta-tillbaka/", minutes.take_back, name="minutes_take_back"),
    path("underskrift/", minutes.sign, name="minutes_sign"),
    path("signerad-fil/", minutes.attach, name="minutes_attach"),
    path("signerad.pdf", minutes.signed, name="minutes_signed"),
    path("protokoll.pdf", minutes.pdf, name="minutes_pdf"),
    path("brev/", minutes.letters, name="minutes_letters"),
    path("anslag/", notices.post, name="notice_post"),
    path("anslag/<uuid:posting>/", notices.confirm, name="notice_confirm"),
    path("overklagande/", notices.appeal, name="notice_appeal"),
    path("ta-ned/", notices.take_down, name="notice_down"),
]

one_meeting: Addresses = [
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
    path("protokoll/", minutes.minutes, name="minutes"),
    path("protokoll/borja/", minutes.begin, name="minutes_begin"),
    path("protokoll/genast/", minutes.at_once, name="minutes_at_once"),
    path("protokoll/paragraf/<uuid:item>/", minutes.account, name="minutes_account"),
    path("protokoll/<uuid:minutes>/", include(one_minutes)),
]

the_board: Addresses = [
    path("", meetings.meetings, name="meetings"),
    path("<int:board>/nytt/", meetings.plan, name="plan_meeting"),
    path("<int:board>/ar/", meetings.plan_year, name="plan_year"),
    path("<int:board>/delegation/", delegation.scheme, name="delegation"),
    path("<int:board>/delegation/beslut/", delegation.decide, name="delegation_decide"),
    path("<int:board>/delegation/rad/", delegation.add_line, name="delegation_add"),
    path("<int:board>/delegation/rad/<int:line>/", delegation.end_line, name="delegation_end"),
    path("<int:board>/ledamoter/", meetings.composition, name="composition"),
    path("<int:board>/ledamoter/<uuid:seat>/bjud-in/", meetings.invite, name="invite_to_seat"),
    path("kalender/", meetings.make_link, name="make_calendar_link"),
    path("kalender/ta-bort/", meetings.drop_link, name="drop_calendar_link"),
    path("kalender/<str:token>.ics", meetings.calendar, name="feed"),
]

urlpatterns: Addresses = [
    path("start/", start.start, name="start"),
    path("arende/<uuid:key>/", include(one_matter)),
    path("styrelsen/", include(the_board)),
    path("mote/<uuid:key>/", include(one_meeting)),
    path("anslag/<str:token>/", notices.posting, name="posting"),
    path("anslagstavla/<slug:slug>/", notices.notice_board, name="notice_board"),
]
