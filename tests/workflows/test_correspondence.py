"""What is written about a matter: two boxes that are never mixed, files, receipts, followers, links and the mark."""

from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from records import effects
from records.errors import Conflict, Invalid, NotAllowed
from records.models import Message
from tests.workflows.factories import House, again, do, person
from tests.workflows.test_page import client, page, text
from workflows import actions
from workflows.models import MatterFile, MatterLink, Note, Reading
from workflows.permissions import standing

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def write(user: Any, matter: Any, place: str, said: str, *files: Any) -> Any:
    """Somebody writes in one of the boxes."""
    return client(user).post(
        reverse(f"workflows:{place}", args=[matter.key]), {"text": said, "files": list(files)}, follow=True
    )


def mails_to(user: Any) -> list[str]:
    """The kinds of mail queued to somebody, the latest last."""
    return list(Message.objects.filter(to=user.email).order_by("queued_at", "pk").values_list("kind", flat=True))


def test_an_internal_note_is_read_by_the_office_alone(hoglandet: House) -> None:
    matter = hoglandet.at_board()

    write(hoglandet.olle, matter, "note", "Ring Ada om hyran.")

    assert "Ring Ada om hyran." in page(hoglandet.olle, matter)
    for other in (hoglandet.ada, hoglandet.rut, hoglandet.bo):
        assert "Ring Ada om hyran." not in page(other, matter)


def test_a_message_is_read_by_the_applicant_and_the_office_and_the_mail_does_not_hold_it(hoglandet: House) -> None:
    matter = hoglandet.at_board()

    write(hoglandet.olle, matter, "message", "Kan ni börja i mars?")

    assert "Kan ni börja i mars?" in page(hoglandet.ada, matter)
    assert "Kan ni börja i mars?" not in page(hoglandet.bo, matter)
    sent = Message.objects.get(to=hoglandet.ada.email, kind="workflows.message")
    assert "mars" not in sent.body


def test_the_applicants_answer_reaches_who_answers_for_the_matter(hoglandet: House) -> None:
    matter = hoglandet.applied()
    actions.assign(matter=matter, officer=hoglandet.olle, actor=again(hoglandet.olle))

    write(hoglandet.ada, matter, "message", "Ja, den 1 mars.")

    assert mails_to(hoglandet.olle)[-1] == "workflows.office_message"
    note = Note.objects.get()
    assert (note.audience, note.sender, note.author) == ("external", "Ada Ek", hoglandet.ada)


def test_others_cannot_write_to_the_applicant(hoglandet: House) -> None:
    matter = hoglandet.at_board()

    with pytest.raises(NotAllowed):
        actions.send_message(matter=matter, actor=again(hoglandet.bo), text="Psst")
    with pytest.raises(NotAllowed):
        actions.add_note(matter=matter, actor=again(hoglandet.ada), text="Psst")
    assert not Note.objects.exists()


def test_what_is_new_is_told_until_the_person_has_read_it_and_the_writer_sees_who_has(hoglandet: House) -> None:
    matter = hoglandet.applied()
    write(hoglandet.olle, matter, "message", "Hej")
    assert "There is one thing here that you have not read." in text(page(hoglandet.ada, matter))

    page(hoglandet.ada, matter)
    assert Reading.objects.count() == 1  # looking is not reading: a GET writes nothing

    client(hoglandet.ada).post(reverse("workflows:read", args=[matter.key]))

    assert "that you have not read" not in text(page(hoglandet.ada, matter))
    assert "Read by Ada Ek" in text(page(hoglandet.olle, matter))


def test_a_file_comes_with_a_message_and_is_served_to_its_readers_only(hoglandet: House) -> None:
    matter = hoglandet.at_board()
    write(hoglandet.olle, matter, "note", "Se bilagan", SimpleUploadedFile("../hemlig.pdf", PDF))
    row = MatterFile.objects.get()
    address = row.get_absolute_url()

    served = client(hoglandet.olle).get(address)

    assert row.name == "hemlig.pdf"
    assert b"".join(served.streaming_content) == PDF
    assert served["X-Content-Type-Options"] == "nosniff"
    assert served["Content-Disposition"].startswith("attachment")
    for other in (hoglandet.ada, hoglandet.bo, person("Dag")):
        assert client(other).get(address).status_code == 404


def test_a_file_that_is_refused_leaves_the_text_on_the_page(hoglandet: House) -> None:
    matter = hoglandet.applied()

    response = write(
        hoglandet.ada, matter, "message", "Här är planen", SimpleUploadedFile("plan.exe", b"MZ\x90\x00abc")
    )

    assert response.status_code == 422
    assert "Här är planen" in response.content.decode()
    assert not Note.objects.exists()


def test_the_empty_message_is_refused(hoglandet: House) -> None:
    with pytest.raises(Invalid):
        actions.send_message(matter=hoglandet.applied(), actor=again(hoglandet.ada), text="  \n ")


