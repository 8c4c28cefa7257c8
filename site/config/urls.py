"""Every address of the site, room by room."""

from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

urlpatterns = [
    path("konto/", include("people.urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("dokument/", include(wagtaildocs_urls)),
    path("formular/", include("forms.urls")),
    path("", include("workflows.urls")),
    path("", include("records.urls")),
    path("", include("pages.urls")),
    path("", include(wagtail_urls)),
]
