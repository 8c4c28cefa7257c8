"""What axe-core says of a page, as short lines."""

from functools import cache
from pathlib import Path

import axe_core_python
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def script() -> str:
    """The source of axe-core, as the package ships it."""
    return (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """One line for each element that breaks a rule: rule, address, element, how to mend it."""
    page.evaluate(script())  # evaluated by the debugger: the page's content policy stays as it is
    result = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", TAGS
    )
    return [
        f"{rule['id']} at {page.url}: {node['html'][:160]} — {node['failureSummary'].splitlines()[-1].strip()}"
        for rule in result["violations"]
        for node in rule["nodes"]
    ]
