"""Proposals and votes at a meeting: put, seconded, withdrawn; voted on by name or by closed ballot; lots drawn."""

import secrets
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from records.errors import Closed, Conflict, Invalid, NotLawful
from workflows.board import law
from workflows.board.proposals import proposals_of, settled_of, tied
from workflows.board.serving import Serving, serving
from workflows.models import AgendaItem, Ballot, Motion, Seat, Vote

from .floor import Floor

RULE = "KL 5:53–56"
WHY_NOT = {
    "unknown": _("Choose two different proposals that have not been withdrawn."),
    "today": _("Only a referral back or a tabling is put against deciding today, and only once."),
    "today_first": _(
        "The board must first decide whether the matter is decided today: put the referral back or tabling."
    ),
    "voted_down": _("One of the proposals has been voted down already."),
    "counter_first": _("There are several counter-proposals: vote first on which of them stands against the main one."),
}


# --- proposals -------------------------------------------------------------------------------------------
@transaction.atomic
def propose(
    *,
    item: AgendaItem,
    actor: Any,
    text: str,
    seat: Seat | None = None,
    sort: str = Motion.Sort.OWN,
    outcome: str = "",
    amount: Decimal | None = None,
) -> Motion:
    """Put a proposal: by somebody who serves, themself or through the secretary. Raises NotLawful, Invalid."""
    floor = Floor(item.meeting, actor)
    item = floor.item(item)
    floor.expect_at(item)
    floor.expect_no_ballot()
    now = floor.serving(item)
    by = _acting_seat(floor, now, seat)
    floor.expect_serves(now, by)
    if sort not in Motion.Sort.values or sort == Motion.Sort.MAIN:
        raise Invalid({"sort": [_("Choose what the proposal would lead to.")]})
    if (sort == Motion.Sort.CANDIDATE) != (item.sort == AgendaItem.Sort.ELECTION) and sort not in law.PUTTING_OFF:
        raise Invalid({"sort": [_("Candidates are proposed in elections, and only there.")]})
    if not text.strip():
        raise Invalid({"text": [_("Write the proposal.")]})
    if amount is not None and amount <= 0:
        raise Invalid({"amount": [_("The amount must be more than 0 kronor.")]})
    motion = Motion.objects.create(
        item=item,
        seat=by,
        position=item.motions.count() + 1,
        sort=sort,
        outcome=outcome,
        amount=amount,
        text=text.strip(),
        made_at=floor.now,
    )
    floor.record("proposed", {"item": str(item.key), "motion": motion.pk, "sort": sort, "seat": str(by.key)})
    return motion


@transaction.atomic
def second(*, motion: Motion, actor: Any, seat: Seat | None = None) -> None:
    """Support somebody's proposal. Raises NotLawful for who does not serve."""
    floor, item, motion = _motion(motion, actor)
    now = floor.serving(item)
    by = _acting_seat(floor, now, seat)
    floor.expect_serves(now, by)
    motion.seconded_by.add(by)
    floor.record("seconded", {"item": str(item.key), "motion": motion.pk, "seat": str(by.key)})


@transaction.atomic
def withdraw_motion(*, motion: Motion, actor: Any) -> Motion:
    """Take back a proposal: who put it, or the secretary on their word; the papers' own by who leads the meeting."""
    floor, item, motion = _motion(motion, actor)
    if motion.seat is not None:
        floor.expect_self_or_lead(motion.seat)
    else:
        floor.expect_lead(item)
    if item.ballots.filter(yes=motion).exists() or item.ballots.filter(no=motion).exists():
        raise NotLawful(_("The proposal has been voted on, and cannot be withdrawn."), rule=RULE)
    motion.withdrawn_at = floor.now
    motion.save()
    floor.record("withdrawn", {"item": str(item.key), "motion": motion.pk})
    return motion


def _motion(motion: Motion, actor: Any) -> tuple[Floor, AgendaItem, Motion]:
    floor = Floor(motion.item.meeting, actor)
    item = floor.item(motion.item)
    floor.expect_at(item)
    floor.expect_no_ballot()
    motion = item.motions.select_related("seat").get(pk=motion.pk)
    if motion.withdrawn_at is not None:
        raise Conflict(_("The proposal has been withdrawn."))
    return floor, item, motion


def _acting_seat(floor: Floor, now: Serving, seat: Seat | None) -> Seat:
    """The seat somebody acts for: their own, or another's through the secretary."""
    seat = floor.seat(seat) if seat is not None else now.seat_of(floor.actor)
    if seat is None:
        raise Invalid({"seat": [_("Choose whose it is.")]})
    floor.expect_self_or_lead(seat)
    return seat


