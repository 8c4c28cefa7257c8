"""Walks every address of the site as people of another association, with generated arguments.

What is walked with what is decided here, from the address alone; a pattern for which no argument can be made is
reported, never skipped.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import CharField, Model, TextField
from django.http import HttpResponseBase
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, GroupPagePermission, Page, RevisionMixin
from wagtail.snippets.models import get_snippet_models

from records.admin import gate
from records.models.role import RoleGroup
from records.roles import ENTER_THE_ADMIN, roles
from records.scope import Scoped
from records.triggers import lifted
from tests import samples
from tests.samples import PLANTED

HOUSE = ("records", "forms", "workflows", "pages", "training", "people", "scoped")
PREFIX = PLANTED[:7]
"""What is searched for: a page that echoes it has not shown what was planted."""


# --- the world --------------------------------------------------------------------------------------
@dataclass
class World:
    """Two associations: one in which a string is planted everywhere, and one whose people look for it."""

    here: Collection
    there: Collection
    planted: dict[type[Model], Model] = field(default_factory=dict)
    own: dict[type[Model], Model] = field(default_factory=dict)
    people: dict[str, Any] = field(default_factory=dict)

    def digest(self) -> str:
        """A fingerprint of every row of the planted association."""
        mill = hashlib.sha256()
        for model in scoped_models():
            rows = model._base_manager.filter(**{model.collection_path: self.here}).order_by("pk")
            mill.update(repr((model._meta.label, list(rows.values_list()))).encode())
        page = self.planted[Page]
        for rows in (
            Page.objects.filter(path__startswith=page.path[: -Page.steplen]).filter(path__startswith=page.path),
            get_image_model().objects.filter(collection=self.here),
            get_document_model().objects.filter(collection=self.here),
            Collection.objects.filter(path__startswith=self.here.path),
            RoleGroup.objects.filter(collection=self.here),
            get_user_model().objects.filter(pk=self.planted[get_user_model()].pk),
        ):
            mill.update(repr(list(rows.order_by("pk").values_list())).encode())
        members = Group.objects.filter(role_group__collection=self.here).values_list("pk", "user", "permissions")
        mill.update(repr(sorted(members, key=repr)).encode())
        return mill.hexdigest()


def scoped_models() -> list[type[Model]]:
    """Every model whose rows belong to an association."""
    return [model for model in apps.get_models() if issubclass(model, Scoped)]


def build() -> World:
    """Make both associations, their people and pages, and plant the string."""
    root = Collection.get_first_root_node()
    world = World(here=root.add_child(name="Höglandet"), there=root.add_child(name="Klarälvdalen"))
    for collection in (world.here, world.there):
        roles.create(collection, collection.name)
    for place, rows, text in ((world.here, world.planted, PLANTED), (world.there, world.own, "own")):
        with samples.writing(text):
            for model, make in samples.SAMPLES.items():
                rows[model] = make(place)
            _wagtails_rows(place, rows)
    plant(world)
    _hire(world)
    return world


def _wagtails_rows(collection: Collection, rows: dict[type[Model], Model]) -> None:
    image, document, user = get_image_model(), get_document_model(), get_user_model()
    home = Page.objects.get(depth=1)
    word = samples.word()
    rows[Page] = home.add_child(instance=Page(title=word, slug=f"{word}-page", live=False))
    rows[Page].save_revision()
    rows[Page].add_child(instance=Page(title=word, slug=f"{word}-below", live=False))
    rows[image] = image.objects.create(
        title=word, collection=collection, file=get_test_image_file(filename=f"{collection.pk}.png")
    )
    rows[document] = document.objects.create(
        title=word, collection=collection, file=ContentFile(b"text", name=f"{collection.pk}.txt")
    )
    rows[user] = user.objects.create_user(f"{word}@example.org", first_name=word, last_name=word, organisation=word)
    rows[image].tags.add(word)
    rows[Collection] = collection
    rows[Group] = roles.groups(collection)["officer"]
    rows[user].groups.add(rows[Group])


def plant(world: World) -> None:
    """Put the string into every free text column of the planted rows."""
    with lifted():  # once for all: each time it makes every trigger anew, and holds their locks till the end
        for model, row in world.planted.items():
            public = samples.PUBLIC.get(model, {})
            if issubclass(model, Scoped) and "*" not in public:
                _plant(model, row, public)
                world.planted[model] = model._base_manager.get(pk=row.pk)
    for model, row in world.planted.items():
        if issubclass(model, RevisionMixin) and issubclass(model, Scoped):
            row.save_revision()  # the editor shows the latest draft


def _plant(model: type[Model], row: Model, public: dict[str, str]) -> None:
    for column in text_columns(model):
        if column.name in public or PLANTED in str(getattr(row, column.attname) or ""):
            continue
        value = PLANTED[: column.max_length] if column.max_length else PLANTED
        try:
            with transaction.atomic():
                model._base_manager.filter(pk=row.pk).update(**{column.attname: value})
        except IntegrityError as refused:
            raise AssertionError(f"{model.__name__}.{column.name} takes no planted text: {refused}") from refused


def text_columns(model: type[Model]) -> list[Any]:
    """Columns in which people's own words can stand: no choices, no addresses of files, nothing too short to plant."""
    return [
        column
        for column in model._meta.concrete_fields
        if isinstance(column, CharField | TextField)
        and column.get_internal_type() in ("CharField", "TextField", "SlugField")
        and not column.choices
        and not column.primary_key
        and type(column).__module__.startswith("django.")
        and (column.max_length is None or column.max_length >= len(PLANTED))
    ]


