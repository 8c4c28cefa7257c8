"""The register of messages: officers see what was mailed and whether it left, and send it again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.mail import send_mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Collection, GroupCollectionPermission

from records import mail
from records.effects import run_due
from records.events import NewMail
from records.links import linked
from records.mail import attachment, mail_kind, mark, secret
from records.models import Effect, Event, Message
from records.roles import roles

from .factories import association, happens, person
from .postoffice import PostOffice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

LIST = "/admin/records/message/"
LIST_QUERIES = 15
LINK = "https://samsyn.example/formular/fortsatt/secret-7/"


@pytest.fixture(autouse=True)
def post(settings: Any) -> Iterator[None]:
    """An open post office, and mails with an attachment and with a secret link."""
    known, makers, secrets = dict(mail._kinds), dict(mail._makers), dict(mail._secrets)
    settings.DELIVERY_BACKEND = "tests.records.postoffice.PostOffice"
    settings.DEMO = False
    settings.EMAIL_BACKEND = "records.mail.OutboxBackend"
    settings.ASSOCIATION_FACTS = ""
    settings.LANGUAGE_CODE = "en"
    PostOffice.reopen()
    mail_kind(
        key="test.receipt",
        label="Receipt for Ada",
        placeholders={"text": "What is said"},
        subject="Received",
        body="{{ text }}",
    )

    @attachment("test.copy", label="The copy of what was sent in")
    def copy(object_id: str) -> tuple[str, bytes, str]:
        return f"{object_id}.txt", b"what was sent", "text/plain"

    @secret("test.link")
    def link(object_id: str) -> str:
        return LINK

    yield
    for registry, before in ((mail._kinds, known), (mail._makers, makers), (mail._secrets, secrets)):
        registry.clear()
        registry.update(before)


@pytest.fixture
def hoglandet(db: None) -> Collection:
    collection = association("Höglandet")
    roles.create(collection, "Höglandet")
    return collection


def signed_in(email: str, *, role: str, collection: Collection) -> Client:
    """Somebody with a role in an association."""
    colleague = person(email)
    roles.assign(colleague, collection, role)
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(colleague)
    return browser


@pytest.fixture
def bo(hoglandet: Collection) -> Client:
    """Bo, officer in Höglandet."""
    return signed_in("bo@hoglandet.example", role="officer", collection=hoglandet)


@pytest.fixture
def root() -> Client:
    """Whoever runs the service."""
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(get_user_model().objects.create_superuser("root@example.org"))
    return browser


def mailed(collection: Collection, text: str = "Hello Ada", key: str = "1", **values: Any) -> Message:
    """A receipt to Ada."""
    values = {"to": "ada@hoglandet.example", "language": "en", **values}
    receipt = NewMail(kind="test.receipt", key=key, collection=collection, context={"text": text}, **values)
    happens(collection, stream="submission:7", type_="submission.received", mails=(receipt,))
    return Message.objects.get(key=key)


def shown(browser: Client, message: Message) -> str:
    """The page of one message."""
    answer = browser.get(f"{LIST}inspect/{message.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def again(message: Message) -> str:
    return reverse("records_message_resend", args=[message.pk])


# --- the list ---------------------------------------------------------------------------------------
def test_the_officer_finds_a_message_by_address_subject_state_and_kind(hoglandet: Collection, bo: Client) -> None:
    mailed(hoglandet, key="1")
    PostOffice.closed = True
    run_due()
    PostOffice.closed = False
    mailed(hoglandet, key="2", to="cy@hoglandet.example")
    run_due()

    def listed(**query: str) -> tuple[bool, bool]:
        page = bo.get(LIST, query).content.decode()
        return "ada@hoglandet.example" in page, "cy@hoglandet.example" in page

    assert listed() == (True, True)
    assert listed(q="ada@hoglandet") == (True, False)
    assert listed(q="Received") == (True, True)
    assert listed(state__exact="sent") == (False, True)
    assert listed(kind="test.receipt") == (True, True)
    assert listed(kind="records.invitation") == (False, False)


def test_the_list_says_the_state_the_kind_and_what_went_wrong(hoglandet: Collection, bo: Client) -> None:
    PostOffice.unknown_people.add("ada@hoglandet.example")
    mailed(hoglandet)
    run_due()

    page = bo.get(LIST).content.decode()

    assert "message-state--failed" in page
    assert "Receipt for Ada" in page
    assert "550 no such person" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queries_of_the_list_are_fixed(
    hoglandet: Collection, bo: Client, rows: int, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        mailed(hoglandet, key=str(number))
    bo.get(LIST)

    with django_assert_num_queries(LIST_QUERIES):
        bo.get(LIST)


def test_nobody_adds_changes_or_deletes_a_message(hoglandet: Collection, root: Client) -> None:
    message = mailed(hoglandet)

    for address in (f"{LIST}create/", f"{LIST}edit/{message.pk}/", f"{LIST}delete/{message.pk}/"):
        root.get(address)
        root.post(address, {"subject": "Changed"})

    message.refresh_from_db()
    assert message.subject == "Received"
    assert f"{LIST}create/" not in root.get(LIST).content.decode()


def test_dag_in_another_association_finds_nothing_and_an_editor_has_no_register(
    hoglandet: Collection, db: None
) -> None:
    message = mailed(hoglandet)
    klaralvdalen = association("Klarälvdalen")
    roles.create(klaralvdalen, "Klarälvdalen")
    dag = signed_in("dag@klaralvdalen.example", role="officer", collection=klaralvdalen)
    eva = signed_in("eva@hoglandet.example", role="editor", collection=hoglandet)

    assert "ada@hoglandet" not in dag.get(LIST).content.decode()
    assert dag.get(f"{LIST}inspect/{message.pk}/").status_code == 404
    assert dag.post(again(message)).status_code == 404
    assert LIST not in eva.get("/admin/").content.decode()
    assert eva.get(LIST).url == reverse("wagtailadmin_home")


def test_login_codes_are_for_superusers(hoglandet: Collection, bo: Client, root: Client) -> None:
    send_mail("Your code", "The code is K7-XY", None, ["ada@hoglandet.example"])
    message = Message.objects.get()

    assert "Your code" not in bo.get(LIST).content.decode()
    assert bo.get(f"{LIST}inspect/{message.pk}/").status_code == 404
    assert "Your code" in root.get(LIST, {"kind": mail.SYSTEM}).content.decode()
    assert "The code is K7-XY" in shown(root, message)


# --- one message ------------------------------------------------------------------------------------
def test_one_message_is_read_whole(hoglandet: Collection, bo: Client) -> None:
    message = mailed(
        hoglandet, text="Dear <b>Ada</b>,\n\nread https://samsyn.example/start/.", attachments=[("test.copy", "7")]
    )

    page = shown(bo, message)

    assert "Dear &lt;b&gt;Ada&lt;/b&gt;," in page
    assert '<a href="https://samsyn.example/start/" rel="nofollow noopener noreferrer">' in page
    assert "The copy of what was sent in" in page
    assert "submission.received" in page
    assert "submission:7" in page
    assert "This message is already on its way." in page
    assert "Send again" not in page


def test_the_page_says_when_delivery_is_tried_again_and_why(hoglandet: Collection, bo: Client) -> None:
    message = mailed(hoglandet)
    PostOffice.closed = True
    run_due()

    page = shown(bo, message)

    effect = Effect.objects.get(pk=message.effect_id)
    assert (effect.attempts, effect.state) == (1, Effect.State.QUEUED)
    assert "Next attempt" in page
    assert "closed for the night" in page


def test_an_address_that_is_no_message_is_not_found(bo: Client) -> None:
    assert bo.get(f"{LIST}inspect/nothing/").status_code == 404


# --- sending again ----------------------------------------------------------------------------------
def test_the_officer_sends_a_message_again_and_is_told_so(hoglandet: Collection, bo: Client) -> None:
    message = mailed(hoglandet)
    run_due()

    offered = shown(bo, message)
    told = bo.post(again(message), follow=True).content.decode()
    run_due()

    assert "Send again" in offered
    assert "The message is on its way to ada@hoglandet.example again." in told
    assert "bo@hoglandet.example" in told  # who asked for it
    assert [letter.to for letter in PostOffice.taken] == [["ada@hoglandet.example"]] * 2
    assert Event.objects.filter(type="message.resent").count() == 1


def test_looking_sends_nothing(hoglandet: Collection, bo: Client) -> None:
    message = mailed(hoglandet)
    run_due()

    answer = bo.get(again(message))
    run_due()

    assert answer.status_code == 405
    assert len(PostOffice.taken) == 1


def test_what_is_on_its_way_or_erased_is_not_sent_again_and_says_why(
    hoglandet: Collection, bo: Client, root: Client
) -> None:
    message = mailed(hoglandet)
    send_mail("Your code", "The code is K7-XY", None, ["ada@hoglandet.example"])
    code = Message.objects.get(kind=mail.SYSTEM)

    waiting = bo.post(again(message), follow=True).content.decode()
    run_due()
    erased = root.post(again(code), follow=True).content.decode()

    assert "This message is already on its way." in waiting
    assert "The text of this message has been erased, so it cannot be sent again." in erased
    assert "K7-XY" not in erased
    assert len(PostOffice.taken) == 2


def test_who_may_only_look_is_not_offered_to_send(hoglandet: Collection) -> None:
    message = mailed(hoglandet)
    run_due()
    eva = signed_in("eva@hoglandet.example", role="editor", collection=hoglandet)
    GroupCollectionPermission.objects.create(
        group=roles.groups(hoglandet)["editor"],
        collection=hoglandet,
        permission=Permission.objects.get(codename="view_message"),
    )

    page = shown(eva, message)
    refused = eva.post(again(message))
    run_due()

    assert "Send again" not in page
    assert refused.status_code in (302, 403)
    assert len(PostOffice.taken) == 1


# --- secrets and the demo ---------------------------------------------------------------------------
def test_outside_the_demo_a_personal_link_is_mailed_but_never_kept(hoglandet: Collection, bo: Client) -> None:
    message = mailed(hoglandet, text=f"Go on: {mark('test.link')}", attachments=[("test.link", "7")])
    run_due()

    page = shown(bo, message)

    assert LINK in PostOffice.taken[0].body
    assert LINK not in page
    assert "never kept here" in page
    assert "No mail leaves the demo" not in page
    assert LINK not in Message.objects.get().body


def test_the_demo_is_where_its_mail_is_read(hoglandet: Collection, bo: Client, root: Client, settings: Any) -> None:
    settings.DEMO = True
    settings.DELIVERY_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    message = mailed(hoglandet, text=f"Go on: {mark('test.link')}", attachments=[("test.link", "7")])
    send_mail("Your code", "The code is K7-XY", None, ["ada@hoglandet.example"])
    run_due()

    assert f'<a href="{LINK}"' in shown(bo, message)
    assert "The code is K7-XY" in shown(root, Message.objects.get(kind=mail.SYSTEM))
    assert "No mail leaves the demo" in bo.get(LIST).content.decode()


def test_a_demo_that_delivers_does_not_say_that_it_does_not(hoglandet: Collection, bo: Client, settings: Any) -> None:
    settings.DEMO = True

    assert "No mail leaves the demo" not in bo.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "see http://a.se/x?b=1&c=2.",
            'see <a href="http://a.se/x?b=1&amp;c=2" rel="{rel}">http://a.se/x?b=1&amp;c=2</a>.',
        ),
        ("(https://a.se)", '(<a href="https://a.se" rel="{rel}">https://a.se</a>)'),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ('https://a.se/"onclick="x', '<a href="https://a.se/" rel="{rel}">https://a.se/</a>&quot;onclick=&quot;x'),
        ("<script>", "&lt;script&gt;"),
        ("ada@hoglandet.example", "ada@hoglandet.example"),
    ],
)
def test_only_web_addresses_become_links(text: str, expected: str) -> None:
    assert linked(text) == expected.replace("{rel}", "nofollow noopener noreferrer")


def test_messages_stand_in_the_menu(bo: Client) -> None:
    assert LIST in bo.get("/admin/").content.decode()


def test_the_list_is_narrowed_to_a_period(hoglandet: Collection, bo: Client) -> None:
    old = mailed(hoglandet)
    Message.objects.filter(pk=old.pk).update(queued_at=timezone.now() - timedelta(days=40))
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)

    page = bo.get(LIST, {"queued_at__gte": str(today), "queued_at__lt": str(today + timedelta(days=1))})

    assert "ada@hoglandet" not in page.content.decode()
