"""In which order computed values are worked out."""

from collections.abc import Collection, Mapping
from graphlib import CycleError, TopologicalSorter


class Cycle(Exception):  # noqa: N818 - a cycle is what it is
    """Computations that wait for each other: `path` tells who uses whom, and ends where it begins."""

    def __init__(self, path: tuple[str, ...]) -> None:
        super().__init__(" → ".join(path))
        self.path = path


def order(computations: Mapping[str, Collection[str]]) -> list[str]:
    """The keys so that each comes after those it uses; what is used but is no key is left out.

    Raises Cycle with a path such as ("a", "b", "a"): a uses b, and b uses a.
    """
    graph = {key: [used for used in uses if used in computations] for key, uses in computations.items()}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise Cycle(tuple(reversed(error.args[1]))) from error
