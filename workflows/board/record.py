"""The text of minutes, written from what was noted at the meeting (KL 5:65–67, followed through KL 6:35).

It is made of neutral blocks (paragraphs, lists, tables) that the page and the PDF draw alike; fixed as JSON it is what
is signed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from forms.paper import Block, text_blocks
from records import association, canonical
from workflows.letters import day, kronor
from workflows.models import AgendaItem, Ballot, Disqualification, Meeting, Motion, Seat, Service, Vote

FORMAT = 1
Sort, Method = AgendaItem.Sort, AgendaItem.Method
DECIDES = (Sort.MATTER, Sort.DECISION, Sort.ELECTION)
Content = dict[str, Any]


# --- reading -------------------------------------------------------------------------------------------
def items_of(meeting: Meeting) -> list[AgendaItem]:
    """Every item that is not taken off, in order, with everything its § tells; a fixed number of queries."""
    return list(
        meeting.items.exclude(state=AgendaItem.State.REMOVED)
        .select_related("matter", "decision")
        .prefetch_related(
            Prefetch("service", Service.objects.select_related("seat__member", "stands_in_for")),
            Prefetch("motions", Motion.objects.select_related("seat").prefetch_related("seconded_by")),
            Prefetch("ballots", Ballot.objects.select_related("yes", "no", "winner")),
            Prefetch("ballots__votes", Vote.objects.select_related("seat")),
            "reservations__seat",
            Prefetch("disqualifications", Disqualification.objects.select_related("seat")),
            "delegated_decisions__delegation",
            "delegated_decisions__matter",
        )
    )


def chairs(meeting: Meeting, items: Iterable[AgendaItem]) -> list[Seat]:
    """Everyone who led some of these items, who led most of them first: they adjust what they led."""
    led = Counter(row.seat_id for item in items for row in item.service.all() if row.is_chair)
    found = {row.seat_id: row.seat for item in items for row in item.service.all() if row.is_chair}
    if meeting.chair and not found:
        found[meeting.chair.pk] = meeting.chair
    return sorted(found.values(), key=lambda seat: -led[seat.pk])


# --- what the law asks -----------------------------------------------------------------------------------
def missing(meeting: Meeting, items: Sequence[AgendaItem], *, whole: bool) -> list[str]:
    """What must be there before the minutes can be signed, one sentence each; empty when nothing is missing."""
    found = []
    if whole and meeting.state != Meeting.State.CLOSED:
        found.append(_("The meeting has not been closed."))
    if meeting.opened_at is None:
        found.append(_("It is not noted when the meeting was opened."))
    if not chairs(meeting, items):
        found.append(_("It is not noted who chaired the meeting."))
    if not [row for row in meeting.adjusters.all() if not row.is_reserve]:
        found.append(_("Nobody has been chosen to adjust the minutes beside the chair."))
    if not items:
        found.append(_("There is no paragraph to adjust."))
    for item in items:
        found += [
            _("%(item)s: %(problem)s") % {"item": item, "problem": problem} for problem in _missing_in(item, meeting)
        ]
    return found


def _missing_in(item: AgendaItem, meeting: Meeting) -> Iterable[str]:
    if item.state != AgendaItem.State.DONE:
        yield _("the item has not been dealt with.")
        return
    if item.paragraph is None:
        yield _("the item has no number.")
    if item.sort not in DECIDES:
        return
    if not item.decided.strip():
        yield _("it is not written what the board decided (KL 5:66).")
    if not item.method:
        yield _("it is not noted how the decision was made (KL 5:66).")
    if not item.service.all():
        yield _("it is not noted who took part in the decision (KL 5:66).")
    if any(row.state in ("proposed", "contested") for row in item.disqualifications.all()):
        yield _("a question about a conflict of interest has not been settled (KL 6:30).")
    for ballot in item.ballots.all():
        if ballot.closed_at is None:
            yield _("a vote is still open.")
        elif ballot.sort == Ballot.Sort.OPEN and not _agree(ballot):
            yield _("the votes by name do not agree with the result of the vote (KL 5:66).")


def _agree(ballot: Ballot) -> bool:
    """Do the votes by name give the result? Whoever did not answer has abstained."""
    said = Counter(vote.choice for vote in ballot.votes.all())
    return all(said[choice] == ballot.tally.get(choice, 0) for choice in (Vote.Choice.YES, Vote.Choice.NO))


# --- writing -----------------------------------------------------------------------------------------------
def write(
    meeting: Meeting, items: Sequence[AgendaItem], *, whole: bool, at_once: Mapping[int, datetime] | None = None
) -> Content:
    """The minutes of these items; ``at_once`` tells which of them were adjusted earlier, and when."""
    facts = association.facts(meeting.board.collection)
    present = _present(meeting, items)
    main = next(iter(chairs(meeting, items)), None)
    title = _("Minutes") if whole else _("Minutes, adjusted at once")
    return canonical.plain(
        {
            "format": FORMAT,
            "title": title,
            "association": facts.name,
            "board": meeting.board.name,
            "meeting": {"title": meeting.title, "date": _date(meeting), "key": meeting.key},
            "whole": whole,
            "facts": _facts(meeting, items),
            "sections": [
                {"key": "present", "title": _("Who took part"), "secret": False, "blocks": present},
                *(_paragraph(item, main, (at_once or {}).get(item.pk)) for item in items),
            ],
        }
    )


def _date(meeting: Meeting) -> Any:
    return timezone.localdate(meeting.opened_at or meeting.starts_at)


def _clock(moment: datetime | None) -> str:
    return time_format(timezone.localtime(moment), "H:i") if moment else ""


def _facts(meeting: Meeting, items: Sequence[AgendaItem]) -> list[dict[str, str]]:
    opened, closed = _clock(meeting.opened_at), _clock(meeting.closed_at)
    when = f"{date_format(_date(meeting), 'DATE_FORMAT')}, {opened}" + (f"–{closed}" if closed else "")
    numbers = [item.paragraph for item in items if item.paragraph]
    rows = [
        (_("Meeting"), meeting.title),
        (_("Time"), when),
        (_("Place"), meeting.place or meeting.get_mode_display()),
        (_("Paragraphs"), "§ " + in_short(numbers) if numbers else ""),
        (_("Chair"), ", ".join(seat.name for seat in chairs(meeting, items))),
        (_("Secretary"), str(meeting.secretary) if meeting.secretary else ""),
        (_("Adjusted by"), ", ".join(row.seat.name for row in meeting.adjusters.all() if not row.is_reserve)),
    ]
    if meeting.is_public:
        rows.append((_("Open to the public"), _("yes")))
    return [{"label": label, "value": value} for label, value in rows if value]


def in_short(numbers: Sequence[int]) -> str:
    """Paragraph numbers in short: 10–12, 14."""
    found: list[list[int]] = []
    for number in sorted(set(numbers)):
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in found)


# --- who was there ---------------------------------------------------------------------------------------------
def _present(meeting: Meeting, items: Sequence[AgendaItem]) -> list[Block]:
    there = list(meeting.attendance.all())
    served: dict[int, list[Service]] = {}
    numbers: dict[int, list[int]] = {}
    for item in items:
        for row in item.service.all():
            served.setdefault(row.seat_id, []).append(row)
            if item.paragraph:
                numbers.setdefault(row.seat_id, []).append(item.paragraph)
    every = [item.paragraph for item in items if item.paragraph and item.service.all()]
    times: dict[Any, list[Any]] = {}
    for spell in there:
        if spell.seat_id:
            times.setdefault(spell.seat_id, []).append(spell)
    serving, beside = [], []
    for seat_id, spells in times.items():
        seat = spells[0].seat
        cells = [seat.name, seat.member.name, _as_what(seat, served.get(seat_id, [])), _spells(spells, meeting)]
        if seat_id in served:
            own = numbers.get(seat_id, [])
            serving.append([*cells, _("all") if set(own) == set(every) else in_short(own)])
        elif items and every:
            beside.append(cells)
        else:
            serving.append([*cells, ""])
    blocks = [_table([_("Name"), _("Member"), _("Serves as"), _("Present"), "§"], serving)] if serving else []
    if beside:
        blocks += [_head(_("Present without serving")), _table([_("Name"), _("Member"), _("As"), _("Present")], beside)]
    others = [spell for spell in there if not spell.seat_id]
    if others:
        spells_by: dict[tuple[str, str], list[Any]] = {}
        for spell in others:
            spells_by.setdefault((spell.name, spell.role), []).append(spell)
        blocks += [
            _head(_("Others present")),
            _table(
                [_("Name"), _("As"), _("Present")],
                [[name, role, _spells(spells, meeting)] for (name, role), spells in spells_by.items()],
            ),
        ]
    return blocks


def _as_what(seat: Seat, rows: Sequence[Service]) -> str:
    said = [str(seat.get_office_display())] if seat.office else [str(seat.get_kind_display())]
    stood = dict.fromkeys(row.stands_in_for.name for row in rows if row.stands_in_for)
    if stood:
        said.append(_("for %(names)s") % {"names": ", ".join(stood)})
    return " ".join(said)


def _spells(spells: Sequence[Any], meeting: Meeting) -> str:
    """From when until when, and how, where it was not the whole meeting and on site."""
    parts = []
    for row in spells:
        late = meeting.opened_at is not None and row.arrived_at > meeting.opened_at
        early = row.left_at is not None and (meeting.closed_at is None or row.left_at < meeting.closed_at)
        if late and early:
            text = _("%(from)s–%(until)s") % {"from": _clock(row.arrived_at), "until": _clock(row.left_at)}
        elif late:
            text = _("from %(time)s") % {"time": _clock(row.arrived_at)}
        elif early:
            text = _("until %(time)s") % {"time": _clock(row.left_at)}
        else:
            text = _("the whole meeting")
        if row.mode != row.Mode.ON_SITE:
            text += f", {row.get_mode_display()}" + (f" ({row.reason})" if row.reason else "")
        parts.append(text)
    return "; ".join(parts)


# --- one paragraph -----------------------------------------------------------------------------------------------
def _paragraph(item: AgendaItem, main: Seat | None, at_once: datetime | None) -> dict[str, Any]:
    blocks: list[Block] = []
    if item.matter:
        blocks += text_blocks(_("Registry number %(number)s") % {"number": item.matter.registry_number})
    if at_once:
        words = _("This paragraph was adjusted at once, on %(date)s.")
        blocks += text_blocks(words % {"date": day(timezone.localdate(at_once))})
    blocks += _disqualified(item)
    blocks += _who_decided(item, main)
    if item.presenter:
        blocks += text_blocks(_("Presented by %(name)s.") % {"name": item.presenter})
    for heading, text in ((_("The matter"), item.background), (_("Account"), item.account)):
        if text.strip():
            blocks += [_head(heading), *text_blocks(text)]
    blocks += _proposals(item)
    for ballot in item.ballots.all():
        blocks += _vote(ballot, item)
    blocks += _delegated(item)
    blocks += _decision(item)
    blocks += _reservations(item)
    return {
        "key": item.key,
        "title": f"§ {item.paragraph or '–'} {item.title}",
        "paragraph": item.paragraph,
        "year": item.paragraph_year,
        "heading": item.title,
        "secret": item.is_secret,
        "number": item.matter.registry_number if item.matter else "",
        "outcome": item.outcome,
        "account": item.account,
        "blocks": blocks,
    }


def _disqualified(item: AgendaItem) -> list[Block]:
    found = []
    for row in item.disqualifications.all():
        if row.stands:
            words = _("%(name)s has a conflict of interest (%(ground)s), took no part and was not present.")
            found += text_blocks(words % {"name": row.seat.name, "ground": row.get_ground_display()})
    return found


def _who_decided(item: AgendaItem, main: Seat | None) -> list[Block]:
    """What differs from the list at the top: who stood in, and who led."""
    found = []
    for row in item.service.all():
        if row.stands_in_for:
            words = _("%(deputy)s served for %(name)s.")
            found += text_blocks(words % {"deputy": row.seat.name, "name": row.stands_in_for.name})
        if row.is_chair and main is not None and row.seat_id != main.pk:
            found += text_blocks(_("%(name)s chaired the meeting during the item.") % {"name": row.seat.name})
    return found


def _standing(item: AgendaItem) -> list[Motion]:
    """The proposals that were not withdrawn."""
    return [row for row in item.motions.all() if row.withdrawn_at is None]


def _proposals(item: AgendaItem) -> list[Block]:
    standing = _standing(item)
    if not standing:
        return []
    found = [_head(_("Proposals")), {"kind": "list", "entries": [_runs(_who_proposes(row)) for row in standing]}]
    if len(standing) > 1 and not item.ballots.all():
        words = _("The chair put the proposals to the board in this order: %(order)s.")
        order = "; ".join(f"{number}) {_short(row)}" for number, row in enumerate(standing, 1))
        found += [_head(_("Order of propositions")), *text_blocks(words % {"order": order})]
    return found


def _who_proposes(row: Motion) -> str:
    if row.seat is None:
        return _("The proposal in the papers: %(text)s") % {"text": row.text}
    names = [seat.name for seat in row.seconded_by.all()]
    who = row.seat.name
    if names:
        who = _("%(name)s, seconded by %(others)s") % {"name": who, "others": ", ".join(names)}
    words = _("%(who)s proposes %(sort)s: %(text)s") if row.sort != row.Sort.OWN else _("%(who)s proposes: %(text)s")
    return words % {"who": who, "sort": row.get_sort_display(), "text": row.text}


def _short(row: Motion) -> str:
    if row.seat is None:
        return _("the proposal in the papers")
    if row.sort in (row.Sort.OWN, row.Sort.CANDIDATE):
        return _("%(name)s's proposal") % {"name": row.seat.name}
    return str(row.get_sort_display())


def _vote(ballot: Ballot, item: AgendaItem) -> list[Block]:
    found = [_head(_("Vote %(number)s") % {"number": ballot.number})]
    if ballot.sort == Ballot.Sort.CLOSED:
        found += text_blocks(_("The vote was by closed ballot."))
        found.append({"kind": "list", "entries": [_runs(text) for text in _counted(ballot, item)]})
        return found + _settled(ballot)
    if ballot.yes and ballot.no:
        words = _("The chair put this order of propositions, which the board approved: yes for %(yes)s, no for %(no)s.")
        found += text_blocks(words % {"yes": _short(ballot.yes), "no": _short(ballot.no)})
    elif ballot.yes:
        words = _("The chair put the question: yes for %(yes)s, no for deciding today.")
        found += text_blocks(words % {"yes": _short(ballot.yes)})
    said = {vote.seat_id: str(vote.get_choice_display()) for vote in ballot.votes.all()}
    votes = [[row.seat.name, said.get(row.seat_id, str(Vote.Choice.ABSTAIN.label))] for row in item.service.all()]
    if votes:
        found.append(_table([_("Name"), _("Vote")], votes))
    tally = {"yes": 0, "no": 0, "abstain": 0, **ballot.tally}
    result = _("%(yes)d yes, %(no)d no and %(abstain)d who abstained.") % tally
    return [*found, *text_blocks(_("Result: %(result)s") % {"result": result}), *_settled(ballot)]


def _counted(ballot: Ballot, item: AgendaItem) -> list[str]:
    names = {str(row.pk): row.text for row in item.motions.all()}
    names["blank"] = _("Blank")
    return [
        ngettext("%(name)s: %(count)d vote", "%(name)s: %(count)d votes", count) % {"name": names[key], "count": count}
        for key, count in sorted(ballot.tally.items())
        if key in names and (count or key != "blank")
    ]


def _settled(ballot: Ballot) -> list[Block]:
    """What settled an even vote."""
    if ballot.settled_by == Method.CASTING_VOTE:
        return text_blocks(_("The votes were even, and the chair's casting vote decided."))
    if ballot.settled_by == Method.LOT:
        return text_blocks(_("The votes were even, and lots were drawn."))
    return []


def _delegated(item: AgendaItem) -> list[Block]:
    rows = [
        [
            f"{row.year}:{row.number}",
            timezone.localdate(row.decided_at).isoformat(),
            row.delegation.number,
            row.decided_name,
            f"{row.matter.registry_number}: {row.text}" if row.matter else row.text,
            kronor(row.amount),
        ]
        for row in sorted(item.delegated_decisions.all(), key=lambda row: (row.year, row.number))
    ]
    if not rows:
        return []
    headings = [_("Number"), _("Date"), _("Line"), _("Decided by"), _("Decision"), _("Amount")]
    return [_head(_("Delegated decisions reported")), _table(headings, rows)]


def _decision(item: AgendaItem) -> list[Block]:
    lines = [line.strip() for line in item.decided.splitlines() if line.strip()]
    if not lines:
        return []
    found = [_head(_("Decision"))]
    if item.sort in DECIDES or item.method:
        found += text_blocks(_("The board decides"))
    found.append({"kind": "list", "entries": [_runs(line) for line in lines]})
    if item.amount is not None:
        found += text_blocks(_("Amount: %(amount)s") % {"amount": kronor(item.amount)})
    if item.conditions.strip():
        found += [_head(_("Conditions")), *text_blocks(item.conditions)]
    if item.method:
        found += text_blocks(_("How it was decided: %(method)s.") % {"method": item.get_method_display()})
    return found


def _reservations(item: AgendaItem) -> list[Block]:
    rows = list(item.reservations.all())
    if not rows:
        return []
    entries = []
    for row in rows:
        words = _("%(name)s reserves against the decision.") % {"name": row.seat.name}
        entries.append(_runs(f"{words} {row.text}".strip()))
    return [_head(_("Reservations")), {"kind": "list", "entries": entries}]


# --- blocks ------------------------------------------------------------------------------------------------------
def _runs(text: str) -> list[list[str]]:
    return [["text", " ".join(text.split())]]


def _head(text: str) -> Block:
    return {"kind": "head", "runs": _runs(text)}


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Block:
    def cells(values: Sequence[str], header: bool) -> list[Block]:
        return [{"runs": _runs(value), "header": header, "number": False, "span": 1} for value in values]

    return {
        "kind": "table",
        "columns": len(headings),
        "header": cells(headings, True),
        "rows": [cells(row, False) for row in rows],
    }


# --- for others than the board -----------------------------------------------------------------------------------
def public(content: Content) -> Content:
    """The same minutes without what is secret: its place, its number, and nothing else, are left."""
    return {**content, "sections": [covered(row) if row["secret"] else row for row in content["sections"]]}


def covered(section: Mapping[str, Any]) -> Mapping[str, Any]:
    """The place and number of a secret section, and nothing of what it says."""
    return {
        "key": section["key"],
        "title": f"§ {section['paragraph']} " + _("Secret item"),
        "paragraph": section["paragraph"],
        "year": section["year"],
        "heading": _("Secret item"),
        "secret": True,
        "number": "",
        "outcome": "",
        "account": "",
        "blocks": text_blocks(_("What the minutes say of this item is secret and is left out here.")),
    }


def extract(content: Content, paragraphs: Iterable[int]) -> Content:
    """Only these paragraphs, with who took part."""
    chosen = set(paragraphs)
    kept = [row for row in content["sections"] if row["key"] == "present" or row.get("paragraph") in chosen]
    return {**content, "title": _("Extract from minutes"), "sections": kept}
