"""A made-up Croydon: neighbourhoods roughly where they lie, a grid of streets that nobody has walked, one railway."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np


class Spot(NamedTuple):
    """A place in metres east and north of the simulated plane's origin."""

    x_m: float
    y_m: float

    def moved(self, x_m: float, y_m: float) -> "Spot":
        """Return the spot so many metres east and north of this one."""
        return Spot(self.x_m + x_m, self.y_m + y_m)

    def towards(self, other: "Spot", metres: float) -> "Spot":
        """Return the spot so many metres from this one on the straight line to the other."""
        share = metres / max(self.metres_to(other), 1e-9)
        return Spot(self.x_m + share * (other.x_m - self.x_m), self.y_m + share * (other.y_m - self.y_m))

    def metres_to(self, other: "Spot") -> float:
        """Return the straight distance to another spot."""
        return math.hypot(other.x_m - self.x_m, other.y_m - self.y_m)


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Where people live, work and shop. `canyon_m`: within it tall buildings reflect what satellites send."""

    name: str
    centre: Spot
    home_area: str
    radius_m: float = 900.0
    canyon_m: float = 0.0


CENTRE = Neighbourhood("Croydon", Spot(-500, 0), "Croydon", radius_m=700, canyon_m=600)
NEIGHBOURHOODS = (
    CENTRE,
    Neighbourhood("Thornton Heath", Spot(-500, 2600), "Croydon"),
    Neighbourhood("South Norwood", Spot(1300, 2500), "Croydon"),
    Neighbourhood("Addiscombe", Spot(1300, 500), "Croydon"),
    Neighbourhood("Shirley", Spot(2900, -100), "Croydon"),
    Neighbourhood("Norbury", Spot(-2000, 4000), "Croydon"),
    Neighbourhood("Crystal Palace", Spot(800, 4800), "Croydon"),
    Neighbourhood("Purley", Spot(-1500, -4200), "Croydon"),
    Neighbourhood("Coulsdon", Spot(-3000, -6000), "Croydon"),
    Neighbourhood("New Addington", Spot(5200, -3700), "Croydon"),
    Neighbourhood("Wallington", Spot(-3900, -1600), "Sutton"),
    Neighbourhood("Carshalton", Spot(-5300, -900), "Sutton"),
    Neighbourhood("Sutton", Spot(-6900, -1200), "Sutton", canyon_m=250),
    Neighbourhood("Beckenham", Spot(4800, 3700), "Bromley"),
    Neighbourhood("Bromley", Spot(7700, 3300), "Bromley", canyon_m=350),
)
NAMED = {place.name: place for place in NEIGHBOURHOODS}

# In Surrey, so that one order is another force's.
WARLINGHAM = Spot(2800, -7600)

BLOCK_M = 95.0
"""The side of a block of the street grid."""
_TILT = math.radians(17)


class Station(NamedTuple):
    """A station of the one railway."""

    name: str
    spot: Spot


# From south to north. Between the last two the line runs in a tunnel for most of the way.
RAILWAY = (
    Station("Purley", Spot(-1450, -4150)),
    Station("South Croydon", Spot(-150, -1900)),
    Station("East Croydon", Spot(0, 0)),
    Station("Norwood Junction", Spot(1250, 2450)),
    Station("Crystal Palace", Spot(850, 4750)),
    Station("Gipsy Hill", Spot(250, 6300)),
)
TUNNEL_AFTER = "Crystal Palace"
TUNNEL_FROM, TUNNEL_UNTIL = 0.12, 0.85

# From north to south, outside the tall buildings: the one road on which cars are fast.
TRUNK_ROAD = (Spot(-2500, 3000), Spot(-2500, -1000), Spot(-2400, -3600), Spot(-3600, -6600), Spot(-3900, -9400))


def somewhere(place: Neighbourhood, rng: np.random.Generator) -> Spot:
    """Return a random spot within a neighbourhood."""
    angle, distance = rng.uniform(0, 2 * math.pi), place.radius_m * math.sqrt(rng.uniform())
    return place.centre.moved(distance * math.cos(angle), distance * math.sin(angle))


def in_canyon(x_m: float, y_m: float) -> bool:
    """Whether tall buildings surround a spot."""
    return any(place.canyon_m and place.centre.metres_to(Spot(x_m, y_m)) < place.canyon_m for place in NEIGHBOURHOODS)


def along_streets(start: Spot, end: Spot, rng: np.random.Generator) -> list[Spot]:
    """Return the corners of a way along the grid: to the nearest crossing, in one to three bends, and off it again.

    The way stays within the rectangle of the grid that its ends span, widened by half a block.
    """
    a, b = _on_grid(start), _on_grid(end)
    bends = int(rng.integers(1, 4))
    across = np.sort(rng.integers(min(a[0], b[0]), max(a[0], b[0]) + 1, bends))
    if a[0] > b[0]:
        across = across[::-1]
    along = np.linspace(a[1], b[1], bends + 1).round().astype(int)
    corners = [a]
    for column, row in zip(across, along[1:], strict=True):
        corners += [(int(column), corners[-1][1]), (int(column), int(row))]
    corners.append(b)
    spots = [start, *(_off_grid(corner) for corner in corners), end]
    return [spot for number, spot in enumerate(spots) if number == 0 or spot.metres_to(spots[number - 1]) > 0.5]


def _on_grid(spot: Spot) -> tuple[int, int]:
    u = spot.x_m * math.cos(_TILT) + spot.y_m * math.sin(_TILT)
    v = spot.y_m * math.cos(_TILT) - spot.x_m * math.sin(_TILT)
    return round(u / BLOCK_M), round(v / BLOCK_M)


def _off_grid(corner: tuple[int, int]) -> Spot:
    u, v = corner[0] * BLOCK_M, corner[1] * BLOCK_M
    return Spot(u * math.cos(_TILT) - v * math.sin(_TILT), u * math.sin(_TILT) + v * math.cos(_TILT))
