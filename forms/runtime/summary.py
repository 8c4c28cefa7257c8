"""Answers as people read them: section by section, on the summary, the receipt, the matter and on paper."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString

from .path import Path, is_missing
from .structure import Page, Question


@dataclass(frozen=True)
class Row:
    """One question and its answer; `display` is plain text, `html` the same with its markup."""

    question: Question
    display: str
    html: SafeString
    uploads: list[Any] = field(default_factory=list)

    @property
    def field_id(self) -> str:
        """The question's stable id."""
        return self.question.id

    @property
    def label(self) -> str:
        """What was asked."""
        return self.question.label


@dataclass(frozen=True)
class Section:
    """One page of the form with what was answered there."""

    page: Page
    rows: list[Row]

    @property
    def title(self) -> str:
        """What the page is called."""
        return self.page.title


def build_summary(path: Path, uploads: Iterable[Any]) -> list[Section]:
    """Every question that was met, also those left empty, under the page that asks it."""
    files: dict[str, Any] = {str(upload.key): upload for upload in uploads}
    rows: dict[str, list[Row]] = defaultdict(list)
    for question in path.questions:
        if question.has_value:
            rows[question.page.id].append(_row(question, path.answers.get(question.id), files))
    return [Section(page, rows[page.id]) for page in path.pages if rows[page.id]]


def _row(question: Question, stored: Any, files: dict[str, Any]) -> Row:
    if question.takes_files:
        found = [files[key] for key in stored or () if key in files]
        return Row(question, ", ".join(upload.name for upload in found), SafeString(""), found)
    if is_missing(stored):
        return Row(question, "", SafeString(""))
    return Row(
        question,
        question.kind.display(question.field, stored),
        question.kind.display_html(question.field, stored),
    )
