"""The repeating table: a small spreadsheet of rows that people add and columns that the editor sets."""

from .kind import Table

__all__ = ["Table"]
