"""What a visitor typed, made safe to store, show and export: nothing invisible that breaks a file or a screen."""

import re
import unicodedata

# C0 and C1 control characters except TAB and LF, lone surrogates, and the code points that are no characters.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17))
    + "]"
)
_LINE_ENDS = re.compile("\r\n|\r|\u2028|\u2029|\x85")
_SPACES = re.compile(r"\s+")


def clean_text(value: object) -> str:
    """The text without control characters, in composed form, with LF as line end and no space around it."""
    text = _LINE_ENDS.sub("\n", str(value))
    return unicodedata.normalize("NFC", _UNWANTED.sub("", text)).strip()


def clean_line(value: object) -> str:
    """The same on one line: every run of spaces, tabs and line ends is one space."""
    return _SPACES.sub(" ", clean_text(value)).strip()
