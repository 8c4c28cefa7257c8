"""Mail texts: an association puts its mails in its own words, sees them first, and can take the product's back."""

from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils.http import urlencode
from wagtail.models import Collection

from records import mail
from records.actions import mail_text
from records.errors import NotAllowed
from records.events import NewMail
from records.models import Event, MailText, Message
from records.roles import roles

from .factories import association, happens, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

User = get_user_model()
KIND = "records.invitation"
LIST_QUERIES = 12


def name(view: str, *args: Any) -> str:
    return reverse(f"wagtailsnippets_records_mailtext:{view}", args=args)


def new(kind: str = KIND, language: str = "en") -> str:
    """The address where a text for this mail is written."""
    return f"{name('add')}?{urlencode({'kind': kind, 'language': language})}"


@pytest.fixture
def hoglandet(settings: Any) -> Collection:
    settings.LANGUAGE_CODE = "en"
    settings.ASSOCIATION_FACTS = ""
    collection = association("Höglandet")
    roles.create(collection, "Höglandet")
    return collection


def signed_in(email: str, *, role: str, collections: tuple[Collection, ...]) -> Client:
    """Somebody with a role in associations."""
    colleague = person(email)
    for collection in collections:
        roles.assign(colleague, collection, role)
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(colleague)
    return browser


@pytest.fixture
def bo(hoglandet: Collection) -> Client:
    """Bo, officer in Höglandet."""
    return signed_in("bo@hoglandet.example", role="officer", collections=(hoglandet,))


def words(place: Collection, **changed: Any) -> dict[str, Any]:
    """What the editor sends."""
    return {
        "collection": place.pk,
        "kind": KIND,
        "language": "en",
        "subject": "Welcome to us",
        "body": "Hi! {{ person }} asks you: {{ link }}",
        **changed,
    }


def written(collection: Collection, **changed: Any) -> MailText:
    """A text that applies already."""
    values = words(collection, collection=collection, **changed)
    return mail_text.write(text=MailText(**values), user=_root())


def _root() -> Any:
    return User.objects.filter(is_superuser=True).first() or User.objects.create_superuser("root@example.org")


def invited(collection: Collection) -> Message:
    """What an invited person would be mailed now."""
    mail = NewMail(
        kind=KIND,
        key=f"key {Message.objects.count()}",
        to="cy@hoglandet.example",
        collection=collection,
        language="en",
        context={"person": "Bo", "roles": "officer", "link": "https://samsyn.example/"},
    )
    happens(collection, mails=(mail,))
    return Message.objects.get(key=mail.key)


# --- writing ----------------------------------------------------------------------------------------
def test_the_officer_first_chooses_which_mail_and_in_which_language(hoglandet: Collection, bo: Client) -> None:
    page = bo.get(name("add")).content.decode()

    for kind in mail.kinds().values():
        assert str(kind.label) in page.replace("&#x27;", "'")
    for language, _label in configured.LANGUAGES:
        assert new(language=language).replace("&", "&amp;") in page


def test_the_editor_begins_with_the_text_that_applies_and_explains_what_can_be_filled_in(
    hoglandet: Collection, bo: Client
) -> None:
    page = bo.get(new()).content.decode()

    assert "You have a role in {{ association_name }}" in page
    assert "Sign in with this e-mail address." in page
    for placeholder, explanation in mail.kinds()[KIND].allowed.items():
        assert f"{{{{ {placeholder} }}}}" in page
        assert str(explanation).replace("'", "&#x27;") in page


def test_the_officers_words_are_mailed_from_then_on_and_an_event_says_so(hoglandet: Collection, bo: Client) -> None:
    before = invited(hoglandet)

    answer = bo.post(new(), words(hoglandet))

    after = invited(hoglandet)
    event = Event.objects.get(type="mail_text.written")
    assert answer.status_code == 302
    assert before.subject == "You have a role in Höglandet"
    assert (after.subject, after.body) == ("Welcome to us", "Hi! Bo asks you: https://samsyn.example/\n")
    assert event.collection == hoglandet
    assert event.transition == {"kind": KIND, "language": "en"}
    assert event.detail.payload["subject"] == "Welcome to us"


def test_changed_words_apply_and_the_mail_they_are_for_stays(hoglandet: Collection, bo: Client) -> None:
    text = written(hoglandet)
    there = name("edit", text.pk)

    bo.post(there, words(hoglandet, subject="Come and help", kind="forms.receipt", language="sv"))
    bo.post(there, words(hoglandet, subject="Come and help"))  # nothing new: no event

    text.refresh_from_db()
    assert (text.subject, text.kind, text.language) == ("Come and help", KIND, "en")
    assert Event.objects.filter(type="mail_text.written").count() == 2  # when it was written, and when it was changed


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"body": "Dear {{ salary }}"}, "“{{ salary }}” cannot be filled in, because this mail does not know it."),
        ({"subject": "For {{ reference }}"}, "“{{ reference }}” cannot be filled in"),
        ({"body": "Dear {{ person"}, "A placeholder is written {{ name }}, with two braces on each side."),
        ({"body": "{{ person.password }}"}, "“{{ person.password }}” cannot be filled in"),
    ],
)
def test_what_cannot_be_filled_in_is_refused_at_its_field(
    hoglandet: Collection, bo: Client, wrong: dict[str, str], sentence: str
) -> None:
    answer = bo.post(new(), words(hoglandet, **wrong))

    (field,) = wrong
    assert answer.status_code == 200
    assert sentence in answer.context["form"].errors[field][0]
    assert sentence in answer.content.decode()
    assert not MailText.objects.exists()


