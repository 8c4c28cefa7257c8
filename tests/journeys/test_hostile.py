"""What a stranger may throw at the house: nothing breaks, nothing gets through, nothing typed is lost."""

import csv
import io
import random
import re
import uuid
import zipfile
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.models import Revision

from forms.definition import LintFailed
from forms.filetypes import FILE_TYPES, Refused, sniff
from forms.models import Form, Submission, Upload
from records.models import Message
from tests.forms.journey_in_tests import ACTION, APPLICANT, Visitor, application
from tests.workflows.factories import STEPS, House, again, ask, association, complete, do, person, send, stream
from workflows import actions
from workflows.models import Matter, MatterPerson, Workflow

pytestmark = pytest.mark.django_db

HUGE = "9" * 5000  # more digits than Python turns into a number
HOSTILE = [
    "a\x00b\x07\x1b[31m",
    "\u202efdp.exe\u202c",
    "\ufffe\uffff\U0001f4a9",
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x")',
    "{{ 7*7 }}{% debug %}",
    "a@b.se\r\nBcc: c@d.se",
    HUGE,
    "1e309",
    "٣²",
    "x" * 100_000,
]


@pytest.fixture(autouse=True)
def _patient(settings: Any) -> None:
    settings.FORMS_SHORTEST_SECONDS = 0


def dead_links(html: str) -> set[str]:
    """Links within the page that lead nowhere."""
    return set(re.findall(r'<a href="#([^"]+)"', html)) - set(re.findall(r'\sid="([^"]+)"', html))


def inputs(html: str) -> list[str]:
    """The names of everything the page asks."""
    return sorted(set(re.findall(r'name="(q-[^"]+)"', html)))


# --- answers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_every_question_comes_back_harmless(text: str) -> None:
    application()
    ada = Visitor()

    for number in (1, 2, 3):
        asked = inputs(ada.get(f"/formular/ansokan/{number}/").content.decode())
        typed = {name: "1" if name.endswith("-count") else text for name in asked}
        for button in ("continue", "save", "add-row", "form-autosave"):
            response = ada.fill("ansokan", number, typed, button=button)
            assert response.status_code in (200, 302)
            assert "<script>alert(1)" not in response.content.decode()
            assert dead_links(response.content.decode()) == set()
    for address in ("1/", "2/", "3/", "granska/", "senare/"):
        response = ada.get(f"/formular/ansokan/{address}")
        assert response.status_code == 200
        assert dead_links(response.content.decode()) == set()
    assert ada.send().status_code == 200
    assert Submission.objects.get().state == "draft"


@pytest.mark.parametrize("count", ["999999", "-7", HUGE, "abc", "1.5", ""])
def test_a_table_is_not_as_long_as_a_stranger_says(count: str) -> None:
    application()
    ada = Visitor()

    response = ada.fill("ansokan", 2, {**ACTION, "q-budget-count": count})

    assert response.status_code in (200, 302)
    assert ada.get("/formular/ansokan/2/").content.decode().count('name="q-budget-') < 250
    assert ada.get("/formular/ansokan/granska/").status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, value) for name in ("form-version", "form-seen") for value in (HUGE, "-1", "0", "²", "٣", "x", "")),
        *(("form-nonce", value) for value in ("", "x", HUGE, "{}")),
        *(("form-started", value) for value in ("", "x:y", HUGE)),
        ("form-from", "https://evil.example/"),
        ("form-digest", HUGE),
        ("remove", HUGE),
        ("remove", str(uuid.UUID(int=0))),
        ("remove-row", f"q-budget-{HUGE}"),
        ("add-row", "q-nothing"),
        ("website", "https://spam.example/"),
    ],
)
def test_what_the_page_carries_may_be_anything(name: str, value: str) -> None:
    application()

    for number, answers in ((1, APPLICANT), (2, ACTION)):
        for is_new in (True, False):
            ada = Visitor()
            if not is_new:
                ada.fill("ansokan", number, answers)
            response = ada.fill("ansokan", number, answers, **{name: value})
            assert response.status_code in (200, 302)
            assert response.status_code == 200 or response.url.startswith("/formular/ansokan/")
    assert not Submission.objects.exclude(state="draft").exists()


