"""How often is somebody accused who truly stays outside, but near? False incidents in a wearer-year, by distance.

The zone is a circle. He stands still so many metres outside its edge, or walks along it at that distance; his ways
there and back are not counted. What a wearer-year holds of each exposure is `hours_a_year`: change it, and the rates
change in proportion.
"""

from collections import Counter
from typing import NamedTuple

import numpy as np

from geofence.ids import ZoneId
from geofence.register import Register
from geofence.rules import Rules
from service.simulation.path import Surroundings
from tests.calibration.intervals import Estimate, rate
from tests.calibration.judged import GRADES, circle, incidents, register
from tests.calibration.sessions import Recording, Sessions

OUTSIDE_M = (5, 10, 25, 50)
WALKING_M_S = 1.4
# He is this far from the middle of every zone: their radii differ, from 200 to 245 m.
AWAY_M = 250.0
_ARC_M = 15.0


class Exposure(NamedTuple):
    """What somebody does next to a zone, session after session; `walking`: along its edge, else standing.

    wearer_years: so many are simulated, of `hours_a_year` each.
    """

    name: str
    surroundings: Surroundings
    session_s: float
    hours_a_year: float
    wearer_years: float
    boastful: bool = False
    walking: bool = False


EXPOSURES = (
    Exposure("waits in the open street, 1 h a day", "street", 3600.0, 365.0, 10.0),
    Exposure("walks along the edge, 20 min a day", "street", 600.0, 121.7, 30.0, walking=True),
    Exposure("works indoors, 8 h on 230 days", "indoors", 28_800.0, 1840.0, 3.0),
    Exposure("waits between tall buildings, 1 h a day", "canyon", 3600.0, 365.0, 10.0),
    Exposure("the same, boastful tag", "canyon", 3600.0, 365.0, 10.0, boastful=True),
    Exposure("lives there with a beacon, 14 h a day", "home", 50_400.0, 5110.0, 3.0),
)


class BesideRow(NamedTuple):
    """False incidents of one grade; the rate is for a wearer-year of this exposure."""

    exposure: str
    outside_m: int
    grade: str
    incidents: int
    wearer_years: float
    a_year: Estimate


def recorded_beside(exposure: Exposure, wearer_years: float, seed: int) -> Recording:
    """Return so many wearer-years of an exposure, `AWAY_M` from the middle."""
    count = max(1, round(wearer_years * exposure.hours_a_year * 3600 / exposure.session_s))
    pieces = round(WALKING_M_S * exposure.session_s / _ARC_M) if exposure.walking else 0
    turn = np.tile(np.arange(pieces + 1) * _ARC_M / AWAY_M, (count, 1))
    t_s = np.tile(np.arange(pieces + 1) * _ARC_M / WALKING_M_S * 0.999, (count, 1))
    x_m, y_m = AWAY_M * np.cos(turn), AWAY_M * np.sin(turn)
    return Sessions(t_s, x_m, y_m, exposure.session_s, exposure.surroundings, exposure.boastful).record(seed)


def zones_at(outside_m: tuple[int, ...]) -> Register:
    """Return a register of the zones whose edges are so far from him."""
    return register({f"{metres}": circle(AWAY_M - metres) for metres in outside_m})


def false_incidents(
    exposure: Exposure, recording: Recording, rules: Rules, outside_m: tuple[int, ...] = OUTSIDE_M
) -> list[BesideRow]:
    """Return how many incidents of each grade are found at each distance: all of them false."""
    found = Counter((one.zone_id, one.grade) for one in incidents(recording, zones_at(outside_m), rules))
    years = recording.sessions.hours / exposure.hours_a_year
    rows = []
    for metres in outside_m:
        for grade in GRADES:
            count = found[ZoneId(f"{metres}"), grade]
            rows.append(BesideRow(exposure.name, metres, grade, count, years, rate(count, years)))
    return rows


def measured(scale: float, seed: int, rules: Rules) -> list[BesideRow]:
    """Return the false incidents of every exposure; scale: this share of the wearer-years."""
    rows: list[BesideRow] = []
    for number, exposure in enumerate(EXPOSURES):
        rows += false_incidents(
            exposure, recorded_beside(exposure, scale * exposure.wearer_years, seed + number), rules
        )
    return rows
