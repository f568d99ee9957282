"""The fixes of a file as columns: the form in which many of them are held, compared and set aside."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geofence.ids import TagId
from geofence.instants import Instant
from geofence.tracks import BoolArray, CodeArray, FloatArray, IndexArray, InstantArray, Mechanism, TextArray
from ingest.fix import Fix


@dataclass(frozen=True, slots=True, eq=False)
class FixColumns:
    """Fixes, one a row, all columns of shape (n,). NaN in a column of floats: not reported.

    line: where in the file, or among the messages, each stood. tag: a number for each tag, given by whoever made the
    columns. When a fix was uploaded is left out: neither the rules nor its identity ask for it.
    """

    line: IndexArray
    tag: NDArray[np.int32]
    recorded_at: InstantArray
    longitude_deg: FloatArray
    latitude_deg: FloatArray
    accuracy_m: FloatArray
    accuracy_confidence: FloatArray
    hdop: FloatArray
    speed_kmh: FloatArray
    heading_deg: FloatArray
    satellites: FloatArray
    mechanism: CodeArray
    clock_suspect: BoolArray
    position_id: TextArray
    person_id: TextArray

    def __len__(self) -> int:
        return len(self.recorded_at)

    def fix(self, row: int) -> Fix:
        """Return one row as a fix, with an empty tag id, of which the columns hold only the number."""
        satellites = float(self.satellites[row])
        return Fix(
            tag_id=TagId(""),
            recorded_at=Instant(int(self.recorded_at[row])),
            latitude_deg=float(self.latitude_deg[row]),
            longitude_deg=float(self.longitude_deg[row]),
            position_id=self.position_id[row],
            accuracy_m=float(self.accuracy_m[row]),
            accuracy_confidence=float(self.accuracy_confidence[row]),
            mechanism=Mechanism(int(self.mechanism[row])),
            satellites=None if math.isnan(satellites) else int(satellites),
            hdop=_reported(self.hdop[row]),
            speed_kmh=_reported(self.speed_kmh[row]),
            heading_deg=_reported(self.heading_deg[row]),
            person_id=self.person_id[row],
            clock_suspect=bool(self.clock_suspect[row]),
        )


COLUMN_NAMES: tuple[str, ...] = tuple(FixColumns.__dataclass_fields__)


def columns_of(fixes: Sequence[Fix], lines: Sequence[int], tags: Sequence[int]) -> FixColumns:
    """Return fixes as columns; `lines` and `tags` hold the line of each and the number of its tag."""
    return FixColumns(
        line=np.array(lines, dtype=np.int64),
        tag=np.array(tags, dtype=np.int32),
        recorded_at=np.array([fix.recorded_at for fix in fixes], dtype=np.int64),
        longitude_deg=np.array([fix.longitude_deg for fix in fixes], dtype=np.float64),
        latitude_deg=np.array([fix.latitude_deg for fix in fixes], dtype=np.float64),
        accuracy_m=np.array([fix.accuracy_m for fix in fixes], dtype=np.float64),
        accuracy_confidence=np.array([fix.accuracy_confidence for fix in fixes], dtype=np.float64),
        # NumPy reads None as NaN in a column of floats.
        hdop=np.array([fix.hdop for fix in fixes], dtype=np.float64),
        speed_kmh=np.array([fix.speed_kmh for fix in fixes], dtype=np.float64),
        heading_deg=np.array([fix.heading_deg for fix in fixes], dtype=np.float64),
        satellites=np.array([fix.satellites for fix in fixes], dtype=np.float64),
        mechanism=np.array([fix.mechanism for fix in fixes], dtype=np.uint8),
        clock_suspect=np.array([fix.clock_suspect for fix in fixes], dtype=np.bool_),
        position_id=np.array([fix.position_id for fix in fixes], dtype=object),
        person_id=np.array([fix.person_id for fix in fixes], dtype=object),
    )


def joined(blocks: list[FixColumns]) -> FixColumns:
    """Return blocks one after the other."""
    blocks = blocks or [columns_of([], [], [])]
    return FixColumns(*(np.concatenate([getattr(block, name) for block in blocks]) for name in COLUMN_NAMES))


def rows_of(columns: FixColumns, rows: IndexArray) -> FixColumns:
    """Return some rows, in the order given."""
    return FixColumns(*(getattr(columns, name)[rows] for name in COLUMN_NAMES))


def _reported(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
