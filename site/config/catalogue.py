"""The Swedish catalogues: find the strings of a room, add what is new, tell what is missing, compile.

Run as ``python -m config.catalogue update|check|compile [room …]``; needs no gettext programs.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {
    "people": ROOT / "site/people",
    "records": ROOT / "site/records",
    "pages": ROOT / "site/pages",
    "training": ROOT / "site/training",
    "forms": ROOT / "forms",
    "workflows": ROOT / "workflows",
    "config": ROOT / "site/config",
}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_STRING = r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_CALL = re.compile(rf"(?<!\w)(_|n?p?gettext)\(\s*({_STRING}(?:\s*,\s*{_STRING})*)", re.DOTALL)

Message = tuple[str | tuple[str, ...], str | None, int]


def _template_messages(path: Path) -> Iterator[Message]:
    """The strings of a Django template, with their context and line."""
    source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    for call in _CALL.finditer(source):
        function = call[1]
        words = [ast.literal_eval(word) for word in re.findall(_STRING, call[2], re.DOTALL)]
        context = words.pop(0) if "p" in function.removesuffix("gettext") else None
        line = source.count("\n", 0, call.start()) + 1
        if "n" in function.removesuffix("gettext"):
            yield (words[0], words[1]), context, line
        else:
            yield words[0], context, line


def _code_messages(path: Path) -> Iterator[Message]:
    """The strings of a Python module, with their context and line."""
    with path.open("rb") as file:
        for line, message, _comments, context in extract("python", file, KEYWORDS):
            yield message, context, line


def strings(room: str) -> Catalog:
    """A fresh catalogue with every string of ``room``."""
    catalogue = Catalog(locale="sv", project="Samsyn", charset="utf-8", fuzzy=False)
    base = ROOMS[room]
    for path in sorted(base.rglob("*")):
        if "locale" in path.parts or "migrations" in path.parts:
            continue
        if path.suffix == ".py":
            found = _code_messages(path)
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            found = _template_messages(path)
        else:
            continue
        for message, context, _line in found:
            if message and message != "":
                catalogue.add(message, context=context, locations=[(str(path.relative_to(ROOT)), 0)])
    return catalogue


def po_path(room: str) -> Path:
    """Where the Swedish of ``room`` is kept."""
    return ROOMS[room] / "locale/sv/LC_MESSAGES/django.po"


def kept(room: str) -> Catalog:
    """The Swedish of ``room`` as it stands."""
    path = po_path(room)
    if not path.exists():
        return Catalog(locale="sv", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale="sv", charset="utf-8")


def update(room: str) -> str:
    """Add the new strings of ``room`` untranslated, and drop those no longer in use."""
    fresh = strings(room)
    if not len(fresh):
        return f"{room}: no strings"
    catalogue = kept(room)
    catalogue.update(fresh, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    catalogue.header_comment = f"# The Swedish of the {room} room."
    catalogue.project, catalogue.version = "Samsyn", "1"
    path = po_path(room)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=100, sort_output=True, omit_header=False, include_lineno=False)
    return f"{room}: {len(fresh)} strings, {len(gaps(room))} without Swedish"


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|\{\{ ?\w+ ?\}\}|\{\w*\}", text))


def gaps(room: str) -> list[str]:
    """What is wrong with the Swedish of ``room``: missing, fuzzy, or with other placeholders."""
    wrong = []
    catalogue = kept(room)
    for message in strings(room):
        if not message.id:
            continue
        words = list(message.id) if isinstance(message.id, (tuple, list)) else [message.id]
        found = catalogue.get(words[0], message.context)
        translated = found.string if found else ""
        texts = [text or "" for text in (translated if isinstance(translated, (tuple, list)) else [translated])]
        where = message.locations[0][0] if message.locations else room
        if not found or not all(texts) or found.fuzzy:
            wrong.append(f"{where}: no Swedish for {words[0]!r}")
        elif _placeholders(texts[-1]) - _placeholders(words[-1]):
            wrong.append(f"{where}: other placeholders in the Swedish of {words[0]!r}")
    return wrong


def compile_(room: str) -> str:
    """Write the machine-readable catalogue of ``room`` where it is older than its source."""
    path = po_path(room)
    if not path.exists():
        return f"{room}: no catalogue"
    target = path.with_suffix(".mo")
    if not target.exists() or target.stat().st_mtime < path.stat().st_mtime:
        with target.open("wb") as file:
            write_mo(file, kept(room))
    return f"{room}: compiled"


def compile_all() -> None:
    """Compile every room's catalogue."""
    for room in ROOMS:
        compile_(room)


def main(arguments: list[str]) -> int:
    """Do what the command line asks; 1 where the check finds a gap."""
    command, *rooms = arguments or ["check"]
    chosen = rooms or list(ROOMS)
    if command == "update":
        print("\n".join(update(room) for room in chosen))
    elif command == "compile":
        print("\n".join(compile_(room) for room in chosen))
    elif command == "check":
        wrong = [line for room in chosen for line in gaps(room)]
        print("\n".join(wrong) if wrong else "The Swedish catalogue has no gaps.")
        return 1 if wrong else 0
    else:
        print(f"Unknown command {command!r}: say update, check or compile.")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
