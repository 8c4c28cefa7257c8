"""Several at work on one draft: what each was shown, whose answer stands, and what two have written at the same time.

A page carries a stamp of every answer it shows (`form-seen`). What comes back is compared with that and with what is
stored now: who has not touched an answer never overwrites somebody else's, and when two have changed the same answer
both versions are kept until somebody chooses.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_noop

from forms.models import Submission
from forms.runtime import Page, PageForm, Path, Question
from forms.runtime.path import is_missing
from records.canonical import digest

Seen = Mapping[str, str]
"""The stamp of what the page showed, by question id; nothing shown is left out."""

HERE = "here"  # the choice of what stands in the field
GUEST = "guest-"  # how the name of an invited person's browser begins
CHOOSE = gettext_noop("There are several versions of this answer. Open the page and choose one.")
LONGEST = 200_000  # characters read of what a page says it has shown


@dataclass(frozen=True)
class Written:
    """What stands at one question: an answer, or what was typed there in vain."""

    value: Any = None
    raw: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def stamp(self) -> str:
        """A short digest; empty where nothing is written."""
        if self.raw:
            return digest({"typed": {name: list(values) for name, values in self.raw.items()}})[:12]
        return "" if is_missing(self.value) else digest({"answer": self.value})[:12]

    def same_as(self, other: "Written") -> bool:
        """Do both say the same?"""
        if self.raw or other.raw:
            return {name: list(values) for name, values in self.raw.items()} == {
                name: list(values) for name, values in other.raw.items()
            }
        return self.value == other.value or (is_missing(self.value) and is_missing(other.value))

    def to_json(self, now: Any) -> dict[str, Any]:
        """As a draft keeps it beside the answer that stands."""
        return {"value": self.value, "raw": {name: list(values) for name, values in self.raw.items()}, "at": now}


def own_inputs(question: Question, raw: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """What was typed in vain at one question."""
    if not raw:
        return {}
    start = f"{question.html_name}-"
    return {name: values for name, values in raw.items() if name == question.html_name or name.startswith(start)}


def _typing(page: Page) -> Iterable[Question]:
    """The questions whose answers are typed or chosen; files are rows of their own and never clash."""
    return (question for question in page.questions if question.is_asked and not question.takes_files)


def standing(draft: Submission, page: Page) -> dict[str, Written]:
    """What stands at each question of the page now."""
    raw = draft.page_progress(page.id).get("raw") or {}
    return {
        question.id: Written(draft.answers.get(question.id), own_inputs(question, raw)) for question in _typing(page)
    }


# --- what the page carries --------------------------------------------------------------------------


def seen_on(draft: Submission | None, page: Page) -> str:
    """What a page that shows the draft carries; empty for a page where nothing is answered."""
    if draft is None:
        return ""
    return _carried({field_id: written.stamp for field_id, written in standing(draft, page).items()})


def _carried(stamps: Mapping[str, str]) -> str:
    return " ".join(f"{field_id}:{stamp}" for field_id, stamp in stamps.items() if stamp)


def read_seen(text: str) -> dict[str, str]:
    """What a posted page says it has shown; whatever is none of ours says that nothing was."""
    found = (part.rpartition(":") for part in text[:LONGEST].split())
    return {field_id: stamp for field_id, colon, stamp in found if colon}


def seen_after(draft: Submission, page: Page, seen: Seen, merge: "Merge") -> str:
    """What a page that stays open carries from now on: its own answers as stored, the others as it still shows them."""
    stamps = {
        field_id: seen.get(field_id, "") if field_id in merge.kept else written.stamp
        for field_id, written in standing(draft, page).items()
    }
    return _carried(stamps)


def written_apart(page: Page, form: PageForm, staying: Collection[str], seen: Seen) -> list[dict[str, str]]:
    """What was changed on an old page in questions that the page no longer has, as texts to copy from."""
    found = []
    for question in _typing(page):
        written = Written(form.given.get(question.id), own_inputs(question, form.raw))
        if question.id not in staying and written.stamp not in ("", seen.get(question.id, "")):
            found.append({"page": page.title, "label": question.label, "text": as_text(question, written)})
    return found


def as_text(question: Question, written: Written, files: Mapping[str, str] | None = None) -> str:
    """What was written, as plain text to copy; empty when nothing was."""
    if written.raw:
        return "\n".join(value for values in written.raw.values() for value in values if value)
    if is_missing(written.value):
        return ""
    if question.takes_files:
        return ", ".join((files or {}).get(key, gettext("a file")) for key in written.value)
    return question.kind.display(question.field, written.value)


# --- two versions -----------------------------------------------------------------------------------


def waiting_at(draft: Submission, field_id: str) -> dict[str, dict[str, Any]]:
    """What has been written at a question beside the answer that stands, by who wrote it."""
    found: dict[str, dict[str, Any]] = draft.progress.get("clashes", {}).get(field_id, {})
    return found


def _stamp_of(waiting: Mapping[str, Any]) -> str:
    return digest({"waiting": {by: [kept["value"], kept["raw"]] for by, kept in waiting.items()}})[:12]


@dataclass(frozen=True)
class Version:
    """One of several versions of an answer, as the page offers it."""

    choice: str
    who: str
    moment: datetime
    html: SafeString
    is_mine: bool


@dataclass(frozen=True)
class Clash:
    """A question that several have answered at the same time: what stands, and the versions beside it."""

    name: str
    who: str
    is_mine: bool
    here: str
    stands: SafeString
    versions: list[Version]


def clashes_on(draft: Submission | None, page: Page, by: str) -> dict[str, Clash]:
    """The questions of the page that wait for a choice between versions, by id."""
    if draft is None or not draft.progress.get("clashes"):
        return {}
    found = {}
    written = standing(draft, page)
    entry = draft.page_progress(page.id)
    for question in _typing(page):
        waiting = waiting_at(draft, question.id)
        if not waiting:
            continue
        stamp = _stamp_of(waiting)
        writer = _writer(entry, question.id)
        found[question.id] = Clash(
            name=f"take-{question.html_name}",
            who=name_of(draft, writer),
            is_mine=writer == by,
            here=f"{HERE}~{stamp}",
            stands=_shown(question, written[question.id]),
            versions=[
                Version(
                    choice=f"{other}~{stamp}",
                    who=name_of(draft, other),
                    moment=datetime.fromisoformat(kept["at"]),
                    html=_shown(question, Written(kept["value"], kept["raw"])),
                    is_mine=other == by,
                )
                for other, kept in sorted(waiting.items(), key=lambda item: item[1]["at"])
            ],
        )
    return found


def _shown(question: Question, written: Written) -> SafeString:
    """One version as people read it."""
    if written.raw:
        return format_html_join(" ", "{}", ((value,) for values in written.raw.values() for value in values if value))
    if is_missing(written.value):
        return SafeString("")
    return question.kind.display_html(question.field, written.value)


def is_shared(draft: Submission) -> bool:
    """Does, or did, anybody else write in it too?"""
    return waits(draft) or bool(draft.progress.get("people"))


def others_in(draft: Submission | None, by: str) -> list[str]:
    """The names of those who are in the draft, without the one who reads."""
    if draft is None or not draft.progress.get("here"):
        return []
    me = by.removeprefix(GUEST).partition(".")[0] if by.startswith(GUEST) else ""
    names = [draft.progress["people"][pk] for pk in draft.progress["here"] if pk != me]
    return names if not me else [name_of(draft, "") or gettext("the one who began the form"), *names]


def waits(draft: Submission) -> bool:
    """Is there any answer with several versions?"""
    return bool(draft.progress.get("clashes"))


def undecided(draft: Submission, path: Path) -> list[tuple[Question, list[str]]]:
    """The questions on the path that have several versions of their answer, each with the sentence that says so."""
    waiting = draft.progress.get("clashes", {})
    return [(question, [gettext(CHOOSE)]) for question in path.questions if waiting.get(question.id)]


def read_choices(page: Page, data: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Which version was chosen where: question id → (choice, stamp of the versions that were shown)."""
    chosen = {}
    for question in _typing(page):
        choice, tilde, stamp = str(data.get(f"take-{question.html_name}", "")).rpartition("~")
        if tilde:
            chosen[question.id] = (choice, stamp)
    return chosen