def _hire(world: World) -> None:
    """One person for each role in the other association, one without a role, and nobody."""
    make = get_user_model().objects.create_user
    for role in RoleGroup.Role.values:
        person = make(f"{role}@klaralvdalen.example")
        roles.assign(person, world.there, role)
        world.people[role] = person
    world.people["no role"] = make("ada@example.org")
    world.people["anonymous"] = None
    for role in ("administrator", "editor"):
        for codename in ("add_page", "change_page", "publish_page", "lock_page", "unlock_page", "bulk_delete_page"):
            GroupPagePermission.objects.create(
                group=roles.groups(world.there)[role],
                page=world.own[Page],
                permission=Permission.objects.get(codename=codename, content_type__app_label="wagtailcore"),
            )


def client_for(person: Any) -> Client:
    """A browser in which this person is signed in."""
    client = Client(raise_request_exception=False)
    if person is not None:
        client.force_login(person)
    return client


# --- the addresses ----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Address:
    """One pattern of the URLconf."""

    name: str
    route: str
    view: Any
    names: tuple[str, ...]
    """The names of its arguments; positional ones are called 0, 1, …"""

    def __str__(self) -> str:
        return f"{self.name} ({self.route})"


def addresses(resolver: Any = None, route: str = "", namespace: str = "") -> Iterator[Address]:
    """Every pattern of the URLconf."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from addresses(pattern, path, inner)
        elif isinstance(pattern, URLPattern):
            yield Address(namespace + (pattern.name or ""), path, pattern.callback, _names(path))


def _names(route: str) -> tuple[str, ...]:
    named = re.findall(r"\(\?P<(\w+)>|<(?:\w+:)?(\w+)>", route)
    if named:
        return tuple(first or second for first, second in named)
    groups = len(re.findall(r"(?<!\\)\((?!\?)", route))
    return tuple(str(number) for number in range(groups))


_PAGE = ("page_id", "parent_page_id", "page_to_move_id", "destination_id", "page_pk")
_GARBAGE = {
    "revision_id": None,
    "uidb36": "1",
    "uidb64": "MQ",
    "key": "x" * 20,
    "token": "x" * 20,
    "filter_spec": "width-100",
    "action_name": "delete",
    "task_state_id": 1,
    "task_id": 1,
    "workflow_state_id": 1,
    "workflow_pk": 1,
    "restriction_id": 1,
    "page_view_restriction_id": 1,
    "redirect_id": 1,
    "query_id": 1,
    "uploaded_file_id": 1,
    "session_id": 1,
}


def model_of(address: Address) -> type[Model] | None:
    """The model whose rows an address of the admin is about, by its name."""
    if found := re.match(r"wagtailsnippet(?:s|choosers)_([a-z]+)_(\w+):", address.name):
        return apps.get_model(*found.groups())
    if found := re.match(r"([a-z]+)_([a-z]+)_modeladmin_", address.name):
        return apps.get_model(*found.groups())
    first = address.name.split(":")[0]
    return {
        "wagtailimages_chooser": get_image_model(),
        "wagtailimages": get_image_model(),
        "wagtaildocs_chooser": get_document_model(),
        "wagtaildocs": get_document_model(),
        "wagtailadmin_collections": Collection,
        "wagtailusers_users": get_user_model(),
        "wagtailusers_groups": Group,
        "wagtailadmin_api": {
            "pages": Page,
            "documents": get_document_model(),
            "images": get_image_model(),
        }.get(address.name.split(":")[1] if ":" in address.name else ""),
    }.get(first)


def arguments(address: Address, world: World) -> list[dict[str, Any]] | None:
    """What to walk an address with, or None where nobody has said."""
    if address.name in samples.ARGUMENTS:
        return samples.ARGUMENTS[address.name](world)
    if not address.names:
        return [{}]
    if address.name == "wagtail_bulk_action":
        return [
            {"app_label": app, "model_name": model, "action": action}
            for app, models in _bulk_actions().items()
            for model, actions in models.items()
            for action in actions
        ]
    if address.name == "wagtailadmin_editing_sessions:ping":
        return [
            {
                "app_label": model._meta.app_label,
                "model_name": model._meta.model_name,
                "object_id": world.planted[model].pk,
                "session_id": 1,
            }
            for model in [Page, *[model for model in get_snippet_models() if model in world.planted]]
        ]
    if "content_type_app_name" in address.names or {"app_label", "model_name"} <= set(address.names):
        return [_typed(address, world)]
    if "app_name" in address.names:
        return [{"app_name": "wagtailimages", "model_name": "image", **({"pk": 1} if "pk" in address.names else {})}]
    if address.name == "wagtailadmin_pages:revisions_compare":
        return [{"0": world.planted[Page].pk, "1": "earliest", "2": "latest"}]
    if address.name == "wagtaildocs_serve":
        document = world.planted[get_document_model()]
        return [{"0": document.pk, "1": document.filename}]
    if address.name == "wagtail_serve":
        return [{"0": ""}, {"0": f"{PLANTED}-page/"}, {"0": f"{PLANTED}-page/{PLANTED}-below/"}]
    return _by_name(address, world)


def _typed(address: Address, world: World) -> dict[str, Any]:
    values = {
        "content_type_app_name": "wagtailcore",
        "content_type_model_name": "page",
        "app_label": "wagtailcore",
        "model_name": "page",
    }
    return {name: values.get(name, world.planted[Page].pk) for name in address.names}


def _by_name(address: Address, world: World) -> list[dict[str, Any]] | None:
    """Arguments for addresses of rows: the planted row, and one's own row with the planted one's parts."""
    model = model_of(address)
    walks = []
    for first in (world.planted, world.own):
        values: dict[str, Any] = {}
        for number, name in enumerate(address.names):
            rows = first if number == 0 else world.planted
            if name in _PAGE:
                values[name] = rows[Page].pk
            elif name == "image_id":
                values[name] = rows[get_image_model()].pk
            elif name in ("document_id", "doc_id"):
                values[name] = rows[get_document_model()].pk
            elif name == "collection_id":
                values[name] = rows[Collection].pk
            elif name in ("pk", "instance_pk") and model in rows:
                values[name] = rows[model].pk
            elif name in ("revision_id", "revision_id_a", "revision_id_b"):
                owner = world.planted.get(model or Page)
                values[name] = owner.revisions.first().pk if owner is not None else None
            elif name in _GARBAGE:
                values[name] = _GARBAGE[name]
            elif name == "pk" and address.name.startswith(
                ("wagtailadmin_workflows:", "wagtailsites:", "wagtailsettings:")
            ):
                values[name] = 1
            else:
                return None
        walks.append(values)
        if len(address.names) == 1:
            break
    return walks


def _bulk_actions() -> dict[str, dict[str, dict[str, Any]]]:
    bulk_action_registry._scan_for_bulk_actions()
    return bulk_action_registry.actions


def url(address: Address, values: dict[str, Any]) -> str:
    """The path of an address with these arguments."""
    if not address.name or address.name.endswith(":"):
        return "/" + re.sub(r"[\^$]|\.\*", "", address.route).replace("//", "/nothing/")
    if address.names and address.names[0] == "0":
        return reverse(address.name, args=[values[name] for name in address.names])
    return reverse(address.name, kwargs=values)


# --- the walk ---------------------------------------------------------------------------------------
def queries(address: Address, values: dict[str, Any], world: World) -> list[dict[str, Any]]:
    """What to ask an address with: nothing, a search, ticked rows, another association's filter, an export."""
    model = model_of(address)
    if address.name == "wagtail_bulk_action":
        model = apps.get_model(values["app_label"], values["model_name"])
        return [{"id": world.planted[model].pk}, {"id": "all"}, {"id": "all", "childOf": world.planted[Page].pk}]
    asked: list[dict[str, Any]] = [{}]
    if not address.names:
        row = world.planted.get(model or Page)
        asked += [
            {"q": PREFIX, "p": 1},
            {"id": row.pk, "collection_id": world.here.pk, "collection": world.here.pk, "multiple": 1},
            {"export": "csv"},
            {"export": "xlsx", "q": PREFIX},
            {"term": PREFIX, "child_of": world.planted[Page].pk, "for_explorer": 1},
        ]
        if model is not None and issubclass(model, Scoped) and address.name.endswith((":list", "_index")):
            asked += [{f"{path}__pk__exact": row.pk, "e": 1} for path in _relations(model)]
            asked += [{f"{column.name}__startswith": PREFIX} for column in text_columns(model)[:2]]
    return asked


