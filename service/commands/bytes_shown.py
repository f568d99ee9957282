"""How are bytes that nobody could read shown to a person? So that they say what they are and move no cursor."""

import sys
from collections.abc import Iterator

from ingest.quarantine import text_of
from service.output import OutputFailed
from service.refusal import Refused

_WHITE = "\n\t"


def harmless(body: bytes) -> bool:
    """Whether bytes are text that standard output can say, and that does nothing to a terminal but print."""
    text = text_of(body)
    if text is None or not all(character.isprintable() or character in _WHITE for character in text):
        return False
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def lines_shown(body: bytes) -> Iterator[str]:
    r"""Yield the text that bytes are, line by line; with escapes if they are none, or if it would move the cursor.

    >>> list(lines_shown(b'{"tag_id": "T-1"}'))
    ['{"tag_id": "T-1"}']
    >>> list(lines_shown(b"\x1b[2J \xff \\"))
    ['\\x1b[2J \\xff \\\\']
    """
    text = text_of(body)
    if text is not None and harmless(body):
        yield from text.split("\n")
    else:
        yield escaped(body)


def escaped(body: bytes) -> str:
    r"""Return bytes in one line: ASCII that prints as it is, a backslash doubled, all else as `\x1b` or `\u202e`."""
    text = body.decode("utf-8", "surrogateescape")
    return "".join(map(_escaped, text))


def write_raw(body: bytes) -> None:
    """Write bytes to standard output as they are. Raises Refused where that would harm a terminal, OutputFailed."""
    if sys.stdout is None:
        raise OutputFailed("it is closed")
    if sys.stdout.isatty() and not harmless(body):
        raise Refused("standard output: is a terminal, which these bytes may harm; send them to a file")
    sys.stdout.flush()
    sys.stdout.buffer.write(body)
    sys.stdout.buffer.flush()


def _escaped(character: str) -> str:
    code = ord(character)
    if character == "\\":
        return "\\\\"
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no UTF-8, as `surrogateescape` has it
        return f"\\x{code - 0xDC00:02x}"
    return (
        character
        if character.isascii() and character.isprintable()
        else character.encode("unicode_escape").decode("ascii")
    )
