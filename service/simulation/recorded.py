"""What a tag recorded, as columns: before it is sent, doubled, spoilt or written."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from service.simulation.plane import FloatArray

GPS, RF, CELL, WIFI = 1, 4, 5, 6
"""Mechanisms by the numbers that positions carry in feeds of the profile mdss."""
MECHANISM_NAMES = {GPS: "gps", RF: "rf", CELL: "cell", WIFI: "wifi"}

_DEGREE_DECIMALS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """Fixes of one tag, columns of shape (n,). NaN: not reported. jump: wrong by far more than it claims."""

    mechanism: NDArray[np.int64]
    at_s: FloatArray
    longitude_deg: FloatArray
    latitude_deg: FloatArray
    accuracy_m: FloatArray
    speed_kmh: FloatArray
    heading_deg: FloatArray
    satellites: FloatArray
    jump: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.at_s)

    @classmethod
    def of(
        cls,
        *,
        mechanism: int,
        at_s: FloatArray,
        longitude_deg: FloatArray,
        latitude_deg: FloatArray,
        accuracy_m: FloatArray,
        speed_kmh: FloatArray | None = None,
        heading_deg: FloatArray | None = None,
        satellites: FloatArray | None = None,
    ) -> "Recorded":
        """Return fixes of one mechanism, with what was not reported as NaN."""
        unreported = np.full(len(at_s), np.nan)
        return cls(
            np.full(len(at_s), mechanism, dtype=np.int64),
            at_s,
            longitude_deg,
            latitude_deg,
            accuracy_m,
            unreported.copy() if speed_kmh is None else speed_kmh,
            unreported.copy() if heading_deg is None else heading_deg,
            unreported.copy() if satellites is None else satellites,
            np.zeros(len(at_s), dtype=bool),
        )

    def only(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> "Recorded":
        """Return some of the rows."""
        return Recorded(*(getattr(self, column.name)[rows] for column in fields(self)))


def together(parts: Sequence[Recorded]) -> Recorded:
    """Return all fixes of a tag in order of time, places rounded as a tag reports them (a decimetre)."""
    joined = Recorded(*(np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(Recorded)))
    ordered = joined.only(np.lexsort((joined.mechanism, joined.at_s)))
    ordered.longitude_deg[:] = np.round(ordered.longitude_deg, _DEGREE_DECIMALS)
    ordered.latitude_deg[:] = np.round(ordered.latitude_deg, _DEGREE_DECIMALS)
    return ordered
