"""A workflow drawn as SVG, with the same told as a list for those who do not see it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from workflows.compiling import Context, context_of, kind_of, steps_of

WIDTH, HEIGHT = 184, 60  # of a step
GAP, FALL = 36, 78  # between neighbours, between rows
MARGIN = 12
LANE = 22  # between lines that lead back
LINE = 24  # characters on a line of text
LABEL = 22  # characters of an outcome on its line
LETTER, ROW = 6.2, 14  # how wide a letter is, how far apart rows of words are


@dataclass(frozen=True, slots=True)
class Way:
    """An outcome to draw: from, to, and what it is called."""

    source: str
    target: str
    label: str


@dataclass(frozen=True, slots=True)
class Stop:
    """A step to draw."""

    id: str
    label: str
    below: str
    shape: str
    mark: str = ""
    final: bool = False
    load: "Load | None" = None


@dataclass(frozen=True, slots=True)
class Load:
    """The open matters that stand at a step, and for how many days."""

    count: int
    median: int
    longest: int

    @property
    def short(self) -> str:
        """As it stands on the drawing."""
        return gettext("%(count)s here, %(median)s–%(longest)s d") % self.words

    @property
    def sentence(self) -> str:
        """As it is told in words."""
        return (
            ngettext(
                "%(count)s matter stands here: half of them at most %(median)s days, the longest %(longest)s days.",
                "%(count)s matters stand here: half of them at most %(median)s days, the longest %(longest)s days.",
                self.count,
            )
            % self.words
        )

    @property
    def words(self) -> dict[str, int]:
        """What the sentences are made of."""
        return {"count": self.count, "median": self.median, "longest": self.longest}


def loads(workflow: Any) -> dict[str, Load]:
    """Where the open matters of a workflow stand and for how long, in one query however many there are."""
    if workflow.pk is None:
        return {}
    rows = (
        workflow.matters.filter(state="open")
        .exclude(step="")
        .annotate(day=TruncDate("step_since"))
        .values_list("step", "day")
        .annotate(count=Count("pk"))
        .order_by("step", "-day")
    )
    today = timezone.localdate()
    days: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for step, day, count in rows:
        days[step].append(((today - day).days if day else 0, count))
    return {step: _load(found) for step, found in days.items()}


def _load(found: Sequence[tuple[int, int]]) -> Load:
    """The days of each, the fewest first, with how many matters have stood that long."""
    total, before = sum(count for _days, count in found), 0
    median = longest = found[-1][0]
    for days, count in found:
        before += count
        if before * 2 >= total:
            median = days
            break
    return Load(total, median, longest)


@dataclass(slots=True)
class Box:
    """A step where it lies on the drawing."""

    stop: Stop
    x: float
    y: float
    lines: list[str] = field(default_factory=list)

    @property
    def middle(self) -> float:
        """Half its width in."""
        return self.x + WIDTH / 2

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + WIDTH

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + HEIGHT

    @property
    def texts(self) -> list[tuple[float, str, str]]:
        """Each line of text: how far down, what, and which class."""
        top = self.y + (22 if len(self.lines) > 1 else 27)
        placed = [(top + 15 * number, line, "name") for number, line in enumerate(self.lines)]
        return [*placed, (top + 15 * len(self.lines) + 1, _cut(self.stop.below, LINE + 4), "below")]

    @property
    def badge(self) -> tuple[float, float, str] | None:
        """How wide the note of what stands here is, where its words begin, and the words."""
        if self.stop.load is None:
            return None
        width = len(self.stop.load.short) * LETTER + 12
        return width, self.right - width + 6, self.stop.load.short

    @property
    def badge_y(self) -> float:
        """How far down that note lies: over the upper edge."""
        return self.y - 11

    @property
    def diamond(self) -> str:
        """The six corners of a fork."""
        return (
            f"{self.x},{self.y + HEIGHT / 2} {self.x + 14},{self.y} {self.right - 14},{self.y} "
            f"{self.right},{self.y + HEIGHT / 2} {self.right - 14},{self.bottom} {self.x + 14},{self.bottom}"
        )


@dataclass(frozen=True, slots=True)
class Line:
    """An outcome as drawn: its path, and its words where they lie."""

    path: str
    x: float
    y: float
    words: list[str]
    back: bool = False

    @property
    def placed(self) -> list[tuple[float, str]]:
        """Each row of words and how far down it lies."""
        return [(self.y + ROW * number, word) for number, word in enumerate(self.words)]


class Room:
    """Where words lie already, so that no others are put over them."""

    def __init__(self) -> None:
        self.taken: list[tuple[float, float, float, float]] = []

    def place(self, x: float, y: float, words: Sequence[str], step: float, *, centred: bool) -> float:
        """How far down the words go: `y`, or as many steps away as it takes to lie free."""
        if not words:
            return y
        width = max(len(word) for word in words) * LETTER
        left = x - width / 2 if centred else x
        for _try in range(8):
            box = (left, y - ROW, left + width, y + ROW * (len(words) - 1))
            if not any(_overlap(box, other) for other in self.taken):
                break
            y += step
        self.taken.append((left, y - ROW, left + width, y + ROW * (len(words) - 1)))
        return y


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that the template needs."""

    width: float
    height: float
    boxes: list[Box]
    lines: list[Line]
    told: list[dict[str, Any]]


