"""Addresses of the forms room."""

from django.urls import path

from forms.views import drafts, entry, journey, moving, paper, receipts, together, uploads

app_name = "forms"
urlpatterns = [
    path("utkast/", drafts.own_drafts, name="drafts"),
    path("utkast/<uuid:key>/", drafts.draft, name="draft"),
    path("kvitto/<uuid:key>/", receipts.receipt, name="receipt"),
    path("kvitto/<uuid:key>/kopia/", receipts.copy, name="copy"),
    path("kvitto/<uuid:key>/pdf/", receipts.copy_pdf, name="copy_pdf"),
    path("fortsatt/<str:token>/", drafts.resume, name="resume"),
    path("fil/<uuid:key>/", uploads.serve, name="upload"),
    path("<slug:slug>/", journey.begin, name="begin"),
    path("<slug:slug>/fragor/", paper.questions, name="questions"),
    path("<slug:slug>/fragor/pdf/", paper.questions_pdf, name="questions_pdf"),
    path("<slug:slug>/fragor/dokument/", paper.questions_document, name="questions_document"),
    path("<slug:slug>/sprak/", entry.language, name="language"),
    path("<slug:slug>/kod/", entry.code, name="code"),
    path("<slug:slug>/prov/", entry.sample, name="sample"),
    path("<slug:slug>/<int:number>/", journey.page, name="page"),
    path("<slug:slug>/fil/", uploads.receive, name="receive"),
    path("<slug:slug>/granska/", journey.summary, name="summary"),
    path("<slug:slug>/senare/", drafts.later, name="later"),
    path("<slug:slug>/ny-version/", moving.forward, name="forward"),
    path("<slug:slug>/tillsammans/", together.people, name="together"),
]
