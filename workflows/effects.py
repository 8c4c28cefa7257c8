"""The background work of this room."""

from records.effects import effect
from records.models import Effect
from workflows.actions import minutes
from workflows.actions.dossier import EFFECT, give_up_dossier, make_dossier
from workflows.actions.pack import give_up_pack, make_pack
from workflows.actions.replay import give_up_replay, make_replay
from workflows.models import AgendaItem, Minutes


def _no_pack(row: Effect) -> None:
    give_up_pack(row.object_id)


@effect("workflows.board_pack", outside=True, attempts=3, dead=_no_pack)
def board_pack(row: Effect) -> None:
    """Put the papers of a meeting together in one file."""
    make_pack(row.object_id)


def _no_dossier(row: Effect) -> None:
    give_up_dossier(row.object_id)


@effect(EFFECT, outside=True, attempts=3, dead=_no_dossier)
def dossier(row: Effect) -> None:
    """Write a matter's dossier."""
    make_dossier(row.object_id)


@effect(minutes.CARRY_OUT, attempts=8)
def carry_out(row: Effect) -> None:
    """A § has been adjusted: its decision counts and its matter goes on, in the transaction of the done-mark."""
    minutes.carry_out(item=AgendaItem.objects.get(pk=row.object_id))


@effect(minutes.KEEP_FILE, outside=True)
def keep_minutes(row: Effect) -> None:
    """Keep the adjusted minutes as a file."""
    minutes.keep_file(minutes=Minutes.objects.get(pk=row.object_id))


def _no_replay(row: Effect) -> None:
    give_up_replay(row.object_id)


@effect("workflows.replay", outside=True, attempts=4, dead=_no_replay)
def replay(row: Effect) -> None:
    """Run a draft over all matters, or move them to a new version."""
    make_replay(row.object_id)
