"""Limits of an answer that are worked out, from the day or from other answers, beside those that are fixed."""

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock

from forms.expressions import Ast

from .base import Field, FieldKind

NEVER_MISSING = frozenset({"number", "date", "today"})


class Bound(NamedTuple):
    """One side of what an answer may be: how it compares with the limit, and what is said beyond it."""

    sign: str
    sentence: str | Promise
    """With ``%(limit)s``, the limit as people read it."""


def worked_out(label: Any, example: Any) -> CharBlock:
    """The setting ``<side>_from``: an expression that gives the limit."""
    return CharBlock(label=label, required=False, max_length=250, help_text=example)


def smallest_from() -> CharBlock:
    """The least number allowed, from other answers."""
    return worked_out(
        _("Smallest, worked out"),
        _("From another question or a calculation, for example: participants, or round(cost * 0.25)"),
    )


def largest_from() -> CharBlock:
    """The largest number allowed, from other answers."""
    return worked_out(
        _("Largest, worked out"),
        _("From another question or a calculation, for example: cost, or cost - own_share"),
    )


class Bounded(FieldKind):
    """A kind whose answer lies between two limits. Both a fixed limit and one that is worked out hold, when set."""

    bounds: ClassVar[Mapping[str, Bound]]

    def calculations(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        found = {}
        for side in self.bounds:
            if source := (value.get(f"{side}_from") or "").strip():
                compiled = context.expression(source, f"{side}_from", self.type)
                if compiled is not None:
                    found[side] = {**compiled.to_json(), "ast": self.reachable(compiled.ast, side, value)}
        return {"limits": found} if found else {}

    def reachable(self, limit: Ast, side: str, value: Mapping[str, Any]) -> Ast:
        """The limit as a value that can be answered."""
        return limit

    def limits(self, field: Field) -> Mapping[str, Mapping[str, Any]]:
        return field["settings"].get("limits") or {}

    def within(self, field: Field, side: str) -> Ast:
        """A condition on the answer: it is not beyond the limit, or the limit is missing."""
        limit = self.limits(field)[side]["ast"]
        answer = ("name", field["id"], self.type.value if self.type else "")
        compared = (self.bounds[side].sign, answer, limit)
        return compared if limit[0] in NEVER_MISSING else ("or", ("not", ("answered", limit)), compared)

    def beyond(self, field: Field, stored: Any, limits: Mapping[str, Any]) -> list[str]:
        for side, bound in self.bounds.items():
            limit = limits.get(side)
            if limit is None:
                continue
            one, other = self.in_order(stored), self.in_order(limit)
            if one < other if bound.sign == ">=" else one > other:
                return [field["error"] or bound.sentence % {"limit": self.limit_text(limit)}]
        return []

    def limit_sentences(self, field: Field) -> Mapping[str, str]:
        return {side: field["error"] or str(bound.sentence) for side, bound in self.bounds.items()}

    def in_order(self, stored: Any) -> Any:
        """An answer, or a limit, as it can be compared."""
        return stored

    def limit_text(self, limit: Any) -> str:
        """A limit as people read it."""
        return str(limit)
