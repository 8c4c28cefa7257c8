"""The words of a mail: its kinds, what may stand in them, and how they are filled in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Collection

from records import association

Text = str | Promise

SYSTEM = "records.system"
"""The kind of what Django and its parts mail by themselves."""
SUBJECT_LENGTH = 200

_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)

COMMON_PLACEHOLDERS: dict[str, Text] = {
    "association_name": gettext_lazy("The association's name"),
    "association_email": gettext_lazy("The association's e-mail address"),
    "association_phone": gettext_lazy("The association's phone number"),
    "association_url": gettext_lazy("The address of the association's web pages"),
}


@dataclass(frozen=True, slots=True)
class MailKind:
    """One kind of mail: what it may contain and how it is worded unless the association says otherwise."""

    key: str
    label: Text
    placeholders: Mapping[str, Text]
    subject: Text
    body: Text
    examples: Mapping[str, Text] = field(default_factory=dict)

    def example(self, name: str) -> str:
        """What stands for a value in a preview: an example, or else the explanation in square brackets."""
        return str(self.examples[name]) if name in self.examples else f"[{self.allowed[name]}]"

    @property
    def allowed(self) -> dict[str, Text]:
        """Every placeholder a text of this kind may use, with its explanation."""
        return {**self.placeholders, **COMMON_PLACEHOLDERS}


_kinds: dict[str, MailKind] = {}


def mail_kind(
    *,
    key: str,
    label: Text,
    placeholders: Mapping[str, Text],
    subject: Text,
    body: Text,
    examples: Mapping[str, Text] | None = None,
) -> MailKind:
    """Register a kind of mail; ``examples`` are values for the preview in the editor.

    Raises ValueError when its own texts use a placeholder it does not list.
    """
    kind = MailKind(key, label, dict(placeholders), subject, body, dict(examples or {}))
    with translation.override(None):
        for text in (str(subject), str(body)):
            if unknown := placeholders_in(text) - set(kind.allowed):
                raise ValueError(f"The mail kind {key!r} uses unknown placeholders: {sorted(unknown)}.")
    _kinds[key] = kind
    return kind


def kinds() -> dict[str, MailKind]:
    """Every registered kind of mail by key."""
    return dict(_kinds)


def label_of(kind: str) -> str:
    """What a kind of mail is called; of a kind that no room registers any more, its key."""
    if kind == SYSTEM:
        return _("Login code or other mail about an account")
    return str(_kinds[kind].label) if kind in _kinds else kind


def placeholders_in(text: str) -> set[str]:
    """The names between double braces."""
    return {name.strip() for name in _PLACEHOLDER.findall(text)}


def fill(text: str, values: Mapping[str, object]) -> str:
    """The text with each placeholder replaced by its value as it stands; a value is never read for placeholders."""
    return _PLACEHOLDER.sub(lambda found: str(values[found.group(1).strip()]), text)


def one_line(text: str, length: int = SUBJECT_LENGTH) -> str:
    """The text as a header can hold it: one line, no control characters, not endless."""
    line = " ".join(writable(_BREAKS.sub(" ", text)).split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def writable(text: str) -> str:
    """The text without control characters (line feeds and tabs stay) and lone surrogates."""
    return _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def check_text(*, kind: str, language: str, subject: str, body: str) -> None:
    """Raise ValidationError where a text for ``kind`` could not be sent as it is written."""
    known = _kinds.get(kind)
    problems: dict[str, list[str]] = {}
    if known is None:
        problems["kind"] = [_("There is no such kind of mail.")]
    if language not in dict(settings.LANGUAGES):
        problems["language"] = [_("Mail is not sent in this language.")]
    for place, text in (("subject", subject), ("body", body)):
        if not text.strip():
            problems[place] = [_("A mail needs both a subject and a text.")]
            continue
        if known and (unknown := sorted(placeholders_in(text) - set(known.allowed))):
            problems[place] = [
                _(
                    "“%(unknown)s” cannot be filled in, because this mail does not know it. "
                    "These may be used: %(allowed)s."
                )
                % {
                    "unknown": get_text_list([f"{{{{ {name} }}}}" for name in unknown], _("and")),
                    "allowed": ", ".join(f"{{{{ {name} }}}}" for name in known.allowed),
                }
            ]
        elif "{{" in _PLACEHOLDER.sub("", text) or "}}" in _PLACEHOLDER.sub("", text):
            problems[place] = [_("A placeholder is written {{ name }}, with two braces on each side.")]
    if "\n" in subject.strip() or "\r" in subject.strip():
        problems["subject"] = [_("The subject must be one line.")]
    if problems:
        raise ValidationError(problems)


def preview(*, kind: str, language: str, collection: Collection | None, subject: str, body: str) -> tuple[str, str]:
    """How a text will read, with an example standing for each value. Raises ValidationError."""
    check_text(kind=kind, language=language, subject=subject, body=body)
    with translation.override(language):
        values = {name: _kinds[kind].example(name) for name in _kinds[kind].allowed}
        known = {name: value for name, value in common(collection).items() if value}
    values.update(known)
    return one_line(fill(subject, values)), writable(fill(body, values)).strip() + "\n"


def common(collection: Collection | None) -> dict[str, str]:
    """The values that every mail of an association may use."""
    if collection is None:
        return dict.fromkeys(COMMON_PLACEHOLDERS, "")
    facts = association.facts(collection)
    return {
        "association_name": facts.name,
        "association_email": facts.email,
        "association_phone": facts.phone,
        "association_url": facts.url,
    }
