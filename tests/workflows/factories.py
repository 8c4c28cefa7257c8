"""Höglandet with its office, group and board, a form to apply with, and the workflow its matters follow."""

import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.utils import timezone
from wagtail.models import Collection

from forms import actions as form_actions
from forms.models import Form, Submission
from forms.queries import answers_digest
from records import policy
from records.roles import roles
from workflows import actions
from workflows.models import Board, Delegation, Matter, RegistrySeries, Task, Workflow

QUESTIONS = [
    {"type": "short_text", "value": {"label": "Benämning", "name": "title"}},
    {"type": "money", "value": {"label": "Sökt belopp", "name": "amount"}},
    {"type": "long_text", "value": {"label": "Bakgrund", "name": "background", "required": False}},
    {"type": "short_text", "value": {"label": "Kontaktperson", "name": "contact", "required": False}},
    {"type": "email", "value": {"label": "E-post", "name": "email"}},
]

STEPS: list[tuple[str, dict[str, Any]]] = [
    (
        "check",
        {
            "label": "Formell granskning",
            "name": "granskning",
            "applicant_now": "Kansliet läser din ansökan",
            "due_days": 7,
            "outcomes": [
                {"label": "Gå vidare", "target": "fordelning", "tone": "primary", "explain": False},
                {"label": "Be om komplettering", "target": "komplettering", "tone": "secondary", "explain": False},
                {"label": "Avvisa", "target": "avvisad", "tone": "danger", "explain": True},
            ],
        },
    ),
    (
        "completion",
        {
            "label": "Komplettering",
            "name": "komplettering",
            "applicant_now": "Vi behöver mer från dig",
            "due_days": 14,
            "completed": "granskning",
            "without": "granskning",
        },
    ),
    (
        "branch",
        {
            "label": "Stort eller litet",
            "name": "fordelning",
            "rules": [{"condition": "amount <= 20000", "label": "Små belopp", "target": "styrelse"}],
            "otherwise": "beredning",
        },
    ),
    (
        "statement",
        {
            "label": "Beredning",
            "name": "beredning",
            "applicant_now": "Beredningsgruppen läser din ansökan",
            "applicant_future": "Beredningsgruppen yttrar sig",
            "due_days": 14,
            "approve": "styrelse",
            "supplement": "granskning",
            "reject": "styrelse",
        },
    ),
    (
        "board_decision",
        {
            "label": "Styrelsens beslut",
            "name": "styrelse",
            "applicant_now": "Styrelsen ska besluta",
            "applicant_future": "Styrelsen beslutar",
            "due_days": 30,
            "granted": "brev-beviljad",
            "granted_in_part": "brev-beviljad",
            "rejected": "brev-avslag",
            "referred_back": "granskning",
            "tabled": "styrelse",
        },
    ),
    (
        "message",
        {
            "label": "Brev: beviljad",
            "name": "brev-beviljad",
            "letter": "workflows.decision",
            "subject": "Beslut i ärende {{ registry_number }}",
            "text": "Hej {{ name }}! Ni får {{ amount_granted }} till {{ title }} (§ {{ paragraph }}).",
            "target": "beviljad",
        },
    ),
    (
        "message",
        {
            "label": "Brev: avslag",
            "name": "brev-avslag",
            "letter": "workflows.decision",
            "subject": "Beslut i ärende {{ registry_number }}",
            "text": "Styrelsen har avslagit {{ title }}.",
            "target": "avslag",
        },
    ),
    ("end", {"label": "Beviljad", "name": "beviljad", "result": "Beviljad"}),
    ("end", {"label": "Avslag", "name": "avslag", "result": "Avslag"}),
    ("end", {"label": "Avvisad", "name": "avvisad", "result": "Avvisad"}),
]


def association(name: str = "Höglandet") -> Collection:
    """An association with its groups."""
    collection = Collection.objects.get(depth=1).add_child(name=name)
    roles.create(collection, name)
    RegistrySeries.objects.create(collection=collection, name="Diarium", prefix=name[:2].upper())
    return collection