# --- votes -----------------------------------------------------------------------------------------------
@transaction.atomic
def call_vote(
    *, item: AgendaItem, actor: Any, yes: Motion | None = None, no: Motion | None = None, closed: bool = False
) -> Ballot:
    """Begin a vote: yes for one proposal, no for another (none: deciding today); or a closed ballot in an election.

    Votes are open and by name, except in elections when somebody asks for a closed ballot (KL 5:53–56).
    Raises NotLawful, Conflict.
    """
    floor = Floor(item.meeting, actor)
    item = floor.item(item)
    floor.expect_at(item)
    now = floor.expect_lead(item)
    floor.expect_no_open_question(item, now)
    floor.expect_quorum(now)
    floor.expect_chair(now)
    if closed:
        _may_be_closed(item)
        yes = no = None
    else:
        _may_be_put(item, yes, no)
    try:
        with transaction.atomic():
            ballot = Ballot.objects.create(
                item=item,
                number=item.ballots.count() + 1,
                sort=Ballot.Sort.CLOSED if closed else Ballot.Sort.OPEN,
                yes=yes,
                no=no,
                opened_at=floor.now,
            )
    except IntegrityError as error:
        raise Conflict(_("A vote is going on already.")) from error
    floor.record(
        "vote_called",
        {"item": str(item.key), "ballot": ballot.number, "yes": yes.pk if yes else None, "no": no.pk if no else None},
    )
    return ballot


def _may_be_closed(item: AgendaItem) -> None:
    if item.sort != AgendaItem.Sort.ELECTION:
        raise NotLawful(_("Votes are open. A closed ballot is held only in elections and appointments."), rule=RULE)
    if item.motions.filter(sort=Motion.Sort.CANDIDATE, withdrawn_at=None).count() < 2:
        raise NotLawful(_("A ballot needs at least two candidates."), rule=RULE)
    if item.ballots.filter(sort=Ballot.Sort.CLOSED).exists():
        raise Conflict(_("The ballot has been held."))


def _may_be_put(item: AgendaItem, yes: Motion | None, no: Motion | None) -> None:
    proposals, votes = proposals_of(item), settled_of(item)
    if yes is None:
        raise Invalid({"yes": [WHY_NOT["unknown"]]})
    if item.sort == AgendaItem.Sort.ELECTION and no is not None and len(law.standing_proposals(proposals, votes)) > 2:
        raise NotLawful(_("With more than two candidates a closed ballot is held."), rule=RULE)
    why = law.may_stand_against(yes.pk, no.pk if no else None, proposals, votes)
    if why is not None:
        raise NotLawful(WHY_NOT[why], rule=RULE)


@transaction.atomic
def vote(*, ballot: Ballot, actor: Any, choice: str, seat: Seat | None = None) -> Vote:
    """Cast one's vote, or let the secretary take it down; it cannot be changed (KL 4:24–25).

    Raises Closed after the vote, NotLawful for who does not serve, NotAllowed for another's vote, Conflict when one
    has voted already.
    """
    floor = Floor(ballot.item.meeting, actor)
    item = floor.item(ballot.item)
    ballot = item.ballots.get(pk=ballot.pk)
    now = floor.serving(item)
    found = floor.seat(seat) if seat is not None else now.seat_of(actor)
    if found is None:
        raise NotLawful(_("Only those who serve in the item vote."), rule="KL 4:24")
    own = floor.expect_self_or_lead(found)
    if ballot.closed_at is not None:
        raise Closed(_("The vote is closed. Your vote was not counted."))
    floor.expect_at(item)
    if ballot.sort == Ballot.Sort.CLOSED:
        raise NotLawful(_("This is a closed ballot: write your vote on paper."), rule=RULE)
    floor.expect_serves(now, found)
    # A seat that began while the vote went on (at midnight) has no part in it, or its place would vote twice.
    floor.expect_serves(serving(item, at=ballot.opened_at), found)
    if choice not in Vote.Choice.values:
        raise Invalid({"choice": [_("Answer yes, no or abstain.")]})
    try:
        with transaction.atomic():
            cast = Vote.objects.create(
                ballot=ballot, seat=found, choice=choice, cast_at=floor.now, by_secretary=not own
            )
    except IntegrityError as error:
        raise Conflict(_("%(name)s has voted already. A vote cannot be changed.") % {"name": found.name}) from error
    floor.record("voted", {"item": str(item.key), "ballot": ballot.number, "seat": str(found.key), "choice": choice})
    return cast