def test_a_second_text_for_the_same_mail_is_refused_with_a_sentence(hoglandet: Collection, bo: Client) -> None:
    written(hoglandet)

    answer = bo.post(new(), words(hoglandet))

    assert "There is already a text for this mail in this language." in answer.content.decode()
    assert MailText.objects.count() == 1


def test_where_a_text_is_written_already_the_choice_leads_to_it(hoglandet: Collection, bo: Client) -> None:
    text = written(hoglandet)

    page = bo.get(name("add")).content.decode()

    assert name("edit", text.pk) in page
    assert new().replace("&", "&amp;") not in page
    assert new(language="sv").replace("&", "&amp;") in page


# --- seeing -----------------------------------------------------------------------------------------
def preview(browser: Client, said: dict[str, Any]) -> tuple[dict[str, bool], str]:
    """What the preview beside the editor answers and shows."""
    answer = browser.post(name("preview_on_add"), said)
    return answer.json(), browser.get(name("preview_on_add"), {"mode": ""}).content.decode()


def test_the_preview_shows_examples_and_runs_nothing(hoglandet: Collection, bo: Client) -> None:
    told, page = preview(bo, words(hoglandet, body="<script>x</script> {% now 'Y' %} {{ person }}, {{ roles }}"))

    assert told == {"is_valid": True, "is_available": True}
    assert "<h1>Welcome to us</h1>" in page
    assert "&lt;script&gt;x&lt;/script&gt; {% now &#x27;Y&#x27; %}" in page
    assert "Bo Berg, Officer" in page


def test_what_cannot_be_filled_in_is_not_previewed(hoglandet: Collection, bo: Client) -> None:
    told, _page = preview(bo, words(hoglandet, body="{{ salary }}"))

    assert told["is_valid"] is False


@pytest.mark.parametrize("language", [language for language, _label in configured.LANGUAGES])
def test_every_mail_has_an_example_for_each_value_and_can_be_previewed(hoglandet: Collection, language: str) -> None:
    for kind in mail.kinds().values():
        subject, body = mail.wording(kind, language, None)
        shown = mail.preview(kind=kind.key, language=language, collection=hoglandet, subject=subject, body=body)

        assert set(kind.placeholders) == set(kind.examples), kind.key
        assert "{{" not in "".join(shown)


# --- back to the product's words --------------------------------------------------------------------
def test_without_its_own_text_the_association_mails_the_products_again(hoglandet: Collection, bo: Client) -> None:
    text = written(hoglandet)

    asked = bo.get(name("delete", text.pk)).content.decode()
    bo.post(name("delete", text.pk))

    assert "the one that comes with the product is sent from now on" in asked
    assert invited(hoglandet).subject == "You have a role in Höglandet"
    assert Event.objects.filter(type="mail_text.reset").count() == 1


def test_texts_ticked_in_the_list_are_given_up_with_an_event_for_each(hoglandet: Collection, bo: Client) -> None:
    texts = [written(hoglandet), written(hoglandet, language="sv")]

    ticked = urlencode([("id", text.pk) for text in texts])
    bo.post(reverse("wagtail_bulk_action", args=["records", "mailtext", "delete"]) + f"?{ticked}")

    assert not MailText.objects.exists()
    assert Event.objects.filter(type="mail_text.reset").count() == 2


# --- who --------------------------------------------------------------------------------------------
def test_texts_belong_to_one_association(hoglandet: Collection, bo: Client) -> None:
    klaralvdalen = association("Klarälvdalen")
    roles.create(klaralvdalen, "Klarälvdalen")
    theirs = written(klaralvdalen, subject="Theirs")

    refused = bo.post(new(), words(hoglandet, collection=klaralvdalen.pk, language="sv"))

    assert refused.status_code == 200
    assert bo.get(name("edit", theirs.pk)).status_code == 404
    assert "Theirs" not in bo.get(name("list")).content.decode()
    assert "Theirs" not in bo.get(name("add")).content.decode()
    assert MailText.objects.count() == 1


def test_bo_who_works_for_two_sees_whose_text_is_whose(hoglandet: Collection) -> None:
    klaralvdalen = association("Klarälvdalen")
    roles.create(klaralvdalen, "Klarälvdalen")
    bo = signed_in("bo@example.org", role="officer", collections=(hoglandet, klaralvdalen))
    written(klaralvdalen)

    page = bo.get(name("add")).content.decode()

    assert "Change the text of Klarälvdalen" in page
    assert new().replace("&", "&amp;") in page  # Höglandet has none yet


def test_an_editor_does_not_word_mails(hoglandet: Collection) -> None:
    text = written(hoglandet)
    eva = person("eva@hoglandet.example")
    roles.assign(eva, hoglandet, "editor")

    for act in (mail_text.write, mail_text.reset):
        with pytest.raises(NotAllowed):
            act(text=text, user=eva)

    assert MailText.objects.filter(pk=text.pk).exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queries_of_the_list_are_fixed(
    hoglandet: Collection, bo: Client, rows: int, django_assert_num_queries: Any
) -> None:
    root = _root()
    for kind in list(mail.kinds())[:rows]:
        text = MailText(collection=hoglandet, kind=kind, language="sv", subject="Hej", body="Hej")
        mail_text.write(text=text, user=root)
    bo.get(name("list"))

    with django_assert_num_queries(LIST_QUERIES):
        bo.get(name("list"))
