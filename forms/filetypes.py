"""What a file is, told by its content and never by its name; and what is refused."""

import io
import lzma
import re
import struct
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from records.errors import Invalid

MAX_MEMBERS = 1_000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 100
MAX_LISTED = 1024 * 1024  # bytes read of a member that says what the file is

# Everything the library raises when a stranger's archive is not what it says.
BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    NotImplementedError,
    OSError,
    EOFError,
    ArithmeticError,
    ValueError,
    RuntimeError,
    KeyError,
)


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file that can be sent in."""

    name: str
    label: str | Promise
    content_type: str
    extensions: tuple[str, ...]


_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
FILE_TYPES = {
    kind.name: kind
    for kind in (
        FileType("pdf", "PDF", "application/pdf", (".pdf",)),
        FileType("docx", "Word (docx)", f"{_OFFICE}.wordprocessingml.document", (".docx",)),
        FileType("xlsx", "Excel (xlsx)", f"{_OFFICE}.spreadsheetml.sheet", (".xlsx",)),
        FileType("odt", _("OpenDocument text (odt)"), f"{_OPEN}.text", (".odt",)),
        FileType("ods", _("OpenDocument spreadsheet (ods)"), f"{_OPEN}.spreadsheet", (".ods",)),
        FileType("png", _("image (png)"), "image/png", (".png",)),
        FileType("jpg", _("image (jpg)"), "image/jpeg", (".jpg", ".jpeg")),
    )
}


class Refused(Invalid):
    """A file that is not taken; the sentence says why to the person who sent it."""

    def __init__(self, code: str, sentence: Promise | str) -> None:
        super().__init__(sentence)
        self.code = code


def sniff(file: BinaryIO) -> FileType:
    """The type of the file by its content. Raises Refused for anything not known, damaged or dangerous."""
    file.seek(0)
    head = file.read(16)
    if not head:
        raise Refused("empty", _("The file is empty."))
    if head.startswith(b"%PDF-"):
        return FILE_TYPES["pdf"]
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        _check_png(file)
        return FILE_TYPES["png"]
    if head.startswith(b"\xff\xd8\xff"):
        return FILE_TYPES["jpg"]
    if head.startswith(b"PK\x03\x04"):
        return _sniff_package(file)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise Refused(
            "old_office",
            _("The file is of an old Office kind or locked with a password. Save it as docx, xlsx or PDF without one."),
        )
    raise Refused("unknown", _("This kind of file cannot be received."))


def _check_png(file: BinaryIO) -> None:
    """A picture must be all picture: nothing may follow its last part."""
    file.seek(0, io.SEEK_END)
    end = file.tell()
    position = 8
    while position + 12 <= end:
        file.seek(position)
        length, name = struct.unpack(">I4s", file.read(8))
        position += length + 12
        if name == b"IEND":
            break
    else:
        raise Refused("damaged", _("The file is damaged. Open it, save it again and try once more."))
    if position != end:
        raise Refused("damaged", _("The file is damaged. Open it, save it again and try once more."))


def _sniff_package(file: BinaryIO) -> FileType:
    """An Office or OpenDocument file is a zip archive: look at the list of contents before anything is unpacked."""
    damaged = Refused("damaged", _("The file is damaged. Open it, save it again and try once more."))
    try:
        with zipfile.ZipFile(file) as package:
            members = package.infolist()
            packed = sum(member.compress_size for member in members)
            unpacked = sum(member.file_size for member in members)
            if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(packed, 1):
                raise Refused("bomb", _("The file becomes far too large when it is opened, and cannot be received."))
            names = {member.filename.lower() for member in members}
            if any(member.flag_bits & 1 for member in members):
                raise Refused("locked", _("The file is locked with a password. Save it without one."))
            found = _package_type(package, names)
            if _has_macros(names, found.name):
                raise Refused("macro", _("The file contains macros. Save it without macros, or as PDF."))
            return found
    except BROKEN as error:
        raise damaged from error


def _read(package: zipfile.ZipFile, name: str) -> str:
    with package.open(name) as member:
        return member.read(MAX_LISTED).decode("utf-8", "replace")


def _package_type(package: zipfile.ZipFile, names: set[str]) -> FileType:
    if "[content_types].xml" in names:
        real = next(name for name in package.namelist() if name.lower() == "[content_types].xml")
        listing = _read(package, real)
        if "macroenabled" in listing.lower():
            raise Refused("macro", _("The file contains macros. Save it without macros, or as PDF."))
        for kind in ("docx", "xlsx"):
            if f"{FILE_TYPES[kind].content_type}.main+xml" in listing:
                return FILE_TYPES[kind]
    if "mimetype" in names and "mimetype" in package.namelist():
        stated = _read(package, "mimetype").strip()
        for kind in ("odt", "ods"):
            if stated == FILE_TYPES[kind].content_type:
                return FILE_TYPES[kind]
    raise Refused("unknown", _("This kind of file cannot be received."))


def _has_macros(names: set[str], kind: str) -> bool:
    if any(name.rsplit("/", 1)[-1] == "vbaproject.bin" or "/activex/" in f"/{name}" for name in names):
        return True
    return kind in ("odt", "ods") and any(name.startswith(("basic/", "scripts/")) for name in names)


_RESERVED = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def shown_name(name: str) -> str:
    """What a file was called, without its path and without anything invisible; at most 100 characters."""
    name = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode("utf-8"))
    name = re.split(r"[/\\]", name)[-1]
    name = "".join(" " if character.isspace() else character for character in name)
    name = "".join(character for character in name if unicodedata.category(character)[0] != "C")
    return " ".join(name.split())[:100]


def clean_name(name: str, kind: FileType) -> str:
    """A name that is safe to show and to save: no path, nothing invisible, the ending its content calls for."""
    name = _RESERVED.sub("_", shown_name(name)).strip(". ")
    stem, dot, ending = name.rpartition(".")
    extension = f".{ending.lower()}"
    if not dot or extension not in kind.extensions:
        stem, extension = name, kind.extensions[0]
    stem = stem.strip(". ")[:100].rstrip(". ") or "fil"
    if _DEVICES.fullmatch(stem.split(".")[0]):
        stem = f"_{stem}"
    return f"{stem}{extension}"
