"""Addresses of the forms room."""

from django.urls import path

from forms.views import drafts, journey, receipts, uploads

app_name = "forms"
urlpatterns = [
    path("utkast/", drafts.own_drafts, name="drafts"),
    path("utkast/<uuid:key>/", drafts.draft, name="draft"),
    path("kvitto/<uuid:key>/", receipts.receipt, name="receipt"),
    path("kvitto/<uuid:key>/kopia/", receipts.copy, name="copy"),
    path("fortsatt/<str:token>/", drafts.resume, name="resume"),
    path("fil/<uuid:key>/", uploads.serve, name="upload"),
    path("<slug:slug>/", journey.begin, name="begin"),
    path("<slug:slug>/<int:number>/", journey.page, name="page"),
    path("<slug:slug>/granska/", journey.summary, name="summary"),
    path("<slug:slug>/senare/", drafts.later, name="later"),
]
