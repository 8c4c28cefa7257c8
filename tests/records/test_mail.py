"""Tests of the outbox: the words, the queue, the delivery, and what Django mails by itself."""

from collections.abc import Iterator
from datetime import timedelta
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
import time_machine
from django.core import mail as django_mail
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, send_mail
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records import association as associations
from records import effects, housekeeping, mail
from records.actions.message import resend
from records.association import AssociationFacts
from records.effects import run_due
from records.errors import Closed, Invalid, NotAllowed
from records.events import NewMail
from records.mail import attachment, mail_kind
from records.models import Effect, Event, MailText, Message

from .factories import association, at_once, happens, person
from .postoffice import PostOffice

pytestmark = pytest.mark.usefixtures("in_english")

made: list[str] = []


@pytest.fixture(autouse=True)
def post(settings: object) -> Iterator[None]:
    """An open post office, one kind of mail and one kind of attachment."""
    known, makers = dict(mail._kinds), dict(mail._makers)
    settings.DELIVERY_BACKEND = "tests.records.postoffice.PostOffice"
    settings.BASE_URL = "https://samsyn.example:8000"
    settings.DEMO = False
    settings.ASSOCIATION_FACTS = ""
    PostOffice.reopen()
    made.clear()
    mail_kind(
        key="test.receipt",
        label="Receipt",
        placeholders={"name": "Who applies", "reference": "The reference number"},
        subject=_("January"),
        body="Hello {{ name }},\n\nyour reference is {{reference}}.\n\n{{ association_name }}",
    )

    @attachment("test.copy")
    def copy(object_id: str) -> tuple[str, bytes, str]:
        made.append(object_id)
        return f"{object_id}.txt", b"what was sent", "text/plain"

    yield
    mail._kinds.clear()
    mail._kinds.update(known)
    mail._makers.clear()
    mail._makers.update(makers)


def receipt(collection: object, key: str = "1", **values: object) -> NewMail:
    """What Ada gets when she has applied."""
    given = {
        "to": "ada@hoglandet.example",
        "context": {"name": "Ada", "reference": "H-1"},
        "language": "en",
        **values,
    }
    return NewMail(kind="test.receipt", key=key, collection=collection, **given)


def sent() -> Message:
    """The one message there is."""
    return Message.objects.get()


# --- words -------------------------------------------------------------------------------------------
def test_a_mail_is_worded_in_its_language_and_queued_with_the_event(db: None) -> None:
    hoglandet = association("Höglandet")

    happens(hoglandet, mails=(receipt(hoglandet), receipt(hoglandet, "2", language="sv")))

    english, swedish = Message.objects.order_by("key")
    assert (english.subject, swedish.subject) == ("January", "januari")
    assert english.body == "Hello Ada,\n\nyour reference is H-1.\n\nHöglandet\n"
    assert (english.state, english.cause, english.collection) == ("queued", "matter:1", hoglandet)
    assert PostOffice.taken == []


def test_the_associations_own_words_are_used_in_that_language_and_association_only(db: None) -> None:
    hoglandet, lappland = association("Höglandet"), association("Södra Lappland")
    MailText.objects.create(
        collection=hoglandet,
        language="en",
        kind="test.receipt",
        subject="Thanks, {{ name }}!",
        body="See {{ reference }}",
    )

    happens(mails=(receipt(hoglandet, "1"), receipt(hoglandet, "2", language="sv"), receipt(lappland, "3")))

    assert list(Message.objects.order_by("key").values_list("subject", flat=True)) == [
        "Thanks, Ada!",
        "januari",
        "January",
    ]


@pytest.mark.parametrize(
    ("change", "place", "sentence"),
    [
        (
            {"body": "Hello {{ name }}, {{ personnummer }}"},
            "body",
            "“{{ personnummer }}” cannot be filled in, because this mail does not know it. These may be used: "
            "{{ name }}, {{ reference }}, {{ association_name }}, {{ association_email }}, "
            "{{ association_phone }}, {{ association_url }}.",
        ),
        (
            {"subject": "{{ name.delete }}"},
            "subject",
            "“{{ name.delete }}” cannot be filled in, because this mail does not know it. These may be used: "
            "{{ name }}, {{ reference }}, {{ association_name }}, {{ association_email }}, "
            "{{ association_phone }}, {{ association_url }}.",
        ),
        (
            {"body": "Hello {{ name }"},
            "body",
            "A placeholder is written {{ name }}, with two braces on each side.",
        ),
        ({"body": "  "}, "body", "A mail needs both a subject and a text."),
        ({"subject": "Hello\nBcc: all"}, "subject", "The subject must be one line."),
        ({"kind": "test.unknown"}, "kind", "There is no such kind of mail."),
        ({"language": "xx"}, "language", "Mail is not sent in this language."),
    ],
)
def test_a_text_that_could_not_be_sent_is_refused_when_it_is_saved(
    db: None, change: dict[str, str], place: str, sentence: str
) -> None:
    text = {"language": "en", "kind": "test.receipt", "subject": "Thanks", "body": "Hello", **change}

    with pytest.raises(ValidationError) as refused:
        MailText.objects.create(collection=association(), **text)

    assert refused.value.message_dict == {place: [sentence]}


