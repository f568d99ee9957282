"""Putting the lines of many wearers in order of upload without holding them all: by quarter of an hour, on disk."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from service.simulation.messages import Line

QUARTER_S = 900
_READ = msgspec.msgpack.Decoder(list[Line])
# Lines of one quarter that are kept together before they are written.
_CHUNK = 2_000


def in_upload_order(lines: Iterable[Line]) -> Iterator[bytes]:
    """Yield the lines' bodies in order of upload.

    Memory is bounded by what is uploaded in one quarter of an hour; the rest waits in a temporary folder.
    """
    with tempfile.TemporaryDirectory(prefix="cordon-simulation-") as folder:
        quarters = _Quarters(Path(folder))
        try:
            for line in lines:
                quarters.add(line)
            yield from quarters.drained()
        finally:
            quarters.close()


class _Quarters:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[int, BinaryIO] = {}
        self._waiting: dict[int, list[Line]] = {}

    def add(self, line: Line) -> None:
        quarter = line.uploaded_s // QUARTER_S
        waiting = self._waiting.setdefault(quarter, [])
        waiting.append(line)
        if len(waiting) >= _CHUNK:
            self._put_by(quarter)

    def drained(self) -> Iterator[bytes]:
        for quarter in sorted(self._waiting):
            lines = self._waiting.pop(quarter)
            for chunk in self._put_aside(quarter):
                lines += chunk
            lines.sort()
            for line in lines:
                yield line.body

    def close(self) -> None:
        for file in self._files.values():
            file.close()

    def _put_by(self, quarter: int) -> None:
        if quarter not in self._files:
            self._files[quarter] = (self._folder / f"{quarter}").open("w+b")
        chunk = msgspec.msgpack.encode(self._waiting[quarter])
        self._files[quarter].write(len(chunk).to_bytes(8) + chunk)
        self._waiting[quarter] = []

    def _put_aside(self, quarter: int) -> Iterator[list[Line]]:
        file = self._files.pop(quarter, None)
        if file is None:
            return
        with file:
            file.seek(0)
            while header := file.read(8):
                yield _READ.decode(file.read(int.from_bytes(header)))
        (self._folder / f"{quarter}").unlink()