def name_of(draft: Submission, by: str) -> str:
    """What to call the one who writes from that browser; empty for one who began it without a name."""
    if by.startswith(GUEST):
        people: dict[str, str] = draft.progress.get("people", {})
        return people.get(by.removeprefix(GUEST).partition(".")[0], "")
    if inviter := draft.progress.get("inviter"):
        return str(inviter)
    return draft.person.get_full_name() or draft.person.email if draft.person else ""


# --- one page's answers and what is stored --------------------------------------------------------------


@dataclass(frozen=True)
class Merge:
    """What comes of saving a page: the draft's new state, and where something else than what was posted stands."""

    answers: dict[str, Any]
    progress: dict[str, Any]
    kept: frozenset[str] = frozenset()
    clashes: frozenset[str] = frozenset()
    changed: bool = True


def _writer(entry: Mapping[str, Any], field_id: str) -> str:
    return str(entry.get("fields", {}).get(field_id, entry.get("by", "")))


def merged_page(
    draft: Submission,
    page: Page,
    *,
    given: Mapping[str, Any],
    raw: Mapping[str, Sequence[str]],
    by: str,
    seen: Seen | None = None,
    chosen: Mapping[str, tuple[str, str]] | None = None,
) -> Merge:
    """Lay what was posted upon what is stored, question by question; nothing is stored here.

    `seen` None lays everything on top. Otherwise an answer that somebody else has changed since stays, unless the
    visitor had changed it too: then it stays and the visitor's version is kept beside it. The same browser's later
    answer replaces its earlier one, whichever window it came from.
    """
    entry = draft.page_progress(page.id)
    now = timezone.now().isoformat()
    answers = dict(draft.answers)
    typed = dict(raw)
    waiting = {field_id: dict(versions) for field_id, versions in draft.progress.get("clashes", {}).items()}
    writers: dict[str, str] = {}
    kept, clashes = set(), set()
    stored_now = standing(draft, page)
    for question in _typing(page):
        mine = Written(given.get(question.id), own_inputs(question, raw))
        stored = stored_now[question.id]
        writer = _writer(entry, question.id) if entry else by
        shown = None if seen is None else seen.get(question.id, "")
        result = mine
        versions = waiting.get(question.id, {})
        choice, stamp = (chosen or {}).get(question.id, ("", ""))
        if not versions or stamp != _stamp_of(versions):
            choice = ""
        if choice == HERE:
            versions = {}
        if choice in versions and shown in (None, stored.stamp):
            result = Written(versions[choice]["value"], versions[choice]["raw"])
            versions = {} if mine.stamp == shown else {by: mine.to_json(now)}
        elif mine.same_as(stored):
            if versions.get(by) and shown not in (None, stored.stamp):
                versions.pop(by)
            result = stored
        elif shown is not None and stored.stamp != shown and (writer != by or mine.stamp == shown):
            result = stored
            if mine.stamp != shown:
                versions = {**versions, by: mine.to_json(now)}
                clashes.add(question.id)
        elif versions and not choice and writer != by:
            # What stood there was one of the versions that wait for a choice, and still is.
            versions = {**versions, writer: stored.to_json(now)}
        versions = {
            other: kept_one
            for other, kept_one in versions.items()
            if not Written(kept_one["value"], kept_one["raw"]).same_as(result)
        }
        if not result.same_as(mine):
            kept.add(question.id)
        writers[question.id] = writer if result.same_as(stored) else by
        waiting[question.id] = versions
        _put(answers, typed, question, result)
    pages = draft.progress.get("pages", {})
    saved: dict[str, Any] = {"saves": entry.get("saves", 0) + 1, "by": by}
    if typed:
        saved["raw"] = {name: list(values) for name, values in typed.items()}
    if others := {field_id: writer for field_id, writer in writers.items() if writer != by}:
        saved["fields"] = others
    progress = {**draft.progress, "last": page.id, "pages": {**pages, page.id: saved}}
    progress.pop("clashes", None)
    if waiting := {field_id: versions for field_id, versions in waiting.items() if versions}:
        progress["clashes"] = waiting
    if not by.startswith(GUEST):
        progress["owner"] = {"page": page.id, "at": now}
    is_same = (
        bool(entry)
        and answers == draft.answers
        and (entry.get("raw") or {}) == saved.get("raw", {})
        and _texts(progress) == _texts(draft.progress)
        and draft.progress.get("last") == page.id
    )
    return Merge(answers, progress, frozenset(kept), frozenset(clashes), changed=not is_same)


def _put(answers: dict[str, Any], typed: dict[str, Sequence[str]], question: Question, result: Written) -> None:
    """Let the result stand at the question."""
    for name in own_inputs(question, typed):
        del typed[name]
    typed.update(result.raw)
    if is_missing(result.value):
        answers.pop(question.id, None)
    else:
        answers[question.id] = result.value


def _texts(progress: Mapping[str, Any]) -> dict[str, Any]:
    """The versions that wait for a choice, without their times."""
    return {
        field_id: {by: [kept["value"], kept["raw"]] for by, kept in versions.items()}
        for field_id, versions in progress.get("clashes", {}).items()
    }
