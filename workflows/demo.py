"""The demo's applications: twelve by made-up people, each brought to its state by the same actions that people use."""

import datetime
import json
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from wagtail.models import Collection

from forms import actions as form_actions
from forms.actions.form import import_form
from forms.models import Form, Submission
from forms.queries import answers_digest, runtime_of
from records.policy import users_with
from workflows import actions
from workflows.models import Matter, RegistrySeries, Task, Workflow
from workflows.roles import CONFIRM, HANDLE, REVIEW

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
NAMESPACE = uuid.UUID("0b7c2a52-5df3-4d8e-9f0b-7f4a1f1e7d11")

# Form → the workflow it starts; both are templates in fixtures.
STARTS = {"ansokan-om-medel": "ansokan-till-beslut", "tillganglighetsbrist": "enkelt-arende"}
APPLICATION = "ansokan-om-medel"
MUNICIPALITIES = "medlemskommuner"


def read() -> Any:
    """The demo's applications as data."""
    return json.loads((FIXTURES / "demo" / "applications.json").read_text(encoding="utf-8"))


def load(collections: Mapping[str, Collection]) -> int:
    """Forms, workflows and applications of each association by its address; tells how many matters were made.

    Safe to repeat: what is there is left as it is.
    """
    data, made = read(), 0
    for slug, collection in collections.items():
        if (described := data["associations"].get(slug)) is None:
            continue
        set_up(collection, slug=slug, prefix=described["prefix"], municipalities=described.get("municipalities"))
        for application in described["applications"]:
            made += _apply(collection, slug, data["base"], application)
        for call in described["by_hand"]:
            made += _register(collection, call)
    return made


@transaction.atomic
def set_up(
    collection: Collection, *, slug: str, prefix: str = "", municipalities: Mapping[str, str] | None = None
) -> None:
    """The registry series, the forms and the workflows of an association, where they are missing."""
    if not RegistrySeries.objects.filter(collection=collection).exists():
        RegistrySeries.objects.create(collection=collection, name="Diarium", prefix=prefix)
    for asks, way in STARTS.items():
        form = form_of(collection, asks)
        if form is None:
            template = _template("forms", asks)
            if municipalities and MUNICIPALITIES in template.get("choice_lists", {}):
                template["choice_lists"][MUNICIPALITIES]["options"] = [
                    {"key": key, "label": label, "help": ""} for key, label in municipalities.items()
                ]
            form = import_form(template=template, collection=collection, slug=f"{asks}-{slug}", publish=True)
        if not Workflow.objects.filter(collection=collection, starts_with=form).exists():
            actions.import_workflow(
                template=_template("workflows", way),
                collection=collection,
                slug=f"{way}-{slug}",
                forms=[form.slug],
                publish=True,
            )


def form_of(collection: Collection, name: str) -> Form | None:
    """The association's form made from a shipped template, whatever its address has been made into."""
    return Form.objects.filter(collection=collection, slug__startswith=name).order_by("pk").first()


def _template(folder: str, name: str) -> Any:
    return json.loads((FIXTURES / folder / f"{name}.json").read_text(encoding="utf-8"))


# --- one application -------------------------------------------------------------------------------------


@transaction.atomic
def _apply(collection: Collection, slug: str, base: Mapping[str, Any], told: Mapping[str, Any]) -> int:
    """Send one application and bring it to its state; 0 when it is there already."""
    nonce = uuid.uuid5(NAMESPACE, f"{slug}:{told['key']}")
    form = form_of(collection, APPLICATION)
    if form is None or Submission.objects.filter(nonce=nonce).exists():
        return 0
    version = form.version
    draft = form_actions.begin(version=version, nonce=nonce, given=_answers(version, {**base, **told["answers"]}))
    seen = answers_digest(draft, runtime_of(draft).path(draft.answers).answers, [])
    sent = form_actions.submit(submission=draft, seen=seen)
    Story(Matter.objects.get(submission=sent), told).walk()
    return 1


def _answers(version: Any, told: Mapping[str, Any]) -> dict[str, Any]:
    """Answers by name as a form stores them; dates are counted from today."""
    found = {}
    for page in version.compiled["pages"]:
        for field in page["fields"]:
            if field["name"] not in told:
                continue
            value = told[field["name"]]
            choices = [choice["key"] for choice in field["settings"].get("choices", ())]
            if isinstance(value, list) and not choices:
                value = [_row(field, row) for row in value]
            found[field["id"]] = _day(value)
    return found


