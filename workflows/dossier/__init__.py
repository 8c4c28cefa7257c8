"""Everything of a matter in one archive: papers as PDF/A, facts as JSON, files, and what proves them unchanged."""

from .archive import file_name, write_archive

__all__ = ["file_name", "write_archive"]