def test_a_template_tag_in_a_text_is_only_text(db: None) -> None:
    hoglandet = association()
    text = "{% load x %}{% debug %} ${name} {name} %(name)s <b>{{ name }}</b>"
    MailText.objects.create(collection=hoglandet, language="en", kind="test.receipt", subject="Hej", body=text)

    happens(mails=(receipt(hoglandet),))

    assert sent().body == "{% load x %}{% debug %} ${name} {name} %(name)s <b>Ada</b>\n"


def test_an_answer_with_braces_is_not_filled_in_again(db: None) -> None:
    hoglandet = association()

    happens(mails=(receipt(hoglandet, context={"name": "{{ reference }}", "reference": "<script>"}),))

    assert sent().body.startswith("Hello {{ reference }},\n\nyour reference is <script>.")


def test_a_mail_without_all_its_values_is_refused_whatever_its_text_says(db: None) -> None:
    hoglandet = association()

    with pytest.raises(ValueError, match="reference"):
        happens(mails=(receipt(hoglandet, context={"name": "Ada"}),))


def test_a_kind_whose_own_text_uses_an_unknown_placeholder_is_refused() -> None:
    with pytest.raises(ValueError, match="nmae"):
        mail_kind(key="test.bad", label="Bad", placeholders={"name": "n"}, subject="s", body="Hi {{ nmae }}")


def test_a_text_can_be_read_before_it_is_used(db: None) -> None:
    assert mail.preview(
        kind="test.receipt",
        language="en",
        collection=association("Höglandet"),
        subject="Thanks, {{ name }}",
        body="From {{ association_name }}, {{ association_phone }}",
    ) == ("Thanks, [Who applies]", "From Höglandet, [The association's phone number]\n")


def test_the_facts_of_the_association_are_asked_of_the_room_that_knows(db: None, settings: object) -> None:
    settings.ASSOCIATION_FACTS = "tests.records.test_mail.facts_of"
    hoglandet = association("Höglandet")
    happens(mails=(receipt(hoglandet),))

    run_due()

    (mail_,) = PostOffice.taken
    name, address = parseaddr(mail_.from_email)
    assert str(make_header(decode_header(name))) == "Höglandets samordningsförbund, Nässjö"
    assert (address, mail_.reply_to) == ("no-reply@samsyn.example", ["kansli@hoglandet.example"])


def facts_of(collection: object) -> AssociationFacts:
    """What a higher room would tell."""
    return AssociationFacts(name="Höglandets samordningsförbund, Nässjö", email="kansli@hoglandet.example")


def test_facts_are_remembered_until_told_to_forget(db: None) -> None:
    hoglandet = association("Höglandet")
    before = associations.facts(hoglandet).name
    hoglandet.name = "Nya Höglandet"

    remembered = associations.facts(hoglandet).name
    associations.forget(hoglandet)

    assert (before, remembered) == ("Höglandet", "Höglandet")
    assert associations.facts(hoglandet).name == "Nya Höglandet"


