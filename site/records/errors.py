"""The few ways in which an action refuses; each carries a sentence for the person who asked."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Sentence = str | Promise
"""A text for people, translated when it is shown."""


class SamsynError(Exception):
    """Something could not be done; ``sentence`` says why, in words the person who asked understands."""

    default: ClassVar[Sentence] = _("This could not be done.")
    status: ClassVar[int] = 400

    def __init__(self, sentence: Sentence | None = None) -> None:
        self.sentence: Sentence = self.default if sentence is None else sentence
        super().__init__(self.sentence)

    def __str__(self) -> str:
        return str(self.sentence)


class NotAllowed(SamsynError):  # noqa: N818 (a word of the house)
    """The person may not do this."""

    default = _("You do not have the right to do this.")
    status = 403


class Closed(SamsynError):  # noqa: N818 (a word of the house)
    """The thing no longer (or not yet) takes this."""

    default = _("This is closed.")
    status = 410


class Conflict(SamsynError):  # noqa: N818 (a word of the house)
    """Somebody else was first."""

    default = _("Somebody else has changed this in the meantime. Look at what is new and try again.")
    status = 409


class TooMany(SamsynError):  # noqa: N818 (a refusal, not a fault)
    """Tried too often in a short time."""

    default = _("There have been too many attempts. Wait a little and try again.")
    status = 429


class Invalid(SamsynError):  # noqa: N818 (a word of the house)
    """What was sent in cannot be accepted; ``problems`` names each place and what is wrong there."""

    default = _("Something has to be corrected first.")
    status = 422

    def __init__(
        self,
        problems: Mapping[str, Sequence[Sentence]] | Sentence | None = None,
        sentence: Sentence | None = None,
    ) -> None:
        """``problems``: place → sentences; a single sentence belongs to no place in particular."""
        if isinstance(problems, str | Promise):
            sentence, problems = sentence or problems, None
        self.problems: dict[str, list[Sentence]] = {
            place: list(sentences) for place, sentences in (problems or {}).items()
        }
        if sentence is None and self.problems:
            sentence = next(iter(self.problems.values()))[0]
        super().__init__(sentence)


class NotLawful(SamsynError):  # noqa: N818 (a word of the house)
    """The law does not allow it; the sentence names the ``rule``, for example "(KL 6:27)"."""

    default = _("The law does not allow this.")
    status = 409

    def __init__(self, sentence: Sentence | None = None, *, rule: str = "") -> None:
        self.rule = rule
        text = str(self.default if sentence is None else sentence)
        super().__init__(f"{text} ({rule})" if rule else text)
