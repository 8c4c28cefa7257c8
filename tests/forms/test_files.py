"""Files on their way in: in pieces, without what cameras write, shown to the virus scanner; and what is left behind."""

import io
import socket
import struct
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from forms.filetypes import FILE_TYPES, Refused
from forms.housekeeping import purge_partial_uploads, purge_stray_files
from forms.models import PartialUpload, Upload
from forms.models.upload import private_storage
from forms.pictures import without_metadata
from forms.scanning import scan
from tests.forms.files_in_tests import PDF, file, photo, png
from tests.forms.journey_in_tests import ACTION, APPLICANT, Visitor, application, by_name, draft

pytestmark = pytest.mark.django_db

ADDRESS = "/formular/ansokan/fil/"
LARGE = PDF + b"\0" * (900 * 1024)
HALF = 500 * 1024


@pytest.fixture(autouse=True)
def _private(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FORMS_SHORTEST_SECONDS = 0
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path), "base_url": None, "file_permissions_mode": 0o600},
        },
    }
    for model in (Upload, PartialUpload):
        monkeypatch.setattr(model._meta.get_field("file"), "storage", private_storage())


@pytest.fixture
def ada() -> Visitor:
    application()
    visitor = Visitor()
    visitor.fill("ansokan", 1, APPLICANT)
    return visitor


def begin(visitor: Client, size: int = len(LARGE), **more: Any) -> Any:
    """Tell that a file is coming."""
    data = {"form-nonce": str(draft().nonce), "question": "q-bilagor", "name": "Budget.pdf", "size": str(size), **more}
    return visitor.post(ADDRESS, data).json()


def piece(visitor: Client, key: str, offset: int, content: bytes) -> Any:
    """Send some of it."""
    data = {"form-nonce": str(draft().nonce), "key": key, "offset": str(offset), "piece": file("piece", content)}
    return visitor.post(ADDRESS, data).json()


# --- in pieces ---------------------------------------------------------------------------------------


def test_a_file_that_stopped_goes_on_from_where_it_was(ada: Visitor) -> None:
    key = begin(ada)["key"]
    piece(ada, key, 0, LARGE[:HALF])
    again = begin(ada)
    twice = piece(ada, key, 0, LARGE[:HALF])
    gap = piece(ada, key, HALF + 7, LARGE[HALF:])
    done = piece(ada, key, HALF, LARGE[HALF:])
    html = ada.fill("ansokan", 2, {**ACTION, "upload": "1"}, button="upload").content.decode()

    assert (again["key"], again["received"]) == (key, HALF)
    assert (twice["received"], gap["received"], done) == (HALF, HALF, {"done": True})
    upload = Upload.objects.get()
    assert (upload.name, upload.size, upload.file.read()) == ("Budget.pdf", len(LARGE), LARGE)
    upload.file.close()
    assert PartialUpload.objects.count() == 0
    assert [path.parent.name for path in Path(private_storage().location).rglob("*") if path.is_file()] != ["partial"]
    assert "Budget.pdf" in html
    assert by_name(draft())["bilagor"] == [str(upload.key)]


def test_a_file_in_pieces_is_checked_as_any_other(ada: Visitor) -> None:
    program = b"MZ\x90\x00" + b"\0" * 2000
    answer = piece(ada, begin(ada, len(program))["key"], 0, program)
    large = begin(ada, 2 * 1024 * 1024, name="Stor.pdf")

    assert "tas inte emot" in answer["refused"] or "kan inte tas emot" in answer["refused"]
    assert "för stor" in large["refused"]
    assert (Upload.objects.count(), PartialUpload.objects.count()) == (0, 0)


def test_nobody_else_adds_to_a_draft(ada: Visitor) -> None:
    key = begin(ada)["key"]
    stranger = Client()

    assert begin(stranger) == {"unknown": True}
    assert piece(stranger, key, 0, b"x") == {"unknown": True}
    assert PartialUpload.objects.get().received == 0


