"""What the register should hold after all that was done to it, in plain Python: no SQL, and nothing of the service.

Nothing here is cut short or prolonged. Of what somebody put in force, that holds which began last, up to its own end;
what was withdrawn is as if it had never been. The service writes each end into its rows instead; both must agree.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

FOREVER = 2**62
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US


class Shape(NamedTuple):
    """A circle: round which place, and how far."""

    place: int
    radius_m: float

    def covers(self, other: "Shape") -> bool:
        """Places are so far apart that no circle reaches another's."""
        return self.place == other.place and self.radius_m >= other.radius_m


@dataclass(slots=True, eq=False)
class Version:
    """A version as somebody drew it. end: its own, as drawn or as the zone was ended, whatever follows it.

    aside: what it put aside in an emergency, which holds again from `returns_at` on (None: never).
    """

    number: int
    shape: Shape
    start: int
    end: int
    drawn_by: str
    published_by: str | None = None
    published_at: int | None = None
    alone_until: int | None = None
    withdrawn: bool = False
    aside: "Version | None" = None
    returns_at: int | None = None

    @property
    def standing(self) -> bool:
        return self.published_by is not None and not self.withdrawn

    @property
    def unconfirmed(self) -> bool:
        return self.standing and self.alone_until is not None


class Piece(NamedTuple):
    """What holds from when on, and up to when if nothing begins before. after: the emergency after which it returns."""

    start: int
    end: int
    of: Version
    after: Version | None = None


@dataclass(slots=True, eq=False)
class Zone:
    """A zone with its versions, drafts too; of those that are gone nothing is left. touched: how often it changed."""

    zone_id: str
    clause: "Clause"
    versions: list[Version] = field(default_factory=list)
    touched: int = 0

    def pieces(self) -> list[Piece]:
        """Return what may hold, by when it begins."""
        return sorted(self._pieces(), key=lambda piece: piece.start)

    def _pieces(self) -> Iterator[Piece]:
        for each in self.versions:
            if not each.standing:
                continue
            end = each.end if each.alone_until is None else min(each.end, each.alone_until)
            if each.start < end:
                yield Piece(each.start, end, each)
            if each.aside is not None and each.returns_at is not None and each.returns_at < each.aside.end:
                yield Piece(each.returns_at, each.aside.end, each.aside, each)

    def cut(self) -> list[Piece]:
        """Return what does hold: each piece up to where the next begins."""
        found = self.pieces()
        starts = [piece.start for piece in found[1:]] + [FOREVER] * bool(found)
        return [piece._replace(end=min(piece.end, start)) for piece, start in zip(found, starts, strict=True)]

    def holds(self, at: int) -> Shape | None:
        """Return the shape that holds at an instant."""
        return next((piece.of.shape for piece in self.cut() if piece.start <= at < piece.end), None)


@dataclass(slots=True, eq=False)
class Clause:
    """A prohibition and its zones."""

    prohibition_id: str
    start: int
    end: int = FOREVER
    zones: list[Zone] = field(default_factory=list)


@dataclass(slots=True)
class Suspension:
    """An authorised absence, under the number that the register gave it."""

    number: int
    start: int
    end: int


@dataclass(slots=True, eq=False)
class Order:
    """An order. event: whether it ends with one. writers: of its draft. touched: how often a part of it changed."""

    order_id: str
    wearer_id: str
    drawn_by: str
    start: int
    monitored: tuple[int, int]
    clauses: list[Clause]
    event: bool = False
    end: int = FOREVER
    discharged: int = FOREVER
    published_by: str | None = None
    published_at: int | None = None
    alone_until: int | None = None
    writers: set[str] = field(default_factory=set)
    suspensions: list[Suspension] = field(default_factory=list)
    touched: int = 0

    def __post_init__(self) -> None:
        self.writers.add(self.drawn_by)

    @property
    def zones(self) -> list[Zone]:
        return [zone for clause in self.clauses for zone in clause.zones]

    @property
    def last(self) -> int:
        """Return when it ends by its own terms or by the court's; that nobody confirmed it is another matter."""
        return max(self.start, min(self.end, self.discharged))

    def bites(self, zone: Zone, at: int) -> tuple[Shape, bool] | None:
        """Return the shape that is in force at an instant, and whether it is suspended then."""
        clause, (monitored_from, monitored_until) = zone.clause, self.monitored
        over = min(self.last, FOREVER if self.alone_until is None else self.alone_until)
        in_force = (
            self.published_by is not None
            and self.start <= at < over
            and monitored_from <= at < monitored_until
            and clause.start <= at < clause.end
        )
        shape = zone.holds(at) if in_force else None
        return None if shape is None else (shape, any(each.start <= at < each.end for each in self.suspensions))

    def instants(self) -> set[int]:
        """Return every instant at which something may begin or end to hold."""
        found = {self.start, self.end, self.discharged, self.alone_until or FOREVER, *self.monitored}
        found |= {at for each in self.suspensions for at in (each.start, each.end)}
        for zone in self.zones:
            found |= {zone.clause.start, zone.clause.end}
            found |= {at for piece in zone.pieces() for at in (piece.start, piece.end)}
        return found - {FOREVER}


Answer = tuple[Shape, bool] | None
Answers = dict[tuple[str, int], Answer]


def answers(orders: Sequence[Order], probes: set[int]) -> Answers:
    """Return what is in force in each zone at each of some instants."""
    return {(zone.zone_id, at): order.bites(zone, at) for order in orders for zone in order.zones for at in probes}
