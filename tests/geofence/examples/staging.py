"""From the tables of an example to what `judge` is given: fixes in the town, its register, range and horizon."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

import shapely
from shapely import Geometry

from geofence.ids import TagId, WearerId
from geofence.instants import FOREVER, MINUTE_US, Instant, Interval, instant
from geofence.register import DAYS, Fitting, Register, Window, Zone, ZoneVersion
from geofence.tracks import TagEvent
from tests.geofence import town
from tests.geofence.examples.reading import Example, ExampleUnreadable, Row

_DATE = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d)")
_EVERY = re.compile(r"(\S+) to (\S+), every (\d+) min")


@dataclass(frozen=True)
class Stage:
    """What an example gives. `rows[i]` is the row of the table that `fixes[i]` comes from."""

    fixes: tuple[town.Fix, ...]
    rows: tuple[Row, ...]
    events: tuple[TagEvent, ...]
    register: Register
    between: Interval
    horizon: Instant


def staged(example: Example) -> Stage:
    """Return what an example gives; what it leaves out is as README.md beside the pages says."""
    facts = {row["fact"]: row["value"] for row in example.rows("fact") or ()}
    if unknown := facts.keys() - _FACTS.keys() - {"range", "horizon"}:
        raise ExampleUnreadable(f"{example}: {unknown} is no fact")
    seen = [(fix, row) for row in example.rows("at") or () for fix in _fixes(row)]
    between = span(facts.get("range", "00:00 to +1 00:00"))
    register = town.register(*_zones(example.rows("zone") or ()))
    for fact in facts.keys() & _FACTS.keys():
        register = _FACTS[fact](register, facts[fact])
    return Stage(
        fixes=tuple(fix for fix, _ in seen),
        rows=tuple(row for _, row in seen),
        events=tuple(_event(row) for row in example.rows("tag event") or ()),
        register=register,
        between=between,
        horizon=moment(facts["horizon"]) if "horizon" in facts else between.end,
    )


def moment(text: str) -> Instant:
    """Return an instant: `10:00:30` of the town's day, `+1 08:00` of the next, `2026-10-25 00:30`; all of them UTC."""
    if dated := _DATE.fullmatch(text):
        return instant(datetime.fromisoformat(f"{dated[1]}T{dated[2]}").replace(tzinfo=UTC))
    return town.at(text)


def span(text: str) -> Interval:
    """Return an interval: `10:00 to 11:00`; `10:00 to the end`."""
    start, _, end = text.partition(" to ")
    return Interval(moment(start), FOREVER if end == "the end" else moment(end))


def _fixes(row: Row) -> Iterator[town.Fix]:
    """Yield the fix of a row; several, all alike, where `at` says `10:00 to 11:00, every 5 min`."""
    every = _EVERY.fullmatch(row["at"])
    first, last = (moment(every[1]), moment(every[2])) if every else (moment(row["at"]),) * 2
    step = int(every[3]) * MINUTE_US if every else 1
    mechanism = row.get("mechanism", "gps")
    if mechanism not in ("gps", "wifi", "cell", "rf", "unknown"):
        raise ExampleUnreadable(f"{mechanism} is no mechanism")
    for at in range(first, last + 1, step):
        yield town.Fix(
            at=Instant(at),
            east_m=float(row.get("metres east", "0")),
            north_m=float(row.get("metres north", "0")),
            mechanism=mechanism,  # type: ignore[arg-type]
            accuracy_m=float(row.get("accuracy m", "10") or "nan"),
            confidence=float(row.get("confidence") or "nan"),
            position_id=row.get("id") or None,
            person_id=row.get("person") or None,
            clock_suspect=row.get("clock suspect") == "yes",
            tag_id=TagId(row.get("tag") or town.TAG),
        )


