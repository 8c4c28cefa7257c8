"""People made up for trying a form: each fills it in from the same seed every time, so that a preview stays still."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from forms.runtime import FormRuntime, Page, Path


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody who might fill in the form."""

    key: str
    name: str
    about: str | Promise
    seed: int
    share: float = 1.0
    """How many of the questions that may be skipped are answered."""
    large_text: bool = False


PERSONAS = (
    Persona("ada", "Ada", _("Ada works for a municipality, sits at a computer and answers everything."), 1),
    Persona("omar", "Omar", _("Omar is in a hurry, on a phone, and answers only what he must."), 2, share=0.0),
    Persona(
        "siv",
        "Siv",
        _("Siv has large text and a screen reader, and answers what concerns her."),
        3,
        share=0.5,
        large_text=True,
    ),
)


def persona(key: str) -> Persona | None:
    """The persona of that key."""
    return next((one for one in PERSONAS if one.key == key), None)


def typed_by(page: Page, rng: Random, share: float = 1.0) -> QueryDict:
    """What somebody could type on a page, as a browser would post it; files are not typed."""
    data = QueryDict(mutable=True)
    for question in page.questions:
        if not question.is_asked:
            continue
        sample = question.kind.sample(question.field, rng)
        if not question.field["required"] and rng.random() >= share:
            continue
        for end, value in sample.items():
            name = f"{question.html_name}{end}"
            if isinstance(value, list):
                data.setlist(name, value)
            else:
                data[name] = value
    return data


def fill(runtime: FormRuntime, who: Persona) -> tuple[Mapping[str, Any], Path]:
    """The persona's answers and the way they lead through the form; what a sample gets wrong is left unanswered."""
    rng = Random(who.seed)  # noqa: S311 (made-up people, not secrets)
    given: dict[str, Any] = {}
    for page in runtime.pages:
        given |= runtime.page_form(page, given, typed_by(page, rng, who.share)).given
    path = runtime.path(given)
    return path.answers, path
