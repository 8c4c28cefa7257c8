"""The events of a matter: told in plain language, and folded back into where it stands."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from records.models import Event
from workflows.compiling import kind_of
from workflows.letters import kronor
from workflows.models import Decision, Matter, MatterLink, Statement, WorkflowVersion
from workflows.roles import called


# --- folding -----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Standpoint:
    """Where a matter stands, as its events alone tell it."""

    number: str = ""
    step: str = ""
    state: str = Matter.State.OPEN
    result: str = ""
    version: int = 0
    granted: Decimal | None = None
    path: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, matter: Matter) -> "Standpoint":
        """Where the stored matter says it stands; it knows nothing of the path."""
        return cls(
            number=matter.registry_number,
            step=matter.step,
            state=matter.state,
            result=matter.result,
            version=matter.version,
            granted=matter.amount_granted,
        )

    def without_path(self) -> "Standpoint":
        """To compare with a stored matter."""
        return replace(self, path=())


class BrokenHistory(ValueError):  # noqa: N818 (a word of the house)
    """The events do not follow from each other and from the graph."""


def replay(
    events: Iterable[Event], graph: Mapping[str, Any], graphs: Mapping[int, Mapping[str, Any]] | None = None
) -> Standpoint:
    """Where a matter stands after these events. Raises BrokenHistory for a step that the graph does not allow.

    For a matter that was moved to another version `graphs` holds the graph of each version by its primary key.
    """
    at = Standpoint()
    told = list(events)
    if (moved := next((event for event in told if event.type == "matter.rerouted"), None)) is not None:
        graph = (graphs or {})[moved.transition["from"]]
    for event in told:
        say = event.transition
        if "version" in say:
            if say["version"] != at.version + 1:
                raise BrokenHistory(f"{event}: version {say['version']} after {at.version}")
            at = replace(at, version=say["version"])
        if at.state != Matter.State.OPEN and event.type in ("matter.moved", "matter.decided"):
            raise BrokenHistory(f"{event}: the matter was not open")
        match event.type:
            case "matter.started":
                at = replace(at, number=say["number"])
            case "matter.moved":
                at = replace(_moved(at, event, graph), step=say["to"], path=(*at.path, say["to"]))
            case "matter.decided" | "matter.delegated" if say["outcome"] in (
                Decision.Outcome.GRANTED,
                Decision.Outcome.GRANTED_IN_PART,
            ):
                at = replace(at, granted=Decimal(say["amount"]) if say["amount"] is not None else None)
            case "matter.rerouted":
                graph = (graphs or {})[say["to"]]
                if at.step not in graph["steps"]:
                    raise BrokenHistory(f"{event}: {at.step!r} is not in the version it was moved to")
            case "matter.closed":
                at = replace(at, state=Matter.State.CLOSED, result=say["result"])
            case "matter.withdrawn":
                at = replace(at, state=Matter.State.WITHDRAWN)
    return at


def _moved(at: Standpoint, event: Event, graph: Mapping[str, Any]) -> Standpoint:
    left, outcome, to = (event.transition[key] for key in ("from", "outcome", "to"))
    if left != at.step:
        raise BrokenHistory(f"{event}: left {left!r} but stood at {at.step!r}")
    if not left:
        allowed = [graph["start"]]
    else:
        allowed = [edge["target"] for edge in graph["steps"][left]["outcomes"] if edge["name"] == outcome]
    if to not in allowed:
        raise BrokenHistory(f"{event}: {outcome!r} does not lead to {to!r}")
    return at


# --- telling -----------------------------------------------------------------------------------------
OFFICE, BOARD, GROUP, EVERYONE = "office", "board", "group", "everyone"


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the timeline."""

    at: datetime
    heading: str
    who: str = ""
    text: str = ""
    tone: str = "done"


@dataclass(frozen=True, slots=True)
class Telling:
    """How one type of event is told: to whom, and in which words to those inside and outside."""

    inside: Callable[["Facts"], str | Promise] | None
    outside: Callable[["Facts"], str | Promise] | None = None
    audience: str = OFFICE


@dataclass(frozen=True)
class Facts:
    """What a sentence about an event can be made of."""

    event: Event
    graph: Mapping[str, Any]

    @property
    def say(self) -> Mapping[str, Any]:
        """The event's transition."""
        return self.event.transition

    @property
    def detail(self) -> Mapping[str, Any]:
        """The personal part, when it has not been purged."""
        stored = getattr(self.event, "detail", None)
        return stored.payload if stored else {}

    def step(self, step_id: str) -> Mapping[str, Any] | None:
        """A step of the graph."""
        return self.graph.get("steps", {}).get(step_id)


def _moved_inside(facts: Facts) -> str:
    left, to = facts.step(facts.say["from"]), facts.step(facts.say["to"])
    arrived = to["label"] if to else ""
    passes = to is not None and kind_of(to).automatic
    if left is None or kind_of(left).automatic:
        return "" if passes else gettext("Now: %(step)s") % {"step": arrived}
    outcome = kind_of(left).outcome_label(left, facts.say["outcome"])
    if passes:
        return gettext("%(left)s: %(outcome)s") % {"left": left["label"], "outcome": outcome}
    return gettext("%(left)s: %(outcome)s. Now: %(step)s") % {
        "left": left["label"],
        "outcome": outcome,
        "step": arrived,
    }


