"""What stands in the controls of a page, as a browser would post it."""

from html.parser import HTMLParser
from typing import NamedTuple


class Control(NamedTuple):
    """One control that people fill in."""

    name: str
    kind: str  # "text", "select", "check" (radio buttons and checkboxes), "hidden"
    values: tuple[str, ...]  # what is in it now
    options: tuple[str, ...] = ()


class _Reader(HTMLParser):
    """Reads the controls of the page's own form, marked by data-journey."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Control] = []
        self.inside = False
        self.area: tuple[str, list[str]] | None = None
        self.options: list[tuple[str, bool]] | None = None
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.inside = "data-journey" in given
        if not self.inside:
            return
        if tag == "option" and self.options is not None:
            self.options.append((given.get("value", ""), "selected" in given))
        elif not name or "disabled" in given:
            return
        elif tag == "textarea":
            self.area = (name, [])
        elif tag == "select":
            self.select, self.options = name, []
        elif tag == "input" and given.get("type") in {"radio", "checkbox"}:
            value = given.get("value", "on")
            self.found.append(Control(name, "check", (value,) if "checked" in given else (), (value,)))
        elif tag == "input" and given.get("type") not in {"submit", "file"}:
            kind = "hidden" if given.get("type") == "hidden" else "text"
            self.found.append(Control(name, kind, (given.get("value", ""),)))

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "textarea" and self.area is not None:
            text = "".join(self.area[1])
            # A browser takes no notice of one line break at the start.
            self.found.append(Control(self.area[0], "text", (text.removeprefix("\r\n").removeprefix("\n"),)))
            self.area = None
        elif tag == "select" and self.options is not None:
            chosen = [value for value, selected in self.options if selected] or [value for value, _no in self.options][
                :1
            ]
            self.found.append(
                Control(self.select, "select", tuple(chosen), tuple(value for value, _selected in self.options))
            )
            self.options = None


def controls(html: str) -> list[Control]:
    """The controls of the page's form, in reading order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


def posted(html: str) -> dict[str, list[str]]:
    """What a browser would post if the page were sent as it stands."""
    data: dict[str, list[str]] = {}
    for control in controls(html):
        if control.values:
            data.setdefault(control.name, []).extend(control.values)
    return data
