"""The board pack of thirty matters with sixty attached files: ``python -m tests.bench.packing``; prints JSON."""

import json
import os
import time
from io import BytesIO

import django

MATTERS, FILES, PAGES = 30, 60, 8
TEXT = "Vi vill pröva ett nytt sätt att arbeta tillsammans, och beskriver här hur det går till. " * 40


def a_pdf(number: int) -> bytes:
    """A document of some pages, as they are attached: text and a picture on each."""
    import pikepdf
    from PIL import Image

    noise = Image.effect_noise((900, 1200), 60 + number % 20)
    pages = [noise.convert("L") for _page in range(PAGES)]
    held, made = BytesIO(), BytesIO()
    pages[0].save(held, "PDF", save_all=True, append_images=pages[1:], resolution=110, quality=70)
    with pikepdf.open(held) as document:
        document.save(made)
    return made.getvalue()


def measure() -> dict[str, float]:
    """Seconds from asking to ready, the longest wait for the next word of progress, pages and megabytes."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from records.effects import run_due
    from tests.workflows.board.people import Boardroom
    from workflows import actions
    from workflows.board import pack as packing
    from workflows.models import BoardPack

    room = Boardroom("Banken")
    meeting = room.meeting()
    for number in range(MATTERS):
        room.matter_item(meeting, room.house.at_board(title=f"Insats {number}", background=TEXT), background=TEXT)
    items = list(meeting.items.all())
    content = [a_pdf(number) for number in range(4)]
    for number in range(FILES):
        file = SimpleUploadedFile(
            f"bilaga-{number}.pdf", content[number % len(content)] + b"\n%" + str(number).encode()
        )
        actions.add_paper(item=items[number % MATTERS], actor=room.olle, file=file)
    while run_due():
        pass
    told: list[float] = []
    build = packing.build

    def watched(*args: object, tell: packing.Tell, **named: object) -> int:
        def heard(done: int, total: int) -> None:
            told.append(time.perf_counter())
            tell(done, total)

        return build(*args, tell=heard, **named)  # type: ignore[arg-type]

    from workflows.actions import pack as action

    action.build = watched  # type: ignore[assignment]
    pack = actions.ask_pack(meeting=meeting, actor=room.olle)
    start = time.perf_counter()
    run_due()
    seconds = time.perf_counter() - start
    pack = BoardPack.objects.get(pk=pack.pk)
    if pack.state != BoardPack.State.READY:
        raise SystemExit(f"The pack is {pack.state}.")
    waits = [later - sooner for sooner, later in zip([start, *told], [*told, start + seconds], strict=True)]
    return {"seconds": seconds, "wait": max(waits), "words": len(told), "pages": pack.pages, "mb": pack.size / 1e6}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    print(json.dumps(measure()))
