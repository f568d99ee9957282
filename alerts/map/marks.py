"""The marks of a map as SVG: told apart by shape and darkness, so that they read in grey and by any eyes."""

from itertools import pairwise
from typing import Final, assert_never

import numpy as np
from shapely import Geometry, get_coordinates, get_parts, get_rings

from alerts.map.frame import Frame
from alerts.report.values import ReportedFix
from geofence.instants import SECOND_US
from geofence.judgement import PRECISE, Verdict
from geofence.tracks import FloatArray

INK: Final = "#0b0c0c"
BLUE: Final = "#1d4f91"
RADIUS: Final = 2.3
_ARROW_FROM: Final = 16.0


def points(places: FloatArray) -> str:
    """Return paper coordinates as an SVG path's points, to a hundredth of a point."""
    return " ".join(f"{number(x)} {number(y)}" for x, y in places.tolist())


def number(value: float) -> str:
    """Return a coordinate to a hundredth, without a tail of zeros or a negative zero."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def outline_path(frame: Frame, shape: Geometry) -> str:
    """Return the path data of a shape: rings closed, lines open, points as small crosses."""
    drawn = []
    for part in get_parts(shape):
        rings = get_rings(part)
        if len(rings):
            drawn += [f"M{points(frame.paper(get_coordinates(ring)[:-1]))}Z" for ring in rings]
        elif part.geom_type == "Point":
            x, y = frame.paper(get_coordinates(part))[0].tolist()
            drawn.append(f"M{number(x - 2)} {number(y)}h4M{number(x)} {number(y - 2)}v4")
        else:
            drawn.append(f"M{points(frame.paper(get_coordinates(part)))}")
    return " ".join(drawn)


def path_of(frame: Frame, places: FloatArray, rows: list[ReportedFix], leg_s: float) -> list[str]:
    """Return the line through a track's precise, plausible fixes: solid where a leg joins them, else dashed."""
    precise = [at for at, row in enumerate(rows) if row.judged.mechanism in PRECISE and not row.judged.implausible]
    drawn = []
    for before, after in pairwise(precise):
        start, end = places[before], places[after]
        apart = rows[after].judged.recorded_at - rows[before].judged.recorded_at
        dash = "" if apart <= leg_s * SECOND_US else ' stroke-dasharray="3 2"'
        drawn.append(f'<path d="M{points(np.array([start, end]))}"{dash}/>')
        if np.hypot(*(end - start)) >= _ARROW_FROM:
            drawn.append(_arrow(start, end))
    return drawn


def _arrow(start: FloatArray, end: FloatArray) -> str:
    """Return a small head in the middle of a leg, pointing the way of time."""
    along = (end - start) / np.hypot(*(end - start))
    across = np.array([-along[1], along[0]])
    tip = (start + end) / 2 + along * 2.2
    head = np.array([tip - along * 4.4 + across * 2, tip, tip - along * 4.4 - across * 2])
    return f'<path d="M{points(head)}" fill="none"/>'


def circle_of(x: float, y: float, radius: float) -> str:
    """Return a circle of confidence."""
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}"/>'


def mark(x: float, y: float, size: float, verdict: Verdict, *, implausible: bool) -> str:
    """Return a fix's mark: a cross if implausible, else filled inside, a grey diamond if uncertain, a ring outside."""
    at = f'cx="{number(x)}" cy="{number(y)}"'
    if implausible:
        corners = np.array([(x - size, y - size), (x + size, y + size), (x - size, y + size), (x + size, y - size)])
        cross = f"M{points(corners[:2])}M{points(corners[2:])}"
        return f'<path d="{cross}" stroke="{INK}" stroke-width="1.1" fill="none"/>'
    match verdict:
        case "INSIDE":
            return f'<circle {at} r="{number(size)}" fill="{INK}" stroke="#fff" stroke-width=".5"/>'
        case "OUTSIDE":
            return f'<circle {at} r="{number(size - 0.3)}" fill="#fff" stroke="{INK}" stroke-width=".8"/>'
        case "UNCERTAIN":
            reach = size * 1.2
            corners = np.array([(x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y)])
            return f'<path d="M{points(corners)}Z" fill="#b8bec2" stroke="{INK}" stroke-width=".7"/>'
        case _:
            assert_never(verdict)