def draw(graph: Mapping[str, Any], *, current: str = "", passed: Iterable[str] = (), title: str = "") -> SafeString:
    """The compiled graph as SVG; `current` is where a matter is, `passed` where it has been."""
    been = set(passed)
    stops, ways = [], []
    for step in steps_of(graph):
        kind = kind_of(step)
        shape, below = kind.draw(step)
        mark = "now" if step["id"] == current else "passed" if step["id"] in been else ""
        stops.append(Stop(step["id"], step["label"], below, shape, mark, kind.final))
        ways += [
            Way(step["id"], edge["target"], kind.outcome_label(step, edge["name"]))
            for edge in step["outcomes"]
            if edge["target"]
        ]
    return _render(stops, ways, graph["start"], title or graph["title"])


def sketch(workflow: Any) -> SafeString | str:
    """The draft as far as it goes: outcomes that lead nowhere yet are left out."""
    context = context_of(workflow)
    if not context.drafts:
        return ""
    stops, ways = [], []
    standing = loads(workflow)
    for draft in context.drafts:
        kind, load = draft.kind, standing.get(draft.id)
        stops.append(Stop(draft.id, draft.label or "…", str(kind.label), kind.shape, final=kind.final, load=load))
        ways += _draft_ways(draft, context)
    return _render(stops, ways, context.drafts[0].id, workflow.title)


def _draft_ways(draft: Any, context: Context) -> list[Way]:
    return [
        Way(draft.id, target.id, str(draft.kind.outcome_labels.get(edge.name) or edge.label or "…"))
        for edge in draft.edges()
        if (target := context.target(edge.target)) is not None
    ]


def _render(stops: Sequence[Stop], ways: Sequence[Way], start: str, title: str) -> SafeString:
    drawing = lay_out(stops, ways, start)
    return render_to_string("workflows/_drawing.html", {"drawing": drawing, "title": title})


# --- laying out ------------------------------------------------------------------------------------------
def lay_out(stops: Sequence[Stop], ways: Sequence[Way], start: str) -> Drawing:
    """Steps in rows by how far they are from the start; lines that lead back run along the right side."""
    rows = _rows(stops, ways, start)
    order = {stop.id: number for number, stop in enumerate(stops)}
    forward: list[tuple[str, str, list[str]]] = []
    back: list[tuple[str, str, list[str]]] = []
    for (source, target), labels in _merged(ways).items():
        (forward if rows[source] < rows[target] else back).append((source, target, labels))
    layers = _ordered(stops, rows, [(source, target) for source, target, _labels in forward])
    widest = max(len(layer) for layer in layers)
    across = widest * WIDTH + (widest - 1) * GAP
    boxes: dict[str, Box] = {}
    bends: dict[Any, tuple[float, float]] = {}
    by_id = {stop.id: stop for stop in stops}
    for number, layer in enumerate(layers):
        width = len(layer) * WIDTH + (len(layer) - 1) * GAP
        left = MARGIN + (across - width) / 2
        top = MARGIN + number * (HEIGHT + FALL)
        for place, item in enumerate(layer):
            x = left + place * (WIDTH + GAP)
            if isinstance(item, str):
                boxes[item] = Box(by_id[item], x, top, _wrapped(by_id[item].label))
            else:
                bends[item] = (x + WIDTH / 2, top)
    # The only way on needs no words on the drawing; it has them in the list.
    only = {source for source in by_id if sum(way.source == source for way in ways) == 1}
    forward = [(source, target, [] if source in only else labels) for source, target, labels in forward]
    room = Room()
    lines = [_forward(boxes, bends, rows, *one, forward=forward, room=room) for one in forward]
    side = MARGIN + across + 14
    lines += [_back(boxes, *one, lane=side + LANE * number, room=room) for number, one in enumerate(back)]
    width = side + LANE * len(back) + (LABEL * 7 if back else 0) + MARGIN
    height = MARGIN * 2 + len(layers) * HEIGHT + (len(layers) - 1) * FALL
    told = _told(stops, ways, order)
    return Drawing(round(width), round(height), [boxes[stop.id] for stop in stops], lines, told)


