"""Other numbers than the default ones: what do they save in false alarms, and what do they cost in missed visits?

The same recordings are judged by every candidate, so that differences are the rules' and not chance's.
"""

from dataclasses import replace
from typing import NamedTuple

from geofence.rules import Rules
from tests.calibration import beside, visits
from tests.calibration.beside import EXPOSURES, BesideRow
from tests.calibration.reliability import PLACES
from tests.calibration.visits import VisitRow

DEFAULT = Rules()
PROPOSED = replace(DEFAULT, inside_p=0.99, probable_p=0.9, leg_s=130.0)
CANDIDATES: dict[str, Rules] = {
    "default": DEFAULT,
    "leg_s 130": replace(DEFAULT, leg_s=130.0),
    "confirmed_apart_s 110": replace(DEFAULT, confirmed_apart_s=110.0),
    "confirmed_apart_s 290": replace(DEFAULT, confirmed_apart_s=290.0),
    "floor_r95_gps_m 10": replace(DEFAULT, floor_r95_gps_m=10.0),
    "floor_r95_gps_m 15": replace(DEFAULT, floor_r95_gps_m=15.0),
    "floor_r95_gps_m 30": replace(DEFAULT, floor_r95_gps_m=30.0),
    "probable_fixes 5": replace(DEFAULT, probable_fixes=5),
    "probable_p 0.9": replace(DEFAULT, probable_p=0.9),
    "inside_p 0.99": replace(DEFAULT, inside_p=0.99),
    "proposed": PROPOSED,
}
OUTSIDE_M = (10, 25)
STAYS = tuple(exposure for exposure in EXPOSURES if exposure.session_s >= 3600 and exposure.surroundings != "home")


class CandidateRows(NamedTuple):
    """What one candidate does: false incidents beside a zone, and true visits found."""

    name: str
    beside: list[BesideRow]
    visits: list[VisitRow]


def measured(scale: float, count: int, seed: int) -> list[CandidateRows]:
    """Return the rows of every candidate; scale: of the exposures' wearer-years; count: visits of each kind."""
    stays = [
        (exposure, beside.recorded_beside(exposure, scale * exposure.wearer_years, seed + number))
        for number, exposure in enumerate(STAYS)
    ]
    gone = [
        (place, minutes, visits.recorded_visits(place, minutes, count, seed + 100 + number * 10 + minutes))
        for number, place in enumerate(PLACES)
        for minutes in visits.MINUTES
    ]
    return [
        CandidateRows(
            name,
            [
                row
                for exposure, recording in stays
                for row in beside.false_incidents(exposure, recording, rules, OUTSIDE_M)
            ],
            [visits.found(place, minutes, recording, rules) for place, minutes, recording in gone],
        )
        for name, rules in CANDIDATES.items()
    ]