def _zones(rows: tuple[Row, ...]) -> list[Zone]:
    found: dict[str, list[ZoneVersion]] = {}
    for row in rows:
        valid = Interval(
            moment(row["from"]) if row.get("from") else town.LONG_AGO,
            moment(row["until"]) if row.get("until") else FOREVER,
        )
        number = int(row.get("version") or 1)
        drawn = town.version(shape(row["shape"]), float(row.get("metres around") or 0), number, valid)
        found.setdefault(row["zone"], []).append(drawn)
    return [town.zone(*versions, zone_id=zone_id) for zone_id, versions in found.items()]


def shape(text: str) -> Geometry:
    """Return a shape in metres east and north of the cross.

    `point 0 0`, `line 0 0, 50 0`, `polygon 0 0, 9 0, 9 9 hole 2 1, 3 1, 3 2`; `points`, `lines` and `polygons` have
    several, parted by `and`.
    """
    kind, _, rest = text.partition(" ")
    parts = [[_corners(chain) for chain in part.split(" hole ")] for part in rest.split(" and ")]
    polygons = [shapely.Polygon(ring, holes) for ring, *holes in parts] if kind.startswith("polygon") else []
    match kind:
        case "point":
            return shapely.Point(*parts[0][0])
        case "points":
            return shapely.MultiPoint([part[0][0] for part in parts])
        case "line":
            return shapely.LineString(parts[0][0])
        case "lines":
            return shapely.MultiLineString([part[0] for part in parts])
        case "polygon":
            return polygons[0]
        case "polygons":
            return shapely.MultiPolygon(polygons)
    raise ExampleUnreadable(f"{kind} is no kind of shape")


def _corners(chain: str) -> list[tuple[float, float]]:
    return [town.place(float(east), float(north)) for east, north in (spot.split() for spot in chain.split(", "))]


def _event(row: Row) -> TagEvent:
    ended = moment(row["until"]) if row["until"] else None
    return TagEvent(town.TAG, moment(row["from"]), ended, row["tag event"])  # type: ignore[arg-type]


def _windows(text: str) -> tuple[Window, ...]:
    """Return a schedule: `fri sat 20:00-08:00; mon 09:00-10:00`, London's hours; `daily` is every day."""
    found = []
    for part in text.split("; "):
        *days, hours = part.split()
        start, until = (time.fromisoformat(hour) for hour in hours.split("-"))
        found.append(Window(DAYS if days == ["daily"] else tuple(days), start, until))  # type: ignore[arg-type]
    return tuple(found)


def _fitting(text: str) -> Fitting:
    """Return a fitting: `T-1 on W-1, 10:00 to 11:00`."""
    who, _, when = text.partition(", ")
    tag, _, wearer = who.partition(" on ")
    return Fitting(TagId(tag), WearerId(wearer), *span(when))


def _order(register: Register, **changed: object) -> Register:
    return replace(register, orders=(replace(register.orders[0], **changed),))  # type: ignore[arg-type]


def _clause(register: Register, **changed: object) -> Register:
    (clause,) = register.orders[0].prohibitions
    return _order(register, prohibitions=(replace(clause, **changed),))  # type: ignore[arg-type]


_FACTS: Mapping[str, Callable[[Register, str], Register]] = {
    "order": lambda register, text: _order(register, during=span(text)),
    "monitoring": lambda register, text: _order(register, monitoring=span(text)),
    "suspended": lambda register, text: _order(register, suspensions=tuple(map(span, text.split("; ")))),
    "aware from": lambda register, text: _order(
        register, before_aware_until=FOREVER if text == "not known" else moment(text)
    ),
    "clause": lambda register, text: _clause(register, during=span(text)),
    "schedule": lambda register, text: _clause(register, schedule=_windows(text)),
    "needs a zone": lambda register, text: _clause(register, needs_zone=text == "yes"),
    "fitted": lambda register, text: replace(register, fittings=tuple(map(_fitting, text.split("; ")))),
    "known to the provider as": lambda register, text: replace(
        register, provider_person_ids={town.WEARER: text}
    ),
}  # fmt: skip
