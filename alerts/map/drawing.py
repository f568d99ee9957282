"""A map of one incident as SVG: the zone, the fixes with their circles, the line between them, on the National Grid.

It needs no tiles, no network and no script; the PDF and the page show the same picture.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from shapely import get_coordinates, segmentize, transform

from alerts.inert import xml
from alerts.map.frame import Frame, framed
from alerts.map.furniture import grid, key, scale_bar
from alerts.map.labels import Box, Labels
from alerts.map.marks import BLUE, INK, RADIUS, circle_of, mark, number, outline_path, path_of
from alerts.report.values import ReportedFix
from geofence.judgement import PRECISE
from geofence.register import ZoneVersion
from geofence.tracks import FloatArray

WIDTH: Final = 246.0
HEIGHT: Final = 252.0
# Beneath the picture: the key.
_KEY: Final = 21.0
_TYPE: Final = 5.8


def draw(
    zone_label: str,
    versions: Sequence[ZoneVersion],
    fixes: Sequence[ReportedFix],
    *,
    leg_s: float,
    width: float = WIDTH,
    height: float = HEIGHT,
) -> str:
    """Return the map as an SVG document of `width` by `height` points.

    Fixes carry the numbers of the incident's table as far as they find room: its first, last and deepest fix first.
    leg_s: the longest time between fixes that the rules join by a leg; the line is dashed where it is longer.
    Raises ValueError if there is neither zone nor fix.
    """
    frame = framed(versions, fixes, width, height - _KEY)
    positions = np.array([(row.longitude_deg, row.latitude_deg) for row in fixes], dtype=np.float64).reshape(-1, 2)
    places = frame.paper(frame.plane.metres(positions))
    labels = Labels(Box(2, 2, frame.width - 2, frame.height - 2), _TYPE)
    scale = scale_bar(frame, labels)
    lines = grid(frame, labels)
    labels.keep_free([_around(x, y, RADIUS) for x, y in places.tolist()])
    labels.keep_free(_edges(frame, versions))
    _number_fixes(frame, labels, places, fixes)
    _name_zone(frame, labels, zone_label, versions)
    each = list(zip(places.tolist(), fixes, strict=True))
    size = f'width="{number(frame.width)}" height="{number(frame.height)}"'
    parts = [
        f'<rect width="{number(width)}" height="{number(height)}" fill="#fff"/>',
        f'<g clip-path="url(#frame)">{lines}{_zones(frame, versions)}',
        f'<g stroke="{BLUE}" stroke-width=".9" fill="none">{"".join(path_of(frame, places, list(fixes), leg_s))}</g>',
        _circles(frame, each),
        *(_dot(x, y, row) for (x, y), row in each),
        f"</g>{scale}{_written(labels)}",
        f'<rect {size} fill="none" stroke="{INK}" stroke-width="1.2"/>',
        key(frame, places, fixes, leg_s),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(width)} {number(height)}"'
        f' width="{number(width)}pt" height="{number(height)}pt" role="img"'
        f' font-family="Fira Sans, Arial, sans-serif" font-size="{_TYPE}">'
        f"<title>{xml(alternative(zone_label, fixes))}</title>"
        f'<defs><clipPath id="frame"><rect {size}/></clipPath></defs>{"".join(parts)}</svg>'
    )


def alternative(zone_label: str, fixes: Sequence[ReportedFix]) -> str:
    """Return the words that stand for the map where it can't be seen."""
    own = sum(row.of_incident for row in fixes)
    inside = sum(row.of_incident and row.judged.verdict == "INSIDE" for row in fixes)
    return (
        f"Map of {zone_label or 'the zone'} with the {own} fixes of the incident, {inside} of them inside, "
        f"and {len(fixes) - own} within 15 minutes before or after. "
        "The table of fixes gives the same positions in figures."
    )


