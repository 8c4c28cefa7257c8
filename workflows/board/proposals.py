"""The proposals and votes of an item as the law's rules see them."""

from workflows.models import AgendaItem, Ballot

from . import law


def proposals_of(item: AgendaItem) -> list[law.Proposal]:
    """The item's proposals as the rules see them."""
    return [law.Proposal(row.pk, row.sort, row.withdrawn_at is not None) for row in item.motions.all()]


def settled_of(item: AgendaItem) -> list[law.Settled]:
    """The item's finished votes as the rules see them."""
    rows = [row for row in item.ballots.all() if row.closed_at is not None and row.yes_id is not None]
    return [law.Settled(row.yes_id or 0, row.no_id, row.winner_id) for row in rows]


def tied(ballot: Ballot) -> list[int]:
    """The proposals between which a lot is to be drawn; none when the vote settled it or is still going on."""
    if ballot.closed_at is None or ballot.winner_id is not None or ballot.item.sort != AgendaItem.Sort.ELECTION:
        return []
    if ballot.sort == Ballot.Sort.CLOSED:
        counts = {int(key): count for key, count in ballot.tally.items() if key.isdecimal()}
        return list(law.closed_ballot(counts).tied)
    return sorted([ballot.yes_id, ballot.no_id]) if ballot.yes_id and ballot.no_id else []
