"""The board pack: one file with contents, bookmarks and every paper, made in the background."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from records.effects import run_due
from tests.workflows.board.people import Boardroom
from tests.workflows.factories import again
from tests.workflows.test_page import client
from workflows import actions
from workflows.board.pack import build
from workflows.models import BoardPack, Meeting

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Boardroom:
    return Boardroom()


def a_pdf(pages: int, script: bool = False) -> bytes:
    made, held = pikepdf.new(), BytesIO()
    for _page in range(pages):
        made.add_blank_page(page_size=(300, 400))
    if script:
        action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
        made.pages[0].obj.Annots = pikepdf.Array([made.make_indirect(note)])
        made.pages[0].obj.AA = pikepdf.Dictionary(O=action)
    made.save(held)
    return held.getvalue()


def a_picture() -> bytes:
    held = BytesIO()
    Image.new("RGB", (600, 300), "teal").save(held, "JPEG")
    return held.getvalue()


def attach(room: Boardroom, item: Any, name: str, content: bytes) -> None:
    actions.add_paper(item=item, actor=again(room.olle), file=SimpleUploadedFile(name, content), title=name)


def filled(room: Boardroom) -> Meeting:
    """A meeting with a matter, and an own item with two files that are bound in."""
    meeting = room.meeting()
    room.matter_item(meeting, room.house.at_board(title="Samverkansteam"), proposal="att bevilja\natt följa upp")
    item = room.item(meeting, "Ekonomi")
    attach(room, item, "utfall.pdf", a_pdf(3, script=True))
    attach(room, item, "diagram.jpg", a_picture())
    return meeting


def outline(pack: pikepdf.Pdf) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    with pack.open_outline() as read:
        return [
            (str(top.title), [(str(part.title), [str(file.title) for file in part.children]) for part in top.children])
            for top in read.root
        ]


def test_every_item_and_file_is_bound_in_with_a_bookmark(room: Boardroom, tmp_path: Path) -> None:
    meeting, steps = filled(room), []

    pages = build(meeting, tmp_path / "pack.pdf", tell=lambda done, total: steps.append((done, total)))

    with pikepdf.open(tmp_path / "pack.pdf") as pack:
        assert len(pack.pages) == pages
        sizes = [tuple(int(side) for side in page.mediabox[2:]) for page in pack.pages]
        [(_title, parts)] = outline(pack)
        assert [name for name, _files in parts[-2:]] == ["1. Samverkansteam", "2. Ekonomi"]
        assert parts[-1][1] == ["utfall.pdf", "diagram.jpg"]
        assert sizes.count((300, 400)) == 3
        first = sizes.index((300, 400))
        assert sizes[first : first + 3] == [(300, 400)] * 3
        assert sizes[-1][0] > sizes[-1][1]
        assert "/StructTreeRoot" in pack.Root
        assert pack.Root.Lang == "sv"
        with pack.open_metadata() as words:
            assert "pdfaid:part" not in words
        page = pack.pages[first]
        assert "/AA" not in page.obj
        assert len(page.obj.Annots) == 0
    assert steps[-1][0] == steps[-1][1] - 1


def test_what_we_wrote_alone_keeps_its_promises(room: Boardroom, tmp_path: Path) -> None:
    meeting = room.meeting()
    room.item(meeting, "Ekonomi", background="Läget är gott.", proposal="att lägga rapporten till handlingarna")

    build(meeting, tmp_path / "pack.pdf")

    with pikepdf.open(tmp_path / "pack.pdf") as pack, pack.open_metadata() as words:
        assert words["pdfuaid:part"] == "1"


def test_a_locked_or_damaged_file_stays_a_file_of_its_own(room: Boardroom, tmp_path: Path) -> None:
    meeting = room.meeting()
    item = room.item(meeting, "Ekonomi")
    attach(room, item, "trasig.pdf", b"%PDF-1.7\nnothing of the kind")

    build(meeting, tmp_path / "pack.pdf")

    with pikepdf.open(tmp_path / "pack.pdf") as pack:
        assert outline(pack)[0][1][-1] == ("1. Ekonomi", [])


def test_it_is_made_in_the_background_and_made_anew_when_the_agenda_changes(room: Boardroom) -> None:
    meeting = filled(room)
    pack = actions.ask_pack(meeting=meeting, actor=again(room.people["Bo"]))
    assert actions.ask_pack(meeting=meeting, actor=again(room.olle)) == pack

    run_due()
    pack.refresh_from_db()
    assert (pack.state, pack.reader, pack.pages > 7, pack.size > 0) == ("ready", None, True, True)
    actions.add_item(meeting=meeting, actor=again(room.olle), title="Nytt")
    newer = BoardPack.objects.get()
    run_due()

    newer.refresh_from_db()
    assert (newer.pk != pack.pk, newer.state) == (True, "ready")


def test_who_has_a_conflict_of_interest_gets_a_copy_without_the_papers(room: Boardroom) -> None:
    meeting = filled(room)
    shared = actions.ask_pack(meeting=meeting, actor=again(room.people["Bo"]))
    matter = meeting.items.get(title="Samverkansteam").matter
    assert matter is not None
    actions.recuse(matter=matter, actor=again(room.people["Mia"]))
    own = actions.ask_pack(meeting=meeting, actor=again(room.people["Mia"]))
    run_due()

    def status(name: str, pack: BoardPack) -> int:
        response = client(room.people[name]).get(f"{meeting.get_absolute_url()}handlingar/{pack.key}/")
        if response.status_code == 200:
            assert b"".join(response.streaming_content).startswith(b"%PDF-")
        return response.status_code

    own.refresh_from_db()
    assert (own.reader, len(own.left_out)) == (room.people["Mia"], 1)
    assert [status("Mia", shared), status("Mia", own), status("Bo", shared), status("Bo", own)] == [404, 200, 200, 404]
    with own.file.open("rb") as file, pikepdf.open(file) as pack:
        assert outline(pack)[0][1][-2][0] != "1. Samverkansteam"
