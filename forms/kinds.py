"""The one mechanism behind field kinds and step kinds: a kind is a class, its family the editor's palette."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import Block, ListBlock, StreamBlock, StreamValue, StructBlock, StructValue
from wagtail.blocks.list_block import ListBlockValidationError, ListValue
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.fields import StreamField

RETIRED = _("No longer used")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a definition: a code, what is wrong and how to cure it in one plain text, and where.

    ``block_id`` is the id of the block (page, question, step, choice, column) it belongs to, empty for the whole
    definition; ``setting`` is the name of the setting in that block, or of the model's field when no block is named.
    An error stops publishing, a warning does until somebody has written why it may stand.
    """

    code: str
    sentence: str | Promise
    block_id: str = ""
    level: str = "error"
    setting: str = ""

    @property
    def is_error(self) -> bool:
        """Does it stop publishing, whatever anybody says?"""
        return self.level == "error"

    @property
    def key(self) -> str:
        """Under which a definition keeps the reason why a warning may stand."""
        return f"{self.code}:{self.block_id}"


class Family(Mapping[str, "Kind"]):
    """All kinds of one sort, by name, in the order they were defined."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._kinds: dict[str, Kind] = {}

    def __getitem__(self, name: str) -> "Kind":
        return self._kinds[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)

    def __repr__(self) -> str:
        return f"<Family {self.name}: {', '.join(self)}>"

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def add(self, kind: "Kind") -> None:
        """Take in a kind; two different classes of one name are a mistake in the code."""
        known = self._kinds.get(kind.name)
        if known is not None and type(known).__qualname__ != type(kind).__qualname__:
            raise TypeError(f"There are two {self.name} kinds named {kind.name!r}.")
        self._kinds[kind.name] = kind

    def remove(self, name: str) -> None:
        """Forget a kind: for tests that define one. A kind that has been in use is retired instead."""
        del self._kinds[name]

    def palette(self) -> list["Kind"]:
        """What the editor is offered: kinds in use first, retired ones last (kept, so that old drafts still open)."""
        return sorted(self._kinds.values(), key=lambda kind: kind.retired)


@cache
def family(name: str) -> Family:
    """The family of that name ("field", "step"); naming it makes it."""
    return Family(name)


class Kind:
    """One kind of question or step: ``Settings`` is what the editor may set, the methods are what it does.

    ``class FieldKind(Kind, family="field")`` makes a family's base class; every subclass of it that carries a ``name``
    is registered under that name as one stateless instance. Nothing outside a kind asks which kind it is.
    """

    family: ClassVar[Family]
    name: ClassVar[str] = ""
    label: ClassVar[str | Promise] = ""
    icon: ClassVar[str] = "placeholder"
    group: ClassVar[str | Promise] = ""
    retired: ClassVar[bool] = False
    example: ClassVar[Any] = None

    class Settings(StructBlock):
        """What the editor may set."""

    def __init_subclass__(cls, family: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if family:
            cls.family = globals()["family"](family)
        if cls.__dict__.get("name"):
            cls.family.add(cls())

    def block(self) -> StructBlock:
        """The block by which the editor sets one question or step of this kind."""
        group = RETIRED if self.retired else self.group
        return self.Settings(label=self.label, icon=self.icon, group=group)

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """The settings as the JSON that a published version keeps; ``value`` is what the editor set."""
        raise NotImplementedError

    def lint(self, settings: Mapping[str, Any], context: Any) -> Iterable[Problem]:
        """What stands in the way of publishing these settings, beyond what their blocks already check."""
        return ()


class UnknownKinds(ValidationError):  # noqa: N818 (a word of the house)
    """A stream holds types that no code here defines: saving it would lose them, so it is refused."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(sorted(set(names)))
        super().__init__(
            _(
                "This contains parts of a kind that is not installed here (%(names)s). Nothing was saved, "
                "so that they are not lost. Ask whoever runs the service to install them."
            ),
            code="unknown_kinds",
            params={"names": ", ".join(self.names)},
        )


class KindsBlock(StreamBlock):
    """A stream of one family's kinds that refuses what it does not know, where Wagtail's would drop it."""

    MUTABLE_META_ATTRIBUTES = (*StreamBlock.MUTABLE_META_ATTRIBUTES, "label")

    def to_python(self, value: Any) -> StreamValue:
        if isinstance(value, list | tuple) and value and not isinstance(value[0], dict):
            known = [item[0] if isinstance(item, tuple) else item.block_type for item in value]
            if missing := [name for name in known if name not in self.child_blocks]:
                raise UnknownKinds(missing)
        return super().to_python(value)

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, prefix: str) -> StreamValue:
        value = super().value_from_datadict(data, files, prefix)
        posted = [
            data[f"{prefix}-{index}-type"]
            for index in range(int(data[f"{prefix}-count"]))
            if not data[f"{prefix}-{index}-deleted"]
        ]
        value.unknown_kinds = tuple(name for name in posted if name not in self.child_blocks)
        return value

    def clean(self, value: StreamValue) -> StreamValue:
        if unknown := getattr(value, "unknown_kinds", ()):
            raise StreamBlockValidationError(non_block_errors=[UnknownKinds(unknown)])
        return super().clean(value)


