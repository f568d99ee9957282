"""Text that others wrote, made inert: it appears as written and does nothing, whatever reads it."""

import unicodedata
from collections.abc import Set
from xml.sax.saxutils import escape

# Formula starters of spreadsheets, after any blanks that they skip.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_LONGEST_WORD = 24
_BREAK_HERE = "\u200b"
_HOLDS_TOGETHER = "\u00a0"
_BREAKS = "\t\n\r\x0b\x0c\x85\u2028\u2029"


def visible(text: str, drawable: Set[int] | None = None) -> str:
    """Return text in which nothing is hidden: what can't be drawn, or would reorder or vanish, is named as `‹U+202E›`.

    drawable: the code points that the font has; None if any can be drawn. Line breaks and tabs become blanks.
    """
    return "".join(_visible(character, drawable) for character in unicodedata.normalize("NFC", text))


def _visible(character: str, drawable: Set[int] | None) -> str:
    category = unicodedata.category(character)
    if character == _HOLDS_TOGETHER:
        return character
    if character in _BREAKS or category == "Zs":
        return " "
    if category[0] == "C" or character == "\u115f" or (drawable is not None and ord(character) not in drawable):
        return f"‹U+{ord(character):04X}›"
    return character


def breakable(text: str) -> str:
    """Return text in which a long word may break across lines, so that no cell of a table overflows."""
    words = text.split(" ")
    return " ".join(
        _BREAK_HERE.join(word[at : at + _LONGEST_WORD] for at in range(0, len(word), _LONGEST_WORD)) for word in words
    )


def xml(text: str) -> str:
    """Return text as XML 1.0 character data and attribute values may hold it."""
    return escape(visible(text), {'"': "&quot;", "'": "&apos;"})


def cell(text: str) -> str:
    """Return text as a CSV cell that no spreadsheet takes for a formula: an apostrophe guards one that looks so."""
    text = visible(text)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) or text.startswith("'") else text
