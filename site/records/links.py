"""Links in plain text: addresses that people can follow, and nothing that could run."""

import re

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

_ADDRESS = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_CLOSES_A_SENTENCE = ".,:;!?)]}"


def linked(text: str) -> SafeString:
    """The text, escaped, with every http(s) address in it as a link; anything else stays words."""
    parts, last = [], 0
    for found in _ADDRESS.finditer(text):
        address = found.group().rstrip(_CLOSES_A_SENTENCE)
        parts.append(escape(text[last : found.start()]))
        parts.append(format_html('<a href="{}" rel="nofollow noopener noreferrer">{}</a>', address, address))
        last = found.start() + len(address)
    parts.append(escape(text[last:]))
    return mark_safe("".join(parts))  # noqa: S308 (each part has been escaped)