def _zones(frame: Frame, versions: Sequence[ZoneVersion]) -> str:
    drawn = []
    for version in versions:
        outline = outline_path(frame, frame.plane.outline(version))
        drawn.append(
            f'<path d="{outline}" fill="#e8a33d" fill-opacity=".16" fill-rule="evenodd"'
            f' stroke="{INK}" stroke-width="1.3"/>'
        )
        if version.distance_m > 0:
            footprint = outline_path(frame, transform(version.footprint, frame.plane.metres))
            drawn.append(
                f'<path d="{footprint}" fill="none" stroke="{INK}" stroke-width=".7" stroke-dasharray="1.5 1.5"/>'
            )
    return "".join(drawn)


def _circles(frame: Frame, each: Sequence[tuple[list[float], ReportedFix]]) -> str:
    """Return the incident's circles; wide ones of masts as mere outlines, or they would darken what the others show."""
    fine: list[str] = []
    coarse: list[str] = []
    for (x, y), row in each:
        if row.of_incident:
            group = fine if row.judged.mechanism in PRECISE else coarse
            group.append(circle_of(x, y, row.judged.r95_m * frame.points_per_m))
    return (
        f'<g stroke="{BLUE}" stroke-width=".25" stroke-opacity=".5" fill="none">{"".join(coarse)}</g>'
        f'<g stroke="{BLUE}" stroke-width=".5" fill="{BLUE}" fill-opacity=".06">{"".join(fine)}</g>'
    )


def _dot(x: float, y: float, row: ReportedFix) -> str:
    size = RADIUS if row.of_incident else RADIUS * 0.72
    return mark(x, y, size, row.judged.verdict, implausible=row.judged.implausible)


def _around(x: float, y: float, reach: float) -> Box:
    return Box(x - reach, y - reach, x + reach, y + reach)


def _edges(frame: Frame, versions: Sequence[ZoneVersion]) -> list[Box]:
    """Return a chain of small boxes along each visible edge, so that no label lies across one."""
    boxes = []
    for version in versions:
        outline = segmentize(frame.plane.outline(version), 3 / frame.points_per_m)
        for x, y in frame.paper(get_coordinates(outline)).tolist():
            if frame.shows(x, y):
                boxes.append(_around(x, y, 1.0))
    return boxes


def _number_fixes(frame: Frame, labels: Labels, places: FloatArray, fixes: Sequence[ReportedFix]) -> None:
    own = [at for at, row in enumerate(fixes) if row.of_incident]
    deepest = sorted(own, key=lambda at: -fixes[at].judged.depth_m)[:1]
    others = [at for at, row in enumerate(fixes) if not row.of_incident]
    for at in dict.fromkeys([*own[:1], *own[-1:], *deepest, *own, *others]):
        x, y = places[at].tolist()
        if frame.shows(x, y):
            labels.place(str(fixes[at].sequence), x, y, RADIUS)


def _name_zone(frame: Frame, labels: Labels, zone_label: str, versions: Sequence[ZoneVersion]) -> None:
    """Name each version beside its outline, where there is room; from the top of the outline around it."""
    for version in versions:
        name = f"{zone_label}, version {version.version}" if len(versions) > 1 else zone_label
        corners = frame.paper(get_coordinates(frame.plane.outline(version)))
        for part in (0.25, 0.15, 0.4, 0.6, 0.8, 0.0):
            at = corners[int(part * len(corners))].tolist()
            if frame.shows(*at) and labels.place(name, at[0], at[1], 1.5):
                break


def _written(labels: Labels) -> str:
    words = "".join(
        f'<text x="{number(label.x)}" y="{number(label.y)}">{xml(label.text)}</text>' for label in labels.placed
    )
    # Drawn twice: a white edge beneath keeps each label legible over lines.
    edge = f'<g fill="#fff" stroke="#fff" stroke-width="1.6" stroke-linejoin="round">{words}</g>'
    return f'{edge}<g fill="{INK}">{words}</g>'
