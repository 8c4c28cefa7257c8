"""The steps that make up the demo; every room adds its own when the apps are ready."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Step:
    """A part of the demo. ``run`` makes what is missing and tells how many things it made: 0 the second time.

    Steps run in the order of ``order``: associations 100, people 200, training days 300; leave room between.
    """

    name: str
    label: str | Promise
    order: int
    run: Callable[[], int]


steps: list[Step] = []


def in_order() -> list[Step]:
    """All steps, first to last."""
    return sorted(steps, key=lambda step: (step.order, step.name))
