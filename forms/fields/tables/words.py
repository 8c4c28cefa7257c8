"""What the table's script says, in the language of the page."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, ngettext


def words(settings: Mapping[str, Any]) -> dict[str, str]:
    """The sentences by name; {number} and the like are filled in by the script."""
    most = settings["max_rows"]
    return {
        "row": gettext("Row {number}"),
        "problem": gettext("{row}: {problem}"),
        "tip": gettext("You can copy cells in Excel or Word and paste them here. Enter takes you to the next row."),
        "pastedOne": gettext("Pasted 1 row."),
        "pasted": gettext("Pasted {count} rows."),
        "fullOne": ngettext(
            "1 row did not fit: at most {most} row.", "1 row did not fit: at most {most} rows.", most
        ).replace("{most}", str(most)),
        "full": ngettext(
            "{count} rows did not fit: at most {most} row.", "{count} rows did not fit: at most {most} rows.", most
        ).replace("{most}", str(most)),
        "wide": gettext("What stood to the right of the last column was left out."),
        "unknown": gettext("“{text}” is not among the options in {column}; choose there yourself: {row}."),
        "unreadable": gettext("“{text}” is not a number: {column}, {row}."),
        "undo": gettext("Undo"),
        "undone": gettext("The table is as it was before."),
        "removed": gettext("{row} was removed."),
        "moved": gettext("Moved to row {number}."),
        "added": gettext("Row {number} was added."),
        "rules": gettext("Look at this"),
    }