def _relations(model: type[Model]) -> list[str]:
    return [column.name for column in model._meta.concrete_fields if column.is_relation]


def payload(address: Address, world: World) -> dict[str, Any]:
    """A body that says yes to everything and names the planted association wherever a form could ask for one."""
    model = model_of(address)
    row = world.planted.get(model or Page)
    said: dict[str, Any] = {
        "collection": world.here.pk,
        "title": "changed",
        "name": "changed",
        "slug": "changed",
        "email": "mallory@example.org",
        "id": row.pk if row else "",
        "action-publish": "1",
        "action": "verify",
        "chooser": world.own[Page].pk,
        "new_parent_page": world.own[Page].pk,
        "position": "0",
        "is_editing": "1",
        "tags": "changed",
        "confirm": "on",
        "role": "administrator",
        "person": world.planted[get_user_model()].pk,
        "user": world.planted[get_user_model()].pk,
        "group": world.planted[Group].pk,
    }
    if model is not None and issubclass(model, Scoped):
        for column in model._meta.concrete_fields:
            value = column.value_from_object(row)
            if column.is_relation and column.name != "collection":
                pointed = world.planted.get(column.related_model)
                said.setdefault(column.name, pointed.pk if pointed else "")
                continue
            text = value is not None and PLANTED in str(value)
            said.setdefault(column.name, "changed" if text or value is None else str(value))
        for relation in model._meta.related_objects:
            said |= {f"{relation.get_accessor_name()}-{part}_FORMS": 0 for part in ("TOTAL", "INITIAL", "MIN_NUM")}
        said |= {f"{column.name}-count": 0 for column in model._meta.concrete_fields}
    return said


