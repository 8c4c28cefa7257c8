"""Whether history is as it was written: every chain recomputed from its first event."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from records import canonical, triggers
from records.events import chain_digest
from records.models import Event, EventDetail, EventStream

CHUNK = 2000
PROGRESS_EVERY = 10_000


@dataclass(frozen=True, slots=True)
class Break:
    """A place where history is not what was written, named by stream and number."""

    stream: str
    sequence: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.stream} {self.sequence}: {self.sentence}" if self.stream else self.sentence


@dataclass(slots=True)
class Verified:
    """What a run has been through; ``seal`` is one digest over every chain's end, to be kept elsewhere."""

    events: int = 0
    streams: int = 0
    seal: str = ""


def verify(counted: Verified, progress: Callable[[int], None] = lambda count: None) -> Iterator[Break]:
    """Yield every break, reading events as a stream; ``counted`` is filled in on the way.

    Events written while this runs are verified too, but are not missed when they come too late to be seen.
    """
    for name in triggers.missing_triggers():
        yield Break("", 0, _("The trigger %(name)s is missing.") % {"name": name})
    heads = {row.name: row for row in EventStream.objects.all().iterator(CHUNK)}
    counted.seal = canonical.digest([[name, heads[name].length, heads[name].head] for name in sorted(heads)])
    last: Event | None = None
    for event in _events():
        counted.events += 1
        if counted.events % PROGRESS_EVERY == 0:
            progress(counted.events)
        if last is None or event.stream != last.stream:
            yield from _end(last, heads)
            counted.streams += 1
            last = None
        yield from _one(event, last)
        head = heads.get(event.stream)
        if head and event.sequence == head.length and event.digest != head.head:
            yield Break(event.stream, event.sequence, _("the chain does not end with this event as it is now"))
        last = event
    yield from _end(last, heads)
    for head in heads.values():
        if head.length:
            yield Break(head.name, 1, _("all events are missing: %(count)d") % {"count": head.length})


def _events() -> Iterator[Event]:
    return Event.objects.select_related("detail").order_by("stream", "sequence").iterator(CHUNK)


def _one(event: Event, last: Event | None) -> Iterator[Break]:
    """What is wrong with one event and its place after ``last``."""
    expected = last.sequence + 1 if last else 1
    if event.sequence != expected:
        yield Break(
            event.stream,
            expected,
            _("events are missing before number %(number)d: %(count)d")
            % {"count": event.sequence - expected, "number": event.sequence},
        )
    elif event.previous != (last.digest if last else ""):
        yield Break(event.stream, event.sequence, _("it does not follow on the event before it"))
    if event.digest != chain_digest(event):
        yield Break(event.stream, event.sequence, _("it has been changed"))
    detail: EventDetail | None = getattr(event, "detail", None)
    if detail and canonical.digest(detail.payload, detail.salt) != event.detail_digest:
        yield Break(event.stream, event.sequence, _("its details have been changed"))


def _end(last: Event | None, heads: dict[str, EventStream]) -> Iterator[Break]:
    """What is wrong with the end of the chain whose last event is ``last``."""
    if last is None:
        return
    head = heads.pop(last.stream, None)
    if head is None or last.sequence > head.length:
        # It may have grown since the heads were read.
        head = EventStream.objects.filter(name=last.stream).first()
    if head is None:
        yield Break(last.stream, last.sequence, _("the record of how long this chain is, is missing"))
    elif last.sequence > head.length:
        yield Break(last.stream, last.sequence, _("it was added outside the chain"))
    elif last.sequence < head.length:
        yield Break(
            last.stream,
            last.sequence + 1,
            _("events are missing at the end: %(count)d") % {"count": head.length - last.sequence},
        )
