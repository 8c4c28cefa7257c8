"""Does a change break the series? Whether answers before and after can still be compared, and why not."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from forms.fields import kind_of

WORDING_ONLY = frozenset({"id", "help", "label", "placeholder", "none_label", "inline", "collapsed"})
"""Settings that change how a question looks and reads, not what its answers are measured with."""


def breaks(change: Any, was: Mapping[str, Any], now: Mapping[str, Any] | None) -> Any:
    """The change, with what it breaks; only questions whose answers are counted are part of a series."""
    if set(kind_of(was).statistics(was)) <= {"answered"}:
        return change
    sentence = _sentence(change, was, now)
    return replace(change, breaks=sentence) if sentence else change


def _sentence(change: Any, was: Mapping[str, Any], now: Mapping[str, Any] | None) -> str:
    if now is None:
        return _("Breaks the series: from now on there are no answers to compare with.")
    if change.kind == "kind":
        return _("Breaks the series: answers of different kinds cannot be compared.")
    if change.kind == "options":
        return _("Breaks the series: who chooses among other options answers differently.")
    if change.kind == "settings" and _measures(was, now):
        return _("Breaks the series: the answers are measured in another way.")
    if change.kind == "reworded":
        return _("May break the series: who reads other words may answer differently. Compare with care.")
    if change.kind == "rule":
        return _("May break the series: others than before are asked.")
    return ""


def _measures(was: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Has anything changed that the answers are measured with?"""
    return _bare(was["settings"]) != _bare(now["settings"])


def _bare(settings: Any) -> Any:
    if isinstance(settings, Mapping):
        return {
            key: part
            for key, value in settings.items()
            if key not in WORDING_ONLY and (part := _bare(value)) not in (None, "", [], {}, False)
        }
    if isinstance(settings, list | tuple):
        return [_bare(part) for part in settings]
    return settings