def test_a_follower_is_told_when_the_matter_moves_and_not_after(hoglandet: House) -> None:
    matter = hoglandet.applied()
    vera = person("Vera", hoglandet.collection, "officer")
    actions.subscribe(matter=matter, actor=vera)
    before = len(mails_to(vera))

    do(matter, "check", "ga-vidare", hoglandet.olle)
    told = mails_to(vera)[before:]
    actions.unsubscribe(matter=matter, actor=again(vera))
    do(matter, "statement", "approve", hoglandet.rut, text="Bra.")

    assert told.count("workflows.news") == 1
    assert mails_to(vera).count("workflows.news") == 1


def test_a_follower_with_a_conflict_of_interest_is_told_nothing_more(hoglandet: House) -> None:
    matter = hoglandet.at_board()
    actions.subscribe(matter=matter, actor=again(hoglandet.mia))
    actions.recuse(matter=matter, actor=again(hoglandet.mia))

    actions.close(matter=matter, actor=again(hoglandet.olle), result="Avslutat")

    assert "workflows.news" not in mails_to(hoglandet.mia)


def test_matters_are_linked_by_number_and_the_link_is_seen_from_both(hoglandet: House) -> None:
    first, second = hoglandet.applied(title="Steg ett"), hoglandet.applied(title="Steg två")

    client(hoglandet.olle).post(
        reverse("workflows:link", args=[second.key]), {"sort": "follows", "number": f" {first.registry_number} "}
    )

    assert f"follows from {first.registry_number} Steg ett" in text(page(hoglandet.olle, second))
    assert f"leads to {second.registry_number} Steg två" in text(page(hoglandet.olle, first))
    with pytest.raises(Conflict):
        actions.link(matter=first, actor=again(hoglandet.olle), number=second.registry_number, sort="amends")


def test_a_link_never_shows_a_matter_that_the_reader_may_not_open(hoglandet: House) -> None:
    ada, eva = hoglandet.applied(), hoglandet.applied(email="eva@example.org", title="Evas sak")
    actions.link(matter=ada, actor=again(hoglandet.olle), number=eva.registry_number, sort="concerns")

    assert "Evas sak" not in page(hoglandet.ada, ada)


def test_a_matter_of_another_association_cannot_be_linked(hoglandet: House) -> None:
    other = House("Klarälvdalen", "-k")

    with pytest.raises(Invalid):
        actions.link(
            matter=hoglandet.applied(),
            actor=again(hoglandet.olle),
            number=other.applied().registry_number,
            sort="concerns",
        )
    assert not MatterLink.objects.exists()


def test_a_marked_matter_keeps_its_title_out_of_mail(hoglandet: House) -> None:
    matter = hoglandet.applied(title="Känslig sak")
    client(hoglandet.olle).post(reverse("workflows:mark", args=[matter.key]), {"ground": "OSL 26 kap. 1 §"})

    do(matter, "check", "ga-vidare", hoglandet.olle)
    effects.run_due()

    assert "OSL 26 kap. 1 §" in page(hoglandet.olle, matter)
    told = [one for one in mail.outbox if hoglandet.rut.email in one.to]
    assert told
    assert not [one for one in told if "Känslig sak" in one.subject + one.body]


def test_only_the_office_marks_and_links(hoglandet: House) -> None:
    matter = hoglandet.at_board()

    for other in (hoglandet.ada, hoglandet.bo, hoglandet.rut):
        with pytest.raises(NotAllowed):
            actions.mark_confidential(matter=matter, actor=again(other), ground="OSL")
        with pytest.raises(NotAllowed):
            actions.link(matter=matter, actor=again(other), number="HÖ 2026/1", sort="concerns")


def test_the_page_asks_as_much_with_many_messages_as_with_one(hoglandet: House) -> None:
    matter = hoglandet.applied()
    write(hoglandet.olle, matter, "message", "Ett")
    with CaptureQueriesContext(connection) as one:
        page(hoglandet.olle, matter)
    for number in range(5):
        write(hoglandet.olle, matter, "message", f"Nummer {number}", SimpleUploadedFile("a.pdf", PDF))
        write(hoglandet.olle, matter, "note", f"Nummer {number}")

    with CaptureQueriesContext(connection) as many:
        page(hoglandet.olle, matter)

    assert len(many) <= len(one) + 1  # the files of all messages together


def test_what_has_been_written_is_never_changed(hoglandet: House) -> None:
    from django.db import DatabaseError, transaction  # only this test breaks the rule

    note = actions.add_note(matter=hoglandet.applied(), actor=again(hoglandet.olle), text="Så var det.")

    with pytest.raises(DatabaseError), transaction.atomic():
        Note.objects.filter(pk=note.pk).update(text="Så var det inte.")
    assert standing(hoglandet.olle, note.matter).is_officer
