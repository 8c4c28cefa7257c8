"""A matter's dossier: complete, readable for ever, and able to prove that nobody has changed it."""

import io
import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from forms.models.upload import private_storage
from records import effects
from records.errors import NotAllowed
from tests.workflows.factories import House, again, ask, complete, do
from tests.workflows.test_page import client, page, text
from workflows import actions, housekeeping
from workflows.models import Dossier, Matter

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def told_matter(house: House) -> Matter:
    """A matter with a completion, a statement, a message with a file, and a recorded decision."""
    matter = house.applied(background="Vi behöver ett team.")
    do(matter, "check", "be-om-komplettering", house.olle)
    ask(matter, house.olle, background="Berätta mer.")
    complete(matter, house.ada, background="Vi behöver två team.")
    do(matter, "check", "ga-vidare", house.olle)
    do(matter, "statement", "approve", house.rut, text="Väl underbyggd.")
    file = SimpleUploadedFile("bilaga.pdf", PDF)
    actions.send_message(matter=matter, actor=again(house.olle), text="Se bilagan.", files=[file])
    matter.refresh_from_db()
    return matter


def unpacked(house: House, matter: Matter, folder: Path) -> Path:
    """The dossier fetched through the page by the officer, and unpacked."""
    browser = client(house.olle)
    browser.post(reverse("workflows:ask_dossier", args=[matter.key]))
    effects.run_due()
    row = Dossier.objects.get()
    response = browser.get(reverse("workflows:dossier", args=[matter.key, row.key]))
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        archive.extractall(folder)
    return folder / "akt"


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    """The dossier's own script, run as its receiver runs it."""
    return subprocess.run(
        [sys.executable, "-I", str(folder / "kontrollera.py")], capture_output=True, text=True, encoding="utf-8"
    )


def test_it_holds_everything_and_proves_itself(hoglandet: House, tmp_path: Path) -> None:
    matter = told_matter(hoglandet)

    folder = unpacked(hoglandet, matter, tmp_path)

    said = json.loads((folder / "arende.json").read_text("utf-8"))
    assert said["registry_number"] == matter.registry_number
    assert [row["text"] for row in said["statements"]] == ["Väl underbyggd."]
    assert [(row["before"], row["after"]) for row in said["completions"]] == [
        ("Vi behöver ett team.", "Vi behöver två team.")
    ]
    assert [row["text"] for row in said["notes"]] == ["Se bilagan."]
    assert [(folder / row["path"]).read_bytes() for row in said["files"]] == [PDF]
    proof = check(folder)
    assert proof.returncode == 0, proof.stdout + proof.stderr


@pytest.mark.parametrize("where", ["arende.json", "arende.pdf", "handelser.json"])
def test_one_changed_letter_is_found(hoglandet: House, tmp_path: Path, where: str) -> None:
    folder = unpacked(hoglandet, told_matter(hoglandet), tmp_path)
    path = folder / where
    path.write_bytes(path.read_bytes() + b" ")

    assert check(folder).returncode == 1


def test_a_changed_event_is_found_even_when_the_digest_of_its_file_is_made_to_fit(
    hoglandet: House, tmp_path: Path
) -> None:
    import hashlib  # only this test forges

    folder = unpacked(hoglandet, told_matter(hoglandet), tmp_path)
    events = json.loads((folder / "handelser.json").read_text("utf-8"))
    events[1]["transition"]["to"] = "någon annanstans"
    forged = json.dumps(events).encode()
    was = hashlib.sha256((folder / "handelser.json").read_bytes()).hexdigest()
    (folder / "handelser.json").write_bytes(forged)
    sums = folder / "SHA256SUMS"
    sums.write_text(sums.read_text("utf-8").replace(was, hashlib.sha256(forged).hexdigest()), "utf-8")

    proof = check(folder)

    assert proof.returncode == 1
    assert "Händelse 2: ändrad" in proof.stdout


def test_the_document_is_archival_and_tagged(hoglandet: House, tmp_path: Path) -> None:
    folder = unpacked(hoglandet, told_matter(hoglandet), tmp_path)

    with pikepdf.open(folder / "arende.pdf") as pdf:
        about = pdf.open_metadata()
        assert about.pdfa_status == "2A"
        assert about["pdfuaid:part"] == "1"
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "sv"


def test_only_those_who_may_export_have_one_and_only_their_own(hoglandet: House) -> None:
    matter = told_matter(hoglandet)

    for other in (hoglandet.ada, hoglandet.rut, hoglandet.bo):
        with pytest.raises(NotAllowed):
            actions.ask_dossier(matter=matter, actor=again(other))
        assert "Make a dossier" not in text(page(other, matter))
    mine = actions.ask_dossier(matter=matter, actor=again(hoglandet.olle))
    effects.run_due()

    address = reverse("workflows:dossier", args=[matter.key, mine.key])
    assert b"".join(client(hoglandet.olle).get(address).streaming_content).startswith(b"PK")
    assert client(hoglandet.ada).get(address).status_code == 404


def test_pressing_twice_makes_one(hoglandet: House) -> None:
    matter = hoglandet.applied()

    actions.ask_dossier(matter=matter, actor=again(hoglandet.olle))
    actions.ask_dossier(matter=matter, actor=again(hoglandet.olle))

    assert Dossier.objects.count() == 1


def test_a_dossier_is_a_copy_that_goes_away_after_a_week(hoglandet: House) -> None:
    row = actions.ask_dossier(matter=hoglandet.applied(), actor=again(hoglandet.olle))
    effects.run_due()
    row.refresh_from_db()

    assert housekeeping.purge_dossiers(timezone.now() + timedelta(days=6)) == 0
    assert housekeeping.purge_dossiers(timezone.now() + timedelta(days=8)) == 1
    assert not private_storage().exists(row.file.name)