def _rows(stops: Sequence[Stop], ways: Sequence[Way], start: str) -> dict[str, int]:
    """The row of each step: one below the lowest step that leads to it, when lines that go back are left out."""
    leads: dict[str, list[str]] = defaultdict(list)
    for way in ways:
        if way.target not in leads[way.source]:
            leads[way.source].append(way.target)
    done: list[str] = []
    seen: set[str] = set()
    backward: set[tuple[str, str]] = set()

    for first in [start, *(stop.id for stop in stops)]:
        if first in seen:
            continue
        trail = [(first, iter(leads[first]))]
        seen.add(first)
        on_trail = [first]
        while trail:
            step, rest = trail[-1]
            for target in rest:
                if target in on_trail:
                    backward.add((step, target))
                elif target not in seen:
                    seen.add(target)
                    on_trail.append(target)
                    trail.append((target, iter(leads[target])))
                    break
            else:
                trail.pop()
                on_trail.pop()
                done.append(step)
    rows = dict.fromkeys((stop.id for stop in stops), 0)
    for step in reversed(done):
        for target in leads[step]:
            if (step, target) not in backward:
                rows[target] = max(rows[target], rows[step] + 1)
    return rows


def _merged(ways: Sequence[Way]) -> dict[tuple[str, str], list[str]]:
    """Outcomes between the same two steps share a line."""
    merged: dict[tuple[str, str], list[str]] = {}
    for way in ways:
        merged.setdefault((way.source, way.target), []).append(way.label)
    return merged


def _ordered(stops: Sequence[Stop], rows: Mapping[str, int], links: Sequence[tuple[str, str]]) -> list[list[Any]]:
    """Each row's steps and bends from left to right, moved so that lines cross little."""
    layers: list[list[Any]] = [[] for _row in range(max(rows.values()) + 1)]
    for stop in stops:
        layers[rows[stop.id]].append(stop.id)
    above: dict[Any, list[Any]] = defaultdict(list)
    below: dict[Any, list[Any]] = defaultdict(list)
    for source, target in links:
        chain: list[Any] = [source, *((source, target, row) for row in range(rows[source] + 1, rows[target])), target]
        for row, bend in enumerate(chain[1:-1], rows[source] + 1):
            layers[row].append(bend)
        for upper, lower in pairwise(chain):
            below[upper].append(lower)
            above[lower].append(upper)
    for turn in range(8):
        down = turn % 2 == 0
        neighbours = above if down else below
        numbers = range(1, len(layers)) if down else range(len(layers) - 2, -1, -1)
        for number in numbers:
            beside = layers[number - 1 if down else number + 1]
            spot = {item: place - len(beside) / 2 for place, item in enumerate(beside)}
            here = {item: place - len(layers[number]) / 2 for place, item in enumerate(layers[number])}
            layers[number].sort(key=_by_neighbours(neighbours, spot, here))
    return layers