def person(name: str, collection: Collection | None = None, *held: str, **fields: Any) -> Any:
    """Somebody with a login whose address is proved: person("Bo", hoglandet, "chair")."""
    email = f"{name.lower()}@example.org"
    user = get_user_model().objects.create_user(email, "samsyn-demo", first_name=name, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    for role in held:
        assert collection is not None
        roles.assign(user, collection, role)
    policy.forget(user)
    return user


def again(user: Any) -> Any:
    """The same person in a new request: nothing remembered."""
    return get_user_model().objects.get(pk=user.pk)


def stream(blocks: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """Stored blocks, as a StreamField keeps them."""
    return [{"type": kind, "value": value, "id": str(uuid.uuid4())} for kind, value in blocks]


def form(collection: Collection, *, slug: str = "ansok-om-medel", publish: bool = True) -> Form:
    """A short application form."""
    page = {"title": "Ansökan", "name": "ansokan", "questions": [{**row, "id": str(uuid.uuid4())} for row in QUESTIONS]}
    made = Form(
        collection=collection,
        title="Ansök om medel",
        slug=slug,
        purpose=Form.Purpose.APPLICATION,
        privacy_text="Vi behandlar dina uppgifter för att handlägga ansökan.",
        contact_email_field="email",
        contact_name_field="contact",
        live=False,
    )
    made.questions = made._meta.get_field("questions").to_python([{"type": "page", "value": page, "id": "p1"}])
    made.save()
    if publish:
        made.save_revision().publish()
        made.refresh_from_db()
    return made


def workflow(
    collection: Collection,
    *forms: Form,
    steps: list[tuple[str, dict[str, Any]]] | None = None,
    slug: str = "ansokan",
    publish: bool = True,
    **fields: Any,
) -> Workflow:
    """The way of an application to a decision."""
    fields = {"title_question": "title", "amount_question": "amount"} | fields if forms else fields
    made = Workflow(collection=collection, title="Ansökan till beslut", slug=slug, live=False, **fields)
    made.steps = made._meta.get_field("steps").to_python(stream(STEPS if steps is None else steps))
    made.starts_with = list(forms)
    made.save()
    if publish:
        # A warning stops publishing until somebody has written why it may stand.
        made.overruled = {problem.key: "Det är ett prov." for problem in made.problems() if not problem.is_error}
        made.save_revision().publish()
        made.refresh_from_db()
    return made


def delegation_line(
    collection: Collection, number: str = "1", *, by: Any, up_to: Decimal | None = Decimal(50_000), **fields: Any
) -> Delegation:
    """A line of the association's delegation scheme: who may decide, and up to how much."""
    board, _made = Board.objects.get_or_create(collection=collection)
    fields = {"what": "Stöd till insatser", "decided_on": date(2024, 3, 1), **fields}
    line = Delegation.objects.create(board=board, number=number, up_to=up_to, **fields)
    line.delegates.set(by)
    return line


def send(
    form_: Form,
    *,
    title: str = "Samverkansteam",
    amount: str | int | None = "450000",
    email: str = "ada@example.org",
    name: str = "Ada Ek",
    by: Any = None,
    **more: Any,
) -> Submission:
    """Somebody fills in the form and sends it."""
    given: Mapping[str, Any] = {"title": title, "amount": amount, "email": email, "contact": name, **more}
    version = form_.version
    ids = {field["name"]: field["id"] for page in version.compiled["pages"] for field in page["fields"]}
    answers = {ids[key]: value for key, value in given.items() if value is not None}
    draft = form_actions.begin(version=version, nonce=uuid.uuid4(), person=by, given=answers)
    return form_actions.submit(submission=draft, seen=answers_digest(draft, answers, []), person=by)


def field_id(matter: Matter, name: str) -> str:
    """The id of a question of the matter's application."""
    pages = matter.submission.version.compiled["pages"]
    return next(field["id"] for page in pages for field in page["fields"] if field["name"] == name)


def task(matter: Matter, what: str) -> Task:
    """The open task of that name."""
    return Task.objects.get(matter=matter, what=what, done_at=None)


def do(matter: Matter, what: str, choice: str, actor: Any, **data: Any) -> Matter:
    """Somebody does what waits in a matter."""
    return actions.choose(task=task(matter, what), choice=choice, actor=again(actor), data=data)


def ask(matter: Matter, officer: Any, **comments: str) -> Matter:
    """The office asks for a completion of the named questions, with a comment at each."""
    data = {}
    for name, comment in comments.items():
        data[f"ask-{field_id(matter, name)}"] = "on"
        data[f"comment-{field_id(matter, name)}"] = comment
    due = timezone.localdate() + timezone.timedelta(days=10)
    return do(matter, "request", "ask", officer, due=due.isoformat(), message="Vi behöver lite mer.", **data)


def complete(matter: Matter, by: Any, **answers: Any) -> None:
    """The applicant answers what was asked for."""
    matter.refresh_from_db()
    request = matter.open_request()
    assert request is not None
    form_actions.complete(
        submission=matter.submission,
        fields=request.field_ids,
        answers={field_id(matter, name): value for name, value in answers.items()},
        nonce=uuid.uuid4(),
        person=again(by),
    )


def record_decision(matter: Matter, officer: Any, **given: Any) -> Matter:
    """The officer writes down what the minutes say."""
    data = {"meeting_date": "2025-03-12", "paragraph": "14", "outcome": "granted_in_part", "amount": "300000"} | given
    what = Task.objects.get(matter=matter, what__in=("record", "correct"), done_at=None).what
    return do(matter, what, "record", officer, **{"conditions": "", **data})


class House:
    """Höglandet as most tests need it."""

    def __init__(self, name: str = "Höglandet", tail: str = "") -> None:
        self.collection = association(name)
        self.form = form(self.collection, slug=f"ansok{tail}")
        self.workflow = workflow(self.collection, self.form, slug=f"ansokan{tail}")
        self.olle = person(f"Olle{tail}", self.collection, "officer")
        self.rut = person(f"Rut{tail}", self.collection, "reviewer")
        self.bo = person(f"Bo{tail}", self.collection, "chair")
        self.cy = person(f"Cy{tail}", self.collection, "deputy_chair")
        self.mia = person(f"Mia{tail}", self.collection, "member")
        self.ada = person(f"Ada{tail}")

    def applied(self, **given: Any) -> Matter:
        """Ada has applied."""
        given.setdefault("email", self.ada.email)
        return Matter.objects.get(submission=send(self.form, **given))

    def at_board(self, **given: Any) -> Matter:
        """Ada's application has reached the board."""
        matter = self.applied(**given)
        do(matter, "check", "ga-vidare", self.olle)
        if Task.objects.filter(matter=matter, what="statement", done_at=None).exists():
            do(matter, "statement", "approve", self.rut, text="Väl underbyggd.")
        matter.refresh_from_db()
        return matter

    def recorded(self, **given: Any) -> Matter:
        """The board's decision in Ada's application has been recorded."""
        matter = self.at_board()
        record_decision(matter, self.olle, **given)
        matter.refresh_from_db()
        return matter
