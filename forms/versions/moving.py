"""Moves a draft to a newer version, question by question by id; what has no place there is set aside, never lost."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from forms.models import Form, FormVersion, Submission
from forms.runtime import FormRuntime, Question
from forms.runtime.path import is_missing
from forms.together import Written, as_text, own_inputs

from .refill import refill


def needs_to_move(draft: Submission, newest: FormVersion) -> bool:
    """Shall the draft go on in the newest version? Staff choose per form."""
    return newest.form.draft_policy == Form.DraftPolicy.FORWARD and draft.version.number < newest.number


@dataclass
class Moved:
    """A draft as it is in the new version; ``left`` holds what was set aside, as people read it."""

    answers: dict[str, Any] = field(default_factory=dict)
    progress: dict[str, Any] = field(default_factory=dict)
    left: list[dict[str, str]] = field(default_factory=list)


def moved(draft: Submission, to: FormVersion, uploads: Iterable[Any] = ()) -> Moved:
    """The draft's answers and progress in the new version; nothing is stored here."""
    old, new = FormRuntime.of(draft.version), FormRuntime.of(to)
    names = {str(upload.key): upload.name for upload in uploads}
    result = Moved()
    pages = draft.progress.get("pages", {})
    clashes: dict[str, Any] = {}
    typed: dict[str, dict[str, Any]] = {page.id: {} for page in new.pages}
    writers: dict[str, dict[str, str]] = {page.id: {} for page in new.pages}
    for question in old.questions.values():
        if not question.is_asked:
            continue
        entry = pages.get(question.page.id, {})
        written = Written(draft.answers.get(question.id), own_inputs(question, entry.get("raw") or {}))
        versions = draft.progress.get("clashes", {}).get(question.id, {})
        after = new.questions.get(question.id)
        same = after is not None and after.kind is question.kind
        kept = _carried(question, after, written, new) if after is not None and same else None
        if kept is None or not same or after is None:
            _set_aside(result, question, written, draft.version.number, names)
            for version in versions.values():
                _set_aside(result, question, Written(version["value"], version["raw"]), draft.version.number, names)
            continue
        if not kept.raw and not written.raw and not kept.same_as(written):
            # Something of it did not fit (an option is gone): the whole answer as it was is shown beside.
            _set_aside(result, question, written, draft.version.number, names)
        if not is_missing(kept.value):
            result.answers[question.id] = kept.value
        typed[after.page.id].update(kept.raw)
        if entry:
            writer = entry.get("fields", {}).get(question.id, entry.get("by", ""))
            writers[after.page.id][question.id] = writer
        if versions:
            clashes[question.id] = versions
    progress = {key: part for key, part in draft.progress.items() if key not in ("pages", "clashes", "left", "last")}
    progress["pages"] = _pages(new, pages, typed, writers)
    last = draft.progress.get("last")
    if any(page.id == last for page in new.pages):
        progress["last"] = last
    if clashes:
        progress["clashes"] = clashes
    left = [*draft.progress.get("left", []), *result.left]
    if left:
        progress["left"] = left
    result.progress = progress
    return result


def _carried(old: Question, new: Question, written: Written, runtime: FormRuntime) -> Written | None:
    """What is written, as the new question takes it; None when nothing of it fits."""
    if written.raw:
        start = len(old.html_name)
        return Written(raw={f"{new.html_name}{name[start:]}": values for name, values in written.raw.items()})
    if is_missing(written.value) or new.takes_files or old.field["settings"] == new.field["settings"]:
        return written
    value, typed = refill(runtime, new, written.value)
    if is_missing(value) and not typed:
        return None
    return Written(value, typed)


def _pages(new: FormRuntime, before: Mapping[str, Any], typed: Any, writers: Any) -> dict[str, Any]:
    """The progress of each page of the new version that holds something, or was saved before."""
    found = {}
    for page in new.pages:
        was, by = before.get(page.id, {}), writers[page.id]
        if not was and not by:
            continue
        first = was.get("by") or next(iter(by.values()), "")
        entry: dict[str, Any] = {"saves": was.get("saves", 1), "by": first}
        if typed[page.id]:
            entry["raw"] = {name: list(values) for name, values in typed[page.id].items()}
        if others := {field_id: writer for field_id, writer in by.items() if writer != first}:
            entry["fields"] = others
        found[page.id] = entry
    return found


def _set_aside(result: Moved, question: Question, written: Written, number: int, names: Mapping[str, str]) -> None:
    text = as_text(question, written, names)
    if text:
        result.left.append({"page": question.page.title, "label": question.label, "text": text})
