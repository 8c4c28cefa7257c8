"""The page of the delegation scheme, as delegates, the board and others meet it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.workflows.board.people import Boardroom
from tests.workflows.factories import delegation_line
from workflows.models import DelegatedDecision

pytestmark = pytest.mark.django_db


def browser(user: Any) -> Client:
    """A browser in which somebody is signed in."""
    client = Client()
    client.force_login(user)
    return client


def test_a_delegate_decides_and_what_is_too_much_is_kept_in_the_form(room: Boardroom) -> None:
    line = delegation_line(room.collection, "2.1", by=[room.olle])
    page = reverse("workflows:delegation", args=[room.board.pk])
    there = reverse("workflows:delegation_decide", args=[room.board.pk])
    olle = browser(room.olle)
    given = {"line": line.pk, "text": "Köp av stolar", "reasons": "De gamla är trasiga.", "amount": "60000"}

    refused = olle.post(there, given)
    assert refused.status_code == 422
    assert "De gamla är trasiga." in refused.content.decode()
    assert "Line 2.1 of the delegation scheme goes up to" in refused.content.decode()
    assert not DelegatedDecision.objects.exists()
    assert olle.post(there, {**given, "amount": "6000"}).status_code == 302

    assert "Köp av stolar" in olle.get(page).content.decode()
    assert "Köp av stolar" in browser(room.people["Mia"]).get(page).content.decode()
    assert page in olle.get(reverse("workflows:meetings")).content.decode()


def test_others_keep_no_lines_and_strangers_see_nothing(room: Boardroom) -> None:
    line = delegation_line(room.collection, "2.1", by=[room.olle])
    page = reverse("workflows:delegation", args=[room.board.pk])
    end = reverse("workflows:delegation_end", args=[room.board.pk, line.pk])

    assert browser(room.people["Mia"]).post(end, {"on": "2026-01-01"}).status_code == 404
    assert browser(room.house.ada).get(page).status_code == 404
    assert browser(room.olle).post(end, {"on": "2025-01-31"}).status_code == 302

    line.refresh_from_db()
    assert str(line.ends_on) == "2025-01-31"