def test_the_page_of_one_form_posted_to_another_begins_a_draft_there() -> None:
    application()
    application(slug="annan")
    ada = Visitor()
    first = ada.hidden(ada.get("/formular/ansokan/1/").content.decode())
    ada.post("/formular/ansokan/1/", {**first, **APPLICANT})

    response = ada.post("/formular/annan/1/", {**first, **APPLICANT})

    assert response.status_code == 302
    assert sorted(Submission.objects.values_list("form__slug", flat=True)) == ["annan", "ansokan"]
    assert len(set(Submission.objects.values_list("nonce", flat=True))) == 2


# --- files ----------------------------------------------------------------------------------------------


def package(*members: tuple[str, str]) -> bytes:
    """A small Word file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f"{FILE_TYPES['docx'].content_type}.main+xml" * 20)
        for name, text in members:
            archive.writestr(name, text)
    return made.getvalue()


def test_a_damaged_package_is_refused_or_read_and_never_breaks() -> None:
    whole = package(("word/document.xml", "<w:document/>"))
    chance = random.Random(14)  # noqa: S311 (the same files every time)

    for _try in range(1_500):
        torn = bytearray(whole)
        for _hit in range(chance.randint(1, 6)):
            torn[chance.randrange(len(torn))] = chance.randrange(256)
        with suppress(Refused):
            assert sniff(io.BytesIO(bytes(torn[: chance.randint(1, len(torn))]))) == FILE_TYPES["docx"]


def test_a_damaged_file_is_said_at_its_field_and_the_text_stays() -> None:
    application()
    ada = Visitor()
    torn = bytearray(package())
    torn[50:70] = bytes(byte ^ 0xFF for byte in torn[50:70])

    response = ada.fill(
        "ansokan", 2, ACTION, **{"q-bilagor": SimpleUploadedFile("a.docx", bytes(torn), content_type="text/html")}
    )

    html = response.content.decode()
    assert response.status_code == 200
    assert '<a href="#id_q-bilagor">' in html
    assert dead_links(html) == set()
    assert 'value="Lokal"' in html
    assert not Upload.objects.exists()


# --- requests that are no browser's -----------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/", "/formular/ansokan/1/", "/formular/utkast/", "/konto/logga-in/", "/sok/"])
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"--x\r\nx"),
        ("application/x-www-form-urlencoded; charset=hex", b"a=b"),
        ("application/x-www-form-urlencoded; charset=utf-16", b"a=b"),
        ("multipart/form-data; boundary=x; charset=hex", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb'),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=b" % number for number in range(1_500))),
        ("application/x-www-form-urlencoded", b"a=%ff%fe%00&%00=%ed%a0%80"),
    ],
)
def test_a_body_that_is_no_forms_is_refused(address: str, content_type: str, body: bytes) -> None:
    application()

    response = Client(raise_request_exception=False).generic("POST", address, body, content_type)
    looked = Client(raise_request_exception=False).generic("GET", f"{address}?q=%ff%00", b"", content_type)

    assert response.status_code < 500
    assert looked.status_code < 500


# --- matters ----------------------------------------------------------------------------------------------


def signed_in(person: Any) -> Client:
    """The person's browser."""
    browser = Client()
    browser.force_login(person)
    return browser


def addresses_of(matter: Matter) -> list[str]:
    """Every address below the matter page that does something."""
    names = ("complete", "note", "assign", "add_person", "withdraw", "close", "recuse")
    found = [reverse(f"workflows:{name}", args=[matter.key]) for name in names]
    found += [reverse("workflows:choose", args=[matter.key, task]) for task in (*_keys(matter.tasks), 10**30)]
    others = MatterPerson.objects.exclude(matter=matter)
    for name, people in (("change_person", MatterPerson.objects), ("remove_person", others)):
        found += [reverse(f"workflows:{name}", args=[matter.key, one]) for one in (*_keys(people), 10**30)]
    return [*found, reverse("workflows:lift", args=[matter.key, uuid.UUID(int=0)])]


def _keys(rows: Any) -> list[int]:
    return list(rows.values_list("pk", flat=True))


