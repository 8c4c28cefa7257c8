"""The archive itself: a zip whose files can be checked by anybody, with the list of digests inside."""

import hashlib
import json
import zipfile
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import override

from forms.pdf import draw
from workflows.models import Matter

from .contents import as_data, as_document, events, files

FOLDER = "akt"
READ_ME = """Akt {number}

arende.pdf        allt i ärendet, att läsa och bevara (PDF/A-2a, PDF/UA-1)
arende.json       samma uppgifter för datorer
handelser.json    allt som har hänt, kedjat: varje händelse bär kontrollsumman av den före
filer/            filerna, som de kom in
SHA256SUMS        kontrollsumma för varje fil
kontrollera.py    kontrollerar allt: python3 kontrollera.py

Kontrollsummorna kan också prövas med: sha256sum -c SHA256SUMS
"""


class _Digesting:
    """A file in the archive that is digested while it is written."""

    def __init__(self, archive: zipfile.ZipFile, sums: list[str]) -> None:
        self.archive, self.sums = archive, sums

    def add(self, name: str, content: bytes) -> None:
        """A file whose content is at hand."""
        self.archive.writestr(f"{FOLDER}/{name}", content)
        self.sums.append(f"{hashlib.sha256(content).hexdigest()}  {name}")

    def copy(self, name: str, stored: Any) -> None:
        """A stored file, piece by piece."""
        digest = hashlib.sha256()
        with stored.open("rb") as source, self.archive.open(f"{FOLDER}/{name}", "w", force_zip64=True) as target:
            while piece := source.read(1024 * 1024):
                digest.update(piece)
                target.write(piece)
        self.sums.append(f"{digest.hexdigest()}  {name}")


def write_archive(matter: Matter, file: IO[bytes]) -> None:
    """Write the dossier of a matter as a zip, in the language of the installation."""
    sums: list[str] = []
    with override(settings.LANGUAGE_CODE), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        into = _Digesting(archive, sums)
        into.add("LÄS MIG.txt", READ_ME.format(number=matter.registry_number).encode())
        into.add("arende.pdf", draw(as_document(matter), language=settings.LANGUAGE_CODE, moment=matter.received_at))
        into.add("arende.json", _json(as_data(matter)))
        into.add("handelser.json", _json(events(matter)))
        for path, row in files(matter):
            into.copy(path, row.file)
        into.add("kontrollera.py", (Path(__file__).parent / "check.py").read_bytes())
        archive.writestr(f"{FOLDER}/SHA256SUMS", "\n".join(sums) + "\n")


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()


def file_name(matter: Matter) -> str:
    """What the archive is called when it is fetched."""
    return f"akt-{slugify(matter.registry_number) or matter.pk}.zip"


__all__ = ["FOLDER", "file_name", "write_archive"]