def _by_neighbours(
    neighbours: Mapping[Any, list[Any]], spot: Mapping[Any, float], here: Mapping[Any, float]
) -> Callable[[Any], float]:
    """Where an item wants to be: in the middle of those it is linked to, or where it is."""

    def wanted(item: Any) -> float:
        near = neighbours[item]
        return sum(spot[other] for other in near) / len(near) if near else here[item]

    return wanted


def _forward(
    boxes: Mapping[str, Box],
    bends: Mapping[Any, tuple[float, float]],
    rows: Mapping[str, int],
    source: str,
    target: str,
    labels: list[str],
    *,
    forward: Sequence[tuple[str, str, list[str]]],
    room: Room,
) -> Line:
    start, end = boxes[source], boxes[target]
    ends = sorted(
        (other for other in forward if other[0] == source),
        key=lambda other: bends.get((source, other[1], rows[source] + 1), (boxes[other[1]].middle, 0))[0],
    )
    place = [other[1] for other in ends].index(target)
    x = start.x + WIDTH * (place + 1) / (len(ends) + 1)
    y = start.bottom
    path = [f"M{x:.0f},{y:.0f}"]
    points = [bends[(source, target, row)] for row in range(rows[source] + 1, rows[target])]
    # The words stand where the line has come apart from its neighbours: just above where it goes first.
    words = _words(labels)
    words_x = points[0][0] if points else end.middle
    words_y = room.place(words_x, y + FALL - 16 - ROW * (len(words) - 1), words, -ROW, centred=True)
    for bend_x, bend_y in points:
        path.append(f"C{x:.0f},{y + FALL / 2:.0f} {bend_x:.0f},{bend_y - FALL / 2:.0f} {bend_x:.0f},{bend_y:.0f}")
        path.append(f"L{bend_x:.0f},{bend_y + HEIGHT:.0f}")
        x, y = bend_x, bend_y + HEIGHT
    path.append(f"C{x:.0f},{y + FALL / 2:.0f} {end.middle:.0f},{end.y - FALL / 2:.0f} {end.middle:.0f},{end.y - 2:.0f}")
    return Line(" ".join(path), round(words_x), round(words_y), words)


def _back(boxes: Mapping[str, Box], source: str, target: str, labels: list[str], *, lane: float, room: Room) -> Line:
    start, end = boxes[source], boxes[target]
    from_y, to_y = start.y + HEIGHT * 0.62, end.y + HEIGHT * 0.38
    path = (
        f"M{start.right:.0f},{from_y:.0f} L{lane - 8:.0f},{from_y:.0f} "
        f"Q{lane:.0f},{from_y:.0f} {lane:.0f},{from_y - 8:.0f} L{lane:.0f},{to_y + 8:.0f} "
        f"Q{lane:.0f},{to_y:.0f} {lane - 8:.0f},{to_y:.0f} L{end.right + 2:.0f},{to_y:.0f}"
    )
    words = _words(labels)
    y = room.place(lane + 5, (from_y + to_y) / 2, words, ROW, centred=False)
    return Line(path, round(lane + 5), round(y), words, back=True)


def _words(labels: Sequence[str]) -> list[str]:
    shown = [_cut(label, LABEL) for label in labels[:3]]
    return [*shown, "…"] if len(labels) > 3 else shown


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _wrapped(text: str) -> list[str]:
    """At most two lines of a step's name."""
    lines = [""]
    for word in text.split() or ["…"]:
        if lines[-1] and len(lines[-1]) + 1 + len(word) > LINE:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    if len(lines) > 2:
        lines = [lines[0], " ".join(lines[1:])]
    return [_cut(line, LINE) for line in lines]


def _told(stops: Sequence[Stop], ways: Sequence[Way], order: Mapping[str, int]) -> list[dict[str, Any]]:
    """The same as the drawing, in words."""
    names = {stop.id: stop.label for stop in stops}
    marks = {"now": gettext("the matter is here now"), "passed": gettext("the matter has been here")}
    return [
        {
            "number": order[stop.id] + 1,
            "label": stop.label,
            "below": stop.below,
            "mark": marks.get(stop.mark, ""),
            "load": stop.load.sentence if stop.load else "",
            "ways": [
                {"label": way.label, "target": names[way.target], "number": order[way.target] + 1}
                for way in ways
                if way.source == stop.id
            ],
        }
        for stop in stops
    ]
