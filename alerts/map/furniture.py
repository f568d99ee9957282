"""What stands on every map besides the incident: National Grid lines, scale, north, and the key to the marks."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from alerts.map.frame import Frame
from alerts.map.grid import degrees_of, grid_of, on_grid, square
from alerts.map.labels import Box, Labels
from alerts.map.marks import BLUE, INK, circle_of, mark, number, points
from alerts.report.values import ReportedFix
from alerts.report.wording import number as counted
from geofence.judgement import Verdict
from geofence.tracks import FloatArray

_MARKS: Final[tuple[tuple[str, Verdict, bool], ...]] = (
    ("inside", "INSIDE", False),
    ("uncertain", "UNCERTAIN", False),
    ("outside", "OUTSIDE", False),
    ("implausible", "OUTSIDE", True),
)
_STEPS_M: Final = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)


def grid(frame: Frame, labels: Labels) -> str:
    """Return the National Grid lines that cross the picture, each with its easting or northing in metres."""
    corners = np.array(
        [(x, y) for x in (frame.west_m, frame.east_m) for y in (frame.south_m, frame.north_m)], dtype=np.float64
    )
    east, north = grid_of(*frame.plane.degrees(corners).T)
    if not all(on_grid(e, n) for e, n in zip(east.tolist(), north.tolist(), strict=True)):
        return ""
    step = next((s for s in _STEPS_M if s * frame.points_per_m >= frame.width / 6), _STEPS_M[-1])
    lines = []
    for eastings, low, high in ((True, east.min(), east.max()), (False, north.min(), north.max())):
        ends = (north.min(), north.max()) if eastings else (east.min(), east.max())
        for value in range(int(-(-low // step)) * step, int(high) + 1, step):
            line = [(value, end) if eastings else (end, value) for end in ends]
            longitude, latitude = degrees_of(*np.array(line, dtype=np.float64).T)
            drawn = frame.paper(frame.plane.metres(np.column_stack([longitude, latitude])))
            lines.append(f'<path d="M{points(drawn)}"/>')
            _label_line(frame, labels, drawn, value, eastings=eastings)
    name = square(float(east.mean()), float(north.mean()))
    labels.place_at(f"{name}, grid of {metres(step)}", 3, 8)
    return f'<g stroke="#b9c4ca" stroke-width=".4">{"".join(lines)}</g>'


def _label_line(frame: Frame, labels: Labels, drawn: FloatArray, value: int, *, eastings: bool) -> None:
    (x1, y1), (x2, y2) = drawn.tolist()
    text = f"{value:06d}{'E' if eastings else 'N'}"
    if eastings:
        labels.place_at(text, x1 + (x2 - x1) * (frame.height - 5 - y1) / (y2 - y1) + 1, frame.height - 3)
    else:
        labels.place_at(text, 3, y1 + (y2 - y1) * (3 - x1) / (x2 - x1) - 1)


def scale_bar(frame: Frame, labels: Labels) -> str:
    """Return scale and north arrow, in a corner that labels leave free."""
    length_m = max((s for s in _STEPS_M if s * frame.points_per_m <= frame.width / 3.2), default=_STEPS_M[0])
    length = length_m * frame.points_per_m
    right, y = frame.width - 8, frame.height - 9
    left = right - length
    corner = Box(left - 5, y - 11, frame.width, frame.height)
    arrow = Box(frame.width - 18, 0, frame.width, 25)
    labels.keep_free([corner, arrow])
    tip_x = frame.width - 9
    return (
        f'<g fill="#fff" fill-opacity=".86">{_rect(corner)}{_rect(arrow)}</g>'
        f'<path d="M{number(left)} {number(y - 2)}v4h{number(length)}v-4"'
        f' fill="none" stroke="{INK}" stroke-width=".9"/>'
        f'<text x="{number((left + right) / 2)}" y="{number(y - 3)}" text-anchor="middle">{metres(length_m)}</text>'
        f'<path d="M{number(tip_x)} 4l3.6 11-3.6-2.6-3.6 2.6Z" fill="{INK}"/>'
        f'<text x="{number(tip_x)}" y="22" text-anchor="middle" font-weight="bold">N</text>'
    )


def _rect(b: Box) -> str:
    at = f'x="{number(b.left)}" y="{number(b.top)}"'
    return f'<rect {at} width="{number(b.right - b.left)}" height="{number(b.bottom - b.top)}"/>'


def metres(length_m: int) -> str:
    """Return a round length in words."""
    return f"{length_m} m" if length_m < 1_000 else f"{length_m // 1_000} km"


def key(frame: Frame, places: FloatArray, fixes: Sequence[ReportedFix], leg_s: float) -> str:
    """Return the two lines beneath the picture: what the marks mean, and what lies outside it."""
    y = frame.height + 8
    drawn = []
    x = 3.0
    for name, verdict, implausible in _MARKS:
        drawn.append(mark(x + 2.3, y - 2, 2.3, verdict, implausible=implausible))
        drawn.append(f'<text x="{number(x + 6.5)}" y="{number(y)}">{name}</text>')
        x += 13 + 2.9 * len(name)
    drawn.append(
        f'<g fill="{BLUE}" fill-opacity=".06" stroke="{BLUE}" stroke-width=".5">{circle_of(x + 4, y - 2, 4)}</g>'
    )
    drawn.append(f'<text x="{number(x + 10)}" y="{number(y)}">95 % circle</text>')
    beyond = sum(not frame.shows(px, py) for px, py in places.tolist())
    note = f"Drawn straight from fix to fix; dashed: over {leg_s:.0f} s apart."
    if beyond:
        note += f" {counted(beyond, 'fix', 'fixes')} beyond the picture."
    drawn.append(f'<text x="3" y="{number(y + 8.5)}">{note}</text>')
    return f'<g fill="{INK}">{"".join(drawn)}</g>'