def everything(matter: Matter) -> list[Any]:
    """All there is of a matter, to tell whether anything has happened."""
    rows = [Matter.objects.filter(pk=matter.pk)]
    rows += [getattr(matter, name) for name in ("tasks", "people", "recusals", "decisions", "statements", "notes")]
    return [list(row.values()) for row in rows]


DAMAGE = {
    "version": HUGE,
    "choice": "ga-vidare",
    "text": "a\x00b",
    "reason": "a\x00b",
    "comment": "a\x00b",
    "message": "a\x00b",
    "result": "a\x00b",
    "email": "bo@example.org\r\nBcc: dag@example.org",
    "name": "x" * 201,
    "role": "officer",
    "officer": HUGE,
    "outcome": "granted",
    "amount": HUGE,
    "meeting_date": "0000-99-99",
    "due": "99999-01-01",
    "nonce": "x",
    "file-key": HUGE,
    "sure": "on",
}


@pytest.mark.parametrize("people", [("olle", "rut", "bo"), ("cy", "mia", "ada"), ("dag", "eva", None)])
def test_damaged_posts_to_a_matter_do_nothing_and_break_nothing(people: tuple[str | None, ...]) -> None:
    house = House()
    other = association("Klarälvdalen")
    house.dag = person("Dag", other, "officer")
    house.eva = person("Eva", house.collection, "editor")
    matters = (house.applied(title="Ny"), house.at_board(title="Hos styrelsen"), house.recorded())
    before = [everything(matter) for matter in matters]

    for who in people:
        browser = signed_in(getattr(house, who)) if who else Client()
        for address in (address for matter in matters for address in addresses_of(matter)):
            response = browser.post(address, DAMAGE)
            assert response.status_code in (302, 403, 404, 409, 422), (who, address)
            assert dead_links(response.content.decode()) == set()
        assert [everything(matter) for matter in matters] == before, who


@pytest.mark.parametrize("amount", ["0", "-1", "1e9", "450001", "NaN", "Infinity", "9" * 13, HUGE, "1,000", "0,001"])
def test_no_strange_amount_is_granted(amount: str) -> None:
    house = House()
    matter = house.at_board()
    browser = signed_in(house.olle)
    address = reverse("workflows:choose", args=[matter.key, matter.tasks.get(what="record", done_at=None).pk])

    response = browser.post(
        address,
        {
            "choice": "record",
            "meeting_date": "2025-03-12",
            "paragraph": "14",
            "outcome": "granted",
            "amount": amount,
            "version": matter.version,
        },
    )

    assert response.status_code == 422
    assert not matter.decisions.exists()
    assert dead_links(response.content.decode()) == set()


def test_a_conflict_of_interest_closes_the_papers_in_the_registers_too() -> None:
    house = House()
    matter = house.applied(title="Hemligt samverkansteam")
    paper = Upload.objects.create(
        submission=matter.submission,
        field_id="x",
        name="budget.pdf",
        size=4,
        content_type="application/pdf",
        sha256="0" * 64,
        file=ContentFile(b"%PDF", name="paper"),
    )
    browser = signed_in(house.olle)
    ways = [
        matter.get_absolute_url(),
        f"/admin/forms/submission/inspect/{matter.submission.pk}/",
        f"/admin/forms/submission/print/{matter.submission.pk}/",
    ]
    assert [("450" in browser.get(way).content.decode()) for way in ways] == [True, True, True]
    assert b"".join(browser.get(paper.get_absolute_url())) == b"%PDF"

    browser.post(reverse("workflows:recuse", args=[matter.key]), {"sure": "on", "reason": "Min bror söker."})

    assert browser.get(paper.get_absolute_url()).status_code == 404
    for way in ways:
        assert "450" not in browser.get(way).content.decode()


def test_what_cannot_be_lifted_keeps_its_text() -> None:
    house = House()
    matter = house.at_board()
    signed_in(house.mia).post(reverse("workflows:recuse", args=[matter.key]), {"sure": "on"})
    address = reverse("workflows:lift", args=[matter.key, matter.recusals.get().key])

    response = signed_in(house.olle).post(address, {"reason": "Ett misstag. " * 2_000})

    html = response.content.decode()
    assert response.status_code == 422
    assert "Ett misstag. Ett misstag." in html
    assert dead_links(html) == set()
    assert matter.recusals.filter(lifted_at=None).count() == 1


