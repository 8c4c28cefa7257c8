"""Ada signs in by a mailed code or with a password; Mallory tries to."""

import re
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from records.models import Message

pytestmark = pytest.mark.django_db

ADA = "ada@example.org"
PASSWORD = "a long enough password"


@pytest.fixture(autouse=True)
def _outbox(settings: Any) -> None:
    """Django's test runner takes mail away from the product's own outbox: given back."""
    settings.EMAIL_BACKEND = "records.mail.OutboxBackend"
    cache.clear()


@pytest.fixture
def ada(db: None) -> object:
    return get_user_model().objects.create_user(ADA, PASSWORD)


def mailed_code() -> str:
    return re.search(r"^([A-Z0-9-]{6,12})$", Message.objects.latest("queued_at").body, re.MULTILINE)[1]


def test_ada_signs_in_by_code_and_comes_back_where_she_was_going(client: Client, ada: object) -> None:
    asked = client.post(reverse("account_request_login_code"), {"email": ADA, "next": "/arende/1/"})

    signed_in = client.post(asked.url, {"code": mailed_code(), "next": "/arende/1/"})

    assert asked.url == "/konto/kod/skriv/?next=%2Farende%2F1%2F"
    assert (signed_in.status_code, signed_in.url) == (302, "/arende/1/")
    assert client.session["_auth_user_id"] == str(ada.pk)


def test_an_unknown_address_gets_the_same_answer_and_an_account_without_rights(client: Client, ada: object) -> None:
    known = client.post(reverse("account_request_login_code"), {"email": ADA})
    unknown = Client().post(reverse("account_request_login_code"), {"email": "New@Example.org"})

    new = get_user_model().objects.get(email="new@example.org")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert (new.has_usable_password(), new.is_staff, new.is_superuser, new.groups.count()) == (False,) * 3 + (0,)
    assert list(Message.objects.order_by("to").values_list("to", "kind")) == [
        (ADA, "records.system"),
        ("new@example.org", "records.system"),
    ]


@pytest.mark.parametrize("address", [ADA, "new@example.org"])
def test_only_the_right_code_proves_the_address(client: Client, ada: object, address: str) -> None:
    asked = client.post(reverse("account_request_login_code"), {"email": address})
    client.post(asked.url, {"code": "WRONG1"})
    before = EmailAddress.objects.filter(email=address, verified=True).exists()

    client.post(asked.url, {"code": mailed_code()})

    assert (before, EmailAddress.objects.filter(email=address, verified=True).exists()) == (False, True)


def test_a_code_works_only_three_tries(client: Client, ada: object) -> None:
    client.post(reverse("account_request_login_code"), {"email": ADA})
    code = mailed_code()

    for _try in range(3):
        client.post(reverse("account_confirm_login_code"), {"code": "AAAAAA"})
    late = client.post(reverse("account_confirm_login_code"), {"code": code})

    assert "_auth_user_id" not in client.session
    assert late.url == reverse("account_request_login_code")


def test_ada_changes_her_mind_and_uses_the_password(client: Client, ada: object) -> None:
    """While a code is waited for the login page leads back to it; the button on that page lets go."""
    client.post(reverse("account_request_login_code"), {"email": ADA})

    let_go = client.post(reverse("account_logout"), {"next": reverse("account_login")})
    signed_in = client.post(reverse("account_login"), {"login": ADA, "password": PASSWORD})

    assert let_go.url == reverse("account_login")
    assert signed_in.url == "/start/"


def test_the_code_is_not_in_the_subject_which_is_kept(client: Client, ada: object) -> None:
    client.post(reverse("account_request_login_code"), {"email": ADA})

    assert mailed_code() not in Message.objects.get().subject


def test_ada_signs_in_with_her_password_and_out_again(client: Client, ada: object) -> None:
    signed_in = client.post(reverse("account_login"), {"login": "ADA@example.org", "password": PASSWORD})
    asked = client.get(reverse("account_logout"))
    signed_out = client.post(reverse("account_logout"))

    assert signed_in.url == "/start/"
    assert asked.status_code == 200
    assert (signed_out.url, "_auth_user_id" in client.session) == ("/", False)


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_next_never_leads_to_another_site(client: Client, ada: object, elsewhere: str) -> None:
    signed_in = client.post(reverse("account_login"), {"login": ADA, "password": PASSWORD, "next": elsewhere})

    assert signed_in.url == "/start/"


