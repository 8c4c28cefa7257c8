"""A form in several languages: which texts there are, what is translated, and the form as read in one of them.

Translations lie beside the draft as ``{language: {"<id>.<setting>": text, ".<setting>": text}}`` and are compiled into
the version. The id is that of the page, question, option or column whose dictionary holds the text; a text further
in is named by its way there. What is not translated is shown in the form's own language.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from django.conf import settings

TEXTS = frozenset(
    {
        "title", "intro", "label", "help", "error", "text", "heading", "message", "caption", "alt", "other",
        "unit", "low", "high", "placeholder", "next_steps", "contact", "privacy", "not_known", "statement",
    }
)  # fmt: skip
ENDINGS = ("_label", "_text", "_help", "_message")
LISTS = frozenset({"labels", "texts"})


class Text(NamedTuple):
    """One text that people read."""

    key: str
    text: str
    owner: str  # the id of what it stands in; empty for the form itself
    setting: str


def _is_text(name: str, value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and (name in TEXTS or name.endswith(ENDINGS))


def _walk(part: Any, owner: str, way: tuple[str, ...]) -> Iterator[tuple[dict[str, Any] | list[Any], Any, str, str]]:
    """Every text: what holds it, where in that, whose it is, and its key."""
    if isinstance(part, dict):
        if isinstance(part.get("id"), str):
            owner, way = part["id"], ()
        for name, value in part.items():
            if name in ("shown_if", "ast", "languages", "rules_compiled"):
                continue
            if _is_text(name, value):
                yield part, name, owner, f"{owner}.{'.'.join((*way, name))}"
            elif isinstance(value, dict | list):
                yield from _walk(value, owner, way if name == "settings" else (*way, name))
    elif isinstance(part, list):
        for place, value in enumerate(part):
            if isinstance(value, str):
                if way and way[-1] in LISTS:
                    yield part, place, owner, f"{owner}.{'.'.join((*way, str(place)))}"
            else:
                yield from _walk(value, owner, (*way, str(place)))


def texts_of(compiled: Mapping[str, Any]) -> list[Text]:
    """Every text of a version that people read, in reading order."""
    return [Text(key, holder[place], owner, str(place)) for holder, place, owner, key in _walk(dict(compiled), "", ())]


def offered(own: str, translations: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The languages a draft has something translated to: those of the site that are not its own."""
    known = [code for code, _name in settings.LANGUAGES if code != own]
    return [code for code in known if any(text.strip() for text in translations.get(code, {}).values())]


def stored(compiled: Mapping[str, Any], translations: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What a version keeps: only languages the site has, only texts that are there and translated."""
    keys = {text.key for text in texts_of(compiled)}
    found = {}
    for language in sorted(offered(compiled["language"], translations)):
        texts = {key: text for key, text in sorted(translations[language].items()) if key in keys and text.strip()}
        if texts:
            found[language] = texts
    return found


def in_language(compiled: Mapping[str, Any], language: str) -> tuple[dict[str, Any], bool]:
    """The version as read in a language, and whether something of it had to stay in the form's own.

    A part of which something stayed carries its ``lang``, for screen readers to read it as it is written.
    """
    texts = compiled["languages"][language]
    shown = deepcopy(dict(compiled))
    is_partial = False
    for holder, place, _owner, key in list(_walk(shown, "", ())):
        if key in texts:
            holder[place] = texts[key]
        else:
            is_partial = True
            if isinstance(holder, dict) and "id" in holder and place in ("label", "title"):
                holder["lang"] = compiled["language"]
    return shown, is_partial


def languages_of(compiled: Mapping[str, Any]) -> tuple[str, ...]:
    """The languages the form can be read in, its own first."""
    return (compiled["language"], *compiled.get("languages", {}))


def progress(compiled: Mapping[str, Any], translations: Mapping[str, str]) -> tuple[int, int]:
    """How many texts are translated, of how many."""
    keys = [text.key for text in texts_of(compiled)]
    return sum(1 for key in keys if translations.get(key, "").strip()), len(keys)