# --- what comes out again -----------------------------------------------------------------------------------

ALIVE = "<img src=x onerror=alert(1)>"
FORMULA = '=cmd|"/c calc"!A1'


def test_nothing_typed_comes_alive_where_staff_read_it() -> None:
    house = House()
    matter = house.applied(title=f"{FORMULA}{ALIVE}", name=f"+{ALIVE}", background=f"@SUM(1)\n{ALIVE}\x1b")
    do(matter, "check", "be-om-komplettering", house.olle, comment=ALIVE)
    matter.refresh_from_db()
    ask(matter, house.olle, background=ALIVE)
    complete(matter, house.ada, background=f"{ALIVE} igen")
    matter.refresh_from_db()
    actions.add_person(matter=matter, actor=again(house.olle), email="dag@example.org", name=ALIVE)
    pages = [
        matter.get_absolute_url(),
        "/start/",
        "/admin/",
        "/admin/workflows/matter/",
        "/admin/workflows/task/",
        "/admin/forms/submission/",
        f"/admin/forms/submission/inspect/{matter.submission.pk}/",
        f"/admin/forms/submission/print/{matter.submission.pk}/",
        "/admin/records/message/",
        *(f"/admin/records/message/inspect/{pk}/" for pk in Message.objects.values_list("pk", flat=True)),
    ]

    for who in (house.olle, house.ada):
        for address in pages:
            response = signed_in(again(who)).get(address)
            assert response.status_code in (200, 302, 403, 404), address
            assert ALIVE not in response.content.decode()

    for subject in Message.objects.values_list("subject", flat=True):
        assert "\n" not in subject
        assert "\r" not in subject
    for kind in ("xlsx", "csv"):
        response = signed_in(again(house.olle)).get(f"/admin/workflows/matter/?export={kind}")
        assert response.status_code == 200
        if kind == "xlsx":
            cells = [cell for row in load_workbook(io.BytesIO(response.content)).active.rows for cell in row]
            assert "f" not in {cell.data_type for cell in cells}
            assert any(str(cell.value).startswith(FORMULA) for cell in cells)
        else:
            cells = [
                cell
                for row in csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";")
                for cell in row
            ]
            assert not [cell for cell in cells if cell[:1] in {"=", "+", "@", "-", "\t"}]


@pytest.mark.parametrize(
    "query", ['"', 'a"', '"<b', "'", "(", "a*", "NEAR(", "%00", "\u202e", "a AND", "^", "{}", "\U0001f4a9"]
)
def test_no_search_breaks(query: str) -> None:
    house = House()
    staff = signed_in(person("Gun", None, is_superuser=True))
    registers = (
        "pages/",
        "images/",
        "documents/",
        "workflows/matter/",
        "forms/submission/",
        "records/message/",
        "users/",
    )

    for address in ("/sok/", *(f"/admin/{name}" for name in registers), "/admin/snippets/forms/form/"):
        for names in (("q",), ("p", "o", "page"), ("state", "officer__id__exact", "received_at__gte", "foo")):
            browser = staff if "admin" in address else Client()
            assert browser.get(address, dict.fromkeys(names, query)).status_code < 500, (address, names)
    assert house.collection.pk


# --- definitions and what hangs on them -------------------------------------------------------------------


def test_a_workflow_that_does_not_lint_is_published_by_no_road() -> None:
    house = House()
    first = house.workflow.version
    editor = signed_in(person("Eva", house.collection, "editor"))
    steps = [(kind, {**settings}) for kind, settings in STEPS]
    steps[1][1]["completed"] = "nowhere"
    draft = house.workflow.get_latest_revision_as_object()
    draft.steps = draft._meta.get_field("steps").to_python(stream(steps))
    broken = draft.save_revision(clean=False)
    admin = "/admin/snippets/workflows/workflow/"

    for publish in (broken.publish, draft.save_revision(clean=False).publish, lambda: draft.publish(broken)):
        with pytest.raises(LintFailed):
            publish()
    Revision.objects.filter(pk=broken.pk).update(approved_go_live_at=timezone.now() - timedelta(minutes=1))
    call_command("publish_scheduled")
    edited = editor.get(f"{admin}edit/{house.workflow.pk}/")
    reverted = editor.get(f"{admin}history/{house.workflow.pk}/revisions/{broken.pk}/revert/")
    editor.post(f"{admin}delete/{house.workflow.pk}/")

    workflow = Workflow.objects.get(pk=house.workflow.pk)
    assert (workflow.live, workflow.version) == (True, first)
    assert (edited.status_code, reverted.status_code) == (200, 200)
    assert "nowhere" in edited.content.decode()


