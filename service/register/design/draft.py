"""A draft, and all that it is compared with. The design check is a pure function of these values."""

from collections.abc import Sequence
from dataclasses import dataclass

from shapely import Geometry

from geofence.ids import ZoneId
from geofence.instants import Instant, Interval
from geofence.register import Order, Prohibition, Register, ZoneVersion
from geofence.tracks import Tracks

# Between tall buildings 95 % of gps errors are up to 43 m: what lies nearer to an edge may be taken for inside.
ERROR_MARGIN_M = 50.0


@dataclass(frozen=True, slots=True)
class DraftDesign:
    """A version of a zone as it was drawn, and what it belongs to.

    prohibition: of `order`, with the zones of it that are published. address_protected: the shape must not tell where
    the premises are.
    """

    zone_id: ZoneId
    drawn: ZoneVersion
    order: Order
    prohibition: Prohibition
    address_protected: bool


@dataclass(frozen=True, slots=True, eq=False)
class NamedPlace:
    """A road, a railway or a place of the reference table. `footprint` in WGS 84 degrees."""

    name: str
    kind: str
    footprint: Geometry


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """What the register, the reference table and the ledger hold about a draft's wearer and its whereabouts.

    home, premises: None where nothing is recorded; `service.register.shapes.UNREADABLE` where it can't be read.
    places: those whose boxes reach near the draft, None if none at all are loaded. more_places: there were too many to
    read. register: of the wearer, published zones only. tracks: his fixes recorded in `replayed`. cut: there were
    more in the 30 days than are judged at once, so that `replayed` begins later.
    """

    home: Geometry | None
    premises: Geometry | None
    places: Sequence[NamedPlace] | None
    more_places: bool
    register: Register
    tracks: Tracks
    replayed: Interval
    cut: bool

    @property
    def now(self) -> Instant:
        """The instant of the check: no later fix was read."""
        return self.replayed.end
