"""A place on the National Grid as a point in WGS 84."""

from collections.abc import Mapping

from service.register.drawing.draft_faults import DraftFault, DraftRefused
from service.register.drawing.grid_reference import MEMBER, MOST_DIGITS, read_reference
from service.register.drawing.metres import read_metres
from service.register.drawing.national_grid import OffTheGrid, degrees_at

EASTING, NORTHING = "easting_m", "northing_m"


def middle_of_square(reference: object) -> tuple[Mapping[str, object], tuple[DraftFault, ...]]:
    """Return the middle of the square that a reference names, as a GeoJSON point, and a warning if it is a coarse one.

    Nothing is added to the distance around it: whoever draws decides what the square's size is worth. A square of one
    metre needs no warning. Raises DraftRefused.
    """
    square = read_reference(reference)
    point = _point(*square.centre_m, MEMBER)
    if square.side_m == 1:
        return point, ()
    text = f"names a square of {square.side_m} m, of which the middle is taken: ±{square.off_by_m:.2g} m"
    return point, (DraftFault(MEMBER, "", text, f"give {MOST_DIGITS} digits, or a distance that makes up for it"),)


def place_on_grid(members: Mapping[str, object]) -> Mapping[str, object]:
    """Return the place that easting and northing give, as a GeoJSON point. Raises DraftRefused with every fault."""
    faults: list[DraftFault] = []
    east_m, north_m = read_metres(members, EASTING, faults), read_metres(members, NORTHING, faults)
    if east_m is None or north_m is None:
        raise DraftRefused(tuple(faults))
    return _point(east_m, north_m, EASTING)


def _point(east_m: float, north_m: float, member: str) -> Mapping[str, object]:
    try:
        return {"type": "Point", "coordinates": list(degrees_at(east_m, north_m))}
    except OffTheGrid:
        text = "is not in Great Britain or the sea around it"
        raise DraftRefused((DraftFault(member, "", text, "correct it, or give longitude and latitude"),)) from None
