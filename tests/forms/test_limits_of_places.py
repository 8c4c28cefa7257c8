"""A limit holds when many send at the same moment."""

from typing import Any

import pytest

from forms.actions import submit
from forms.models import Form, Submission, TakenPlace
from forms.places import Full
from forms.queries import answers_digest, runtime_of
from tests.forms.journey_in_tests import Visitor, application
from tests.records.factories import at_once

pytestmark = pytest.mark.django_db(transaction=True)

ROOM, CROWD = 3, 8


def test_eight_who_send_at_once_share_three_places(settings: Any) -> None:
    settings.FORMS_SHORTEST_SECONDS = 0
    settings.FORMS_LIMITS = {"begin": (1000, 60)}
    form = application()
    Form.objects.filter(pk=form.pk).update(limit_total=ROOM)
    Visitor().fill_all()
    first = Submission.objects.get()
    values = {name: getattr(first, name) for name in ("collection", "form", "version", "answers", "updated_at")}
    rows = [first, *(Submission.objects.create(**values) for _number in range(CROWD - 1))]

    def send(number: int) -> str:
        row = Submission.objects.get(pk=rows[number].pk)
        try:
            submit(submission=row, seen=answers_digest(row, runtime_of(row).path(row.answers).answers, []))
        except Full as full:
            return full.limit
        return "sent"

    outcomes = sorted(at_once(CROWD, send))

    assert outcomes == ["all"] * (CROWD - ROOM) + ["sent"] * ROOM
    assert sorted(TakenPlace.objects.values_list("number", flat=True)) == [1, 2, 3]
    assert Submission.objects.filter(state="draft").count() == CROWD - ROOM
