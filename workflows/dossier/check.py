"""Checks a dossier without the system it came from: python3 kontrollera.py, in the unpacked folder.

Every file must have the SHA-256 digest that SHA256SUMS gives, none may be missing or extra, and the chain of events
must follow link by link. Needs nothing but Python itself. Ends with 0 when all is as it was written, else with 1.
"""

import hashlib
import json
import sys
from pathlib import Path

CHAINED = ("stream", "sequence", "type", "collection", "transition", "at", "actor", "detail", "previous")


def canonical_digest(value: object, salt: str = "") -> str:
    """SHA-256 of the value as JSON written in the one way that the events were."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{salt}{text}".encode()).hexdigest()


def wrong_files(folder: Path) -> list[str]:
    """What is wrong with the files."""
    wrong, known = [], {"SHA256SUMS"}
    for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines():
        digest, name = line.split("  ", 1)
        known.add(name)
        path = folder / name
        if not path.is_file():
            wrong.append(f"Saknas: {name}")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            wrong.append(f"Ändrad: {name}")
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return wrong + [f"Tillagd: {name}" for name in sorted(there - known)]


def wrong_events(events: list[dict]) -> list[str]:
    """What is wrong with the chain of events."""
    wrong, previous = [], ""
    for number, event in enumerate(events, start=1):
        if event["sequence"] != number or event["previous"] != previous:
            wrong.append(f"Händelse {number}: följer inte på den före")
        if canonical_digest({name: event[name] for name in CHAINED}) != event["digest"]:
            wrong.append(f"Händelse {number}: ändrad")
        told = event.get("told")
        if told and canonical_digest(told["payload"], told["salt"]) != event["detail"]:
            wrong.append(f"Händelse {number}: uppgifterna är ändrade")
        previous = event["digest"]
    return wrong


def main(folder: Path) -> int:
    """Say what is wrong, or that nothing is."""
    events = json.loads((folder / "handelser.json").read_text("utf-8"))
    wrong = wrong_files(folder) + wrong_events(events)
    print("\n".join(wrong) if wrong else f"Akten är oförändrad: {len(events)} händelser, alla filer stämmer.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent))