def test_mallory_gets_ten_tries_whichever_process_she_meets(ada: object, monkeypatch: pytest.MonkeyPatch) -> None:
    checked = []
    monkeypatch.setattr(type(ada), "check_password", lambda self, raw: checked.append(raw) or False)

    for number in range(30):
        cache.clear()  # another process, with a cache of its own
        answer = Client().post(reverse("account_login"), {"login": ADA, "password": f"guess {number}"})

    assert len(checked) == 10
    assert "_auth_user_id" not in answer.client.session


def test_a_flood_of_codes_stops_at_five_an_hour(ada: object) -> None:
    for _again in range(20):
        cache.clear()
        Client().post(reverse("account_request_login_code"), {"email": ADA})

    assert Message.objects.count() == 5


def test_a_flood_of_password_links_stops_at_five_an_hour(ada: object) -> None:
    for _again in range(20):
        cache.clear()
        Client().post(reverse("account_reset_password"), {"email": ADA})

    assert Message.objects.count() == 5


def test_a_forgotten_password_is_chosen_anew_within_the_hour(client: Client, ada: object) -> None:
    import time_machine

    client.post(reverse("account_reset_password"), {"email": ADA})
    link = re.search(r"https?://[^/]+(/konto/losenord/nytt/\S+)", Message.objects.get().body)[1]
    with time_machine.travel(time.time() + 61 * 60):
        late = Client().get(link, follow=True)
    form = client.get(link, follow=True)
    done = client.post(
        form.request["PATH_INFO"], {"password1": "another long password", "password2": "another long password"}
    )
    again = Client().get(link, follow=True)

    ada.refresh_from_db()
    assert late.context["token_fail"]
    assert done.url == reverse("account_reset_password_from_key_done")
    assert ada.check_password("another long password")
    assert again.context["token_fail"]


def test_an_unknown_address_asking_for_a_link_gets_the_same_answer_and_no_mail(client: Client, ada: object) -> None:
    known = client.post(reverse("account_reset_password"), {"email": ADA})
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert list(Message.objects.values_list("to", flat=True)) == [ADA]


def test_a_wrong_password_takes_as_long_for_an_unknown_address(
    ada: object, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.auth import hashers

    hashed = []
    hasher = type(hashers.get_hasher())
    original = hasher.encode
    monkeypatch.setattr(
        hasher, "encode", lambda self, *args, **kwargs: hashed.append(1) or original(self, *args, **kwargs)
    )
    counts = []
    for login in (ADA, "nobody@example.org"):
        hashed.clear()
        Client().post(reverse("account_login"), {"login": login, "password": "wrong"})
        counts.append(len(hashed))

    assert counts == [1, 1]


def test_nobody_signs_up(client: Client) -> None:
    assert client.get(reverse("account_signup")).url == reverse("account_request_login_code")


def test_an_inactive_person_cannot_come_in(client: Client) -> None:
    get_user_model().objects.create_user("gone@example.org", PASSWORD, is_active=False)

    client.post(reverse("account_login"), {"login": "gone@example.org", "password": PASSWORD})
    client.post(reverse("account_request_login_code"), {"email": "gone@example.org"})

    assert "_auth_user_id" not in client.session
    assert Message.objects.count() == 0


@pytest.mark.parametrize("name", ["account_login", "account_request_login_code", "account_reset_password"])
def test_an_empty_form_comes_back_with_a_summary_that_leads_to_each_field(client: Client, name: str) -> None:
    page = client.post(reverse(name), {}).content.decode()

    linked = set(re.findall(r'href="#(id_\w+)"', page))
    assert linked
    assert linked <= set(re.findall(r'id="(id_\w+)"', page))
    assert 'role="alert"' in page
    described = set(re.findall(r'aria-describedby="(id_\w+)"', page))
    assert described == {f"{field}_error" for field in linked}
    assert described <= set(re.findall(r'id="(id_\w+)"', page))
