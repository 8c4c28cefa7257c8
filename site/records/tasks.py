"""What the worker calls: each takes an id at most, and makes one call."""

from records import effects, housekeeping


def run_effect(effect_id: str) -> None:
    """Do one effect of the ledger."""
    effects.run(effect_id)


def sweep() -> None:
    """Each minute: ring for what is due, and clear away what has run out."""
    effects.sweep()
    housekeeping.clear()
