"""Reference numbers: short, easy to read out on the phone, and no key to anything."""

import secrets

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that looks like something else


def new_reference() -> str:
    """A reference such as "K7MX-4TQZ"."""
    text = "".join(secrets.choice(LETTERS) for _position in range(8))
    return f"{text[:4]}-{text[4:]}"
