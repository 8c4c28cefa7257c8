"""Files are shown to ClamAV before they are kept, where ``CLAMAV_SOCKET`` says how to reach it (clamd's INSTREAM).

``/run/clamav/clamd.ctl`` or ``unix:…`` is a socket on this machine, ``host:3310`` or ``tcp://host:3310`` another's.
"""

import socket
import struct
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from forms.filetypes import Refused

SECONDS = 30
PIECE = 64 * 1024
LONGEST_ANSWER = 4096

INFECTED = _("The file contains a virus or the like and has not been kept.")
NOT_SCANNED = _(
    "The file could not be checked for viruses just now, so it has not been kept. Everything else is saved: "
    "try the file again in a few minutes."
)


def scan(file: Any) -> None:
    """Raise Refused for a file with a virus, and for any file while the scanner does not answer."""
    address = getattr(settings, "CLAMAV_SOCKET", "")
    if not address:
        return
    try:
        answer = _ask(address, file)
    except (OSError, ValueError) as error:
        raise Refused("not_scanned", NOT_SCANNED) from error
    if answer.endswith("FOUND"):
        raise Refused("infected", INFECTED)
    if not answer.endswith("OK"):
        raise Refused("not_scanned", NOT_SCANNED)


def _ask(address: str, file: Any) -> str:
    file.seek(0)
    with _connect(address) as connection:
        connection.sendall(b"zINSTREAM\0")
        while piece := file.read(PIECE):
            connection.sendall(struct.pack(">I", len(piece)) + piece)
        connection.sendall(struct.pack(">I", 0))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
            received = connection.recv(1024)
            if not received:
                break
            answer += received
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()


def _connect(address: str) -> socket.socket:
    plain = address.removeprefix("unix:").removeprefix("tcp://")
    if address.startswith("unix:") or plain.startswith("/"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(SECONDS)
        try:
            connection.connect(plain)
        except OSError:
            connection.close()
            raise
        return connection
    host, _colon, port = plain.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=SECONDS)
