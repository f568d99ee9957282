"""The lines of a file: plain, compressed, or on standard input; nothing is held but the present line."""

import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Protocol

# A line is read into memory whole up to here, and cut off beyond it: far above what a fix may have.
LINE_LIMIT = 16 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"


class FileUnreadable(Exception):
    """A file can't be read at all; the message names file, place and remedy in one line."""


class _Readable(Protocol):
    def readline(self, size: int, /) -> bytes: ...


def file_name(path: Path | None) -> str:
    """Return what a message calls a file; None is standard input."""
    return "standard input" if path is None else str(path)


def read_lines(path: Path | None) -> Iterator[tuple[int, bytes]]:
    """Yield number and bytes of each line that is not blank, from 1 on; path None: standard input.

    Compressed if the name ends in `.gz`. A byte order mark at the start is dropped, and so are the ends of lines.
    Raises FileUnreadable.
    """
    number = 0
    try:
        with _opened(path) as file:
            while line := file.readline(LINE_LIMIT):
                number += 1
                if not line.endswith(b"\n"):
                    _skip_rest(file)
                if number == 1:
                    line = line.removeprefix(_BOM)
                if line := line.strip(b" \t\r\n"):
                    yield number, line
    except (gzip.BadGzipFile, zlib.error, EOFError) as wrong:
        place = f"{file_name(path)}: after line {number}"
        raise FileUnreadable(f"{place}: not readable as gzip ({wrong}); compress it again") from wrong
    except OSError as wrong:
        raise FileUnreadable(f"{file_name(path)}: {wrong.strerror or wrong}; name a file that can be read") from wrong


def _opened(path: Path | None) -> AbstractContextManager[_Readable]:
    if path is None:
        if sys.stdin is None:
            raise FileUnreadable("standard input: is closed; send the lines there, or name a file")
        return nullcontext(sys.stdin.buffer)
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rb")
    return path.open("rb")


def _skip_rest(file: _Readable) -> None:
    while (part := file.readline(LINE_LIMIT)) and not part.endswith(b"\n"):
        pass
