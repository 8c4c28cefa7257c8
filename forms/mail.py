"""The mails of this room: the receipt with its copy, and the link that opens a draft."""

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from forms import pdf
from forms.actions.draft_link import SECRET, link_address
from forms.models import DraftLink, Submission
from forms.queries import runtime_of, summary
from forms.receipts import facts
from records.mail import Attachment, attachment, mail_kind, secret

mail_kind(
    key="forms.receipt",
    label=gettext_lazy("Receipt for a form that has been sent in"),
    placeholders={
        "form_title": gettext_lazy("The form's title"),
        "reference": gettext_lazy("The reference number"),
        "facts": gettext_lazy("The registry number and the like, one on each line"),
        "next_steps": gettext_lazy("The form's text about what happens next"),
        "contact": gettext_lazy("The form's text about whom to ask"),
        "start_url": gettext_lazy("The address where the sender signs in and follows the matter"),
    },
    examples={
        "form_title": gettext_lazy("Application for funds"),
        "reference": "K7XQ-24MP",
        "facts": gettext_lazy("Registry number: EX 2026/12"),
        "next_steps": gettext_lazy("We read your application within two weeks and tell you if something is missing."),
        "contact": gettext_lazy("Call Bo Berg, 070-174 06 05."),
        "start_url": "https://samsyn.example/start/",
    },
    subject=gettext_lazy("We have received “{{ form_title }}” ({{ reference }})"),
    body=gettext_lazy(
        "Thank you! We have received what you sent in.\n\n"
        "Form: {{ form_title }}\n"
        "Reference: {{ reference }}\n"
        "{{ facts }}\n\n"
        "{{ next_steps }}\n\n"
        "A copy of what you sent in is attached.\n\n"
        "Follow it, add to it and see what is asked of you by signing in with this e-mail address:\n"
        "{{ start_url }}\n\n"
        "Do you have questions?\n"
        "{{ contact }}\n\n"
        "{{ association_name }}\n"
        "{{ association_email }}\n"
        "{{ association_phone }}"
    ),
)

mail_kind(
    key="forms.export_ready",
    label=gettext_lazy("A large export is ready"),
    placeholders={
        "form_title": gettext_lazy("The form's title"),
        "rows": gettext_lazy("How many submissions the file holds"),
        "link": gettext_lazy("The address where the file is fetched"),
    },
    examples={
        "form_title": gettext_lazy("Application for funds"),
        "rows": "12345",
        "link": "https://samsyn.example/admin/forms/submission/export/…/",
    },
    subject=gettext_lazy("The export of “{{ form_title }}” is ready"),
    body=gettext_lazy(
        "The file you asked for is ready. It holds {{ rows }} submissions.\n\n"
        "Fetch it here, signed in as yourself:\n"
        "{{ link }}\n\n"
        "It is removed after a week.\n\n"
        "{{ association_name }}"
    ),
)

mail_kind(
    key="forms.draft_link",
    label=gettext_lazy("Link to a form that is not finished"),
    placeholders={
        "form_title": gettext_lazy("The form's title"),
        "link": gettext_lazy("The link, which is made when the mail is sent"),
        "expires": gettext_lazy("The last day the link can be used"),
    },
    examples={
        "form_title": gettext_lazy("Application for funds"),
        "link": "https://samsyn.example/formular/fortsatt/…/",
        "expires": gettext_lazy("14 May 2026"),
    },
    subject=gettext_lazy("Go on with “{{ form_title }}”"),
    body=gettext_lazy(
        "Somebody, probably you, has begun to fill in “{{ form_title }}” and wants to go on later.\n\n"
        "Open the form here:\n"
        "{{ link }}\n\n"
        "The link can be used once, at the latest on {{ expires }}. Whoever has the link can read what you have "
        "written: do not forward this mail.\n\n"
        "If it was not you, you need do nothing.\n\n"
        "{{ association_name }}"
    ),
)


mail_kind(
    key="forms.draft_invitation",
    label=gettext_lazy("Invitation to fill in a form together"),
    placeholders={
        "form_title": gettext_lazy("The form's title"),
        "inviter": gettext_lazy("Who invites"),
        "link": gettext_lazy("The link, which is made when the mail is sent"),
        "expires": gettext_lazy("The last day the link can be used"),
    },
    examples={
        "form_title": gettext_lazy("Application for funds"),
        "inviter": "Ada Alm",
        "link": "https://samsyn.example/formular/fortsatt/…/",
        "expires": gettext_lazy("14 May 2026"),
    },
    subject=gettext_lazy("{{ inviter }} invites you to fill in “{{ form_title }}” together"),
    body=gettext_lazy(
        "{{ inviter }} has begun to fill in “{{ form_title }}” and asks you to write in it too.\n\n"
        "Open the form here:\n"
        "{{ link }}\n\n"
        "The link can be used once, at the latest on {{ expires }}. If you sign in with this e-mail address you also "
        "find the form among your drafts. Whoever has the link can read and change what has been written: do not "
        "forward this mail.\n\n"
        "{{ inviter }} sends the form when you are done. If you do not know what this is about, you need do "
        "nothing.\n\n"
        "{{ association_name }}"
    ),
)


@attachment("forms.copy", label=gettext_lazy("A copy of what was sent in"))
def copy_of(key: str) -> Attachment:
    """What was sent, as a page of its own that every browser and screen reader opens."""
    submission = Submission.objects.select_related("form", "version", "collection").get(key=key)
    with override(submission.language):
        html = render_to_string(
            "forms/copy.html",
            {
                "submission": submission,
                "title": runtime_of(submission).title,
                "sections": summary(submission, as_sent=True),
                "facts": facts(submission),
                "language": submission.language,
            },
        )
        name = _("Copy %(reference)s.html") % {"reference": submission.reference}
    return name, html.encode(), "text/html"


@attachment("forms.copy_pdf", label=gettext_lazy("A copy of what was sent in, as PDF"))
def pdf_copy_of(key: str) -> Attachment:
    """What was sent, as a tagged PDF to keep or to print."""
    submission = Submission.objects.select_related("form", "version", "collection").get(key=key)
    with override(submission.language):
        name = _("Copy %(reference)s.pdf") % {"reference": submission.reference}
    return name, pdf.of_submission(submission), "application/pdf"


@secret(SECRET)
def draft_link(link_id: str) -> str:
    """The address of the link, made from the secret key."""
    return link_address(DraftLink.objects.select_related("submission").get(pk=link_id))