def _moved_outside(facts: Facts) -> str:
    to = facts.step(facts.say["to"])
    if to is None or kind_of(to).automatic:
        return ""
    return to["applicant_now"] or to["label"]


def _decided(facts: Facts) -> str:
    outcome = Decision.Outcome(facts.say["outcome"]).label
    if facts.say["amount"] is not None:
        return gettext("The board's decision is confirmed: %(outcome)s, %(amount)s") % {
            "outcome": outcome,
            "amount": kronor(Decimal(facts.say["amount"])),
        }
    return gettext("The board's decision is confirmed: %(outcome)s") % {"outcome": outcome}


def _delegated(facts: Facts) -> str:
    words = gettext("Decided on the board's behalf: %(outcome)s") % {
        "outcome": Decision.Outcome(facts.say["outcome"]).label
    }
    return words if facts.say["amount"] is None else f"{words}, {kronor(Decimal(facts.say['amount']))}"


def _recorded(facts: Facts) -> str:
    return gettext("The board's decision is recorded: %(outcome)s. It waits to be confirmed") % {
        "outcome": Decision.Outcome(facts.say["outcome"]).label
    }


def _stated(facts: Facts) -> str:
    return gettext("Statement by the preparatory group: %(outcome)s") % {
        "outcome": Statement.Outcome(facts.say["outcome"]).label
    }


def _started(facts: Facts) -> str:
    return gettext("Received and given the registry number %(number)s") % {"number": facts.say["number"]}


def _person(sentence: str | Promise) -> Callable[[Facts], str]:
    return lambda facts: str(sentence) % {"who": facts.detail.get("email") or gettext("a person")}


TELLINGS: dict[str, Telling] = {
    "matter.started": Telling(_started, _started, EVERYONE),
    "matter.moved": Telling(_moved_inside, _moved_outside, EVERYONE),
    "matter.noted": Telling(lambda facts: _("Internal note")),
    "matter.message": Telling(
        lambda facts: (
            _("Message from the applicant") if facts.say["from"] == "applicant" else _("Message to the applicant")
        ),
        lambda facts: _("You wrote a message") if facts.say["from"] == "applicant" else _("The office wrote a message"),
        EVERYONE,
    ),
    "matter.read": Telling(None),
    "matter.subscribed": Telling(None),
    "matter.unsubscribed": Telling(None),
    "matter.news": Telling(None),
    "matter.marked": Telling(
        lambda facts: (
            gettext("Marked confidential: %(ground)s") % {"ground": facts.detail["ground"]}
            if facts.detail.get("ground")
            else _("Marked confidential")
        )
    ),
    "matter.unmarked": Telling(lambda facts: _("The confidentiality mark was taken away")),
    "matter.linked": Telling(
        lambda facts: (
            gettext("Linked: %(sort)s %(number)s")
            % {"sort": MatterLink.Sort(facts.say["sort"]).label, "number": facts.say["other"]}
        )
    ),
    "matter.unlinked": Telling(
        lambda facts: gettext("No longer linked to %(number)s") % {"number": facts.say["other"]}
    ),
    "matter.dossier": Telling(lambda facts: _("A dossier was made")),
    "matter.completion_asked": Telling(
        lambda facts: _("Completion asked for"), lambda facts: _("The office asked for a completion"), EVERYONE
    ),
    "matter.completed": Telling(
        lambda facts: _("The applicant's completion came in"), lambda facts: _("The completion came in"), EVERYONE
    ),
    "matter.stated": Telling(_stated, None, GROUP),
    "matter.decision_recorded": Telling(_recorded, None, BOARD),
    "matter.decided": Telling(_decided, _decided, EVERYONE),
    "matter.delegated": Telling(_delegated, _delegated, EVERYONE),
    "matter.letter_written": Telling(lambda facts: _("Letter to the applicant, written but not sent yet")),
    "matter.letter": Telling(
        lambda facts: _("Letter to the applicant"), lambda facts: _("A letter was sent to you"), EVERYONE
    ),
    "matter.closed": Telling(
        lambda facts: gettext("Closed: %(result)s") % {"result": facts.say["result"]},
        lambda facts: gettext("The matter was closed: %(result)s") % {"result": facts.say["result"]},
        EVERYONE,
    ),
    "matter.withdrawn": Telling(
        lambda facts: (
            _("Withdrawn by the applicant")
            if facts.say["by"] == "applicant"
            else _("Withdrawn by the office at the applicant's request")
        ),
        lambda facts: _("The matter was withdrawn"),
        EVERYONE,
    ),
    "matter.recused": Telling(lambda facts: _("Declared a conflict of interest"), None, BOARD),
    "matter.recusal_lifted": Telling(lambda facts: _("A conflict of interest was lifted"), None, BOARD),
    "matter.person_added": Telling(
        _person(_("%(who)s was given access")), _person(_("%(who)s was given access")), EVERYONE
    ),
    "matter.person_changed": Telling(
        _person(_("The contact details of %(who)s were changed")),
        _person(_("The contact details of %(who)s were changed")),
        EVERYONE,
    ),
    "matter.person_removed": Telling(
        _person(_("%(who)s no longer has access")), _person(_("%(who)s no longer has access")), EVERYONE
    ),
    "matter.assigned": Telling(
        lambda facts: (
            gettext("%(who)s is the responsible officer") % {"who": facts.detail["name"]}
            if facts.detail.get("name")
            else _("There is no responsible officer")
        )
    ),
    "matter.waiting": Telling(None),
    "matter.reminded": Telling(
        lambda facts: gettext("A reminder was sent to %(who)s") % {"who": called(facts.say["role"])}
    ),
    "matter.escalated": Telling(
        lambda facts: gettext("It is late, so %(who)s can do it too") % {"who": called(facts.say["to"])}
    ),
    "matter.rerouted": Telling(
        lambda facts: (
            gettext("It follows version %(number)s of the workflow from here on") % {"number": facts.say["to_number"]}
        )
    ),
    "matter.published": Telling(
        lambda facts: _("A page about it was published"), lambda facts: _("A page about it was published"), EVERYONE
    ),
}


