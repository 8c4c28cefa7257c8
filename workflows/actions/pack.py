"""Making a board pack in the background: how far it has come is told while it is made."""

import hashlib
import tempfile
import time
from pathlib import Path

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.events import NewEvent, record
from workflows.board.pack import NothingMore, build
from workflows.models import BoardPack

TELL_EVERY = 0.5  # seconds between two words about how far it has come


def make_pack(key: str) -> None:
    """Make the file of a pack that still waits; one that the agenda has run away from is gone, and nothing is done."""
    pack = _waiting(key)
    if pack is None:
        return
    last = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal last
        pack.total = total
        if time.monotonic() - last < TELL_EVERY:
            return
        last = time.monotonic()
        if not BoardPack.objects.filter(pk=pack.pk).update(done=done, total=total):
            raise NothingMore

    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "pack.pdf"
        try:
            pages = build(pack.meeting, target, left_out=pack.left_out, tell=tell)
        except NothingMore:
            return
        with target.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            pack.file.save("pack.pdf", File(file), save=False)
        pack.pages, pack.size, pack.sha256 = pages, target.stat().st_size, digest
    if not _keep(pack):
        pack.file.delete(save=False)


def _waiting(key: str) -> BoardPack | None:
    rows = BoardPack.objects.filter(key=key, state=BoardPack.State.WAITING)
    return rows.select_related("meeting__board__collection").first()


@transaction.atomic
def _keep(pack: BoardPack) -> bool:
    """Write that it is ready; False when a newer one has taken its place."""
    row = BoardPack.objects.select_for_update(no_key=True).filter(pk=pack.pk, state=BoardPack.State.WAITING).first()
    if row is None:
        return False
    pack.state, pack.made_at, pack.done = BoardPack.State.READY, timezone.now(), pack.total
    pack.error = ""
    pack.save()
    record(
        NewEvent(
            collection=pack.meeting.board.collection,
            stream=pack.meeting.stream,
            type="meeting.pack_made",
            transition={"pack": str(pack.key), "pages": pack.pages, "sha256": pack.sha256},
        )
    )
    return True


def give_up_pack(key: str) -> None:
    """It could not be made: said on the page, where it can be asked for again."""
    BoardPack.objects.filter(key=key, state=BoardPack.State.WAITING).update(
        state=BoardPack.State.FAILED, error=str(_("The papers could not be put together."))
    )
