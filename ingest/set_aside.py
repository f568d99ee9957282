"""Where do the fixes wait that are too many for memory? In a temporary file, share by share."""

import os
import tempfile

import pyarrow as pa

from ingest.columns import COLUMN_NAMES, FixColumns, joined

_TEXTS, _TEXT = ("position_id", "person_id"), pa.string()
_COMPRESSED = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)


class NoRoom(Exception):
    """Fixes can't be set aside; the message names the folder and the remedy in one line."""


class SetAside:
    """Columns of fixes on disk, in pieces that each belong to a share.

    The file has no name, in the folder that TMPDIR names or else in the system's own: it is gone with the process,
    however that ends.
    """

    def __init__(self, shares: int) -> None:
        """Raise NoRoom where the folder can't be written."""
        self._folder = os.environ.get("TMPDIR") or tempfile.gettempdir()
        self._pieces: list[list[tuple[int, int]]] = [[] for _ in range(shares)]
        self._end = 0
        try:
            # Without a buffer of its own, so that nothing is left to be written when it is closed.
            self._file = tempfile.TemporaryFile(dir=self._folder, buffering=0)  # noqa: SIM115 - closed with this value
        except OSError as failed:
            raise self._no_room(failed) from failed

    def close(self) -> None:
        """Give the room on disk back."""
        self._file.close()

    def put(self, share: int, columns: FixColumns) -> None:
        """Set fixes aside, after those of their share that are there already. Raises NoRoom."""
        piece = memoryview(_as_bytes(columns))
        self._pieces[share].append((self._end, len(piece)))
        self._end += len(piece)
        try:
            while piece:
                piece = piece[self._file.write(piece) :]
        except OSError as failed:
            raise self._no_room(failed) from failed

    def taken(self, share: int) -> FixColumns:
        """Return the fixes of a share in the order in which they were put."""
        return joined([self._read(*piece) for piece in self._pieces[share]])

    def _read(self, start: int, length: int) -> FixColumns:
        self._file.seek(start)
        table = pa.ipc.open_stream(self._file.read(length)).read_all()
        return FixColumns(*(table.column(name).to_numpy() for name in COLUMN_NAMES))

    def _no_room(self, failed: OSError) -> NoRoom:
        return NoRoom(
            f"{self._folder}: {failed.strerror}; fixes that don't fit in memory wait there:"
            " make room, or name another folder in TMPDIR"
        )


def _as_bytes(columns: FixColumns) -> pa.Buffer:
    arrays = {name: pa.array(getattr(columns, name), _TEXT if name in _TEXTS else None) for name in COLUMN_NAMES}
    table, sink = pa.table(arrays), pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=_COMPRESSED) as stream:
        stream.write_table(table)
    return sink.getvalue()