def body(response: HttpResponseBase) -> str:
    """Everything a response says: headers, text, streamed parts, what is packed in a spreadsheet."""
    said = b"".join(response.streaming_content) if response.streaming else response.content
    texts = [repr(response.headers), said.decode("utf-8", "replace")]
    if said[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(said)) as packed:
            texts += [packed.read(name).decode("utf-8", "replace") for name in packed.namelist()]
    return "\n".join(texts)


@dataclass(frozen=True)
class Leak:
    """Something that was seen or changed."""

    who: str
    what: str

    def __str__(self) -> str:
        return f"{self.who}: {self.what}"


class Visitor:
    """One person walking: signed in again wherever an address has signed them out."""

    def __init__(self, world: World, who: str) -> None:
        self.world, self.who, self.person = world, who, world.people[who]
        self.works_in_the_admin = self.person is not None and self.person.has_perm(ENTER_THE_ADMIN)
        self._start()

    def _start(self) -> None:
        self.client = client_for(self.person)
        self.session = self.client.cookies.get("sessionid")

    def ask(self, method: str, path: str, data: dict[str, Any]) -> HttpResponseBase:
        """The answer to one request."""
        response = getattr(self.client, method)(path, data)
        if self.client.cookies.get("sessionid") != self.session:
            self._start()
        return response


