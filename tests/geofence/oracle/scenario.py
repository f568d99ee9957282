"""A small case to judge, as a value that can be shrunk and printed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from geofence.ids import TagId
from geofence.instants import Instant, Interval, printed
from geofence.register import Order, Prohibition, Register, Zone
from geofence.rules import Rules
from geofence.tracks import Mechanism, TagEvent, Tracks
from tests.geofence.oracle.margins import PLANES_PART_M
from tests.geofence.oracle.shape import as_shape

T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """One accepted fix; NaN where nothing was claimed."""

    tag_id: TagId
    at: Instant
    mechanism: Mechanism
    longitude_deg: float
    latitude_deg: float
    accuracy_m: float = math.nan
    confidence: float = math.nan
    position_id: str | None = None
    person_id: str | None = None
    clock_suspect: bool = False

    @property
    def identity(self) -> tuple[str, int, str | None, int | None]:
        """(`tag_id`, `recorded_at`, `position_id`), or with the mechanism without one."""
        return self.tag_id, self.at, self.position_id, None if self.position_id is not None else int(self.mechanism)


@dataclass(frozen=True)
class Scenario:
    """All that `judge` is told."""

    rows: tuple[Row, ...]
    events: tuple[TagEvent, ...]
    register: Register
    rules: Rules
    between: Interval
    horizon: Instant
    planes_part_m: float = PLANES_PART_M

    def tracks(self) -> Tracks:
        """Return the fixes as columns."""
        rows = self.rows
        tag_ids = tuple(sorted({r.tag_id for r in rows}))
        return Tracks(
            tag_ids=tag_ids,
            tag=np.array([tag_ids.index(r.tag_id) for r in rows], dtype=np.int64),
            recorded_at=np.array([r.at for r in rows], dtype=np.int64),
            position_id=texts([r.position_id for r in rows]),
            person_id=texts([r.person_id for r in rows]),
            mechanism=np.array([int(r.mechanism) for r in rows], dtype=np.uint8),
            longitude_deg=np.array([r.longitude_deg for r in rows], dtype=np.float64),
            latitude_deg=np.array([r.latitude_deg for r in rows], dtype=np.float64),
            accuracy_m=np.array([r.accuracy_m for r in rows], dtype=np.float64),
            accuracy_confidence=np.array([r.confidence for r in rows], dtype=np.float64),
            clock_suspect=np.array([r.clock_suspect for r in rows], dtype=np.bool_),
            events=self.events,
        )

    def described(self) -> str:
        """Return the scenario as text that a person can follow."""
        lines = [f"between {printed(self.between.start)} {printed(self.between.end)} horizon {printed(self.horizon)}"]
        if self.rules != Rules():
            lines.append(str(self.rules))
        lines += [
            f"fitting {f.tag_id} on {f.wearer_id} {span_text(f.fitted_at, f.removed_at)}"
            for f in self.register.fittings
        ]
        if self.register.provider_person_ids:
            lines.append(f"provider ids {dict(self.register.provider_person_ids)}")
        for order in self.register.orders:
            lines += described_order(order)
        for row in sorted(self.rows, key=lambda r: (r.tag_id, r.at)):
            extra = "".join(
                f" {name}={value}"
                for name, value in (
                    ("id", row.position_id),
                    ("person", row.person_id),
                    ("suspect", row.clock_suspect or None),
                )
                if value is not None
            )
            lines.append(
                f"fix {row.tag_id} {printed(row.at)} {row.mechanism.name.lower():7}"
                f" {row.longitude_deg!r} {row.latitude_deg!r}"
                f" acc={row.accuracy_m} c={row.confidence}{extra}"
            )
        lines += [
            f"event {e.tag_id} {e.kind} {printed(e.occurred_at)}..{'' if e.ended_at is None else printed(e.ended_at)}"
            for e in self.events
        ]
        return "\n".join(lines)


def texts(values: Sequence[str | None]) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Return a column of texts."""
    column = np.empty(len(values), dtype=np.object_)
    column[:] = values
    return column


