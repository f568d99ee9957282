"""A record may name its headers with bytes that are no text. The client can't read such a record; here it learns to.

A broker takes any bytes. The client raises UnicodeDecodeError on them, on every try again, and with it on all records
that came in one batch with that one: the partition would stand still for ever.
"""

from collections.abc import Iterator
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import _MemoryRecordsPy

# From here on a batch has headers; those before it are read by other classes.
_HEADERS_SINCE = 2


def read_any_header_name() -> None:
    """Let the client read what it fetches through `AnyRecords`; in this process, for good."""
    fetcher.MemoryRecords = AnyRecords  # it takes no other from anybody


class AnyRecords:
    """The batches of one answer of the broker, as the client asks for them."""

    def __init__(self, data: bytes) -> None:
        self._records = _MemoryRecordsPy(data)
        self.has_next = self._records.has_next
        self.size_in_bytes = self._records.size_in_bytes

    def next_batch(self) -> Any:
        """Return the next batch, None if there is none."""
        piece = self._records._next_slice  # noqa: SLF001 - it tells nobody
        batch: Any = self._records.next_batch()
        if piece is None or piece[self._records.MAGIC_OFFSET] < _HEADERS_SINCE:
            return batch
        return _AnyBatch(batch, piece)


class _AnyBatch:
    """A batch that is read quickly and, if that fails at a header's name, again as the bytes are."""

    def __init__(self, batch: Any, piece: memoryview) -> None:
        self._batch = batch
        self._piece = piece

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __iter__(self) -> Iterator[Any]:
        try:
            return iter(list(self._batch))
        except UnicodeDecodeError:
            slowly: Any = _DefaultRecordBatchPy(self._piece)
            iter(slowly)  # which decompresses them
            slowly._buffer = _AnyNames(slowly._buffer)  # noqa: SLF001 - where it reads names from
            return iter(list(slowly))


class _AnyNames(bytearray):
    """Bytes whose parts decode to text whatever they are."""

    def __getitem__(self, key: Any) -> Any:
        found = super().__getitem__(key)
        return _AnyNames(found) if isinstance(found, bytearray) else found

    def decode(self, encoding: str = "utf-8", errors: str = "backslashreplace") -> str:
        """Return the text; what is none, as escapes."""
        return super().decode(encoding, errors)