# --- the queue ---------------------------------------------------------------------------------------
def test_one_cause_mails_once(db: None) -> None:
    hoglandet = association()

    happens(mails=(receipt(hoglandet), receipt(hoglandet)))
    happens(mails=(receipt(hoglandet, to="bo@hoglandet.example"),))
    run_due()

    assert [mail_.to for mail_ in PostOffice.taken] == [["ada@hoglandet.example"]]
    assert (Message.objects.count(), Effect.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_mail_once() -> None:
    hoglandet = association()

    at_once(20, lambda number: happens(stream=f"matter:{number}", mails=(receipt(hoglandet),)))
    run_due()

    assert (Event.objects.count(), Message.objects.count(), len(PostOffice.taken)) == (20, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_mails_nobody() -> None:
    hoglandet = association()

    def act() -> None:
        with transaction.atomic():
            happens(mails=(receipt(hoglandet),))
            raise IntegrityError

    with pytest.raises(IntegrityError):
        act()
    run_due()

    assert (Message.objects.count(), Effect.objects.count(), PostOffice.taken) == (0, 0, [])


@pytest.mark.parametrize("to", ["nobody", "ada@hoglandet.example\nBcc: dag@x.example", "a@b.example, c@d.example", ""])
def test_what_is_no_address_is_refused_with_a_sentence(db: None, to: str) -> None:
    hoglandet = association()

    with pytest.raises(Invalid, match="is not an e-mail address"):
        happens(mails=(receipt(hoglandet, to=to),))

    assert not Message.objects.exists()


def test_kinds_and_attachments_nobody_registered_are_refused(db: None) -> None:
    hoglandet = association()

    with pytest.raises(LookupError, match=r"test\.poem"):
        happens(mails=(receipt(hoglandet, attachments=[("test.poem", "1")]),))
    with pytest.raises(LookupError, match=r"test\.letter"):
        happens(mails=(NewMail(kind="test.letter", key="1", to="a@b.example", collection=hoglandet, language="en"),))


def test_no_answer_can_add_a_header(db: None) -> None:
    hoglandet = association("Höglandet\r\nBcc: dag@x.example")
    MailText.objects.create(
        collection=hoglandet, language="en", kind="test.receipt", subject="{{ name }}", body="{{ name }}"
    )
    hostile = "Ada\r\nBcc: dag@x.example\u2028\x00\x1b[31m\r" + "å" * 400

    happens(mails=(receipt(hoglandet, context={"name": hostile, "reference": "1"}),))
    run_due()

    head = PostOffice.taken[0].message().as_string().split("\n\n")[0]
    assert not [line for line in head.split("\n") if line.lower().startswith("bcc")]
    assert PostOffice.taken[0].recipients() == ["ada@hoglandet.example"]
    assert len(sent().subject) == 200
    assert "\x1b" not in sent().body


# --- delivery ----------------------------------------------------------------------------------------
def test_a_delivered_mail_carries_its_fixed_id_and_what_was_made_for_it(db: None) -> None:
    hoglandet = association("Höglandet")
    happens(mails=(receipt(hoglandet, attachments=[("test.copy", "7")]),))
    before = list(made)

    assert run_due() == 1

    (mail_,) = PostOffice.taken
    message = sent()
    assert (before, made) == ([], ["7"])
    assert mail_.attachments == [("7.txt", "what was sent", "text/plain")]
    assert mail_.from_email == "=?utf-8?q?H=C3=B6glandet?= <no-reply@samsyn.example>"
    assert mail_.message()["Message-ID"] == f"<{message.pk}.1@samsyn.example>" == message.message_id
    assert mail_.message()["Auto-Submitted"] == "auto-generated"
    assert (message.state, message.error, message.erased_at) == ("sent", "", None)
    assert message.sent_at is not None


def test_mail_waits_while_the_post_office_is_closed_and_leaves_when_it_opens(db: None) -> None:
    hoglandet = association()
    with time_machine.travel("2026-11-02 09:00Z", tick=False) as clock:
        for number in range(20):
            happens(mails=(receipt(hoglandet, str(number)),))
        PostOffice.closed = True
        for _minute in range(10):
            run_due()
            clock.shift(60)
        waiting = Message.objects.filter(state="queued").count()
        PostOffice.closed = False
        clock.shift(600)
        run_due()

    assert (waiting, len(PostOffice.taken)) == (20, 20)
    assert set(Message.objects.values_list("state", "error")) == {("sent", "")}


def test_mail_to_somebody_unknown_there_fails_at_once_and_says_why(db: None) -> None:
    PostOffice.unknown_people.add("ada@hoglandet.example")
    happens(mails=(receipt(association()),))

    run_due()

    assert (sent().state, sent().error) == ("failed", "GiveUp: 550 no such person")
    assert sent().effect.state == "dead"


def test_mail_is_given_up_after_half_a_day_and_can_be_seen(db: None) -> None:
    PostOffice.closed = True
    with time_machine.travel("2026-11-02 09:00Z", tick=False) as clock:
        happens(mails=(receipt(association()),))
        tries = 0
        while Effect.objects.get().state != "dead":
            run_due()
            tries += 1
            clock.shift(4 * 3600)

    assert (tries, sent().state, sent().error) == (12, "failed", "ConnectionRefusedError: closed for the night")
    assert sum(effects.BACKOFF) > 12 * 3600


def test_a_worker_that_dies_right_after_sending_sends_the_same_mail_again(db: None) -> None:
    """At least once: the second is the same mail by its Message-ID, so that it can be recognised."""
    happens(mails=(receipt(association()),))
    PostOffice.dies_after_taking = True
    with pytest.raises(KeyboardInterrupt):
        run_due()
    PostOffice.dies_after_taking = False
    Effect.objects.update(due_at=timezone.now())

    run_due()

    first, second = (mail_.message()["Message-ID"] for mail_ in PostOffice.taken)
    assert first == second
    assert sent().state == "sent"


def test_a_mail_that_has_left_is_not_sent_again_by_a_late_job(db: None) -> None:
    happens(mails=(receipt(association()),))
    run_due()
    Effect.objects.update(state="queued")

    run_due()

    assert len(PostOffice.taken) == 1


# --- sending again -----------------------------------------------------------------------------------
def test_a_superuser_sends_again_under_a_new_id_and_it_is_written_down(db: None) -> None:
    root = person("root@samsyn.example", is_superuser=True, is_staff=True)
    happens(mails=(receipt(association()),))
    run_due()

    resend(message=sent(), user=root)
    run_due()

    first, second = (mail_.message()["Message-ID"] for mail_ in PostOffice.taken)
    assert (first, second) == (f"<{sent().pk}.1@samsyn.example>", f"<{sent().pk}.2@samsyn.example>")
    event = Event.objects.get(stream=f"message:{sent().pk}")
    assert (event.type, event.actor_key, event.transition) == (
        "message.resent",
        str(root.key),
        {"kind": "test.receipt", "sending": 2},
    )
    assert sent().state == "sent"


def test_nobody_without_the_right_sends_again(db: None) -> None:
    happens(mails=(receipt(association()),))
    run_due()

    with pytest.raises(NotAllowed):
        resend(message=sent(), user=person("dag@lappland.example"))

    assert Event.objects.filter(type="message.resent").count() == 0


def test_a_mail_on_its_way_or_without_its_text_is_not_sent_again(db: None) -> None:
    root = person("root@samsyn.example", is_superuser=True)
    happens(mails=(receipt(association()),))
    with pytest.raises(Closed):
        resend(message=sent(), user=root)
    run_due()
    Message.objects.update(erased_at=timezone.now(), body="")

    with pytest.raises(Closed):
        resend(message=sent(), user=root)


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_send_once_more() -> None:
    root = person("root@samsyn.example", is_superuser=True)
    happens(mails=(receipt(association()),))
    run_due()
    message = sent()

    def press(_number: int) -> str:
        try:
            return str(resend(message=message, user=root).sending)
        except Closed:
            return "closed"

    pressed = at_once(2, press)
    run_due()

    assert sorted(pressed) == ["2", "closed"]
    assert len(PostOffice.taken) == 2


# --- Django's own mail -------------------------------------------------------------------------------
@pytest.fixture
def outbox(settings: object) -> None:
    """Test runners swap the mail backend; these tests want the product's."""
    settings.EMAIL_BACKEND = "records.mail.OutboxBackend"


def test_what_django_mails_is_queued_too_and_its_text_erased_when_it_has_left(outbox: None, db: None) -> None:
    send_mail("Your code", "It is 123456.", None, ["ada@hoglandet.example"])
    queued = sent()

    run_due()

    assert (queued.kind, queued.collection, queued.state) == ("records.system", None, "queued")
    assert PostOffice.taken[0].body == "It is 123456."
    assert PostOffice.taken[0].from_email == "Samsyn <no-reply@samsyn.example>"
    assert (sent().state, sent().body) == ("sent", "")
    assert sent().erased_at is not None
    assert django_mail.outbox == []


def test_in_the_demo_its_text_can_be_read(outbox: None, db: None, settings: object) -> None:
    settings.DEMO = True
    send_mail("Your code", "It is 123456.", None, ["ada@hoglandet.example"])

    run_due()

    assert sent().body == "It is 123456."


def test_everyone_gets_a_mail_of_their_own(outbox: None, db: None) -> None:
    EmailMessage("News", "<p>Hello</p>", to=["Ada <ada@hoglandet.example>"], bcc=["bo@hoglandet.example"]).send()

    run_due()

    assert sorted(mail_.to for mail_ in PostOffice.taken) == [["ada@hoglandet.example"], ["bo@hoglandet.example"]]


def test_files_do_not_take_that_way(outbox: None, db: None) -> None:
    letter = EmailMessage("News", "Hello", to=["ada@hoglandet.example"], attachments=[("a.txt", "a", "text/plain")])

    with pytest.raises(ValueError, match="attachments"):
        letter.send()


def test_a_code_that_never_left_is_erased_after_a_day(outbox: None, db: None) -> None:
    send_mail("Your code", "It is 123456.", None, ["ada@hoglandet.example"])
    happens(mails=(receipt(association()),))

    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        housekeeping.clear()
        before = Message.objects.get(kind="records.system").body
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        housekeeping.clear()
        run_due()

    system = Message.objects.get(kind="records.system")
    assert (before, system.body, system.state) == ("It is 123456.", "", "failed")
    assert Message.objects.get(kind="test.receipt").body != ""
