"""What the worker calls."""

from forms import housekeeping


def purge() -> None:
    """Each night: clear away what nobody needs any more."""
    for remove in housekeeping.DUE.values():
        remove()
    housekeeping.purge_stray_files()
