"""What the room mails: the kinds of mail with their texts, and the words that can be put into a step's letter."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from records import mail, wording
from records.mail import mail_kind

Matter = Any
MatterPerson = Any

LETTER = "workflows.letter"
DECISION = "workflows.decision"
COMPLETION = "workflows.completion"
TASK = "workflows.task"
COLLEAGUE = "workflows.colleague"
MESSAGE = "workflows.message"
OFFICE_MESSAGE = "workflows.office_message"
NEWS = "workflows.news"
ADJUST = "workflows.adjust"
POST_NOTICE = "workflows.post_notice"
NOTICE_DUE = "workflows.notice_due"

KINDS = [(LETTER, _("letter")), (DECISION, _("letter about the decision"))]
KINDS_HELP = _("Decides which mail text the letter is put into. Mail texts are edited under Settings.")
PLACEHOLDERS_HELP = _(
    "The text of the letter. These are filled in: {{ name }}, {{ registry_number }}, {{ title }}, "
    "{{ amount_applied }}, {{ amount_granted }}, {{ decision }}, {{ meeting_date }}, {{ paragraph }}, "
    "{{ conditions }}, {{ association_name }}, {{ association_email }}, {{ association_phone }}, {{ link }}."
)

_ABOUT = {
    "name": _("The name of the person the mail goes to"),
    "registry_number": _("The registry number"),
    "title": _("The title of the matter"),
    "link": _("The address of the matter page"),
}
_LETTER = {**_ABOUT, "subject": _("The subject written in the step"), "text": _("The text written in the step")}

_EXAMPLE: dict[str, Any] = {
    "name": "Ada Alm",
    "registry_number": "EX 2026/12",
    "title": _("A way to work for young people"),
    "link": "https://samsyn.example/arende/…/",
}
_EXAMPLE_LETTER: dict[str, Any] = {
    **_EXAMPLE,
    "subject": _("About your application"),
    "text": _("Hello Ada Alm,\n\nthe office has read your application and sends it to the board."),
}

IN_LETTERS = (
    "name",
    "registry_number",
    "title",
    "amount_applied",
    "amount_granted",
    "decision",
    "meeting_date",
    "paragraph",
    "conditions",
    "link",
    *mail.COMMON_PLACEHOLDERS,
)

mail_kind(
    key=LETTER,
    label=_("Letter in a matter"),
    placeholders=_LETTER,
    examples=_EXAMPLE_LETTER,
    subject=_("{{ subject }}"),
    body=_(
        "{{ text }}\n\nAll papers of the matter are here; sign in with this e-mail address:\n{{ link }}\n\n"
        "{{ association_name }}\n{{ association_email }}"
    ),
)
mail_kind(
    key=DECISION,
    label=_("Letter about the decision"),
    placeholders=_LETTER,
    examples=_EXAMPLE_LETTER,
    subject=_("{{ subject }}"),
    body=_(
        "{{ text }}\n\nThe decision and all papers of the matter are here; sign in with this e-mail address:\n"
        "{{ link }}\n\n{{ association_name }}\n{{ association_email }}"
    ),
)
mail_kind(
    key=COMPLETION,
    label=_("Completion is asked for"),
    placeholders={**_ABOUT, "message": _("What the office writes"), "due": _("The last day")},
    examples={**_EXAMPLE, "message": _("We need to know who pays the rent."), "due": _("14 May 2026")},
    subject=_("{{ registry_number }}: please complete “{{ title }}”"),
    body=_(
        "Hello {{ name }},\n\nwe have read “{{ title }}” and need a little more from you before {{ due }}.\n\n"
        "{{ message }}\n\nYou see which questions it is about, and answer them, here. Sign in with this e-mail "
        "address:\n{{ link }}\n\n{{ association_name }}\n{{ association_email }}"
    ),
)
mail_kind(
    key=TASK,
    label=_("Something waits for you"),
    placeholders={**_ABOUT, "task": _("What waits"), "due": _("The last day")},
    examples={**_EXAMPLE, "task": _("Read the application"), "due": _("14 May 2026")},
    subject=_("{{ registry_number }}: {{ task }}"),
    body=_(
        "Hello {{ name }},\n\nsomething waits for you in the matter {{ registry_number }} “{{ title }}”:\n"
        "{{ task }}\nLast day: {{ due }}\n\nOpen the matter here:\n{{ link }}\n\n{{ association_name }}"
    ),
)
mail_kind(
    key=COLLEAGUE,
    label=_("A colleague is invited to a matter"),
    # Neither title nor names: whoever writes them could otherwise mail anything to anyone in our name.
    placeholders={
        "registry_number": _ABOUT["registry_number"],
        "inviter": _("The e-mail address of the person who invites"),
        "link": _ABOUT["link"],
    },
    examples={
        "registry_number": _EXAMPLE["registry_number"],
        "inviter": "ada@example.org",
        "link": _EXAMPLE["link"],
    },
    subject=_("You can now follow the matter {{ registry_number }}"),
    body=_(
        "Hello,\n\n{{ inviter }} has given you access to the matter {{ registry_number }} with us. You can read and "
        "complete it here; sign in with this e-mail address, and we mail you a code:\n{{ link }}\n\n"
        "If you do not know what this is about, you need do nothing.\n\n{{ association_name }}\n{{ association_email }}"
    ),
)
_MEETING = {
    "name": _ABOUT["name"],
    "meeting": _("The meeting and its date"),
    "link": _("The address of the minutes' page"),
}
_EXAMPLE_MEETING: dict[str, Any] = {
    "name": "Bo Berg",
    "meeting": _("Board meeting 2026-03-12"),
    "link": "https://samsyn.example/mote/…/protokoll/",
}

mail_kind(
    key=ADJUST,
    label=_("Minutes are to be adjusted"),
    placeholders={**_MEETING, "due": _("The last day")},
    examples={**_EXAMPLE_MEETING, "due": _("26 March 2026")},
    subject=_("Minutes to adjust: {{ meeting }}"),
    body=_(
        "Hello {{ name }},\n\nthe minutes of {{ meeting }} are to be adjusted. Last day: {{ due }}.\n\n"
        "Read them and sign them here:\n{{ link }}\n\n{{ association_name }}\n{{ association_email }}"
    ),
)
mail_kind(
    key=NOTICE_DUE,
    label=_("A notice of adjusted minutes is to be posted"),
    placeholders={**_MEETING, "due": _("The last day")},
    examples={**_EXAMPLE_MEETING, "due": _("28 March 2026")},
    subject=_("Post the notice: {{ meeting }}"),
    body=_(
        "Hello {{ name }},\n\nthe minutes of {{ meeting }} have been adjusted, and their notice is not on every notice "
        "board yet. It should be there no later than {{ due }}.\n\nLook here:\n{{ link }}\n\n{{ association_name }}"
    ),
)
mail_kind(
    key=POST_NOTICE,
    label=_("A member is asked to post our notice"),
    placeholders={
        "member": _("The member that is asked"),
        "meeting": _MEETING["meeting"],
        "due": _("The last day"),
        "notice": _("The text of the notice"),
        "link": _("The address where the member tells that the notice is posted"),
    },
    examples={
        "member": "Storby kommun",
        "meeting": _EXAMPLE_MEETING["meeting"],
        "due": _("28 March 2026"),
        "notice": _("The minutes of the board's meeting on 12 March 2026 have been adjusted."),
        "link": "https://samsyn.example/anslag/…/",
    },
    subject=_("Please post our notice: {{ meeting }}"),
    body=_(
        "To {{ member }},\n\nthe minutes of {{ meeting }} have been adjusted. The notice below is to be on your notice "
        "board too (Finsam Act, section 19), no later than {{ due }}.\n\n{{ notice }}\n\n"
        "When it is posted, please tell us here:\n{{ link }}\n\n{{ association_name }}\n{{ association_email }}"
    ),
)

# The text of a message is never in the mail: mail is read by others than whom it is meant for.
mail_kind(
    key=MESSAGE,
    label=_("A message from the office"),
    placeholders=_ABOUT,
    examples=_EXAMPLE,
    subject=_("{{ registry_number }}: a message for you"),
    body=_(
        "Hello {{ name }},\n\nthere is a message for you in the matter {{ registry_number }} “{{ title }}”. Read and "
        "answer it here; sign in with this e-mail address:\n{{ link }}\n\n{{ association_name }}\n"
        "{{ association_email }}"
    ),
)
mail_kind(
    key=OFFICE_MESSAGE,
    label=_("A note or message in a matter"),
    placeholders=_ABOUT,
    examples=_EXAMPLE,
    subject=_("{{ registry_number }}: something has been written"),
    body=_(
        "Hello {{ name }},\n\nsomething new has been written in the matter {{ registry_number }} “{{ title }}”.\n\n"
        "Open the matter here:\n{{ link }}\n\n{{ association_name }}"
    ),
)
mail_kind(
    key=NEWS,
    label=_("Something has happened in a matter you follow"),
    placeholders={**_ABOUT, "now": _("Where the matter is now")},
    examples={**_EXAMPLE, "now": _("Decision by the board")},
    subject=_("{{ registry_number }}: {{ now }}"),
    body=_(
        "Hello {{ name }},\n\nsomething has happened in the matter {{ registry_number }} “{{ title }}”, which you "
        "follow.\nNow: {{ now }}\n\nOpen the matter, or stop following it, here:\n{{ link }}\n\n{{ association_name }}"
    ),
)


def address(matter: Matter) -> str:
    """The full address of the matter page."""
    return f"{settings.BASE_URL}{matter.get_absolute_url()}"


def kronor(amount: Any) -> str:
    """An amount as people write it: whole kronor without decimals; nothing for no amount."""
    if amount is None:
        return ""
    decimals = 0 if amount == amount.to_integral_value() else 2
    return gettext("%(amount)s kr") % {
        "amount": number_format(amount, decimal_pos=decimals, use_l10n=True, force_grouping=True)
    }


def day(date: Any) -> str:
    """A date in words; nothing for no date."""
    return date_format(date, "DATE_FORMAT") if date else ""


def about(matter: Matter, name: str) -> dict[str, str]:
    """What every mail about a matter can say."""
    return {
        "name": name,
        "registry_number": matter.registry_number,
        "title": gettext("(marked confidential)") if matter.is_confidential else matter.title,
        "link": address(matter),
    }


def unknown_placeholders(text: str) -> list[str]:
    """The placeholders in a step's text that nothing is known for."""
    return [f"{{{{ {name} }}}}" for name in sorted(mail.placeholders_in(text) - set(IN_LETTERS))]


def known_placeholders() -> str:
    """Those that can be used, as they are written."""
    return ", ".join(f"{{{{ {name} }}}}" for name in IN_LETTERS)


def values(matter: Matter, person: MatterPerson | None) -> Mapping[str, str]:
    """What is put into a step's letter to a person; without one, to the sender as written in the registry."""
    decision = matter.confirmed_decision()
    delegated = None if decision else matter.delegated_decision()
    made = decision or delegated
    return {
        **about(matter, str(person) if person else matter.sender),
        "title": matter.title,  # whoever writes a letter has considered what it may say
        "amount_applied": kronor(matter.amount_applied),
        "amount_granted": kronor(matter.amount_granted),
        "decision": made.get_outcome_display() if made else "",
        "meeting_date": day(decision.meeting_date) if decision else day(delegated.day) if delegated else "",
        "paragraph": decision.paragraph if decision else str(delegated or ""),
        "conditions": decision.conditions if decision else "",
        **wording.common(matter.collection),
    }


def fill(text: str, matter: Matter, person: MatterPerson | None) -> str:
    """A step's text with its words filled in."""
    return mail.fill(text, values(matter, person))
