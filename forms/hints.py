"""Hints beside the questions: what is hard to read, leads the answer, asks two things, or shuts somebody out.

A hint is advice. It stops nothing and needs no reason; the editor sees it in the panel, at the question and in the
preview. Rules of thumb are wrong now and then: each says what it saw, so that a person can judge.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import StreamValue, StructValue
from wagtail.blocks.list_block import ListValue

from forms.compile import Draft
from forms.expressions import Type
from forms.fields.answer import AnswerField
from forms.fields.scales import ScaleBlock
from forms.hint_words import SWEDISH, WORDS, Words
from forms.kinds import Problem

LEVEL = "hint"
LONG_SENTENCE = 25
"""Words; plain-language advice is 15 to 20 on average."""
ENOUGH_WORDS = 25
"""A readability index of fewer words says nothing."""
LONG_LABEL = 25
NEAR = 5
"""Two negations this many words apart in a running text are read together."""

TEXTS = ("title", "label", "heading", "intro", "help", "text", "error", "none_label", "message")
OF_THE_FORM = ("intro", "closed_text", "next_steps", "contact", "privacy_text")

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_SENTENCE = re.compile(r"(?<=[.!?:])\s+|\n+")
_CAPITALS = re.compile(r"(?<![\w-])[A-ZÅÄÖ]{2,6}(?![\w-])")


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a form, and where it stands."""

    text: str
    block_id: str = ""
    setting: str = ""
    is_short: bool = False
    """A question, an option or a heading, which is read at a glance."""
    asks_one_thing: bool = False


def hints(form: Any) -> list[Problem]:
    """Every hint about a draft, in reading order; never an error, never a warning."""
    words = WORDS.get(form.language, SWEDISH)
    draft = Draft(form)
    texts = list(_texts(form, draft))
    explained = _explained(" ".join(text.text for text in texts))
    found: list[Problem] = []
    for text in texts:
        found.extend(_of_text(text, words, explained))
    found.extend(_formats(draft))
    found.extend(_pictures(form.questions))
    # One text says one thing once.
    return list(dict.fromkeys(found))


def by_block(found: Iterable[Problem]) -> dict[str, list[Problem]]:
    """Hints by the block they belong to; those about the form as a whole under an empty id."""
    sorted_: dict[str, list[Problem]] = {}
    for hint in found:
        sorted_.setdefault(hint.block_id, []).append(hint)
    return sorted_


def lix(text: str) -> int:
    """The Swedish readability index: words per sentence, and the share of words longer than six letters."""
    sentences = [part for part in _SENTENCE.split(text) if _WORD.search(part)]
    words = _WORD.findall(text)
    if not words:
        return 0
    long_words = sum(len(word) > 6 for word in words)
    return round(len(words) / len(sentences) + 100 * long_words / len(words))


# --- where the texts are ------------------------------------------------------------------------------
def _texts(form: Any, draft: Draft) -> Iterator[Text]:
    for setting in OF_THE_FORM:
        if text := (getattr(form, setting, "") or "").strip():
            yield Text(text, setting=setting)
    closed = {
        question.id
        for question in draft.questions
        if "distribution" in question.kind.statistics(question.compiled) and question.kind.type is not Type.LIST
    }
    # Each row of a scale is a question of its own; options and columns elsewhere are not.
    rows = {question.id for question in draft.questions if isinstance(question.kind.block(), ScaleBlock)}
    yield from _in_stream(form.questions, closed, rows)


def _in_stream(value: StreamValue, closed: set[str], rows: set[str]) -> Iterator[Text]:
    for child in value:
        block_id = child.id or ""
        yield from _in_block(child.value, block_id, block_id in closed, block_id in rows)
        for inner in child.value.values() if isinstance(child.value, StructValue) else ():
            if isinstance(inner, StreamValue):
                yield from _in_stream(inner, closed, rows)


def _in_block(value: Any, block_id: str, is_closed: bool, has_rows: bool) -> Iterator[Text]:
    if not isinstance(value, StructValue):
        return
    for name, inner in value.items():
        if isinstance(inner, ListValue):
            for child in inner.bound_blocks:
                asks = has_rows and name == "choices"
                yield from _in_block(child.value, child.id or block_id, asks, has_rows=False)
        elif name in TEXTS and isinstance(inner, str) and inner.strip():
            short = name in ("title", "label", "heading")
            yield Text(inner.strip(), block_id, name, short, is_closed and name == "label")


# --- what is looked for -------------------------------------------------------------------------------
def _of_text(text: Text, words: Words, explained: frozenset[str]) -> Iterator[Problem]:
    sentences = [part.strip() for part in _SENTENCE.split(text.text) if _WORD.search(part)]
    yield from _length(text, sentences, words)
    for sentence in sentences:
        yield from _negations(text, sentence, words)
    lowered = text.text.lower()
    if text.is_short and (match := words.leading.search(lowered)):
        yield _hint(
            "leading",
            _("“%(words)s” leads the answer. Ask so that every answer is as easy to give.") % {"words": match.group()},
            text,
        )
    if text.asks_one_thing and _asks_two(lowered, words):
        yield _hint(
            "double",
            _("Does this ask two things? Somebody may want to answer them differently. Split it in two."),
            text,
        )
    yield from _wording(text, lowered, words, explained)
    if match := words.colours.search(lowered):
        sentence = _(
            "“%(words)s” is told by colour alone. Some cannot see it: also say what it is called or where it stands."
        )
        yield _hint("colour", sentence % {"words": match.group()}, text)
    if match := words.here.search(lowered):
        sentence = _("“%(words)s” does not say where the link leads. Write what one finds there.")
        yield _hint("here", sentence % {"words": match.group()}, text)