def glance(world: World, who: str, walked: Iterable[Address]) -> list[Leak]:
    """Everything this person sees of the planted association without sending anything."""
    visitor = Visitor(world, who)
    return [
        leak
        for address in walked
        for values in arguments(address, world) or []
        for leak in _look(visitor, address, values, sends=False)
    ]


def walk(world: World, who: str, walked: Iterable[Address]) -> list[Leak]:
    """Everything this person saw or changed of the planted association."""
    visitor, leaks = Visitor(world, who), []
    steps = [(address, values) for address in walked for values in arguments(address, world) or []]
    before = world.digest()
    for address, values in steps:
        leaks += _look(visitor, address, values)
    if world.digest() != before:
        leaks.append(Leak(who, f"changed it: {_culprit(visitor, steps) or 'only the whole walk does'}"))
    return leaks


def _culprit(visitor: Visitor, steps: list[tuple[Address, dict[str, Any]]]) -> str:
    """The first address that changes the planted association once more; walked only when something was changed."""
    before = visitor.world.digest()
    for address, values in steps:
        list(_look(visitor, address, values))
        if visitor.world.digest() != before:
            return f"POST {url(address, values)}"
    return ""


def _look(visitor: Visitor, address: Address, values: dict[str, Any], *, sends: bool = True) -> Iterator[Leak]:
    """What one address shows, asked in every way."""
    world = visitor.world
    try:
        path = url(address, values)
    except NoReverseMatch as wrong:
        yield Leak(visitor.who, f"no path for {address}: {wrong}")
        return
    asked = queries(address, values, world)
    if address.route.startswith("admin/") and not visitor.works_in_the_admin:
        asked = asked[:1]  # the door is closed whatever is asked
    ticked = asked if address.name == "wagtail_bulk_action" else asked[:1]
    body_of_post = payload(address, world)
    requests = [("get", query, path, query) for query in asked]
    if sends:
        requests += [("post", query, _with(path, query), body_of_post) for query in ticked]
    ours = gate.is_our_own(address.name, address.view)  # some of Wagtail's own forms break on an empty body
    listens = True
    for method, query, full, data in requests:
        if query and method == "get" and not listens:
            continue
        response = visitor.ask(method, full, data)
        said = body(response)
        if method == "get" and not query and len(asked) > 1 and response.status_code != 404:
            everything = {name: value for one in asked for name, value in one.items()}
            listens = _settled(body(visitor.ask("get", path, everything))) != _settled(said)
        for known in (path, f"{PLANTED}-page", f"{PLANTED}-below"):
            said = said.replace(known, "")  # what was in the address may come back
        if PLANTED in said:
            yield Leak(visitor.who, f"saw it: {method.upper()} {path} {query} → {response.status_code}")
        if response.status_code >= 500 and ours:
            yield Leak(visitor.who, f"broke: {method.upper()} {path} {query} → {response.status_code}")


def _settled(said: str) -> str:
    """What was said without what differs between two requests for the same page: tokens, nonces, times."""
    return re.sub(r"[\w-]{16,}|\d+", "", said.replace(PREFIX, ""))


def _with(path: str, query: dict[str, Any]) -> str:
    return f"{path}?{urlencode(query)}" if query else path
