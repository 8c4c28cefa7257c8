"""A page or a question taken out of one form and put into another, as stored JSON.

What comes in keeps its ids, so that it can be recognised; an id that is taken gets a new one, and so does a name. The
expressions that came along follow their questions' new names; those that speak of questions left behind are told of
by the lint, at their place.
"""

import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from forms.names import readable_name

Block = dict[str, Any]

PAGE = "page"
EXPRESSIONS = frozenset(
    {
        *("shown_if", "required_if", "holds", "expression", "calculation", "at"),
        *("earliest_from", "latest_from", "smallest_from", "largest_from"),
    }
)
"""Settings in which questions are named."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[A-Za-z_][A-Za-z0-9_]*(?:\s*\.\s*[A-Za-z_][A-Za-z0-9_]*)?')


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is put: after a page or a question, or last on a page; without an id last in the form."""

    block_id: str = ""
    is_last_on: bool = False


class NoSuchPlace(LookupError):  # noqa: N818 (a word of the house)
    """There is no such page or question in the form, or a question was to be put outside the pages."""


def questions_of(page: Block) -> list[Block]:
    """The stored questions of a stored page."""
    return page["value"].setdefault("questions", [])


def take(stream: Iterable[Block], block_ids: Iterable[str]) -> list[Block]:
    """The pages and questions with these ids, in reading order; a question of a page that is taken comes once."""
    wanted = set(block_ids)
    found = []
    for page in stream:
        if page["id"] in wanted:
            found.append(page)
        else:
            found += [question for question in questions_of(page) if question["id"] in wanted]
    return found


def put(stream: list[Block], parts: list[Block], place: Place) -> list[str]:
    """Put pages and questions into a form's stored stream, in place; returns the ids they have there.

    Raises NoSuchPlace.
    """
    _fit(stream, parts)
    at_page, at_question = _find(stream, place)
    pages = [part for part in parts if part["type"] == PAGE]
    questions = [part for part in parts if part["type"] != PAGE]
    if questions:
        if at_page is None:
            raise NoSuchPlace
        target = questions_of(stream[at_page])
        index = len(target) if at_question is None else at_question + 1
        target[index:index] = questions
    index = len(stream) if at_page is None else at_page + 1
    stream[index:index] = pages
    return [part["id"] for part in parts]


def _find(stream: list[Block], place: Place) -> tuple[int | None, int | None]:
    if not place.block_id:
        return (len(stream) - 1 if stream else None), None
    for number, page in enumerate(stream):
        if page["id"] == place.block_id:
            return number, None
        for index, question in enumerate(questions_of(page)):
            if question["id"] == place.block_id:
                return number, index
    raise NoSuchPlace


# --- so that it fits -----------------------------------------------------------------------------------
def _fit(stream: list[Block], parts: list[Block]) -> None:
    """New ids where they are taken, names of their own, and expressions that follow their questions."""
    taken = set(_ids(stream))
    for part in parts:
        _renew_ids(part, taken)
    page_names = {page["value"].get("name") or "" for page in stream}
    names = {question["value"].get("name") or "" for page in stream for question in questions_of(page)}
    renamed: dict[str, str] = {}
    brought = []
    for part in parts:
        if part["type"] == PAGE:
            _rename(part, page_names, "page")
            brought += questions_of(part)
        else:
            brought.append(part)
    for question in brought:
        before = question["value"].get("name") or ""
        after = _rename(question, names, "question")
        if before and after != before:
            renamed[before] = after
    if renamed:
        for part in parts:
            _follow(part["value"], renamed)


def _rename(block: Block, taken: set[str], fallback: str) -> str:
    name = block["value"].get("name") or ""
    if name and name in taken:
        name = block["value"]["name"] = readable_name(name.replace("_", " "), taken, fallback)
    if name:
        taken.add(name)
    return name


def _ids(raw: Any) -> Iterator[str]:
    if isinstance(raw, list):
        for item in raw:
            yield from _ids(item)
    elif isinstance(raw, dict):
        if isinstance(raw.get("id"), str) and "type" in raw:
            yield raw["id"]
        for inner in raw.values():
            yield from _ids(inner)


def _renew_ids(raw: Any, taken: set[str]) -> None:
    if isinstance(raw, list):
        for item in raw:
            _renew_ids(item, taken)
    elif isinstance(raw, dict):
        if isinstance(raw.get("id"), str) and "type" in raw:
            if raw["id"] in taken:
                raw["id"] = str(uuid.uuid4())
            taken.add(raw["id"])
        for inner in raw.values():
            _renew_ids(inner, taken)


def _follow(raw: Any, renamed: Mapping[str, str]) -> None:
    if isinstance(raw, list):
        for item in raw:
            _follow(item, renamed)
    elif isinstance(raw, dict):
        for key, inner in raw.items():
            if key in EXPRESSIONS and isinstance(inner, str):
                raw[key] = with_names(inner, renamed)
            else:
                _follow(inner, renamed)


def with_names(expression: str, renamed: Mapping[str, str]) -> str:
    """The expression with other names for some questions; texts in quotes and names of columns stay."""

    def other(match: re.Match[str]) -> str:
        name, dot, column = match.group().partition(".")
        return f"{renamed.get(name.strip(), name)}{dot}{column}"

    return _TOKEN.sub(lambda match: match.group() if match.group()[0] == '"' else other(match), expression)


def labelled(stream: Iterable[Block], label_of: Callable[[Block], str]) -> list[dict[str, Any]]:
    """Pages and their questions with what people call them, for choosing among."""
    return [
        {
            "id": page["id"],
            "label": page["value"].get("title") or "",
            "questions": [{"id": one["id"], "label": label_of(one)} for one in questions_of(page)],
        }
        for page in stream
        if page["type"] == PAGE
    ]