@pytest.mark.parametrize("change", ["gone", "another kind", "another question"])
def test_an_application_comes_in_though_the_form_has_changed_under_its_workflow(change: str) -> None:
    house = House()
    form = house.form.get_latest_revision_as_object()
    stored = [dict(block) for block in form.questions.get_prep_value()]
    asked = stored[0]["value"]["questions"]
    place = next(place for place, row in enumerate(asked) if row["value"]["name"] == "amount")
    if change == "gone":
        del asked[place]
    else:
        asked[place]["type"] = "short_text"
        if change == "another question":
            asked[place]["id"] = str(uuid.uuid4())
    form.questions = form._meta.get_field("questions").to_python(stored)
    form.save_revision(clean=False).publish()
    form = Form.objects.get(pk=form.pk)

    sent = send(form, amount=None if change == "gone" else "många kronor")

    matter = Matter.objects.get(submission=sent)
    assert (form.version.number, matter.amount_applied) == (2, None)
    assert do(matter, "check", "ga-vidare", house.olle).step_name == "Beredning"


def test_what_other_records_hang_on_is_not_deleted_and_says_so() -> None:
    house = House()
    matter = house.applied()
    admin = signed_in(person("Gun", None, is_superuser=True))
    keeper = signed_in(person("Siv", house.collection, "administrator"))

    asked = admin.get(f"/admin/collections/{house.collection.pk}/delete/")
    refused = admin.post(f"/admin/collections/{house.collection.pk}/delete/")
    for browser in (admin, keeper):
        for name, pk in (("registryseries", matter.series_id), ("workflow", house.workflow.pk)):
            response = browser.post(f"/admin/snippets/workflows/{name}/delete/{pk}/")
            assert response.status_code in (302, 403)
        assert browser.post(f"/admin/snippets/forms/form/delete/{house.form.pk}/").status_code in (302, 403)

    assert "kan inte raderas" in asked.content.decode() or "cannot be deleted" in asked.content.decode()
    assert refused.status_code == 403
    matter.refresh_from_db()
    assert (matter.series.name, matter.workflow.title) == ("Diarium", "Ansökan till beslut")


# --- addresses --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["a@b.se\r\nBcc: c@d.se", "a@b.se,c@d.se", "<a@b.se>", "a\x00@b.se", f"{'x' * 250}@b.se", HUGE, ""]
)
def test_no_mail_goes_to_what_is_no_address(address: str) -> None:
    house = House()
    matter = house.applied()
    ada, olle, stranger = signed_in(house.ada), signed_in(house.olle), Visitor()
    stranger.fill(house.form.slug, 1, {"q-title": "Mitt utkast"}, button="save")
    people, mails = set(matter.people.values_list("email", flat=True)), Message.objects.count()
    asked = {"email": address, "name": "Dag", "role": "colleague"}

    answers = [
        stranger.post(reverse("forms:later", args=[house.form.slug]), {"email": address}),
        ada.post(reverse("workflows:add_person", args=[matter.key]), asked),
        olle.post(reverse("workflows:add_person", args=[matter.key]), asked),
        olle.post(reverse("workflows:change_person", args=[matter.key, matter.people.get().pk]), asked),
        Client().post(reverse("account_request_login_code"), {"email": address}),
        Client().post(reverse("account_reset_password"), {"email": address}),
    ]

    assert [answer.status_code for answer in answers[:5]] == [200, 422, 422, 422, 200]
    assert answers[5].status_code in (200, 302)
    assert set(matter.people.values_list("email", flat=True)) == people
    assert Message.objects.count() == mails