def palette(of: str) -> KindsBlock:
    """A stream block that offers every kind of a family, as the family is now."""
    return KindsBlock([(kind.name, kind.block()) for kind in family(of).palette()], required=False)


class KindsField(StreamField):
    """A stream of every kind of a family; in migrations a plain JSON field, so a new kind is code, never a migration.

    ``inside`` builds the top level around the palette (a form has pages, and the questions lie in them); without it
    the kinds are the top level. The palette is made when it is first asked for, and again when the family has grown.
    """

    def __init__(
        self,
        block_types: Any = None,
        *,
        family: str = "",
        inside: Callable[[KindsBlock], Sequence[tuple[str, Block]]] | None = None,
        **kwargs: Any,
    ) -> None:
        self.family_name = family
        self.inside = inside
        super().__init__(block_types or [], **kwargs)

    @property
    def family(self) -> Family:
        """The kinds this field offers."""
        return family(self.family_name)

    @property
    def stream_block(self) -> KindsBlock:  # type: ignore[override]
        """The palette, made lazily so that higher rooms can add kinds to a lower room's family."""
        kinds = tuple(self.family.values())
        made_of, block = self.__dict__.get("_palette", (None, None))
        if made_of != kinds:
            block = palette(self.family_name)
            if self.inside is not None:
                block = KindsBlock(list(self.inside(block)))
            block.set_meta_options(self.block_opts)
            self.__dict__["_palette"] = (kinds, block)
        return block

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """A plain JSON field: migrations know nothing of kinds."""
        name, _path, _args, kwargs = models.Field.deconstruct(self)
        kwargs["default"] = list
        return name, "django.db.models.JSONField", [], kwargs

    def clone(self) -> Self:
        """A copy that keeps what ``deconstruct`` leaves out."""
        _name, _path, _args, kwargs = self.deconstruct()
        options = {key: value for key, value in self.block_opts.items() if key != "required"}
        return type(self)(family=self.family_name, inside=self.inside, **options, **kwargs)

    def to_python(self, value: Any) -> StreamValue:
        result = super().to_python(value)
        if isinstance(value, str | list):
            result.unknown_kinds = tuple(unknown_types(self.stream_block, _stored(value)))
        return result

    def get_prep_value(self, value: Any) -> Any:
        """The JSON to store. Raises UnknownKinds for a stream that was read with types not installed here."""
        if unknown := getattr(value, "unknown_kinds", ()):
            raise UnknownKinds(unknown)
        return super().get_prep_value(value)

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        if unknown := getattr(value, "unknown_kinds", ()):
            raise UnknownKinds(unknown)
        return super().clean(value, model_instance)


