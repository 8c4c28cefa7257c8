"""Wagtail's search in the database, where a quotation mark that is never closed is no fault on SQLite."""

from typing import Any

from modelsearch.query import MATCH_ALL, And, Or, Phrase, PlainText, SearchQuery
from wagtail.search.backends import database


def without_quotes(query: Any) -> Any:
    """What is searched for, without the marks that SQLite would take for the end of a word."""
    if isinstance(query, str):
        return query.replace('"', " ").strip()
    if isinstance(query, PlainText):
        words = without_quotes(query.query_string)
        return PlainText(words, operator=query.operator, boost=query.boost) if words else MATCH_ALL
    if isinstance(query, Phrase):
        return Phrase(without_quotes(query.query_string))
    if isinstance(query, And | Or):
        return type(query)([without_quotes(part) for part in query.subqueries])
    return query


class _WithoutQuotes:
    """Put before the backend of the database in use."""

    def _search(self, compiler: Any, query: str | SearchQuery | None, rows: Any, **kwargs: Any) -> Any:
        return super()._search(compiler, without_quotes(query), rows, **kwargs)  # type: ignore[misc]


def SearchBackend(params: dict[str, Any]) -> Any:  # noqa: N802 (the name that Wagtail looks for)
    """The backend of the database in use, mended."""
    backend = database.SearchBackend(params)
    return type("SearchBackend", (_WithoutQuotes, type(backend)), {})(params)
