"""Who at the office or in the board is told of something in a matter, beside those a task waits for."""

from collections.abc import Collection, Mapping
from typing import Any

from records.events import NewMail
from records.policy import users_with
from workflows import letters
from workflows.models import Matter
from workflows.permissions import standing
from workflows.roles import INSIDE


def told(
    matter: Matter, users: Collection[int], *, kind: str, cause: str, say: Mapping[str, str] | None = None
) -> list[NewMail]:
    """Mails of one kind to those of these people who may read the papers of the matter now."""
    if not users:
        return []
    mails = []
    for user in users_with(INSIDE, matter.collection).filter(pk__in=users):
        seen = standing(user, matter)
        if user.email and seen.may_see and not seen.sees_head_only and not seen.is_applicant:
            mails.append(
                NewMail(
                    kind=kind,
                    key=f"{matter.stream}:{cause}:{user.pk}",
                    to=user.email,
                    collection=matter.collection,
                    language=matter.language,
                    context={**letters.about(matter, str(user)), **(say or {})},
                )
            )
    return mails


def to_followers(matter: Matter, *, but: Any) -> list[NewMail]:
    """The matter has moved: mails to those who follow it, except whoever moved it."""
    followers = set(matter.subscriptions.values_list("user_id", flat=True)) - {getattr(but, "pk", None)}
    now = matter.result or matter.get_state_display() if not matter.is_open else matter.step_name
    return told(matter, followers, kind=letters.NEWS, cause=f"news:{matter.version}", say={"now": str(now)})
