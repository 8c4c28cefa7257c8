"""Files: kept at once, told by their content, shown to those who may see them and never opened by a browser."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any, Never

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from forms import filetypes, incoming, upload_handler
from forms.actions import upload as upload_actions
from forms.filetypes import FILE_TYPES, Refused, clean_name, sniff
from forms.housekeeping import purge_drafts, purge_stray_files
from forms.models import Submission, Upload
from forms.models.upload import private_storage
from records.roles import roles
from tests.forms.files_in_tests import GOOD, HOSTILE, PDF, file
from tests.forms.journey_in_tests import ACTION, APPLICANT, PROMISE, Visitor, application, by_name, draft
from tests.records.factories import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _patient(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FORMS_SHORTEST_SECONDS = 0
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path), "base_url": None, "file_permissions_mode": 0o600},
        },
    }
    monkeypatch.setattr(Upload._meta.get_field("file"), "storage", private_storage())


@pytest.fixture
def ada() -> Visitor:
    application()
    visitor = Visitor()
    visitor.fill("ansokan", 1, APPLICANT)
    return visitor


def stored_files() -> list[Path]:
    """Every file on the disk."""
    return [path for path in Path(private_storage().location).rglob("*") if path.is_file()]


def read(response: Any) -> tuple[int, bytes]:
    """Status and content of a download; reading it closes the file."""
    if response.status_code != 200:
        return response.status_code, b""
    return response.status_code, b"".join(response.streaming_content)


@pytest.mark.parametrize("kind", GOOD)
def test_a_file_is_known_by_its_content(kind: str) -> None:
    assert sniff(file("vad som helst", GOOD[kind])) == FILE_TYPES[kind]


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_with_a_sentence(what: str) -> None:
    with pytest.raises(Refused) as refused:
        sniff(file("ansökan.pdf", HOSTILE[what], "application/pdf"))

    assert str(refused.value.sentence)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Budget 2026.PDF", "Budget 2026.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\Ada\\plan.pdf", "plan.pdf"),
        ("cv\u202efdp.exe", "cvfdp.exe.pdf"),
        ("bud\u00adget\u200b.pdf", "budget.pdf"),
        ("a\x00b\nc.pdf", "ab c.pdf"),
        ('x<script>"|?*.pdf', "x_script_____.pdf"),
        ("", "fil.pdf"),
        ("...", "fil.pdf"),
        (".pdf", "pdf.pdf"),
        ("con.pdf", "_con.pdf"),
        ("sida.html", "sida.html.pdf"),
        ("å" * 300 + ".pdf", "å" * 100 + ".pdf"),
        ("\ud800.pdf", "_.pdf"),
    ],
)
def test_a_name_is_made_harmless(given: str, kept: str) -> None:
    assert clean_name(given, FILE_TYPES["pdf"]) == kept


def test_a_file_is_kept_though_other_answers_are_wrong(ada: Visitor) -> None:
    response = ada.fill(
        "ansokan", 2, {**ACTION, "q-deltagare": "många", "q-bilagor": file("../Budget.pdf", PDF, "text/html")}
    )

    html = response.content.decode()
    upload = Upload.objects.get()
    assert "error-summary" in html
    assert 'value="många"' in html
    assert (upload.name, upload.size, upload.content_type) == ("Budget.pdf", len(PDF), "application/pdf")
    assert upload.sha256 == hashlib.sha256(PDF).hexdigest()
    assert "Budget.pdf" in html
    assert "Budget" not in upload.file.name
    assert by_name(draft())["bilagor"] == [str(upload.key)]


def test_a_page_posted_once_more_by_a_reload_does_not_double_its_file(ada: Visitor) -> None:
    for _time in range(2):
        ada.fill("ansokan", 2, {**ACTION, "q-deltagare": "många", "q-bilagor": file("Budget.pdf", PDF)})

    assert Upload.objects.count() == 1


def test_a_file_is_removed_by_a_button_and_the_text_stays(ada: Visitor) -> None:
    ada.fill("ansokan", 2, {**ACTION, "q-deltagare": "många", "q-bilagor": file("Budget.pdf", PDF)})

    html = ada.fill(
        "ansokan", 2, {**ACTION, "q-deltagare": "många"}, button="remove", value=str(Upload.objects.get().key)
    ).content.decode()

    assert Upload.objects.count() == 0
    assert "Budget.pdf" not in html
    assert 'value="många"' in html
    assert "bilagor" not in by_name(draft())


def test_a_refused_file_is_said_at_its_field_and_nothing_is_stored(ada: Visitor) -> None:
    html = ada.fill("ansokan", 2, {**ACTION, "q-bilagor": file("cv.pdf", HOSTILE["macro"])}).content.decode()

    assert '<a href="#id_q-bilagor">' in html
    assert "cv.pdf" in html
    assert Upload.objects.count() == 0
    assert stored_files() == []
    assert by_name(draft())["deltagare"] == 25


def test_a_type_that_is_not_asked_for_is_refused(ada: Visitor) -> None:
    ada.fill("ansokan", 2, {**ACTION, "q-bilagor": file("text.odt", GOOD["odt"])})

    assert Upload.objects.count() == 0


def test_one_byte_more_than_the_limit_is_refused(ada: Visitor) -> None:
    limit = 1024 * 1024
    fits = PDF + b"\0" * (limit - len(PDF))

    ada.fill("ansokan", 2, {**ACTION, "q-bilagor": file("lagom.pdf", fits)})
    html = ada.fill("ansokan", 2, {**ACTION, "q-bilagor": file("stor.pdf", fits + b"\0")}).content.decode()

    assert [upload.name for upload in Upload.objects.all()] == ["lagom.pdf"]
    assert "stor.pdf" in html


def test_a_file_far_above_every_limit_is_dropped_while_it_arrives_and_the_text_stays(
    ada: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_handler, "LARGEST_FILE", 200_000)

    html = ada.fill("ansokan", 2, {**ACTION, "q-bilagor": file("film.pdf", PDF * 10_000)}).content.decode()

    assert "film.pdf" in html
    assert "Personal" in html
    assert Upload.objects.count() == 0


def test_many_more_files_than_a_page_takes_are_said_and_the_text_stays(
    ada: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_handler, "MOST_FILES", 5)
    many = [file(f"{number}.pdf", PDF + str(number).encode()) for number in range(150)]

    html = ada.fill("ansokan", 2, {**ACTION, "q-bilagor": many}).content.decode()

    assert "Högst 3 filer" in html
    assert 'value="Lokal"' in html
    assert [upload.name for upload in Upload.objects.order_by("pk")] == ["0.pdf", "1.pdf", "2.pdf"]
    assert by_name(draft())["deltagare"] == 25


def test_a_request_larger_than_anything_is_413(ada: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_handler, "LARGEST_REQUEST", 1000)

    response = ada.fill("ansokan", 2, {**ACTION, "q-bilagor": file("film.pdf", PDF * 100)})

    assert response.status_code == 413


def test_no_more_files_than_allowed_and_no_more_than_the_quota(ada: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    ada.fill("ansokan", 2, {**ACTION, "q-bilagor": [file(f"{number}.pdf", PDF) for number in range(4)]})
    assert Upload.objects.count() == 3
    Upload.objects.all().delete()
    monkeypatch.setattr(upload_actions, "QUOTA", len(PDF))

    ada.fill("ansokan", 2, {**ACTION, "q-bilagor": [file(f"{number}.pdf", PDF) for number in range(2)]})

    assert Upload.objects.count() == 1


def test_a_full_disk_refuses_files_but_not_text(ada: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming, "FREE_SPACE", 10**18)

    html = ada.fill("ansokan", 2, {**ACTION, "q-bilagor": file("a.pdf", PDF)}).content.decode()

    assert "error-summary" in html
    assert by_name(draft())["deltagare"] == 25
    assert stored_files() == []


def test_a_file_is_served_as_a_download_to_its_owner_and_officers_only(ada: Visitor) -> None:
    ada.fill("ansokan", 2, {**ACTION, "q-bilagor": file("Budget å.pdf", PDF)})
    upload = Upload.objects.get()
    address = upload.get_absolute_url()
    collection = draft().collection
    elsewhere = collection.get_parent().add_child(name="Klarälvdalen")
    people = {}
    for name, place in (("bo", collection), ("dag", elsewhere)):
        roles.create(place, name)
        people[name] = person(f"{name}@example.org")
        roles.assign(people[name], place, "officer")

    def asks(user: Any = None) -> int:
        browser = Client()
        if user:
            browser.force_login(user)
        return read(browser.get(address))[0]

    response = ada.get(address)
    assert read(response) == (200, PDF)
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "no-store, private"
    assert (asks(), asks(people["bo"]), asks(people["dag"])) == (404, 404, 404)
    ada.fill("ansokan", 2, ACTION)
    ada.fill("ansokan", 3, PROMISE)
    ada.send()
    assert (asks(), asks(people["bo"]), asks(people["dag"])) == (404, 200, 404)
    assert read(ada.get(address)) == (200, PDF)


def test_a_file_cannot_be_removed_from_what_was_sent_or_by_others(ada: Visitor) -> None:
    ada.fill("ansokan", 2, {**ACTION, "q-bilagor": file("Budget.pdf", PDF)})
    key = str(Upload.objects.get().key)
    dag = Visitor()

    dag.fill("ansokan", 2, ACTION, button="remove", value=key)
    assert Upload.objects.count() == 1
    opened = ada.hidden(ada.get("/formular/ansokan/2/").content.decode())
    ada.fill("ansokan", 3, PROMISE)
    ada.send()
    response = ada.post("/formular/ansokan/2/", {**opened, **ACTION, "remove": key})

    assert response.status_code == 409
    assert Upload.objects.count() == 1


def test_files_that_are_not_part_of_what_is_sent_go_away(ada: Visitor, django_capture_on_commit_callbacks: Any) -> None:
    ada.fill("ansokan", 2, {**ACTION, "q-bilagor": file("Budget.pdf", PDF)})
    loose = Upload.objects.create(
        submission=draft(), field_id="gone", name="x.pdf", size=1, content_type="application/pdf", sha256="0" * 64,
        file=ContentFile(PDF, name="x"),
    )  # fmt: skip
    ada.fill("ansokan", 3, PROMISE)
    with django_capture_on_commit_callbacks(execute=True):
        ada.send()

    assert not Upload.objects.filter(pk=loose.pk).exists()
    assert len(stored_files()) == 1


def test_a_purged_draft_takes_its_files_along_and_stray_files_are_swept(
    ada: Visitor, django_capture_on_commit_callbacks: Any
) -> None:
    ada.fill("ansokan", 2, {**ACTION, "q-bilagor": file("Budget.pdf", PDF)})
    private_storage().save("uploads/00/stray", ContentFile(b"x"))

    assert purge_stray_files() == 0
    assert purge_stray_files(timezone.now() + timedelta(days=3)) == 1
    assert len(stored_files()) == 1
    with django_capture_on_commit_callbacks(execute=True):
        purge_drafts(timezone.now() + timedelta(days=61))

    assert Submission.objects.count() == 0
    assert stored_files() == []


def test_when_the_row_cannot_be_stored_no_file_is_left(ada: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> Never:
        raise RuntimeError

    monkeypatch.setattr(upload_actions, "_still_fits", fail)
    ada.raise_request_exception = False

    ada.fill("ansokan", 2, {**ACTION, "q-bilagor": file("Budget.pdf", PDF)})

    assert stored_files() == []


def test_many_files_from_one_address_are_slowed_down(ada: Visitor, settings: Any) -> None:
    settings.FORMS_LIMITS = {"upload": (1, 600)}

    ada.fill("ansokan", 2, {**ACTION, "q-bilagor": [file("1.pdf", PDF), file("2.pdf", PDF)]})

    assert Upload.objects.count() == 1


def test_the_limits_of_an_archive_are_read_before_anything_is_unpacked() -> None:
    assert len(HOSTILE["bomb"]) * 10_000 > filetypes.MAX_RATIO * 1024 * 1024
    assert len(HOSTILE["bomb"]) < 100_000
