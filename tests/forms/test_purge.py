"""Clearing away by hand: what is due goes, what was sent in stays, and a failure or a dry run changes nothing."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.translation import override

from forms.models import Completion, Export, Form, Submission
from forms.models.upload import private_storage
from records.models import Event
from tests.forms.forms_in_tests import block_id
from tests.forms.journey_in_tests import application
from tests.forms.test_exports import send
from tests.records.factories import person

pytestmark = pytest.mark.django_db


FILE = "exports/of-last-year"


@pytest.fixture
def form() -> Form:
    """Ada has sent something; Bo has left a draft alone for a year, tried the form twice and exported long ago."""
    form = application()
    long_ago = timezone.now() - timedelta(days=365)
    send(form, {block_id("namn"): "Ada"}, 1, person=person("ada@hoglandet.example"))
    draft = {"state": "draft", "reference": None, "submitted_at": None, "updated_at": long_ago}
    Submission.objects.create(collection=form.collection, form=form, version=form.version, **draft)
    send(form, {}, 2, is_sample=True)
    send(form, {}, 3, is_sample=True)
    export = Export.objects.create(
        collection=form.collection, form=form, person=person("bo@hoglandet.example"), format="csv", state="ready"
    )
    private_storage().delete(FILE)
    private_storage().save(FILE, ContentFile(b"Ada"))
    Export.objects.filter(pk=export.pk).update(file=FILE, created_at=long_ago)
    return form


def left() -> tuple[list[str | None], int, bool]:
    """References of what is there, exports, and whether the exported file lies on the disk."""
    references = list(Submission.objects.order_by("pk").values_list("reference", flat=True))
    return references, Export.objects.count(), private_storage().exists(FILE)


def purge(*words: str) -> None:
    """Run it in English."""
    with override("en"):
        call_command("purge", *words)


def test_what_is_due_goes_and_the_rest_stays(form: Form, capsys: Any, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        purge()

    told = capsys.readouterr()
    assert left() == (["AAAA-0001", "AAAA-0002", "AAAA-0003"], 0, False)
    assert told.out.splitlines() == [
        "Drafts that nobody has saved for as long as their form says: 1",
        "Files added to something sent, and never sent with it: 0",
        "Exports older than a week: 1",
        "Files that stopped on their way: 0",
        "Files on the disk that nothing points at: 0",
        "This has been removed.",
    ]
    assert "Exports older than a week …" in told.err


def test_samples_go_when_they_are_named(form: Form, capsys: Any) -> None:
    purge("--samples")

    assert left()[0] == ["AAAA-0001"]
    assert "Samples: 2" in capsys.readouterr().out
    assert Event.objects.get(type="form.samples_purged").transition["count"] == 2


def test_a_dry_run_counts_the_same_and_removes_nothing(
    form: Form, capsys: Any, django_capture_on_commit_callbacks: Any
) -> None:
    before = left()

    with django_capture_on_commit_callbacks(execute=True):
        purge("--samples", "--dry-run")

    told = capsys.readouterr().out
    assert left() == before
    assert "form says: 1" in told
    assert "Samples: 2" in told
    assert told.splitlines()[-1] == "This was a dry run: nothing was removed."
    assert not Event.objects.filter(type__in=["form.samples_purged", "form.drafts_purged"]).exists()


def test_a_failure_removes_nothing_at_all(form: Form, django_capture_on_commit_callbacks: Any) -> None:
    # What was completed cannot be removed: history holds on to it.
    sample = Submission.objects.get(reference="AAAA-0003")
    Completion.objects.create(submission=sample, number=1, answers={}, nonce=uuid.uuid4(), digest="", at=timezone.now())
    before = left()

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(CommandError, match="Nothing was removed"):
        purge("--samples")

    assert left() == before
