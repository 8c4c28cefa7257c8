"""The difference between two versions of a form, in words: what a person sees, page by page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forms.fields import kind_of

from .series import breaks
from .words import in_words, items_of, rule_in_words, setting_label, sorted_rules

Json = Mapping[str, Any]

TEXTS = {
    "intro": gettext_lazy("the introduction"),
    "next_steps": gettext_lazy("what happens next"),
    "contact": gettext_lazy("whom to ask"),
    "privacy": gettext_lazy("about personal data"),
}
RULES = {
    "shown_if": gettext_lazy("is shown only if"),
    "required_if": gettext_lazy("must be answered if"),
}


@dataclass(frozen=True)
class Change:
    """One thing that differs: what sort, at which question, in words, and what it breaks in a series of rounds.

    ``kind`` is added, removed, moved, kind, reworded, rule, options, settings, help or form. ``before`` and ``after``
    are texts to show beside each other, where there are any.
    """

    kind: str
    page: str
    label: str
    sentence: str
    before: str = ""
    after: str = ""
    breaks: str = ""
    field_id: str = ""


@dataclass(frozen=True)
class PageChanges:
    """What differs on one page of the form; without a title what concerns the form as a whole."""

    title: str
    changes: list[Change]


def grouped(changes: Sequence[Change]) -> list[PageChanges]:
    """The changes page by page, in reading order."""
    pages = dict.fromkeys(change.page for change in changes)
    return [PageChanges(title, [change for change in changes if change.page == title]) for title in pages]


def for_applicants(changes: Sequence[Change]) -> list[Change]:
    """What somebody who fills in the form has use of: not what is only staff's."""
    return [change for change in changes if change.kind in ("added", "removed", "moved", "kind", "reworded", "options")]


def compare(old: Json, new: Json) -> list[Change]:
    """Everything that differs between two compiled versions of a form."""
    return [*_form(old, new), *_pages(old, new), *_fields(old, new)]


def _form(old: Json, new: Json) -> Iterator[Change]:
    if old["title"] != new["title"]:
        sentence = _("The form has another title.")
        yield Change("form", "", _("the title"), sentence, old["title"], new["title"])
    for name, label in TEXTS.items():
        before, after = old.get("texts", {}).get(name, ""), new.get("texts", {}).get(name, "")
        if before != after:
            yield Change("form", "", str(label), _("The text has been changed."), before, after)


def _pages(old: Json, new: Json) -> Iterator[Change]:
    before = {page["id"]: page for page in old["pages"]}
    after = {page["id"]: page for page in new["pages"]}
    moved = moved_among([key for key in before if key in after], [key for key in after if key in before])
    for key, page in after.items():
        title = page["title"]
        if key not in before:
            yield Change("added", title, "", _("The page is new."))
            continue
        was = before[key]
        if was["title"] != title:
            yield Change("reworded", title, "", _("The page has another title."), was["title"], title)
        if was.get("intro", "") != page.get("intro", ""):
            text = _("The text at the top of the page has been changed.")
            yield Change("reworded", title, "", text, was.get("intro", ""), page.get("intro", ""))
        if key in moved:
            yield Change("moved", title, "", _("The page has another place in the form."))
        yield from _rules(old, new, was, page, title, "")
        yield from _own_rules(old, new, was, page)
    for key, page in before.items():
        if key not in after:
            yield Change("removed", page["title"], "", _("The page has been removed."))