@transaction.atomic
def close_ballot(
    *, ballot: Ballot, actor: Any, counts: Mapping[Motion, int] | None = None, blank: int = 0, casting: str = ""
) -> Ballot:
    """End a vote and let the law say what it came to. Whoever has not answered has abstained (KL 4:24–25).

    ``counts``: a closed ballot, as counted by the secretary. ``casting``: how the chair votes when the votes are
    equal and the chair had abstained. Raises NotLawful, Conflict, Invalid.
    """
    floor = Floor(ballot.item.meeting, actor)
    item = floor.item(ballot.item)
    floor.expect_at(item)
    now = floor.expect_lead(item)
    ballot = item.ballots.select_related("yes", "no").get(pk=ballot.pk)
    if ballot.closed_at is not None:
        raise Conflict(_("The vote has been closed already."))
    floor.expect_quorum(now)
    if ballot.sort == Ballot.Sort.CLOSED:
        result = _counted(item, now, counts or {}, blank)
        ballot.tally = {**{str(key): count for key, count in result.tally.items()}, "blank": blank}
        ballot.winner_id = result.winner
    else:
        result = _by_name(floor, item, ballot, now, casting)
        ballot.winner_id = {law.YES: ballot.yes_id, law.NO: ballot.no_id}.get(result.winner)
    ballot.closed_at = floor.now
    ballot.settled_by = "" if result.winner is None else result.method
    ballot.save()
    floor.record(
        "vote_closed",
        {
            "item": str(item.key),
            "ballot": ballot.number,
            "tally": ballot.tally,
            "winner": ballot.winner_id,
            "settled_by": ballot.settled_by,
        },
    )
    return ballot


def _by_name(floor: Floor, item: AgendaItem, ballot: Ballot, now: Serving, casting: str) -> law.Result:
    votes = dict(ballot.votes.values_list("seat_id", "choice"))
    for seat in now.serving:
        votes.setdefault(seat.pk, law.ABSTAIN)
    chair = floor.expect_chair(now)
    if item.sort == AgendaItem.Sort.ELECTION and ballot.no_id is not None:
        result = law.election_by_name(votes)
        ballot.tally = dict(result.tally)
        return result
    result = law.open_vote(votes, chair=chair.pk)
    ballot.tally = dict(result.tally)
    if result.winner is None and casting in (law.YES, law.NO):
        if chair.user_id != floor.actor.pk and not floor.is_office:
            raise NotLawful(_("Only the chair gives the casting vote."), rule=RULE)
        result = law.open_vote({**votes, chair.pk: casting}, chair=chair.pk)
        # The chair's word makes one side the larger; it is told apart from the votes that were cast.
        ballot.tally = {**ballot.tally, "casting": casting}
        return law.Result(casting, law.CASTING_VOTE, ballot.tally)
    if result.winner is None:
        raise NotLawful(
            _("The votes are equal, and %(name)s, who leads the meeting, must vote so that the matter can be decided.")
            % {"name": chair.name},
            rule="KL 4:25, 5:53–56",
        )
    return result


def _counted(item: AgendaItem, now: Serving, counts: Mapping[Motion, int], blank: int) -> law.Result:
    candidates = set(item.motions.filter(sort=Motion.Sort.CANDIDATE, withdrawn_at=None).values_list("pk", flat=True))
    given = {motion.pk: count for motion, count in counts.items()}
    if set(given) != candidates or min([*given.values(), blank]) < 0:
        raise Invalid(_("Write a count for every candidate, 0 for none."))
    total = sum(given.values()) + blank
    if total > len(now.serving):
        raise NotLawful(
            _("%(total)d votes were counted, but only %(serving)d serve: one vote each.")
            % {"total": total, "serving": len(now.serving)},
            rule="KL 4:24",
        )
    if sum(given.values()) == 0:
        raise Invalid(_("Nobody got a vote. Hold the ballot again, or elect without one."))
    return law.closed_ballot(given)


@transaction.atomic
def draw_lot(*, ballot: Ballot, actor: Any) -> Ballot:
    """Draw a lot between candidates with equally many votes; its seed is kept, to be checked by (KL 5:53–56)."""
    floor = Floor(ballot.item.meeting, actor)
    item = floor.item(ballot.item)
    floor.expect_at(item)
    floor.expect_lead(item)
    ballot = item.ballots.get(pk=ballot.pk)
    if ballot.closed_at is None or ballot.winner_id is not None:
        raise Conflict(_("There is no lot to draw."))
    among = tied(ballot)
    if not among:
        raise NotLawful(_("A lot is drawn only between candidates with equally many votes in an election."), rule=RULE)
    seed = secrets.token_hex(16)
    ballot.winner_id = law.lot(seed, among)
    ballot.settled_by = law.LOT
    ballot.tally = {**ballot.tally, "lot": {"seed": seed, "among": among}}
    ballot.save()
    floor.record(
        "lot_drawn",
        {"item": str(item.key), "ballot": ballot.number, "seed": seed, "among": among, "winner": ballot.winner_id},
    )
    return ballot
