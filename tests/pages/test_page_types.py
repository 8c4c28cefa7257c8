"""Every page type is shown with what the editor has written, and stands where it may stand."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.models import Collection, Page

from pages import models
from pages.models import AccessibilityStatementPage, ContactPage, ContactPerson, PrivacyPage, ProjectDocument
from pages.models.standing import Failing
from tests.pages import places
from training.models import TrainingDayPage, TrainingIndexPage

pytestmark = pytest.mark.django_db


def test_the_portal_lists_its_associations_with_municipalities(client: Client) -> None:
    hoglandet = places.association()
    hoglandet.municipalities = [models.Municipality(name="Aneby kommun"), models.Municipality(name="Tranås kommun")]
    hoglandet.save()
    places.association("Klarälvdalens samordningsförbund", "klaralvdalen")

    said = client.get("/").content.decode()

    assert "Höglandets samordningsförbund" in said
    assert "Klarälvdalens samordningsförbund" in said
    assert "Aneby kommun, Tranås kommun" in said


def test_with_a_single_association_the_first_page_is_its_page(client: Client) -> None:
    places.association()

    response = client.get("/")

    assert response.status_code == 302
    assert response["Location"] == "/hoglandet/"


def test_an_empty_site_says_what_to_do(client: Client) -> None:
    places.portal()

    response = client.get("/")

    assert response.status_code == 200
    assert "Inget förbund har någon sida här än" in response.content.decode()


def test_an_association_tells_who_decides_and_when(client: Client) -> None:
    today = timezone.localdate()
    week = datetime.timedelta(weeks=1)
    hoglandet = places.association(board="<p>Styrelsen har åtta ledamöter.</p>", phone="0980-31 92 10")
    hoglandet.meetings = [
        models.PlannedMeeting(meets_on=today - week, apply_by=today - 3 * week),
        models.PlannedMeeting(meets_on=today + 9 * week, apply_by=today + 4 * week),
        models.PlannedMeeting(meets_on=today + week, apply_by=today - week, note="Öppet för alla"),
    ]
    hoglandet.save()

    response = client.get("/hoglandet/")

    assert [meeting.meets_on for meeting in response.context["meetings"]] == [today + week, today + 9 * week]
    assert response.context["next_meeting"].apply_by == today + 4 * week
    said = response.content.decode()
    assert "Styrelsen har åtta ledamöter." in said
    assert "Öppet för alla" in said
    assert 'href="tel:0980319210"' in said


def test_a_meeting_today_and_a_last_day_today_still_count() -> None:
    today = timezone.localdate()
    hoglandet = places.association()
    hoglandet.meetings = [models.PlannedMeeting(meets_on=today, apply_by=today)]

    assert [meeting.meets_on for meeting in hoglandet.upcoming_meetings()] == [today]
    assert hoglandet.upcoming_meetings()[0].is_open


def test_the_last_day_to_apply_comes_before_the_meeting() -> None:
    meeting = models.PlannedMeeting(meets_on=datetime.date(2027, 3, 1), apply_by=datetime.date(2027, 3, 2))

    with pytest.raises(ValidationError, match="Sista dagen att söka"):
        meeting.clean()


def test_a_section_page_shows_every_block_and_the_pages_below_it(client: Client) -> None:
    hoglandet = places.association()
    other = places.section(hoglandet, "Om medel", slug="om-medel")
    document = get_document_model().objects.create(title="Slutrapport", file="slutrapport.pdf", file_size=2_400_000)
    body = [
        ("heading", "Grupperna"),
        ("text", "<p>Vi <b>övar</b>.</p>"),
        ("quote", {"text": "Samsyn först.", "source": "Ada"}),
        ("facts", {"title": "Kort", "facts": [{"term": "Träffar", "description": "Var fjärde vecka"}]}),
        (
            "table",
            {"caption": "Mått", "first": "Vad", "second": "Hur", "rows": [{"first": "Möten", "second": "Räknas"}]},
        ),
        ("documents", {"title": "Läs mer", "documents": [{"document": document, "note": "Från 2019"}]}),
        ("contact", {"name": "Bo Ek", "role": "Samordnare", "email": "bo@hoglandet.example", "phone": "0980-31 92 19"}),
        ("accordion", {"items": [{"title": "Vem får söka?", "text": "<p>Minst två parter.</p>"}]}),
        ("call", {"title": "Sök medel", "text": "", "page": other, "button": "Så söker du"}),
    ]
    page = places.section(hoglandet, "Om oss", slug="om-oss", body=body)
    places.section(page, "Historia", slug="historia", lead="Sedan 2011.")

    said = client.get("/hoglandet/om-oss/").content.decode()

    for text in (
        "<h2>Grupperna</h2>",
        "<b>övar</b>",
        "Samsyn först.",
        "Var fjärde vecka",
        "Räknas",
        "Slutrapport",
        "PDF, 2,3",
        "bo@hoglandet.example",
        "Vem får söka?",
        "Så söker du",
        "Historia",
        "Sedan 2011.",
    ):
        assert text in said


def test_an_activity_shows_decision_money_people_and_relations(client: Client) -> None:
    index = places.activities(places.association())
    before = places.activity(index, "Integrerad samverkan")
    page = places.activity(
        index,
        predecessor=before,
        amount_granted=Decimal(450000),
        decision_date=datetime.date(2016, 6, 9),
        decision_paragraph="14",
        registry_number="SF 2016/36",
        principal="Nässjö kommun",
        parties=["Försäkringskassan", "Nässjö kommun"],
        municipalities=["Aneby", "Nässjö"],
        goals="<p>Bättre samarbete.</p>",
        results="<p>Mycket gott resultat.</p>",
    )
    document = get_document_model().objects.create(title="Slutrapport", file="slut.pdf", file_size=2_400_000)
    page.documents = [ProjectDocument(document=document, dated=datetime.date(2019, 5, 27), note="Efter tre år")]
    page.save()
    places.activity(index, "LIV Samverkanskoordinator", predecessor=page, status="running", period_end=None)
    draft = places.activity(index, "Hemligt utkast", predecessor=page, live=False)

    said = client.get(page.url).content.decode()

    for text in (
        "450\xa0000 kr",
        "9 juni 2016",
        "§ 14",
        "SF 2016/36",
        "Nässjö kommun",
        "Aneby, Nässjö",
        "Mycket gott resultat.",
        "2016–2019",
        "Slutrapport",
        "Efter tre år",
        "Integrerad samverkan",
        "LIV Samverkanskoordinator",
        "Avslutad",
    ):
        assert text in said
    assert draft.title not in said


def test_an_activity_refuses_what_cannot_be() -> None:
    wrong = models.ProjectPage(
        title="Baklänges",
        period_start=datetime.date(2027, 1, 1),
        period_end=datetime.date(2026, 1, 1),
        amount_granted=Decimal(-1),
    )

    with pytest.raises(ValidationError) as refused:
        wrong.clean()

    assert "period_end" in refused.value.message_dict


def test_the_same_thing_published_twice_cannot_become_two_pages() -> None:
    index = places.activities(places.association())
    places.activity(index, "Första", source_key="matter:1")

    assert models.ProjectPage.objects.filter(source_key="matter:1").count() == 1
    assert models.ProjectPage._meta.get_field("source_key").unique
    places.activity(index, "Utan källa")
    places.activity(index, "Också utan källa")


def test_a_copy_of_an_activity_leaves_the_matter_behind() -> None:
    index = places.activities(places.association())
    page = places.activity(index, source_key="matter:1", matter_key="1")

    copy = page.copy(update_attrs={"slug": "kopia"})

    assert (copy.source_key, copy.matter_key) == (None, "")


def test_a_copy_of_an_association_gets_no_collection_of_another() -> None:
    copy = places.association().copy(update_attrs={"slug": "kopia"}, recursive=False)

    assert copy.collection is None


def test_training_days_are_told_about_and_the_held_ones_kept(client: Client) -> None:
    hoglandet = places.association()
    index = hoglandet.add_child(instance=TrainingIndexPage(title="Utbildningar"))
    now = timezone.now()
    hour = datetime.timedelta(hours=1)
    day = {"mode": "on_site", "place": "Nässjö"}
    coming = index.add_child(
        instance=TrainingDayPage(title="Inspirationsdag", starts_at=now + 48 * hour, ends_at=now + 54 * hour, **day)
    )
    index.add_child(
        instance=TrainingDayPage(title="Förra årets dag", starts_at=now - 54 * hour, ends_at=now - 48 * hour, **day)
    )

    listed = client.get(index.url)

    assert [page.title for page in listed.context["upcoming"]] == ["Inspirationsdag"]
    assert [page.title for page in listed.context["held"]] == ["Förra årets dag"]
    assert "Nässjö" in client.get(coming.url).content.decode()
    assert "Inspirationsdag" in client.get("/hoglandet/").content.decode()


def test_contact_privacy_and_accessibility_are_always_in_the_footer(client: Client) -> None:
    hoglandet = places.association()
    contact = hoglandet.add_child(instance=ContactPage(title="Kontakt"))
    contact.people = [ContactPerson(name="Bo Ek", role="Förbundschef", email="bo@hoglandet.example")]
    contact.save()
    privacy = hoglandet.add_child(
        instance=PrivacyPage(title="Personuppgifter", controller="Styrelsen", officer="Cy Berg")
    )
    statement = AccessibilityStatementPage(
        title="Tillgänglighet", responsible="Höglandet", service="webbplatsen", feedback_email="bo@hoglandet.example"
    )
    hoglandet.add_child(instance=statement)
    statement.failings = [Failing(description="Gamla dokument", mended_by=datetime.date(2027, 9, 1))]
    statement.save()

    front = client.get("/hoglandet/").content.decode()

    assert [page.url for page in (contact, privacy, statement) if page.url not in front] == []
    assert "Bo Ek" in client.get(contact.url).content.decode()
    assert "Cy Berg" in client.get(privacy.url).content.decode()
    said = client.get(statement.url).content.decode()
    assert "Gamla dokument" in said
    assert "Rättas senast 1 september 2027" in said
    assert "Myndigheten för digital förvaltning" in said
    assert "mailto:bo@hoglandet.example" in said


@pytest.mark.parametrize(
    ("parent", "child", "may"),
    [
        (models.HomePage, models.AssociationPage, True),
        (models.HomePage, models.SectionPage, True),
        (models.HomePage, models.ProjectPage, False),
        (models.AssociationPage, models.AssociationPage, False),
        (models.AssociationPage, models.ProjectIndexPage, True),
        (models.AssociationPage, models.FormPage, True),
        (models.AssociationPage, models.ContactPage, True),
        (models.AssociationPage, TrainingIndexPage, True),
        (models.ProjectIndexPage, models.ProjectPage, True),
        (models.ProjectIndexPage, models.SectionPage, False),
        (TrainingIndexPage, TrainingDayPage, True),
        (models.SectionPage, TrainingDayPage, False),
        (models.ProjectPage, models.SectionPage, False),
        (Page, models.HomePage, True),
        (Page, models.AssociationPage, False),
    ],
)
def test_pages_stand_only_where_they_belong(parent: type[Page], child: type[Page], may: bool) -> None:
    assert (child in parent.allowed_subpage_models()) is may


def test_an_association_is_set_up_with_collection_roles_and_rights() -> None:
    hoglandet = places.association()

    assert hoglandet.collection.get_parent() == Collection.objects.get(depth=1)
    assert {*hoglandet.group_permissions.values_list("group__role_group__role", flat=True)} == {
        "administrator",
        "editor",
    }


def test_the_page_and_its_header_cost_few_queries(client: Client, django_assert_max_num_queries: object) -> None:
    index = places.activities(places.association())
    page = places.activity(index)
    client.get(page.url)

    with django_assert_max_num_queries(14):  # type: ignore[operator]
        client.get(page.url)
