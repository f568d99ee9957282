"""Any changes of a small register, as Hypothesis draws them: rows are added, changed and removed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, assert_never

import asyncpg
from hypothesis import strategies as st

from service.database import Connection

_START = datetime(2026, 1, 1, tzinfo=UTC)
_MOMENTS = st.sampled_from([_START + timedelta(days=day, microseconds=day) for day in range(6)])
_ENDS = st.none() | st.sampled_from([_START + timedelta(days=day, microseconds=1) for day in range(3, 9)])
_IDS = st.sampled_from("ab")
_TEXT = st.sampled_from(["", "x", "é\n"])
_SHAPES = st.sampled_from(
    [
        '{"type": "Point", "coordinates": [-0.1, 51.5]}',
        '{"type": "Polygon", "coordinates": [[[0, 51], [1, 51], [1, 52], [0, 51]]]}',
    ]
)
_PUBLISHED = st.sampled_from([(None, None, None), ("two", _START, None), ("one", _START, _START + timedelta(hours=9))])

# Each column of each table that is worth changing, and what it may hold; what the database refuses does not happen.
_COLUMNS: Mapping[str, Mapping[str, st.SearchStrategy[Any]]] = {
    "force": {"code": _IDS, "name": st.none() | _TEXT, "known_from": _MOMENTS},
    "force_recipient": {"force": _IDS, "position": st.integers(1, 2), "kind": _TEXT, "address": _TEXT},
    "wearer": {
        "wearer_id": _IDS,
        "name": _TEXT,
        "date_of_birth": st.none() | st.just(date(1990, 1, 1)),
        "home": _SHAPES,
    },
    "fitting": {
        "tag_id": _IDS,
        "wearer_id": _IDS,
        "fitted_at": _MOMENTS,
        "removed_at": _ENDS,
        "standing": st.booleans(),
    },
    "court_order": {
        "order_id": _IDS,
        "kind": st.just("DAPO"),
        "reference": _TEXT,
        "force": _IDS,
        "wearer_id": _IDS,
        "made_on": st.just(date(2026, 1, 1)),
        "effective_from": _MOMENTS,
        "ends": st.sampled_from(['{"kind": "further_order"}', '{"kind": "date", "at": "2026-01-08T00:00:00Z"}']),
        "discharged_at": _ENDS,
        "immediate_alert": st.sampled_from([None, '{"a": [1.50, 1e300]}']),
        "drawn_by": st.just("one"),
        "drawn_at": st.just(_START),
    },
    "suspension": {"order_id": _IDS, "starts_at": _MOMENTS, "ends_at": _ENDS, "reason": _TEXT, "authority": _TEXT},
    "prohibition": {
        "prohibition_id": _IDS,
        "order_id": _IDS,
        "clause": _TEXT,
        "wording": _TEXT,
        "starts_at": _MOMENTS,
        "ends_at": _ENDS,
        "needs_zone": st.booleans(),
        "schedule": st.sampled_from([None, '[{"days": ["fri"], "from": "20:00", "until": "08:00"}]']),
    },
    "zone": {"zone_id": _IDS, "prohibition_id": _IDS, "label": _TEXT, "premises": st.none() | _SHAPES},
    "zone_version": {
        "zone_id": _IDS,
        "version": st.integers(1, 3),
        "valid_from": _MOMENTS,
        "valid_until": _ENDS,
        "footprint": _SHAPES,
        "distance_m": st.sampled_from([0.1, 200.0, 1e300]),
        "withdrawn_at": _ENDS,
        "drawn_by": st.just("one"),
        "drawn_at": st.just(_START),
    },
}
TABLES = tuple(_COLUMNS)
_SIGNED = ("published_by", "published_at", "emergency_until")

Kind = Literal["insert", "update", "delete"]


@dataclass(frozen=True)
class Step:
    """One statement. row: which of the rows that there are, counted round."""

    kind: Kind
    table: str
    columns: Mapping[str, Any]
    row: int

    async def take(self, connection: Connection) -> None:
        """Do it, unless the database refuses it."""
        names, values = list(self.columns), list(self.columns.values())
        places = [f"${number}" for number in range(1, len(values) + 1)]
        which = (
            f"WHERE ctid = (SELECT ctid FROM {self.table} AS t ORDER BY t::text "  # noqa: S608 - names above
            f"OFFSET {self.row} % greatest(1, (SELECT count(*) FROM {self.table})) LIMIT 1)"
        )
        match self.kind:
            case "delete":
                statement, values = f"DELETE FROM {self.table} {which}", []  # noqa: S608
            case "insert":
                statement = f"INSERT INTO {self.table} ({', '.join(names)}) VALUES ({', '.join(places)})"  # noqa: S608
            case "update":
                changed = ", ".join(f"{name} = {place}" for name, place in zip(names, places, strict=True))
                statement = f"UPDATE {self.table} SET {changed} {which}"  # noqa: S608
            case never:
                assert_never(never)
        try:
            async with connection.transaction():
                await connection.execute(statement, *values)
        except asyncpg.IntegrityConstraintViolationError:
            pass


@dataclass(frozen=True)
class Made:
    """One change: its statements, and whether it is made by hand, without saying who makes it and why."""

    steps: tuple[Step, ...]
    by_hand: bool


@st.composite
def steps(draw: st.DrawFn) -> Step:
    """One statement on any table."""
    table = draw(st.sampled_from(TABLES))
    kinds: list[Kind] = ["insert", "update", "update", "delete"]
    kind = draw(st.sampled_from(kinds))
    columns = {name: draw(values) for name, values in _COLUMNS[table].items()}
    if table in {"court_order", "zone_version"}:
        columns |= dict(zip(_SIGNED, draw(_PUBLISHED), strict=True))
    if kind == "update":
        some = draw(st.lists(st.sampled_from(sorted(columns)), min_size=1, max_size=4, unique=True))
        # Who published it and when go together.
        some = [*some, *_SIGNED] if set(some) & set(_SIGNED) else some
        columns = {name: columns[name] for name in dict.fromkeys(some)}
    return Step(kind, table, columns, draw(st.integers(0, 5)))


@st.composite
def changes(draw: st.DrawFn) -> list[Made]:
    """Changes one after the other, of which the first enters a row of each table."""
    entered = []
    for table in TABLES:
        columns = {name: draw(values) for name, values in _COLUMNS[table].items()}
        ids = {name: "a" for name in columns if name.endswith("_id") or name in {"code", "force"}}
        ends: dict[str, Any] = {name: None for name in ("removed_at", "valid_until", "withdrawn_at") if name in columns}
        far = {"ends_at": _START + timedelta(days=20)} if "ends_at" in columns else {}
        entered.append(Step("insert", table, {**columns, **ids, **ends, **far}, 0))
    more = st.builds(Made, st.lists(steps(), max_size=4).map(tuple), st.booleans())
    return [Made(tuple(entered), draw(st.booleans())), *draw(st.lists(more, min_size=1, max_size=6))]
