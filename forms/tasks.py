"""What the worker calls."""

from forms import housekeeping


def purge() -> None:
    """Each night: clear away what nobody needs any more."""
    housekeeping.purge_drafts()
    housekeeping.purge_uploads()
    housekeeping.purge_exports()
    housekeeping.purge_partial_uploads()
    housekeeping.purge_stray_files()
