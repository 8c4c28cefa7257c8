"""A published form at work: which questions are asked, what an answer is worth, how it all reads."""

from .page_form import Asked, PageForm
from .path import Path
from .runtime import FormRuntime
from .structure import Page, Question
from .summary import Row, Section

__all__ = ["Asked", "FormRuntime", "Page", "PageForm", "Path", "Question", "Row", "Section"]
