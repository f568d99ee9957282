"""Standard output, of which a command can tell that it failed: its errors are no other file's errors."""

import io
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class OutputFailed(Exception):
    """Standard output can't be written; the message is the reason."""


class OutputClosed(OutputFailed):
    """Whoever read standard output reads no more."""


class _Output(io.FileIO):
    """File descriptor 1. When it has failed once, what else is written is dropped: also what waits in a buffer."""

    _failed = False

    def write(self, data: "ReadableBuffer", /) -> int:
        if self._failed:
            return memoryview(data).nbytes
        try:
            return super().write(data)
        except OSError as failed:
            self._failed = True
            if isinstance(failed, BrokenPipeError):
                raise OutputClosed(failed.strerror) from failed
            raise OutputFailed(failed.strerror) from failed


def watch() -> None:
    """Let standard output raise OutputFailed, which no library takes for its own, instead of OSError.

    Standard error goes nowhere if the command was started without it.
    """
    sys.stderr = sys.stderr or io.StringIO()
    given = sys.stdout
    if isinstance(given, io.TextIOWrapper) and given is sys.__stdout__:
        raw = _Output(given.fileno(), "wb", closefd=False)
        sys.stdout = io.TextIOWrapper(
            io.BufferedWriter(raw),
            encoding=given.encoding,
            errors=given.errors,
            line_buffering=given.line_buffering,
            write_through=given.write_through,
        )


def flush() -> None:
    """Write what waits in the buffer. Raises OutputFailed."""
    if sys.stdout is not None:  # a command may be started without one
        sys.stdout.flush()