def events_of(matter: Matter) -> list[Event]:
    """Every event of the matter, the first one first."""
    return list(Event.objects.filter(stream=matter.stream).select_related("detail").order_by("sequence"))


def names_of(events: Iterable[Event]) -> dict[str, str]:
    """The names of those who acted, by key."""
    keys = {event.actor_key for event in events if event.actor_key}
    return {str(user.key): str(user) for user in get_user_model().objects.filter(key__in=keys)} if keys else {}


def _whole_graph(matter: Matter, events: Iterable[Event]) -> Mapping[str, Any]:
    """The matter's graph, with the steps it only had in versions it was moved from."""
    left = {event.transition["from"] for event in events if event.type == "matter.rerouted"}
    if not left:
        return matter.graph
    steps: dict[str, Any] = {}
    for version in WorkflowVersion.objects.filter(pk__in=left).order_by("number"):
        steps |= version.compiled["steps"]
    return {**matter.graph, "steps": {**steps, **matter.graph["steps"]}}


def timeline(matter: Matter, audiences: Iterable[str], *, outside: bool) -> list[Line]:
    """The matter's history, the latest first, as those in `audiences` may read it.

    Outside the office nobody learns who at the office did what.
    """
    events = events_of(matter)
    names = names_of(events)
    graph = _whole_graph(matter, events)
    wanted = {*audiences, EVERYONE}
    lines = []
    for event in events:
        telling = TELLINGS.get(event.type)
        if telling is None or telling.audience not in wanted:
            continue
        tell = telling.outside if outside else telling.inside
        heading = str(tell(Facts(event, graph))) if tell else ""
        if heading:
            lines.append(Line(event.at, heading, "" if outside else names.get(event.actor_key, "")))
    return lines[::-1]


def who_was_first(matter: Matter, *, outside: bool = False) -> str:
    """The sentence for somebody who pressed a moment too late: who did what, when, and where the matter is now."""
    if outside:
        return gettext("The matter has changed since you opened the page. Now: %(now)s.") % {"now": now_outside(matter)}
    events = Event.objects.filter(stream=matter.stream).exclude(actor_key="").select_related("detail")
    last = next((event for event in events.order_by("-sequence") if _was_chosen(event, matter)), None)
    now = matter.step_name if matter.is_open and matter.step_name else matter.get_state_display()
    if last is None:
        return gettext("The matter has changed since you opened it. It is now at: %(now)s.") % {"now": now}
    telling = TELLINGS.get(last.type)
    what = str(telling.inside(Facts(last, matter.graph))) if telling and telling.inside else last.type
    return gettext("%(who)s was first, %(when)s: “%(what)s”. The matter is now at: %(now)s.") % {
        "who": names_of([last]).get(last.actor_key) or gettext("Somebody else"),
        "when": date_format(timezone.localtime(last.at), "DATETIME_FORMAT"),
        "what": what,
        "now": now,
    }


def _was_chosen(event: Event, matter: Matter) -> bool:
    """Did a person choose this, or did it happen by itself after what somebody chose?"""
    if "version" not in event.transition:
        return False
    steps = matter.graph.get("steps", {})
    if event.type == "matter.moved":
        left = steps.get(event.transition["from"])
        return left is not None and not kind_of(left).automatic
    if event.type == "matter.closed":
        return not (matter.step and kind_of(steps[matter.step]).final)
    return True


def now_outside(matter: Matter) -> str:
    """Where the matter is, as the applicant is told."""
    if not matter.is_open:
        return matter.result or matter.get_state_display()
    step = matter.current
    return kind_of(step).now(step, matter) if step else gettext("The office is handling your matter")
