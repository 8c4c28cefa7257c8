"""Addresses of the pages room that are not in the page tree."""

from django.urls import URLPattern, URLResolver, path

from pages import views

app_name = "pages"
urlpatterns: list[URLPattern | URLResolver] = [
    path("sok/", views.search, name="search"),
    path("<slug:slug>/sok/", views.search, name="search_association"),
    path("media/images/<str:name>", views.picture, name="picture"),
]
