"""Addresses of the workflows room."""

from django.urls import URLPattern, URLResolver, include, path

from workflows.views import agenda, completion, matter, meetings, start

app_name = "workflows"

one_matter = [
    path("", matter.matter, name="matter"),
    path("uppgift/<int:task>/", matter.choose, name="choose"),
    path("komplettera/", completion.complete, name="complete"),
    path("anteckning/", matter.note, name="note"),
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
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("start/", start.start, name="start"),
    path("arende/<uuid:key>/", include(one_matter)),
    path("styrelsen/", meetings.meetings, name="meetings"),
    path("mote/<uuid:key>/", include(one_meeting)),
]
