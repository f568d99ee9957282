"""Any register without a fault, as Hypothesis draws it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from typing import Any

from hypothesis import strategies as st

from geofence.register import DAYS
from service.register.content import KINDS
from service.register.order_kinds import MONITORED_KINDS
from tests.service.register.samples import Json

_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=8)
_OPTIONAL_TEXT = st.none() | _TEXT
_ZONES = st.sampled_from([UTC, timezone(timedelta(hours=1)), timezone(-timedelta(hours=5, minutes=30))])
_MOMENTS = st.integers(0, 60 * 365 * 86_400 * 1_000_000).map(
    lambda at: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
)
_INSTANTS = st.builds(lambda at, zone: at.astimezone(zone).isoformat(), _MOMENTS, _ZONES)
_TIMES = st.times().map(lambda at: f"{at:%H:%M}")
_WINDOWS = st.fixed_dictionaries(
    {"days": st.lists(st.sampled_from(DAYS), min_size=1, max_size=4), "from": _TIMES, "until": _TIMES}
)
_SCHEDULES = st.none() | st.lists(_WINDOWS, min_size=1, max_size=2)

_Draw = Callable[[st.SearchStrategy[Any]], Any]


@st.composite
def registers(draw: st.DrawFn) -> Json:
    """A register file's document in which nothing is refused."""
    numbers = count()

    def ids(fewest: int, most: int) -> list[str]:
        """Ids in an order of their own; what follows the last colon makes each unique."""
        return [f"{draw(_TEXT)}:{next(numbers)}" for _ in range(draw(st.integers(fewest, most)))]

    forces, wearers = ids(1, 2), ids(1, 3)
    return {
        "forces": [_force(draw, code) for code in forces],
        "wearers": [_wearer(draw, wearer_id) for wearer_id in wearers],
        "fittings": [
            {"tag_id": tag_id, "wearer_id": draw(st.sampled_from(wearers)), "fitted_at": start, "removed_at": end}
            for tag_id in ids(0, 2)
            for start, end in _succession(draw)
        ],
        "orders": [
            {
                **_order(draw, order_id, draw(st.sampled_from(forces)), draw(st.sampled_from(wearers))),
                "prohibitions": [
                    {
                        **_prohibition(draw, prohibition_id),
                        "zones": [_zone(draw, zone_id, forces) for zone_id in ids(0, 2)],
                    }
                    for prohibition_id in ids(1, 2)
                ],
            }
            for order_id in ids(0, 3)
        ],
    }


def _force(draw: _Draw, code: str) -> Json:
    recipients = st.lists(st.fixed_dictionaries({"kind": _TEXT, "address": _TEXT}), max_size=2)
    return {"code": code, "name": draw(_OPTIONAL_TEXT), "recipients": draw(recipients)}


def _wearer(draw: _Draw, wearer_id: str) -> Json:
    return {
        "wearer_id": wearer_id,
        "name": draw(_TEXT),
        "date_of_birth": draw(st.none() | st.dates().map(str)),
        "pnc_id": draw(_OPTIONAL_TEXT),
        "provider_person_id": draw(_OPTIONAL_TEXT),
        "home_area": draw(_OPTIONAL_TEXT),
    }


def _order(draw: _Draw, order_id: str, force: str, wearer_id: str) -> Json:
    effective_from, end = _period(draw)
    kind = draw(st.sampled_from([kind for kind in KINDS if kind != "DVPO"]))
    monitoring = None
    if kind in MONITORED_KINDS and draw(st.booleans()):
        start, until = _period(draw)
        monitoring = {"from": start, "until": until, "extended_by": "variation 1"}
    return {
        "order_id": order_id,
        "kind": kind,
        "reference": draw(_TEXT),
        "court": draw(_OPTIONAL_TEXT),
        "force": force,
        "wearer_id": wearer_id,
        "made_on": draw(st.dates().map(str)),
        "without_notice": draw(st.booleans()),
        "aware_from": draw(st.none() | _INSTANTS),
        "effective_from": effective_from,
        "ends": draw(
            st.sampled_from(
                [{"kind": "date", "at": end}, {"kind": "further_order"}, {"kind": "event", "event": "birth"}]
            )
        ),
        "monitoring": monitoring,
        "immediate_alert": draw(st.none() | st.dictionaries(_TEXT, _TEXT, max_size=2)),
        "suspensions": [
            {"from": start, "until": until, "reason": draw(_TEXT), "authority": draw(_TEXT)}
            for start, until in (_period(draw) for _ in range(draw(st.integers(0, 2))))
        ],
    }


def _prohibition(draw: _Draw, prohibition_id: str) -> Json:
    start, end = _period(draw)
    return {
        "prohibition_id": prohibition_id,
        "clause": draw(_TEXT),
        "text": draw(_TEXT),
        "from": start,
        "until": draw(st.sampled_from([None, end])),
        "needs_zone": draw(st.booleans()),
        "address_protected": draw(st.booleans()),
        "schedule": draw(_SCHEDULES),
    }


def _zone(draw: _Draw, zone_id: str, forces: list[str]) -> Json:
    numbers = draw(st.permutations(range(1, 7)))
    versions = [
        {"version": number, "valid_from": start, "valid_until": end, **_shape(draw)}
        for number, (start, end) in zip(numbers, _succession(draw), strict=False)
    ]
    return {
        "zone_id": zone_id,
        "label": draw(_OPTIONAL_TEXT),
        "responding_force": draw(st.sampled_from([None, *forces])),
        "versions": versions,
    }


def _shape(draw: _Draw) -> Json:
    west, south, size = draw(st.floats(-2.0, 0.0)), draw(st.floats(51.0, 54.0)), draw(st.floats(0.001, 0.05))
    distance_m = draw(st.floats(1.0, 5000.0))
    east, north = west + size, south + size
    box = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    other = [[longitude + 1.0, latitude] for longitude, latitude in box]
    footprint, least_m = draw(
        st.sampled_from(
            [
                ({"type": "Point", "coordinates": [west, south, 12.0]}, distance_m),
                ({"type": "MultiPoint", "coordinates": box[:3]}, distance_m),
                ({"type": "LineString", "coordinates": box[:3]}, distance_m),
                ({"type": "Polygon", "coordinates": [box]}, 0),
                ({"type": "MultiPolygon", "coordinates": [[box], [other]]}, distance_m),
            ]
        )
    )
    return {"footprint": footprint, "distance_m": least_m}


def _period(draw: _Draw) -> tuple[str, str]:
    first, second = sorted(draw(st.lists(_MOMENTS, min_size=2, max_size=2, unique=True)))
    return first.astimezone(draw(_ZONES)).isoformat(), second.isoformat()


def _succession(draw: _Draw) -> list[tuple[str, str | None]]:
    """Periods of which none overlaps another, in any order; the last may be without end, neighbours may meet."""
    edges = sorted(draw(st.lists(_MOMENTS, min_size=2, max_size=4, unique=True)))
    step = draw(st.sampled_from([1, 2]))
    pairs = [(edges[place], edges[place + 1]) for place in range(0, len(edges) - 1, step)]
    found: list[tuple[str, str | None]] = [(start.isoformat(), end.isoformat()) for start, end in pairs]
    if draw(st.booleans()):
        found[-1] = (found[-1][0], None)
    return list(draw(st.permutations(found)))
