"""Searching: in one association or all, whole words and beginnings of words, and nothing that is not public."""

import pytest
from django.test import Client

from pages.search import excerpt, highlighted
from tests.pages import places

pytestmark = pytest.mark.django_db


def _titles(client: Client, address: str) -> list[str]:
    return [str(result.title) for result in client.get(address).context["results"]]


def test_a_word_in_the_text_finds_the_page_and_is_marked(client: Client) -> None:
    hoglandet = places.association()
    places.section(hoglandet, "Om oss", body=[("text", "<p>Vi möter människor vid <b>Spindeln</b> i november.</p>")])

    response = client.get("/hoglandet/sok/", {"q": "spindeln"})

    [found] = response.context["results"]
    assert str(found.title) == "Om oss"
    assert "<mark>Spindeln</mark>" in found.excerpt
    assert found.where == "Höglandets samordningsförbund · Textsida"


def test_the_beginning_of_a_long_word_is_enough(client: Client) -> None:
    hoglandet = places.association()
    places.section(hoglandet, "Samverkanskoordinatorerna")

    assert _titles(client, "/sok/?q=samverkan") == ["<mark>Samverkanskoordinatorerna</mark>"]


def test_an_association_finds_only_its_own_pages(client: Client) -> None:
    places.section(places.association(), "Fria medel på Höglandet")
    places.section(places.association("Klarälvdalen", "klaralvdalen"), "Fria medel i Klarälvdalen")

    assert _titles(client, "/klaralvdalen/sok/?q=fria") == ["<mark>Fria</mark> medel i Klarälvdalen"]
    assert len(_titles(client, "/sok/?q=fria")) == 2


def test_drafts_and_private_pages_are_not_found(client: Client) -> None:
    hoglandet = places.association()
    places.section(hoglandet, "Spindeln utkast", live=False)
    private = places.section(hoglandet, "Spindeln privat")
    private.view_restrictions.create(restriction_type="login")

    assert _titles(client, "/sok/?q=spindeln") == []


def test_nothing_found_tells_what_to_try(client: Client) -> None:
    places.association()
    places.association("Klarälvdalen", "klaralvdalen")

    said = client.get("/hoglandet/sok/", {"q": "xyzzy"}).content.decode()

    assert "Vi hittade inget för ”xyzzy”" in said
    assert "/sok/?q=xyzzy" in said


def test_an_empty_question_shows_only_the_form(client: Client) -> None:
    places.association()

    assert "results" not in client.get("/hoglandet/sok/", {"q": "  "}).context


def test_an_unknown_association_is_not_found(client: Client) -> None:
    places.portal()

    assert client.get("/ingenstans/sok/").status_code == 404


def test_long_lists_are_divided_into_pages(client: Client) -> None:
    hoglandet = places.association()
    for number in range(12):
        places.section(hoglandet, f"Spindeln {number}")

    first, second = client.get("/sok/?q=spindeln"), client.get("/sok/?q=spindeln&page=2")

    assert (len(first.context["results"]), len(second.context["results"])) == (10, 2)
    assert "Sida 1 av 2" in first.content.decode()
    assert "page=2" in first.content.decode()
    assert client.get("/sok/?q=spindeln&page=99").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "'",
        "a OR b",
        "NEAR(a b)",
        "* * *",
        "-",
        "a* AND",
        "title:x",
        "å" * 5000,
        "\x00",
        "<script>alert(1)</script>",
        "%",
        "()",
    ],
)
def test_hostile_questions_are_only_words(client: Client, query: str) -> None:
    places.section(places.association(), "Om oss")

    response = client.get("/sok/", {"q": query})

    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_marking_escapes_everything_else() -> None:
    assert highlighted("<b>Ada & Bo</b>", ["bo"]) == "&lt;b&gt;Ada &amp; <mark>Bo</mark>&lt;/b&gt;"


def test_an_excerpt_is_cut_between_words_around_the_hit() -> None:
    text = "början " * 40 + "Spindeln visar hur vi samverkar " + "slutet " * 40

    piece = excerpt(text, ["spindeln"])

    assert piece.startswith("… början")
    assert "Spindeln visar" in piece
    assert piece.endswith("slutet …")
    assert len(piece) < 360
