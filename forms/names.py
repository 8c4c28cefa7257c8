"""Readable names of pages, questions, columns and choices: made from the label, unique, kept when the label changes."""

import re
import unicodedata
from collections.abc import Iterable

from forms.expressions import KEYWORDS

LONGEST = 40

_FOLDED = str.maketrans({"å": "a", "ä": "a", "ö": "o", "æ": "a", "ø": "o", "ß": "ss"})
_OTHER = re.compile(r"[^a-z0-9]+")


def readable_name(label: str, taken: Iterable[str] = (), fallback: str = "question") -> str:
    """A name that expressions and exports can use: small letters a–z, digits and _, beginning with a letter.

    "Sökt belopp (kr)" gives "sokt_belopp_kr". When the name is taken, or a word of the expression language, a number
    is added.
    """
    folded = unicodedata.normalize("NFKD", label.lower().translate(_FOLDED))
    name = _OTHER.sub("_", folded).strip("_")[:LONGEST].rstrip("_")
    if not name:
        name = fallback
    elif not name[0].isalpha():
        name = f"{fallback}_{name}"[:LONGEST].rstrip("_")
    used = {*taken, *KEYWORDS}
    candidate, number = name, 1
    while candidate in used:
        number += 1
        candidate = f"{name}_{number}"
    return candidate
