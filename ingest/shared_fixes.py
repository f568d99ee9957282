"""How is a file read whose fixes are too many for memory? Once, from end to end; then share by share from disk."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np

from geofence.ids import TagId
from geofence.instants import Instant
from geofence.tracks import IndexArray, Tracks
from ingest.columns import COLUMN_NAMES, FixColumns, rows_of
from ingest.fix import Fix, Profile
from ingest.held import Held
from ingest.identity import contradiction_faults, repeated
from ingest.refused_lines import RefusedLines
from ingest.set_aside import SetAside

_IN_TRACKS = [name for name in COLUMN_NAMES if name in Tracks.__dataclass_fields__]


@dataclass(frozen=True, slots=True)
class Apart:
    """What to do with more than `in_memory` fixes: part them into `shares`, those of one tag into one."""

    in_memory: int
    shares: int
    share_of: Callable[[TagId], int]


ALL_IN_MEMORY = Apart(sys.maxsize, 1, lambda tag_id: 0)


class SharedFixes(AbstractContextManager["SharedFixes"]):
    """The fixes of a file: added line by line, then taken share by share, each identity once.

    1. `add` and `refuse` take what each line holds. More fixes than fit in memory are set aside on disk by share.
    2. `shares` finds duplicates and contradictions, within a share: an identity belongs to one tag.
    3. `counts` and `rejections` are complete when all shares were taken.
    """

    def __init__(self, profile: Profile, apart: Apart) -> None:
        self._profile = profile
        self._apart = apart
        self._held, self._room = Held(), apart.in_memory
        self._aside: SetAside | None = None
        self._share_of_tag: list[int] = []
        self._lines = self._fixes = self._contradictions = 0
        self._refused = RefusedLines()

    def __exit__(self, *_: object) -> None:
        if self._aside is not None:
            self._aside.close()

    def add(self, line: int, fix: Fix) -> None:
        """Take the fix of a line. Raises NoRoom."""
        if self._room == 0:
            self._set_aside()
        self._room -= 1
        self._lines += 1
        self._held.add(line, fix)

    def refuse(self, line: int, faults: tuple[str, ...]) -> None:
        """Take a line that is no fix."""
        self._lines += 1
        self._refused.add(line, faults)

    def recorded_between(self) -> tuple[Instant, Instant] | None:
        """Return when the first and the last of the fixes were recorded; None if no line was a fix."""
        return self._held.recorded_between()

    def first_refused(self) -> tuple[int, tuple[str, ...]] | None:
        """Return the first line that is no fix, and its faults."""
        return self._refused.first()

    @property
    def parts(self) -> int:
        """How many shares there are to take: one, if all fixes are in memory."""
        return 1 if self._aside is None else self._apart.shares

    def shares(self) -> Iterator[tuple[int | None, Tracks]]:
        """Yield each share's number and fixes; all fixes at once, under None, if they are in memory. Raises NoRoom."""
        if self._aside is None:
            yield None, self._each_once(self._held.taken())
            return
        self._set_aside()
        for share in range(self._apart.shares):
            yield share, self._each_once(self._aside.taken(share))

    @property
    def counts(self) -> dict[str, int]:
        """`lines == fixes + duplicates + rejected`; contradictions are among the rejected."""
        return {
            "lines": self._lines,
            "fixes": self._fixes,
            "duplicates": self._lines - self._fixes - len(self._refused),
            "contradictions": self._contradictions,
            "rejected": len(self._refused),
        }

    @property
    def rejections(self) -> list[dict[str, object]]:
        """`{"line": 17, "faults": [...]}` in the order of the lines."""
        return self._refused.listed()

    def _set_aside(self) -> None:
        """Put all fixes in memory on disk, each share's together, in the order of the lines."""
        self._room = self._apart.in_memory
        columns = self._held.taken()
        new = self._held.tag_ids[len(self._share_of_tag) :]
        self._share_of_tag += [self._apart.share_of(tag_id) for tag_id in new]
        share = np.array(self._share_of_tag, dtype=np.int64)[columns.tag]
        aside = self._aside = self._aside or SetAside(self._apart.shares)
        for number, rows in enumerate(_grouped(share, self._apart.shares)):
            if len(rows):
                aside.put(number, rows_of(columns, rows))

    def _each_once(self, columns: FixColumns) -> Tracks:
        first, contradictions = repeated(columns)
        for one in contradictions:
            where = f"line {columns.line[one.first]}"
            self._refused.add(int(columns.line[one.row]), contradiction_faults(one.fields, self._profile, where))
        self._contradictions += len(contradictions)
        kept = slice(None) if first.all() else first
        self._fixes += int(np.count_nonzero(first))
        chosen = {name: getattr(columns, name)[kept] for name in _IN_TRACKS}
        chosen["tag"] = chosen["tag"].astype(np.int64)
        return Tracks(tag_ids=self._held.tag_ids, **chosen)


def _grouped(group: IndexArray, count: int) -> list[IndexArray]:
    """Return the rows of each of `count` groups, in order, given the group of each row."""
    order = np.argsort(group, kind="stable")
    return np.split(order, np.searchsorted(group[order], np.arange(1, count)))