def _length(text: Text, sentences: list[str], words: Words) -> Iterator[Problem]:
    count = len(_WORD.findall(text.text))
    if text.is_short and count > LONG_LABEL:
        sentence = _("%(count)s words is long for a question. Ask it shortly, and put the rest in the help text.")
        yield _hint("long_question", sentence % {"count": count}, text)
        return
    index = lix(text.text)
    longest = max(sentences, key=lambda one: len(_WORD.findall(one)), default="")
    longest_count = len(_WORD.findall(longest))
    if count >= ENOUGH_WORDS and index > words.hardest:
        sentence = _("Hard to read (LIX %(lix)s). Shorten the sentence that begins “%(start)s”, or use shorter words.")
        yield _hint("hard", sentence % {"lix": index, "start": _start(longest)}, text)
    elif longest_count > LONG_SENTENCE:
        sentence = _("The sentence that begins “%(start)s” has %(count)s words. Make two of it.")
        yield _hint("long_sentence", sentence % {"start": _start(longest), "count": longest_count}, text)


def _negations(text: Text, sentence: str, words: Words) -> Iterator[Problem]:
    lowered = sentence.lower()
    tokens = list(_WORD.finditer(lowered))
    at = [number for number, token in enumerate(tokens) if token.group() in words.negations]
    hidden = words.hidden_negations.finditer(lowered)
    at += [next(n for n, token in enumerate(tokens) if token.end() > match.start()) for match in hidden]
    at = sorted(set(at))
    reach = len(tokens) if text.is_short else NEAR
    for first, second in pairwise(at):
        if second - first <= reach:
            pair = f"{tokens[first].group()} … {tokens[second].group()}"
            sentence_ = _("Two negations (“%(words)s”) are easily read as the opposite. Say what is, not what is not.")
            yield _hint("double_negation", sentence_ % {"words": pair}, text)
            return


def _asks_two(lowered: str, words: Words) -> bool:
    for pair in words.pairs:
        lowered = lowered.replace(pair, " ")
    return any(word in words.and_words for word in _WORD.findall(lowered))


def _wording(text: Text, lowered: str, words: Words, explained: frozenset[str]) -> Iterator[Problem]:
    letters = [letter for letter in text.text if letter.isalpha()]
    if text.is_short and len(letters) >= 8 and all(letter.isupper() for letter in letters):
        yield _hint(
            "capitals", _("Capitals are hard to read, and some screen readers spell them out. Use small letters."), text
        )
    else:
        for found in dict.fromkeys(_CAPITALS.findall(text.text)):
            if found not in words.known and found not in explained:
                sentence = _("Does everybody know what “%(word)s” is? Write it out the first time.")
                yield _hint("abbreviation", sentence % {"word": found}, text)
    if match := words.abbreviations.search(lowered):
        sentence = _("“%(word)s” is read aloud badly, and not known to all. Write the words out.")
        yield _hint("shortened", sentence % {"word": match.group().strip()}, text)
    for token in _WORD.findall(lowered):
        if token in words.plainer:
            plain = words.plainer[token]
            if plain:
                sentence = _("“%(word)s” is office language. Try “%(plain)s”.")
            else:
                sentence = _("“%(word)s” is office language. Leave it out.")
            yield _hint("office_word", sentence % {"word": token, "plain": plain}, text)


def _explained(everything: str) -> frozenset[str]:
    """Short forms that the form itself explains: "lokal samverkansgrupp (LSG)", "LSG (…", "LSG är …"."""
    inside = re.findall(r"\(([A-ZÅÄÖ]{2,6})\)", everything)
    before = re.findall(
        r"(?<![\w-])([A-ZÅÄÖ]{2,6})(?= \(| är | står för | betyder | is | means | stands for )", everything
    )
    return frozenset([*inside, *before])


def _formats(draft: Draft) -> Iterator[Problem]:
    """A question whose answer must have a certain shape, and nothing says which."""
    for question in draft.questions:
        if not question.kind.asks or question.compiled["help"] or question.kind.is_email:
            continue
        field = question.kind.form_field(question.compiled)
        is_shaped = isinstance(field, AnswerField) and getattr(field, "shape", None) is not None
        if is_shaped and not field.widget.attrs.get("autocomplete"):
            sentence = _("The answer must be written in a certain way. Show an example in the help text.")
            yield Problem("format", sentence, question.id, level=LEVEL, setting="help")


def _pictures(value: Any, block_id: str = "") -> Iterator[Problem]:
    if isinstance(value, StreamValue):
        for child in value:
            yield from _pictures(child.value, child.id or "")
    elif isinstance(value, ListValue):
        for child in value.bound_blocks:
            yield from _pictures(child.value, child.id or block_id)
    elif isinstance(value, StructValue):
        described = any((value.get(name) or "").strip() for name in ("alt", "alt_text") if name in value)
        if value.get("image") is not None and not described and not value.get("decorative"):
            sentence = _("The picture is not described. Say in words what it shows, for those who cannot see it.")
            yield Problem("picture", sentence, block_id, level=LEVEL, setting="image")
        for inner in value.values():
            yield from _pictures(inner, block_id)


def _start(sentence: str) -> str:
    words = sentence.split()
    return " ".join(words[:4]) + (" …" if len(words) > 4 else "")


def _hint(code: str, sentence: Any, text: Text) -> Problem:
    return Problem(code, sentence, text.block_id, level=LEVEL, setting=text.setting)
