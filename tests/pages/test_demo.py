"""The demo: loads, loads again without changing anything, and refuses to load where it does not belong."""

from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.test import Client
from django.test.utils import override_settings
from modelcluster.models import get_all_child_relations
from wagtail.models import Page

from pages.demo.people import logins
from pages.demo.registry import in_order
from pages.models import AssociationPage, ProjectPage
from records.roles import roles
from training.models import TrainingDayPage

pytestmark = pytest.mark.django_db

OWN_STEPS = ["associations", "people", "training"]


@override_settings(DEMO=True)
def _load() -> str:
    said = StringIO()
    call_command("load_demo", only=OWN_STEPS, stdout=said)
    return said.getvalue()


@pytest.fixture
def demo() -> str:
    return _load()


def test_it_tells_how_it_goes(demo: str) -> None:
    lines = demo.splitlines()

    assert len(lines) == 3
    assert lines[0].startswith("[1/3] Förbund och deras sidor … ")
    assert lines[2] == "[3/3] Utbildningar … 2 nya"


def test_a_second_load_changes_nothing(demo: str) -> None:
    before = (list(Page.objects.order_by("pk").values()), list(get_user_model().objects.order_by("pk").values()))

    again = _load()

    assert (
        list(Page.objects.order_by("pk").values()),
        list(get_user_model().objects.order_by("pk").values()),
    ) == before
    assert [line.rsplit("… ")[1] for line in again.splitlines()] == ["finns redan"] * 3


def test_what_an_editor_has_changed_is_kept(demo: str) -> None:
    page = ProjectPage.objects.get(slug="samverkansteam")
    page.title = "Teamen"
    page.save()

    _load()

    assert ProjectPage.objects.get(slug="samverkansteam").title == "Teamen"


def test_it_refuses_outside_a_demo() -> None:
    with override_settings(DEMO=False), pytest.raises(CommandError, match="SAMSYN_DEMO=1"):
        call_command("load_demo")

    assert not AssociationPage.objects.exists()


def test_an_unknown_step_is_refused_by_name() -> None:
    with override_settings(DEMO=True), pytest.raises(CommandError, match="no step called nothing"):
        call_command("load_demo", only=["nothing"])


def test_steps_have_names_of_their_own() -> None:
    names = [step.name for step in in_order()]

    assert len(set(names)) == len(names)
    assert [name for name in names if name in OWN_STEPS] == OWN_STEPS


def test_three_associations_with_the_activities_of_the_sources(demo: str) -> None:
    assert {page.slug: len(page.municipality_names()) for page in AssociationPage.objects.all()} == {
        "hoglandet": 6,
        "sodra-lappland": 7,
        "klaralvdalen": 3,
    }
    assert {*ProjectPage.objects.values_list("slug", flat=True)} == {
        "samverkanskoordinator",
        "uppdrag-samverkan",
        "integrerad-samverkan",
        "flerpartssamverkan",
        "samverkansteam",
    }
    assert ProjectPage.objects.get(slug="samverkanskoordinator").predecessor.title == "Uppdrag Samverkan"
    assert TrainingDayPage.objects.upcoming().count() == 2


def test_every_page_of_the_demo_is_shown(client: Client, demo: str) -> None:
    for page in Page.objects.filter(depth__gt=1).order_by("path"):
        response = client.get(page.url)

        assert response.status_code == 200, page.url
        assert page.title in response.content.decode()


def test_everybody_can_sign_in_and_has_their_role(demo: str) -> None:
    people = dict(logins())
    assert len(people) == 19
    hoglandet = AssociationPage.objects.get(slug="hoglandet").collection
    klaralvdalen = AssociationPage.objects.get(slug="klaralvdalen").collection

    for address, password in people.items():
        assert get_user_model().objects.get(email=address).check_password(password), address

    member = get_user_model().objects.get(email="member@hoglandet.example")
    assert roles.of(member, hoglandet) == {"member", "deputy_chair"}
    assert roles.of(member, klaralvdalen) == set()
    assert get_user_model().objects.get(email="admin@samsyn.example").is_superuser


def test_the_checklist_is_a_document_of_nineteen_rows(client: Client, demo: str) -> None:
    said = client.get("/forutsattningar/").content.decode()

    assert "Checklista: förutsättningar för samverkan" in said
    assert said.count('<th scope="row">') == 19


def test_every_page_of_the_demo_can_be_previewed_while_it_is_edited(demo: str) -> None:
    for page in Page.objects.filter(depth__gt=1).specific():
        draft = page.save_revision().as_object()
        for relation in get_all_child_relations(type(draft)):
            children = list(getattr(draft, relation.get_accessor_name()).all())
            setattr(draft, relation.get_accessor_name(), children)

        response = draft.make_preview_request()

        assert response.status_code == 200, page.url


@pytest.mark.slow
def test_the_whole_demo_leads_from_the_first_page_to_the_form(client: Client) -> None:
    with override_settings(DEMO=True):
        call_command("load_demo", stdout=StringIO())
        call_command("load_demo", stdout=(again := StringIO()))

    assert all(line.endswith("finns redan") for line in again.getvalue().splitlines())
    assert not any(Page.find_problems())
    front = client.get("/hoglandet/").content.decode()
    assert 'href="/hoglandet/ansok/"' in front
    start = client.get("/hoglandet/ansok/")
    assert start.context["state"] == "open"
    assert client.get(start.context["begin_url"]).status_code == 200
    assert client.get("/hoglandet/tillganglighet/").context["feedback_url"].startswith("/formular/")
