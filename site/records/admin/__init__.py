"""The only two ways a room shows its rows in the Wagtail admin: both ask the policy about every row."""

from records.admin.registers import ScopedIndexView, ScopedModelAdmin
from records.admin.snippets import ScopedSnippetViewSet

__all__ = ["ScopedIndexView", "ScopedModelAdmin", "ScopedSnippetViewSet"]