def span_text(start: int, end: int) -> str:
    """Print an interval whose ends may be open."""
    texts_ = [printed(Instant(at)) if abs(at) < 2**60 else "-" for at in (start, end)]
    return f"[{texts_[0]} .. {texts_[1]})"


def described_order(order: Order) -> list[str]:
    """Print an order."""
    aware = order.before_aware_until
    lines = [
        f"order {order.order_id} of {order.wearer_id} {span_text(*order.during)} monitoring "
        f"{span_text(*order.monitoring) if order.monitoring else None}"
        + (f" aware {span_text(aware, aware)}" if aware is not None else "")
    ]
    lines += [f"  suspension {span_text(*s)}" for s in order.suspensions]
    for p in order.prohibitions:
        lines.append(f"  prohibition {p.prohibition_id} {span_text(*p.during)} needs_zone={p.needs_zone}")
        lines += [f"    window {w.days} {w.start}-{w.until}" for w in p.schedule or ()]
        for zone in p.zones:
            lines += [
                f"    zone {zone.zone_id} v{v.version} {span_text(v.valid_from, v.valid_until)}"
                f" {v.distance_m} m {as_shape(v.footprint).wkt}"
                for v in zone.versions
            ]
    return lines


def smaller(scenario: Scenario) -> list[Scenario]:
    """Return the scenarios that lack one thing of this one."""
    found: list[Scenario] = []
    rows = scenario.rows
    size = len(rows) // 2
    while size >= 1:
        found += [replace(scenario, rows=rows[:i] + rows[i + size :]) for i in range(0, len(rows), size)]
        size //= 2
    found += [replace(scenario, events=without(scenario.events, i)) for i in range(len(scenario.events))]
    register = scenario.register
    registers = [replace(register, fittings=without(register.fittings, i)) for i in range(len(register.fittings))]
    registers += [replace(register, orders=o) for o in smaller_orders(register.orders)]
    return found + [replace(scenario, register=r) for r in registers]


def without(things: tuple[T, ...], index: int) -> tuple[T, ...]:
    return things[:index] + things[index + 1 :]


def smaller_orders(orders: tuple[Order, ...]) -> list[tuple[Order, ...]]:
    """Return the orders with one thing less."""
    found = [without(orders, i) for i in range(len(orders))]
    for i, order in enumerate(orders):
        less = [replace(order, suspensions=without(order.suspensions, k)) for k in range(len(order.suspensions))]
        less += [replace(order, before_aware_until=None)] if order.before_aware_until is not None else []
        less += [replace(order, prohibitions=p) for p in smaller_prohibitions(order.prohibitions)]
        found += [(*orders[:i], o, *orders[i + 1 :]) for o in less]
    return found


def smaller_prohibitions(prohibitions: tuple[Prohibition, ...]) -> list[tuple[Prohibition, ...]]:
    """Return the prohibitions with one thing less."""
    found = [without(prohibitions, i) for i in range(len(prohibitions))] if len(prohibitions) > 1 else []
    for i, p in enumerate(prohibitions):
        less = [replace(p, zones=without(p.zones, k)) for k in range(len(p.zones))]
        less += [replace(p, schedule=None)] if p.schedule else []
        less += [
            replace(p, schedule=without(p.schedule, k))
            for k in range(len(p.schedule or ()))
            if p.schedule and len(p.schedule) > 1
        ]
        for k, zone in enumerate(p.zones):
            versions = [without(zone.versions, m) for m in range(len(zone.versions)) if len(zone.versions) > 1]
            less += [replace(p, zones=(*p.zones[:k], Zone(zone.zone_id, v), *p.zones[k + 1 :])) for v in versions]
        found += [(*prohibitions[:i], q, *prohibitions[i + 1 :]) for q in less]
    return found
