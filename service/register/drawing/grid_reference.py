"""National Grid references: two letters and an even number of digits, which name a square and not a point."""

import re
from dataclasses import dataclass
from math import sqrt

from alerts.map.grid import on_grid, square
from service.register.drawing.draft_faults import DraftFault, DraftRefused

MEMBER = "grid_reference"
FEWEST_DIGITS, MOST_DIGITS = 6, 10

_HUNDRED_KM_M = 100_000
_FORM = re.compile(r"([A-Za-z]{2}) ?(?:(\d+) (\d+)|(\d+))", re.ASCII)
_LIKE = "write two letters and 6, 8 or 10 digits, as in TQ 3234 6543"
# The south-west corner of each square of 100 km. Some lie wholly at sea: the drawing's warnings tell of those.
_CORNERS = {
    square(east_m, north_m): (east_m, north_m)
    for east_m in range(0, 10 * _HUNDRED_KM_M, _HUNDRED_KM_M)
    for north_m in range(0, 20 * _HUNDRED_KM_M, _HUNDRED_KM_M)
    if on_grid(east_m, north_m)
}


@dataclass(frozen=True, slots=True)
class GridSquare:
    """The square that a reference names: its south-west corner on the National Grid and its side, in metres."""

    east_m: int
    north_m: int
    side_m: int

    @property
    def centre_m(self) -> tuple[float, float]:
        """Easting and northing of the middle of the square."""
        return self.east_m + self.side_m / 2, self.north_m + self.side_m / 2

    @property
    def off_by_m(self) -> float:
        """How far the middle may lie from the place that was meant: half the square's diagonal."""
        return self.side_m * sqrt(2) / 2


def read_reference(text: object) -> GridSquare:
    """Return the square of a reference, with or without blanks and in either case.

    Raises DraftRefused with every fault, none of which repeats the reference: a square may be where somebody lives.

    >>> read_reference("tq 3234 6543")
    GridSquare(east_m=532340, north_m=165430, side_m=10)
    """
    if not isinstance(text, str):
        raise _refused([("is not a text", _LIKE)])
    found = _FORM.fullmatch(" ".join(text.split()))
    if found is None:
        elsewhere = "Northern Ireland has a grid of its own: give longitude and latitude there"
        raise _refused([("is no National Grid reference", f"{_LIKE}; {elsewhere}")])
    letters, east, north, together = found.groups()
    if together is not None:
        middle = len(together) // 2
        east, north = together[:middle], together[middle:]
    faults = _digit_faults(len(east), len(north))
    corner = _CORNERS.get(letters.upper())
    if corner is None:
        faults.append(("its letters name no square of Great Britain's grid", "correct the two letters"))
    if faults or corner is None:
        raise _refused(faults)
    side_m = _HUNDRED_KM_M // 10 ** len(east)
    return GridSquare(corner[0] + int(east) * side_m, corner[1] + int(north) * side_m, side_m)


def _digit_faults(east: int, north: int) -> list[tuple[str, str]]:
    if east != north:
        return [("its digits don't part into two equal halves", _LIKE)]
    if east + north < FEWEST_DIGITS:
        wide = f"{east + north} digits name a square of {10 ** (2 - east)} km, which is no premises"
        return [(wide, f"give at least {FEWEST_DIGITS} digits")]
    if east + north > MOST_DIGITS:
        return [(f"it has over {MOST_DIGITS} digits", "ten name a square metre: leave out the rest of each half")]
    return []


def _refused(faults: list[tuple[str, str]]) -> DraftRefused:
    return DraftRefused(tuple(DraftFault(MEMBER, "", text, remedy) for text, remedy in faults))
