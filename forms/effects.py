"""The background work of this room."""

from forms.actions.export import give_up_export, make_export
from records.effects import effect
from records.models import Effect


def _failed(row: Effect) -> None:
    give_up_export(row.object_id)


@effect("forms.export", outside=True, attempts=8, dead=_failed)
def export(row: Effect) -> None:
    """Write a large export; each try goes on where the last one stood."""
    make_export(row.object_id)
