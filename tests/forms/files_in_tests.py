"""Files to send in: good ones, and those that must not be taken."""

import io
import struct
import zipfile
import zlib
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

OFFICE = "application/vnd.openxmlformats-officedocument"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def file(name: str, content: bytes, kind: str = "application/octet-stream") -> SimpleUploadedFile:
    """A file as a browser sends it; what it says of itself is believed by nobody."""
    return SimpleUploadedFile(name, content, kind)


def package(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return held.getvalue()


def office(kind: str = "wordprocessingml.document", **more: bytes) -> bytes:
    """A Word or Excel file, as far as anybody looks."""
    types = f'<Types><Override ContentType="{OFFICE}.{kind}.main+xml"/></Types>'
    return package({"[Content_Types].xml": types.encode(), "word/document.xml": b"<w/>", **more})


def open_document(kind: str = "text", **more: bytes) -> bytes:
    """An OpenDocument file, as far as anybody looks."""
    stated = f"application/vnd.oasis.opendocument.{kind}".encode()
    return package({"mimetype": stated, "content.xml": b"<x/>", **more})


def png(after: bytes = b"") -> bytes:
    """A picture of one point, with something after its end."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"") + after


def photo(**options: Any) -> bytes:
    """A small picture as a camera saves it."""
    held = io.BytesIO()
    picture = Image.new("RGB", (4, 2), "navy")
    picture.putpixel((0, 0), (255, 255, 255))
    picture.save(held, "JPEG", quality=95, **options)
    return held.getvalue()


def bomb() -> bytes:
    """A document that would fill the memory of whoever opens it."""
    return office(**{"word/huge.xml": b"\0" * (30 * 1024 * 1024)})


GOOD = {
    "pdf": PDF,
    "docx": office(),
    "xlsx": office("spreadsheetml.sheet"),
    "odt": open_document(),
    "ods": open_document("spreadsheet"),
    "png": png(),
    "jpg": photo(),
}

HOSTILE = {
    "empty": b"",
    "html": b"<!doctype html><script>alert(1)</script>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "program": b"MZ\x90\x00" + b"\0" * 100,
    "script": b"#!/bin/sh\nrm -rf /",
    "old word": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512,
    "macro": office(**{"word/vbaProject.bin": b"x"}),
    "macro by type": package(
        {"[Content_Types].xml": b'<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'}
    ),
    "basic": open_document(**{"Basic/script-lc.xml": b"<x/>"}),
    "activex": office(**{"word/activeX/activeX1.bin": b"x"}),
    "zip": package({"a.txt": b"text"}),
    "jar": package({"META-INF/MANIFEST.MF": b"Main-Class: Evil"}),
    "bomb": bomb(),
    "many members": office(**{f"word/{number}.xml": b"x" for number in range(1_100)}),
    "cut zip": office()[:60],
    "picture with a page after it": png(b"<script>alert(1)</script>"),
    "cut picture": png()[:40],
}