@pytest.mark.parametrize(
    "wrong",
    [{"question": "q-organisation"}, {"question": ""}, {"size": "0"}, {"size": "-1"}, {"size": "9" * 30}],
)
def test_what_is_no_file_is_answered_and_stores_nothing(ada: Visitor, wrong: dict[str, str]) -> None:
    assert begin(ada, **wrong) == {"unknown": True}
    assert PartialUpload.objects.count() == 0


def test_what_was_left_on_its_way_is_swept(ada: Visitor, django_capture_on_commit_callbacks: Any) -> None:
    begin(ada)
    private_storage().save("partial/left", ContentFile(b"x"))

    assert (purge_partial_uploads(), purge_stray_files()) == (0, 0)
    later = timezone.now() + timedelta(days=3)
    with django_capture_on_commit_callbacks(execute=True):
        assert purge_partial_uploads(later) == 1
    assert purge_stray_files(later) == 1


# --- pictures ----------------------------------------------------------------------------------------


def camera() -> bytes:
    """A photo taken with the phone on its side, with a place, a name and a comment in it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Kamera"
    exif.get_ifd(0x8825)[2] = (57.0, 39.0, 12.0)
    return photo(exif=exif, comment=b"Adas telefon", xmp=b"<x:xmpmeta>Ada</x:xmpmeta>")


def test_a_photo_is_turned_the_right_way_and_says_nothing_more() -> None:
    clean = without_metadata(file("foto.jpg", camera()), FILE_TYPES["jpg"]).read()

    with Image.open(io.BytesIO(clean)) as picture:
        assert picture.size == (2, 4)
        assert dict(picture.getexif()) == {}
        assert min(picture.getpixel((1, 0))) > 120, "the light corner has gone from the left to the right"
    for trace in (b"Kamera", b"Adas telefon", b"xmpmeta", b"Exif"):
        assert trace not in clean


def test_a_photo_that_stands_right_keeps_its_size_and_colours() -> None:
    given = photo(icc_profile=b"profil" * 30, exif=Image.Exif())
    clean = without_metadata(file("foto.jpg", given), FILE_TYPES["jpg"]).read()

    with Image.open(io.BytesIO(given)) as before, Image.open(io.BytesIO(clean)) as after:
        assert after.info["icc_profile"] == b"profil" * 30
        assert after.size == before.size
        assert after.quantization == before.quantization, "compressed no harder than it was"


@pytest.mark.parametrize("broken", [b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\xff\xd9", photo()[:200]])
def test_a_picture_that_cannot_be_read_is_refused(broken: bytes) -> None:
    with pytest.raises(Refused) as refused:
        without_metadata(file("foto.jpg", broken), FILE_TYPES["jpg"])

    assert refused.value.code == "damaged"


def test_a_picture_is_stored_without_its_metadata(ada: Visitor) -> None:
    ada.fill("ansokan", 2, {**ACTION, "q-bilagor": file("karta.png", png())})

    upload = Upload.objects.get()
    with upload.file.open("rb") as held:
        assert len(held.read()) == upload.size
    assert upload.content_type == "image/png"


# --- viruses -----------------------------------------------------------------------------------------


class Clamd(threading.Thread):
    """Speaks the part of clamd's protocol that is used: one file on each connection; `fault` is how it misbehaves."""

    def __init__(self, listening: socket.socket) -> None:
        super().__init__(daemon=True)
        self.server = listening
        self.received: list[bytes] = []
        self.fault = ""

    def run(self) -> None:
        while True:
            try:
                connection, _address = self.server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as incoming, suppress(OSError):
                assert incoming.read(10) == b"zINSTREAM\0"
                if self.fault == "hangs up":
                    continue
                content = b""
                while length := struct.unpack(">I", incoming.read(4))[0]:
                    content += incoming.read(length)
                self.received.append(content)
                connection.sendall(self.answer(content))

    def answer(self, content: bytes) -> bytes:
        """What clamd says of it."""
        if self.fault:
            return {"limit": b"INSTREAM size limit exceeded. ERROR\0", "nonsense": b"\xff\xfe", "silence": b""}[
                self.fault
            ]
        return b"stream: Eicar-Signature FOUND\0" if b"EICAR" in content else b"stream: OK\0"

    def stop(self) -> None:
        """Nobody answers any more."""
        with suppress(OSError):
            self.server.shutdown(socket.SHUT_RDWR)  # closing alone does not wake a thread that waits for a caller
        self.server.close()
        self.join(5)