def _row(field: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    ids = {column["name"]: column["id"] for column in field["settings"]["columns"]}
    return {ids[name]: _day(value) for name, value in row.items()}


def _day(value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"days"}:
        return (timezone.localdate() + datetime.timedelta(days=value["days"])).isoformat()
    return value


STATES = (
    "received",
    "assigned",
    "asked",
    "completed",
    "in_preparation",
    "at_board",
    "recorded",
    "decided",
    "withdrawn",
)


class Story:
    """What the office, the group, the board and the applicant do with one application."""

    def __init__(self, matter: Matter, told: Mapping[str, Any]) -> None:
        self.matter = matter
        self.submission: Any = matter.submission
        self.told = told
        if told["state"] not in STATES:
            raise ValueError(told["state"])

    def walk(self) -> None:
        """From received to the state that is told."""
        state = self.told["state"]
        if state == "assigned":
            officer = self._who(HANDLE)
            actions.assign(matter=self.matter, officer=officer, actor=officer)
            actions.add_note(matter=self.matter, actor=officer, text=self.told["note"])
        if state in ("asked", "completed"):
            self._ask()
        if state == "completed":
            self._complete()
        if state == "withdrawn":
            actions.withdraw(matter=self.matter, actor=self._who(HANDLE), reason=self.told["reason"])
        if state in STATES[4:8]:
            self._do("check", "komplett-ga-vidare", HANDLE)
        if state in STATES[5:8]:
            if self._waits("statement"):
                self._do("statement", "approve", REVIEW, text=self.told["statement"])
            self._do("check", "till-styrelsen", HANDLE)
        if state in ("recorded", "decided"):
            met = timezone.localdate() - datetime.timedelta(days=3)
            self._do("record", "record", HANDLE, meeting_date=met.isoformat(), **self.told["decision"])
        if state == "decided":
            self._do("confirm", "confirm", CONFIRM, agreed="on")

    def _who(self, role: str) -> Any:
        return users_with(role, self.matter.collection).order_by("pk")[0]

    def _waits(self, what: str) -> bool:
        return Task.objects.filter(matter=self.matter, what=what, done_at=None).exists()

    def _do(self, what: str, choice: str, role: str, **data: Any) -> None:
        task = Task.objects.get(matter=self.matter, what=what, done_at=None)
        self.matter = actions.choose(task=task, choice=choice, actor=self._who(role), data=data)

    def _field(self, name: str) -> Mapping[str, Any]:
        pages = self.submission.version.compiled["pages"]
        return next(field for page in pages for field in page["fields"] if field["name"] == name)

    def _ask(self) -> None:
        self._do("check", "be-om-komplettering", HANDLE)
        data = {f"comment-{self._field(name)['id']}": words for name, words in self.told["ask"].items()}
        due = timezone.localdate() + datetime.timedelta(days=10)
        self._do("request", "ask", HANDLE, due=due.isoformat(), message=self.told.get("message", ""), **data)

    def _complete(self) -> None:
        request = self.matter.open_request()
        if request is None:
            raise RuntimeError("Nothing has been asked for.")
        form_actions.complete(
            submission=self.submission,
            fields=request.field_ids,
            answers={self._field(name)["id"]: words for name, words in self.told["complete"].items()},
            nonce=uuid.uuid5(NAMESPACE, f"completion:{self.told['key']}"),
            person=_Applicant(self.matter),
        )


class _Applicant:
    """The one who applied, when nobody with that address has signed in yet."""

    is_authenticated = True
    is_active = True
    pk = None
    key = None

    def __init__(self, matter: Matter) -> None:
        submission: Any = matter.submission
        self.email = submission.email
        self._proved_addresses = {self.email}


def _register(collection: Collection, told: Mapping[str, Any]) -> int:
    """Register one call and close it; 0 when it is there already."""
    if Matter.objects.filter(collection=collection, title=told["title"]).exists():
        return 0
    officer = users_with(HANDLE, collection).order_by("pk")[0]
    with transaction.atomic():
        matter = actions.register_by_hand(
            collection=collection,
            actor=officer,
            title=told["title"],
            channel=told["channel"],
            sender=told["sender"],
            description=told["description"],
        )
        actions.close(matter=matter, actor=officer, result=told["result"], reason=told["reason"])
    return 1
