"""Types a stored answer into another question of the same kind, as the browser of the one who wrote it would."""

from html.parser import HTMLParser
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

from forms.runtime import FormRuntime, Question


class _Inputs(HTMLParser):
    """Reads what a form in HTML would post."""

    def __init__(self) -> None:
        super().__init__()
        self.posted: MultiValueDict = MultiValueDict()
        self._text = ""
        self._select = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        name, kind = found.get("name") or "", found.get("type") or "text"
        if tag == "input" and name and kind not in ("file", "submit", "button"):
            if kind not in ("radio", "checkbox") or "checked" in found:
                self.posted.appendlist(name, found.get("value") or ("on" if kind == "checkbox" else ""))
        elif tag == "textarea" and name:
            self._text = name
            self.posted.appendlist(name, "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in found:
            self.posted.appendlist(self._select, found.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._text:
            values = self.posted.getlist(self._text)
            self.posted.setlist(self._text, [*values[:-1], values[-1] + data])


def refill(runtime: FormRuntime, question: Question, stored: Any) -> tuple[Any, dict[str, list[str]]]:
    """The answer as the question takes it, or None with what was typed when it is not accepted as it stands."""
    form = runtime.questions_form([question.id], {question.id: stored})
    bound = next(asked.bound for asked in form.asked if asked.question is question)
    reader = _Inputs()
    reader.feed(str(bound))
    reader.close()
    posted = reader.posted
    for name in posted:
        # HTML drops the first line break of a text area, and browsers send CRLF; the fields tidy the rest.
        posted.setlist(name, [value.removeprefix("\n") for value in posted.getlist(name)])
    widget = question.form_field.widget
    try:
        return question.clean(widget.value_from_datadict(posted, MultiValueDict(), question.html_name)), {}
    except ValidationError:
        typed = {name: posted.getlist(name) for name in posted}
        return None, typed if any(value for values in typed.values() for value in values) else {}
