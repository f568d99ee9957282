"""What does this file of fixes hold? Read as a stream into columns, duplicates dropped and contradictions refused."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from geofence.ids import TagId
from geofence.tracks import Tracks
from ingest.columns import COLUMN_NAMES, FixColumns, columns_of, joined
from ingest.decode import decode_object
from ingest.fix import Fix, Profile
from ingest.identity import contradiction_faults, repeated
from ingest.lines import read_lines
from ingest.parquet import read_rows
from ingest.reading import ahead_of

Progress = Callable[[int], None]
_BLOCK = 65_536


@dataclass(frozen=True, slots=True)
class FileFixes:
    """A file, read. `lines == fixes + duplicates + rejected`; contradictions are among the rejected.

    rejections: `{"line": 17, "faults": [...]}` in the order of the lines.
    """

    counts: dict[str, int]
    rejections: list[dict[str, object]]
    tracks: Tracks


def read_fixes(path: Path | None, profile: Profile, progress: Progress) -> FileFixes:
    """Read a file of fixes, `.jsonl`, `.jsonl.gz` or `.parquet`; None is standard input.

    progress: told, now and then and at the end, how many more lines were read. Of fixes with the same identity the
    first in the file stays. Files have no `received_at`, so no fix is too far ahead. Raises FileUnreadable.
    """
    blocks = _Blocks()
    rejections: dict[int, tuple[str, ...]] = {}
    lines = 0
    ahead = ahead_of(None)
    for number, line in read_objects(path, profile):
        lines += 1
        read = decode_object(line, profile, ahead)
        if isinstance(read, Fix):
            blocks.add(number, read)
        else:
            rejections[number] = read.faults
        if lines % _BLOCK == 0:
            progress(_BLOCK)
    progress(lines % _BLOCK)
    columns, numbers = blocks.joined()
    first, contradictions = repeated(columns)
    for one in contradictions:
        where = f"line {numbers[one.first]}"
        rejections[int(numbers[one.row])] = contradiction_faults(one.fields, profile, where)
    fixes = int(first.sum())
    counts = {
        "lines": lines,
        "fixes": fixes,
        "duplicates": lines - fixes - len(rejections),
        "contradictions": len(contradictions),
        "rejected": len(rejections),
    }
    listed: list[dict[str, object]] = [{"line": line, "faults": list(rejections[line])} for line in sorted(rejections)]
    return FileFixes(counts, listed, _tracks(columns, first, blocks.tag_ids()))


def read_objects(path: Path | None, profile: Profile) -> Iterator[tuple[int, bytes]]:
    """Yield number and bytes of each line that is not blank; of a `.parquet` file, each row. Raises FileUnreadable."""
    return read_rows(path, profile) if path is not None and path.suffix.lower() == ".parquet" else read_lines(path)


class _Blocks:
    """Fixes on their way into columns: never more than one block of them as objects."""

    def __init__(self) -> None:
        self._tags: dict[TagId, int] = {}
        self._fixes: list[Fix] = []
        self._lines: list[int] = []
        self._blocks: list[FixColumns] = []
        self._line_blocks: list[np.ndarray[tuple[int], np.dtype[np.int64]]] = []

    def add(self, line: int, fix: Fix) -> None:
        self._fixes.append(fix)
        self._lines.append(line)
        if len(self._fixes) == _BLOCK:
            self._close_block()

    def joined(self) -> tuple[FixColumns, np.ndarray[tuple[int], np.dtype[np.int64]]]:
        """Return all fixes, and the line of each."""
        self._close_block()
        return joined(self._blocks), np.concatenate(self._line_blocks)

    def tag_ids(self) -> tuple[TagId, ...]:
        return tuple(self._tags)

    def _close_block(self) -> None:
        tags = [self._tags.setdefault(fix.tag_id, len(self._tags)) for fix in self._fixes]
        self._blocks.append(columns_of(self._fixes, tags))
        self._line_blocks.append(np.array(self._lines, dtype=np.int64))
        self._fixes.clear()
        self._lines.clear()


def _tracks(
    columns: FixColumns, kept: np.ndarray[tuple[int], np.dtype[np.bool_]], tag_ids: tuple[TagId, ...]
) -> Tracks:
    names = [name for name in COLUMN_NAMES if name in Tracks.__dataclass_fields__]
    chosen = {name: getattr(columns, name)[kept] for name in names}
    chosen["tag"] = chosen["tag"].astype(np.int64)
    return Tracks(tag_ids=tag_ids, **chosen)
