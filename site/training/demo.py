"""The training days of the demo."""

import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from pages.demo import facts
from pages.demo.registry import Step
from pages.demo.tree import Tree
from pages.setup import home_page


def load() -> int:
    """Make the training days that are missing, some weeks from now; tells how many were made."""
    tree = Tree(home_page())
    for described in facts.read("training"):
        index = tree.at(described.pop("index"))
        if index is not None:
            tree.page(index.specific, _with_times(described))
    return tree.made


def _with_times(described: dict[str, Any]) -> dict[str, Any]:
    date = facts.weekday(described.pop("weeks"), described.pop("weekday"))
    made = {
        "type": "training.TrainingDayPage",
        "starts_at": facts.moment(date, described.pop("from")),
        "ends_at": facts.moment(date, described.pop("until")),
        "programme": [_with_clock(item) for item in described.pop("programme")],
    }
    return described | made


def _with_clock(item: dict[str, Any]) -> dict[str, Any]:
    times = {name: datetime.time.fromisoformat(item[name]) for name in ("begins", "ends") if item.get(name)}
    return item | times


TRAINING_DAYS = Step(name="training", label=_("Training days"), order=300, run=load)
