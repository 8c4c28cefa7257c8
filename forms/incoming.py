"""A file that is handed in, examined before it is kept: what it is, how large, and clean of what it should not hold."""

import hashlib
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from forms.filetypes import FILE_TYPES, Refused, clean_name, sniff
from forms.pictures import is_picture, without_metadata
from forms.scanning import scan

FREE_SPACE = 500 * 1024 * 1024  # bytes that files handed in leave free on the disk


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that may be kept: its name made harmless, its type by content, its size in bytes and SHA-256."""

    file: Any
    name: str
    size: int
    content_type: str
    sha256: str


def examine(file: Any, *, name: str = "", allowed: Iterable[str], limit: int) -> Incoming:
    """Look at a file: size (bytes), kind by content, virus scanner where there is one, pictures without metadata.

    Raises Refused, with the sentence for the one who sent it.
    """
    allowed = list(allowed)
    if file.size > limit:
        raise Refused("too_large", too_large(limit))
    kind = sniff(file)
    if kind.name not in allowed:
        names = ", ".join(str(FILE_TYPES[name].label) for name in allowed if name in FILE_TYPES)
        raise Refused(
            "not_allowed",
            _("%(kind)s is not received here. Send one of: %(allowed)s.") % {"kind": kind.label, "allowed": names},
        )
    room_on_disk(file.size)
    scan(file)
    if is_picture(kind):
        file = without_metadata(file, kind)
    name = name or file.name or ""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return Incoming(file, clean_name(name, kind), file.size, kind.content_type, digest.hexdigest())


def room_on_disk(size: int) -> None:
    """Raise Refused when the disk is too full for a file of this size (bytes)."""
    if shutil.disk_usage(settings.DATA_DIR).free < FREE_SPACE + size:
        raise Refused("no_space", _("Files cannot be received just now. Everything else works: try the file later."))


def too_large(limit: int) -> str:
    """What is said of a file above the limit."""
    return _("The file is too large. It may be at most %(limit)s.") % {"limit": filesizeformat(limit)}
