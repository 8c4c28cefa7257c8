"""What a receipt says beyond the reference: higher rooms add facts such as a registry number."""

from collections.abc import Callable
from typing import NamedTuple

from django.utils.functional import Promise

from forms.models import Submission


class Fact(NamedTuple):
    """One line of a receipt."""

    label: str | Promise
    value: str


Provider = Callable[[Submission], list[tuple[str | Promise, str]]]

providers: list[Provider] = []


def facts(submission: Submission) -> list[Fact]:
    """Every line that somebody wants on the receipt, in the order the providers were added."""
    return [Fact(label, value) for provider in providers for label, value in provider(submission)]
