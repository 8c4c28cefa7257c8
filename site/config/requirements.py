"""Checks that the compiled requirements belong to pyproject.toml and carry hashes but no addresses.

Run as ``python -m config.requirements``.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def _pinned(path: Path) -> set[str]:
    return {_plain(name) for name in re.findall(r"^([A-Za-z0-9_.-]+)==", path.read_text(), re.MULTILINE)}


def _names(specifications: list[str]) -> set[str]:
    return {_plain(re.split(r"[\[<>=~! ]", text, maxsplit=1)[0]) for text in specifications}


def problems() -> list[str]:
    """What is wrong with the compiled requirements, as sentences."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = _names(project["project"]["dependencies"])
    wanted_dev = wanted | _names(project["dependency-groups"]["dev"])
    found = []
    for name, names in (("requirements.txt", wanted), ("requirements-dev.txt", wanted_dev)):
        path = ROOT / name
        text = path.read_text()
        missing = names - _pinned(path)
        if missing:
            found.append(f"{name} lacks {', '.join(sorted(missing))}: run `make requirements`.")
        if "://" in text or "--index" in text or "--find-links" in text:
            found.append(f"{name} holds an address; it must name packages only.")
        blocks = re.split(r"\n(?=\S)", text)
        found += [
            f"{name}: no hash for {block.split()[0]}." for block in blocks if "==" in block and "--hash=" not in block
        ]
    return found


if __name__ == "__main__":
    wrong = problems()
    print("\n".join(wrong) or "The requirements are pinned, hashed and complete.")
    sys.exit(bool(wrong))
