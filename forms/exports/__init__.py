"""Submissions as files: one row each, tables on sheets of their own, columns joined over all versions.

Rows are read in blocks by their ids and written as they come, so memory stays flat whatever the number of rows.
"""

from .layout import HEAD, Extra, Layout, Values, columns_of, extras
from .making import write_export
from .rows import Block, batches, blocks
from .writers import CONTENT_TYPES, DICTIONARY, WRITERS, Report, file_name, write_dictionary

__all__ = [
    "CONTENT_TYPES",
    "DICTIONARY",
    "HEAD",
    "WRITERS",
    "Block",
    "Extra",
    "Layout",
    "Report",
    "Values",
    "batches",
    "blocks",
    "columns_of",
    "extras",
    "file_name",
    "write_dictionary",
    "write_export",
]
