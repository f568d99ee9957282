"""Accepted fixes as columns, and the events that tags report of themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geofence.ids import TagId
from geofence.instants import Instant

FloatArray = NDArray[np.float64]
InstantArray = NDArray[np.int64]
IndexArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
CodeArray = NDArray[np.uint8]
TextArray = NDArray[np.object_]

EventKind = Literal[
    "strap",
    "case",
    "battery_low",
    "battery_dead",
    "charging",
    "jamming",
    "shielding",
    "power_off",
    "no_network",
    "other",
]


class Mechanism(IntEnum):
    """How a position was found. The codes are what the ledger stores; their order sorts a track's ties by name."""

    CELL = 0
    GPS = 1
    RF = 2
    UNKNOWN = 3
    WIFI = 4


@dataclass(frozen=True, slots=True)
class TagEvent:
    """Something that a tag reported of itself. `ended_at` None: until its tag's next fix."""

    tag_id: TagId
    occurred_at: Instant
    ended_at: Instant | None
    kind: EventKind


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """Accepted fixes in no particular order, one a row; every column has shape (n,).

    tag: index into `tag_ids`. recorded_at: the tag's clock, microseconds UTC.
    position_id, person_id: text or None. mechanism: codes of `Mechanism`.
    accuracy_m, accuracy_confidence: as claimed; NaN where nothing was.
    clock_suspect: the fix was recorded well after it was received.
    """

    tag_ids: tuple[TagId, ...]
    tag: IndexArray
    recorded_at: InstantArray
    position_id: TextArray
    person_id: TextArray
    mechanism: CodeArray
    longitude_deg: FloatArray
    latitude_deg: FloatArray
    accuracy_m: FloatArray
    accuracy_confidence: FloatArray
    clock_suspect: BoolArray
    events: Sequence[TagEvent] = ()

    def __len__(self) -> int:
        return len(self.recorded_at)
