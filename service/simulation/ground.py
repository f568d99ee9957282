"""What the ground tells a tag: cells of the telephone network, the beacon at home, and wireless networks indoors."""

import numpy as np

from service.simulation.act import Carrying
from service.simulation.gps import SIGMAS_IN_R95, within_claim
from service.simulation.path import Surroundings
from service.simulation.plane import EAST_M, NORTH_M, FloatArray, degrees
from service.simulation.recorded import CELL, RF, WIFI, Recorded

CELL_EVERY_S = (180.0, 300.0)
CELL_R95_M = (250.0, 1500.0)
CELL_WITHOUT_RADIUS_SHARE = 0.01
BEACON_EVERY_S = (200.0, 290.0)
BEACON_R95_M = 50.0
WIFI_EVERY_S = (240.0, 600.0)
WIFI_R95_M = (30.0, 80.0)
# Under a steady conduct a cell without its radius, or a wide one, would tell another story than the one meant.
STEADY_CELL_R95_M = (250.0, 450.0)


def cell_fixes(tag: Carrying, rng: np.random.Generator) -> Recorded:
    """Return fixes by the telephone network: every 3 to 5 minutes, good to 250 to 1500 m; none in tunnels."""
    at = _instants(tag, CELL_EVERY_S, rng)
    low, high = STEADY_CELL_R95_M if tag.conduct.steady else CELL_R95_M
    r95 = np.round(low * (high / low) ** rng.uniform(size=len(at)), -1)
    fixes = _about(tag, CELL, at, r95, rng)
    if not tag.conduct.steady:
        fixes.accuracy_m[rng.uniform(size=len(at)) < CELL_WITHOUT_RADIUS_SHARE] = 0.0
    return fixes.only(np.array([s != "tunnel" for s in tag.path.stretch_at(at)]))


def beacon_fixes(tag: Carrying, rng: np.random.Generator) -> Recorded:
    """Return fixes by the beacon at home: its own place, whenever the tag hears it. Satellites are then left alone."""
    at = _where(tag, _instants(tag, BEACON_EVERY_S, rng), "home")
    at = at if tag.conduct.beacon else at[:0]
    longitude, latitude = degrees(np.full(len(at), tag.beacon.x_m), np.full(len(at), tag.beacon.y_m))
    return Recorded.of(
        mechanism=RF,
        at_s=at,
        longitude_deg=longitude,
        latitude_deg=latitude,
        accuracy_m=np.full(len(at), BEACON_R95_M),
    )


def wifi_fixes(tag: Carrying, rng: np.random.Generator) -> Recorded:
    """Return fixes by wireless networks indoors."""
    at = _where(tag, _instants(tag, WIFI_EVERY_S, rng), "indoors")
    return _about(tag, WIFI, at, np.round(rng.uniform(*WIFI_R95_M, size=len(at))), rng)


def _about(tag: Carrying, mechanism: int, at: FloatArray, r95: FloatArray, rng: np.random.Generator) -> Recorded:
    """Fixes about the true place, wrong as their radius says."""
    motion, errors = tag.path.at(at), within_claim(rng.normal(size=(2, len(at))), tag.conduct.steady)
    return Recorded.of(
        mechanism=mechanism,
        at_s=at,
        longitude_deg=motion.longitude_deg + errors[0] * r95 / SIGMAS_IN_R95 / EAST_M,
        latitude_deg=motion.latitude_deg + errors[1] * r95 / SIGMAS_IN_R95 / NORTH_M,
        accuracy_m=r95,
    )


def _instants(tag: Carrying, every_s: tuple[float, float], rng: np.random.Generator) -> FloatArray:
    start, end = tag.recorded_s
    gaps = rng.uniform(*every_s, size=int((end - start) / every_s[0]) + 1)
    at: FloatArray = start + np.floor(np.cumsum(gaps) - gaps[0] * rng.uniform())
    return at[at < end]


def _where(tag: Carrying, at: FloatArray, wanted: Surroundings) -> FloatArray:
    around = np.array(tag.path.stretch_at(at), dtype=str)
    heard: FloatArray = at[around == wanted]
    return heard