def moved_among(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """Those that do not stand in the same order as before; as few as explain it."""
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    still = {before[block.a + step] for block in blocks for step in range(block.size)}
    return set(before) - still


def _placed(version: Json) -> dict[str, tuple[Json, Json]]:
    """Each field with its page, by id."""
    return {field["id"]: (field, page) for page in version["pages"] for field in page["fields"]}


def _fields(old: Json, new: Json) -> Iterator[Change]:
    before, after = _placed(old), _placed(new)
    series = "evaluation" in (old.get("purpose"), new.get("purpose"))
    moved = {
        field_id
        for page in new["pages"]
        for field_id in moved_among(_ids(old, page["id"], after), _ids(new, page["id"], before))
    }
    for field_id, (field, page) in after.items():
        label = label_of(field)
        if field_id not in before:
            sentence = _("New question.") if kind_of(field).asks else _("New text or computed value.")
            yield Change("added", page["title"], label, sentence, field_id=field_id)
            continue
        was, old_page = before[field_id]
        if old_page["id"] != page["id"]:
            sentence = _("Moved here from the page “%(page)s”.") % {"page": old_page["title"]}
            yield Change("moved", page["title"], label, sentence, field_id=field_id)
        elif field_id in moved:
            yield Change("moved", page["title"], label, _("Has another place on the page."), field_id=field_id)
        for change in _field(old, new, was, field, page["title"], label):
            yield breaks(change, was, field) if series else change
    for field_id, (field, page) in before.items():
        if field_id not in after:
            change = Change("removed", page["title"], label_of(field), _("The question has been removed."))
            change = Change(**{**change.__dict__, "field_id": field_id})
            yield breaks(change, field, None) if series else change


def _ids(version: Json, page_id: str, common: Mapping[str, Any]) -> list[str]:
    pages = (page for page in version["pages"] if page["id"] == page_id)
    return [field["id"] for page in pages for field in page["fields"] if field["id"] in common]


def label_of(field: Json) -> str:
    """What people call the question, the text or the value."""
    return field["label"] or str(kind_of(field).label)


def _field(old: Json, new: Json, was: Json, now: Json, page: str, label: str) -> Iterator[Change]:
    def change(kind: str, sentence: str, before: str = "", after: str = "") -> Change:
        return Change(kind, page, label, sentence, before, after, field_id=now["id"])

    if was["kind"] != now["kind"]:
        names = {"before": kind_of(was).label, "after": kind_of(now).label}
        yield change("kind", _("Is now of the kind “%(after)s”, was “%(before)s”.") % names)
    if was["label"] != now["label"]:
        yield change("reworded", _("The question has been reworded."), was["label"], now["label"])
    if was["help"] != now["help"]:
        yield change("help", _("The help text has been changed."), was["help"], now["help"])
    if bool(was["required"]) != bool(now["required"]):
        yield change("rule", _("Must now be answered.") if now["required"] else _("Need no longer be answered."))
    if bool(was["personal"]) != bool(now["personal"]):
        yield change(
            "help",
            _("Is now marked as personal data.") if now["personal"] else _("Is no longer marked as personal data."),
        )
    if was["error"] != now["error"]:
        yield change("help", _("The error message has been changed."), was["error"], now["error"])
    yield from _rules(old, new, was, now, page, label)
    if was["kind"] == now["kind"]:
        for name in dict.fromkeys([*was["settings"], *now["settings"]]):
            yield from _setting(old, new, was, now, name, change)


def _rules(old: Json, new: Json, was: Json, now: Json, page: str, label: str) -> Iterator[Change]:
    for name, words in RULES.items():
        before, after = rule_in_words(was.get(name), old), rule_in_words(now.get(name), new)
        if (was.get(name) or {}).get("ast") != (now.get(name) or {}).get("ast"):
            sentence = _("The rule “%(rule)s” has been changed.") % {"rule": words}
            yield Change("rule", page, label, sentence, before, after, field_id=now["id"] if label else "")


def _own_rules(old: Json, new: Json, was: Json, now: Json) -> Iterator[Change]:
    """The rules across the questions of a page, each with its own message."""
    before, after = sorted_rules(was), sorted_rules(now)
    for key, rule in after.items():
        words = rule_in_words(rule["holds"], new)
        if key not in before:
            yield Change("rule", now["title"], "", _("New rule: “%(rule)s”.") % {"rule": rule["message"]}, "", words)
        elif before[key]["holds"]["ast"] != rule["holds"]["ast"]:
            sentence = _("The rule “%(rule)s” has been changed.") % {"rule": rule["message"]}
            yield Change("rule", now["title"], "", sentence, rule_in_words(before[key]["holds"], old), words)
        elif before[key]["message"] != rule["message"]:
            sentence = _("A rule has another message.")
            yield Change("reworded", now["title"], "", sentence, before[key]["message"], rule["message"])
    for key, rule in before.items():
        if key not in after:
            sentence = _("The rule “%(rule)s” has been removed.") % {"rule": rule["message"]}
            yield Change("rule", now["title"], "", sentence, rule_in_words(rule["holds"], old))


def _setting(old: Json, new: Json, was: Json, now: Json, name: str, change: Any) -> Iterator[Change]:
    before, after = was["settings"].get(name), now["settings"].get(name)
    if before == after or (not before and not after and before is not False and after is not False):
        return
    setting = setting_label(now, name)
    one, other = items_of(before), items_of(after)
    if one is None and other is None:
        values = in_words(before, old), in_words(after, new)
        yield change("settings", _("“%(setting)s” has been changed.") % {"setting": setting}, *values)
        return
    one, other = one or {}, other or {}
    for key, item in other.items():
        if key not in one:
            yield change("options", _("“%(item)s” is new under “%(setting)s”.") % {"item": item[0], "setting": setting})
        elif one[key][0] != item[0]:
            words = {"before": one[key][0], "after": item[0]}
            yield change("reworded", _("“%(before)s” is now called “%(after)s”.") % words)
        elif one[key][1] != item[1]:
            yield change("settings", _("“%(item)s” has been changed.") % {"item": item[0]})
    for key, item in one.items():
        if key not in other:
            words = {"item": item[0], "setting": setting}
            yield change("options", _("“%(item)s” has been removed under “%(setting)s”.") % words)
    if moved_among([key for key in one if key in other], [key for key in other if key in one]):
        yield change("moved", _("“%(setting)s” stand in another order.") % {"setting": setting})