def _stored(value: str | list[Any]) -> list[dict[str, Any]]:
    """The stored blocks in what a field was given; nothing when it was given something else."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return []
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def unknown_types(block: Block, raw: Any) -> Iterator[str]:
    """The types in stored JSON that ``block`` or a stream inside it does not know; converts nothing."""
    if isinstance(block, StreamBlock):
        for item in raw or ():
            child = block.child_blocks.get(item["type"])
            if child is None:
                yield item["type"]
            else:
                yield from unknown_types(child, item["value"])
    elif isinstance(block, StructBlock) and isinstance(raw, dict):
        for name, child in block.child_blocks.items():
            yield from unknown_types(child, raw.get(name))
    elif isinstance(block, ListBlock):
        for item in raw or ():
            value = item["value"] if isinstance(item, dict) and item.get("type") == "item" else item
            yield from unknown_types(block.child_block, value)


def place(value: StreamValue, problems: Iterable[Problem], setting: str = "") -> StreamBlockValidationError | None:
    """The errors among ``problems`` as Wagtail's editor wants them: each at its own block and setting, however deep.

    Those of no block whose setting is ``setting``, the stream's own field, stand above the stream; so do those of
    a block that is no longer there.
    """
    by_block: dict[str, list[Problem]] = {}
    for problem in problems:
        if problem.is_error and (problem.block_id or problem.setting == setting):
            by_block.setdefault(problem.block_id, []).append(problem)
    known = set(_block_ids(value))
    above = [problem for block_id, found in by_block.items() if block_id not in known for problem in found]
    error = _place_in_stream(value, by_block)
    if above:
        sentences = [str(problem.sentence) for problem in above]
        error = StreamBlockValidationError(error.block_errors if error else None, non_block_errors=sentences)
    return error


def _block_ids(value: Any) -> Iterator[str]:
    if isinstance(value, StreamValue):
        children = list(value)
    elif isinstance(value, ListValue):
        children = value.bound_blocks
    elif isinstance(value, StructValue):
        for child in value.values():
            yield from _block_ids(child)
        return
    else:
        return
    for child in children:
        if child.id:
            yield child.id
        yield from _block_ids(child.value)


def _place_in_stream(value: StreamValue, by_block: Mapping[str, list[Problem]]) -> StreamBlockValidationError | None:
    errors: dict[int, ValidationError] = {}
    for index, child in enumerate(value):
        error = _place_in_block(child.value, by_block.get(child.id or "", []), by_block)
        if error is not None:
            errors[index] = error
    return StreamBlockValidationError(block_errors=errors) if errors else None


def _place_in_block(
    value: Any, own: Sequence[Problem], by_block: Mapping[str, list[Problem]]
) -> ValidationError | None:
    if not isinstance(value, StructValue):
        return ValidationError([str(problem.sentence) for problem in own]) if own else None
    inside: dict[str, ValidationError] = {}
    for name, child in value.items():
        error: ValidationError | None = None
        if isinstance(child, StreamValue):
            error = _place_in_stream(child, by_block)
        elif isinstance(child, ListValue):
            error = _place_in_list(child, by_block)
        if error is not None:
            inside[name] = error
    # A setting that already shows errors inside itself keeps them; the block then carries the rest on its own.
    at_block: list[str] = []
    settings: dict[str, list[str]] = {}
    for problem in own:
        if problem.setting in value and problem.setting not in inside:
            settings.setdefault(problem.setting, []).append(str(problem.sentence))
        else:
            at_block.append(str(problem.sentence))
    for name, sentences in settings.items():
        child = value[name]
        if isinstance(child, StreamValue):
            inside[name] = StreamBlockValidationError(non_block_errors=sentences)
        elif isinstance(child, ListValue):
            inside[name] = ListBlockValidationError(non_block_errors=sentences)
        elif isinstance(child, StructValue):
            inside[name] = StructBlockValidationError(non_block_errors=sentences)
        else:
            inside[name] = ValidationError(sentences)
    if not inside and not at_block:
        return None
    return StructBlockValidationError(block_errors=inside, non_block_errors=at_block)


def _place_in_list(value: ListValue, by_block: Mapping[str, list[Problem]]) -> ListBlockValidationError | None:
    errors: dict[int, ValidationError] = {}
    for index, child in enumerate(value.bound_blocks):
        error = _place_in_block(child.value, by_block.get(child.id or "", []), by_block)
        if error is not None:
            errors[index] = error
    return ListBlockValidationError(block_errors=errors) if errors else None


def places(value: Any, above: str = "") -> Iterator[tuple[str, str]]:
    """The id of every block in a stream, with what it is called and what it lies in: "Budget › Sökt belopp"."""
    if isinstance(value, StructValue):
        for inner in value.values():
            yield from places(inner, above)
        return
    children = list(value) if isinstance(value, StreamValue) else getattr(value, "bound_blocks", ())
    for child in children:
        called = _called(child)
        here = " › ".join(filter(None, (above, called)))
        if child.id:
            yield child.id, here
        yield from places(child.value, here)


def _called(child: Any) -> str:
    """What people call a block: what its kind shows when it is closed, else the kind."""
    pattern = getattr(child.block.meta, "label_format", None)
    if pattern and isinstance(child.value, StructValue):
        called = pattern.format_map({name: part or "" for name, part in child.value.items()}).strip()
        if called:
            return called
    return str(child.block.label)


def problems_in(value: StreamValue, error: ValidationError, code: str = "invalid") -> Iterator[Problem]:
    """What blocks refused, as problems at their places: the way back from ``place``."""
    for index, inner in sorted(getattr(error, "block_errors", {}).items()):
        child = value[index]
        yield from _problems_in_block(child.value, inner, child.id or "", "", code)
    yield from _problems_here(error, "", "", code)


def _problems_in_block(value: Any, error: ValidationError, block_id: str, setting: str, code: str) -> Iterator[Problem]:
    inner = getattr(error, "block_errors", None)
    if inner is None:
        yield from (Problem(code, message, block_id, setting=setting) for message in error.messages)
        return
    for key, child_error in inner.items():
        if isinstance(value, StructValue):
            yield from _problems_in_block(value[key], child_error, block_id, key, code)
        else:
            child = value[key] if isinstance(value, StreamValue) else value.bound_blocks[key]
            yield from _problems_in_block(child.value, child_error, child.id or "", "", code)
    yield from _problems_here(error, block_id, setting, code)


def _problems_here(error: ValidationError, block_id: str, setting: str, code: str) -> Iterator[Problem]:
    for message in getattr(error, "non_block_errors", ()):
        yield Problem(code, str(message), block_id, setting=setting)
