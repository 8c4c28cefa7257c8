"""When something goes wrong the visitor is told what, in words, and helped on."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template, render_to_string
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from config.urls import urlpatterns as real
from tests.pages import places

pytestmark = pytest.mark.django_db


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("Broken on purpose.")


def forbidden(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def suspicious(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("Odd.")


urlpatterns = [
    path("hoglandet/trasig/", broken),
    path("hoglandet/sluten/", forbidden),
    path("hoglandet/konstig/", suspicious),
    *real,
]


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def test_a_missing_page_offers_search_and_ways_on(visitor: Client) -> None:
    places.activities(places.association())

    response = visitor.get("/hoglandet/finns-inte/")

    said = response.content.decode()
    assert response.status_code == 404
    assert "Sidan finns inte här" in said
    assert 'action="/hoglandet/sok/"' in said
    assert "Verksamheter" in said


@override_settings(ROOT_URLCONF="tests.pages.test_errors")
def test_a_forbidden_page_tells_who_one_is_and_where_to_go(visitor: Client) -> None:
    places.association()
    anonymous = visitor.get("/hoglandet/sluten/")
    ada = get_user_model().objects.create_user("ada@example.org", first_name="Ada", last_name="Ek")
    visitor.force_login(ada)

    response = visitor.get("/hoglandet/sluten/")

    assert (anonymous.status_code, response.status_code) == (403, 403)
    assert "next=/hoglandet/sluten/" in anonymous.content.decode()
    assert "Du är inloggad som Ada Ek" in response.content.decode()
    assert "/start/" in response.content.decode()


@override_settings(ROOT_URLCONF="tests.pages.test_errors")
def test_a_fault_of_ours_says_so_without_needing_anything(visitor: Client) -> None:
    places.association()

    response = visitor.get("/hoglandet/trasig/")

    assert response.status_code == 500
    assert "Något gick fel hos oss" in response.content.decode()


@override_settings(ROOT_URLCONF="tests.pages.test_errors")
def test_an_odd_question_is_answered_kindly(visitor: Client) -> None:
    response = visitor.get("/hoglandet/konstig/")

    assert response.status_code == 400
    assert "Frågan gick inte att förstå" in response.content.decode()


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_pages_for_the_worst_need_no_database_and_no_tags(name: str, django_assert_num_queries: object) -> None:
    source = get_template(name).template.source

    with django_assert_num_queries(0):  # type: ignore[operator]
        said = render_to_string(name)

    assert "{%" not in source
    assert '<html lang="sv">' in said


def test_a_post_without_its_token_explains_itself() -> None:
    visitor = Client(enforce_csrf_checks=True)

    response = visitor.post("/konto/login/", {"login": "ada@example.org"})

    if response.status_code == 404:
        pytest.skip("The login has another address.")
    assert response.status_code == 403
    assert "Sidan hade varit öppen för länge" in response.content.decode()


def test_something_closed_says_why() -> None:
    places.association()
    request = RequestFactory().get("/hoglandet/stangt/")
    request.user = AnonymousUser()

    said = render_to_string("410.html", {"sentence": "Formuläret stängde den 1 mars."}, request)

    assert "Formuläret stängde den 1 mars." in said


def test_wagtails_own_missing_pages_use_the_same_words(visitor: Client) -> None:
    draft = places.section(places.association(), "Utkast", live=False)

    response = visitor.get(f"/hoglandet/{draft.slug}/")

    assert response.status_code == 404
    assert "Sidan finns inte här" in response.content.decode()
