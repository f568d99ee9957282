"""What does this file of fixes hold? Read as a stream into columns, duplicates dropped and contradictions refused."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from geofence.tracks import Tracks
from ingest.decode import decode_object
from ingest.fix import Fix, Profile
from ingest.held import BLOCK
from ingest.lines import read_lines
from ingest.parquet import read_rows
from ingest.reading import ahead_of
from ingest.shared_fixes import ALL_IN_MEMORY, Apart, SharedFixes

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class FileFixes:
    """A file, read. `lines == fixes + duplicates + rejected`; contradictions are among the rejected.

    rejections: `{"line": 17, "faults": [...]}` in the order of the lines.
    """

    counts: dict[str, int]
    rejections: list[dict[str, object]]
    tracks: Tracks


def read_fixes(path: Path | None, profile: Profile, progress: Progress) -> FileFixes:
    """Read a file of fixes into memory, as `fixes_of` does. Raises FileUnreadable."""
    with fixes_of(path, profile, progress) as read:
        ((_, tracks),) = read.shares()
        return FileFixes(read.counts, read.rejections, tracks)


@contextmanager
def fixes_of(
    path: Path | None, profile: Profile, progress: Progress, apart: Apart = ALL_IN_MEMORY
) -> Iterator[SharedFixes]:
    """Read a file of fixes, `.jsonl`, `.jsonl.gz` or `.parquet`, to its end; None is standard input.

    progress: told, now and then and at the end, how many more lines were read. Of fixes with the same identity the
    first in the file stays. Files have no `received_at`, so no fix is too far ahead. apart: what to do with more fixes
    than fit in memory. Raises FileUnreadable, NoRoom.
    """
    with SharedFixes(profile, apart) as fixes:
        lines, ahead = 0, ahead_of(None)
        for number, line in read_objects(path, profile):
            lines += 1
            read = decode_object(line, profile, ahead)
            if isinstance(read, Fix):
                fixes.add(number, read)
            else:
                fixes.refuse(number, read.faults)
            if lines % BLOCK == 0:
                progress(BLOCK)
        progress(lines % BLOCK)
        yield fixes


def read_objects(path: Path | None, profile: Profile) -> Iterator[tuple[int, bytes]]:
    """Yield number and bytes of each line that is not blank; of a `.parquet` file, each row. Raises FileUnreadable."""
    return read_rows(path, profile) if path is not None and _in_rows(path) else read_lines(path)


def counted_in(path: Path | None) -> Literal["line", "row"]:
    """Return what a file of fixes consists of, as messages call it."""
    return "row" if path is not None and _in_rows(path) else "line"


def _in_rows(path: Path) -> bool:
    return path.suffix.lower() == ".parquet"