@pytest.fixture(params=["tcp", "unix", "path"])
def clamd(request: pytest.FixtureRequest, settings: Any) -> Iterator[Clamd]:
    # The name of a socket may not be as long as that of a folder pytest makes.
    with tempfile.TemporaryDirectory(prefix="clamd-") as folder:
        if request.param == "tcp":
            listening = socket.create_server(("127.0.0.1", 0))
            settings.CLAMAV_SOCKET = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
        else:
            listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            listening.bind(f"{folder}/clamd.ctl")
            listening.listen()
            settings.CLAMAV_SOCKET = f"{'unix:' if request.param == 'unix' else ''}{folder}/clamd.ctl"
        server = Clamd(listening)
        server.start()
        yield server
        server.stop()


def test_every_file_is_shown_to_the_scanner_and_an_infected_one_is_refused(ada: Visitor, clamd: Clamd) -> None:
    infected = PDF + b"EICAR"

    html = ada.fill("ansokan", 2, {**ACTION, "q-bilagor": file("Budget.pdf", infected)}).content.decode()
    ada.fill("ansokan", 2, {**ACTION, "q-bilagor": file("Plan.pdf", LARGE)})

    assert "Budget.pdf" in html
    assert "virus" in html
    assert clamd.received == [infected, LARGE]
    assert Upload.objects.get().name == "Plan.pdf"
    assert by_name(draft())["deltagare"] == 25


def test_a_file_in_pieces_is_shown_to_the_scanner_when_it_is_whole(ada: Visitor, clamd: Clamd) -> None:
    infected = LARGE + b"EICAR"
    key = begin(ada, len(infected))["key"]

    piece(ada, key, 0, infected[:HALF])
    answer = piece(ada, key, HALF, infected[HALF:])

    assert "virus" in answer["refused"]
    assert clamd.received == [infected]
    assert (Upload.objects.count(), PartialUpload.objects.count()) == (0, 0)


@pytest.mark.parametrize("fault", ["limit", "nonsense", "silence", "hangs up"])
def test_a_file_is_not_kept_on_an_answer_that_is_neither_yes_nor_no(ada: Visitor, clamd: Clamd, fault: str) -> None:
    clamd.fault = fault

    html = ada.fill("ansokan", 2, {**ACTION, "q-bilagor": file("Budget.pdf", LARGE)}).content.decode()

    assert "om några minuter" in html
    assert Upload.objects.count() == 0
    clamd.fault = ""
    ada.fill("ansokan", 2, {**ACTION, "q-bilagor": file("Budget.pdf", LARGE)})
    assert Upload.objects.get().name == "Budget.pdf"


def test_a_file_waits_when_the_scanner_is_down_and_nothing_else_is_lost(ada: Visitor, clamd: Clamd) -> None:
    clamd.stop()

    html = ada.fill("ansokan", 2, {**ACTION, "q-bilagor": file("Budget.pdf", PDF)}).content.decode()

    assert "om några minuter" in html
    assert Upload.objects.count() == 0
    assert by_name(draft())["deltagare"] == 25


@pytest.mark.parametrize("address", ["/nowhere/clamd.ctl", "unix:/nowhere/clamd.ctl", "127.0.0.1:x", "nonsense"])
def test_an_address_that_leads_nowhere_keeps_no_file(address: str, settings: Any) -> None:
    settings.CLAMAV_SOCKET = address

    with pytest.raises(Refused) as refused:
        scan(file("x", b"x"))

    assert refused.value.code == "not_scanned"
