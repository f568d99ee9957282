"""Reading a request that draws a zone, or a further version of one: flat members, or a GeoJSON Feature."""

from collections.abc import Mapping
from dataclasses import dataclass

from geofence.instants import Instant
from service.register.drawing.draft_faults import DraftFault, DraftRefused
from service.register.drawing.drawn import MEMBERS, DrawnShape, read_drawn
from service.register.drawing.read_feature import read_feature
from service.register.entry import UNREAD, Entry
from service.register.findings import Findings
from service.register.read_places import read_place


@dataclass(frozen=True, slots=True)
class Drawing:
    """A shape as somebody drew it, and when it is to hold."""

    shape: DrawnShape
    valid_from: Instant
    valid_until: Instant | None = None


@dataclass(frozen=True, slots=True)
class NewZone:
    """A zone and its first version. premises: what it protects, as GeoJSON text, where that was given."""

    zone_id: str
    label: str
    responding_force: str | None
    premises: str | None
    drawing: Drawing


def read_new_zone(document: Mapping[str, object], *, is_feature: bool, protected: bool) -> NewZone:
    """Return the zone that a request draws. Raises DraftRefused with every fault, each at its member.

    is_feature: whether it is GeoJSON, not flat members. protected: no fault shows a coordinate.
    """
    request = _Request(document, is_feature=is_feature, protected=protected)
    entry = request.entry
    zone_id, label = entry.identity("zone_id"), entry.optional_text("label") or ""
    responding_force, premises = entry.optional_identity("responding_force"), _premises(request)
    drawing = _drawing(request)
    request.refuse_faults()
    return NewZone(zone_id, label, responding_force, premises, drawing)


def read_version(document: Mapping[str, object], *, is_feature: bool, protected: bool) -> Drawing:
    """Return the version that a request draws. Raises as `read_new_zone`."""
    request = _Request(document, is_feature=is_feature, protected=protected)
    drawing = _drawing(request)
    request.refuse_faults()
    return drawing


class _Request:
    """The members of a request, however they were sent, and what is wrong with them."""

    def __init__(self, document: Mapping[str, object], *, is_feature: bool, protected: bool) -> None:
        self.feature = read_feature(document) if is_feature else None
        self.members = document if self.feature is None else self.feature.members
        self.protected = protected
        self.faults: list[DraftFault] = []
        self.findings = Findings()
        self.entry = Entry(self.members, "drawing", self.findings, shows=False)

    def refuse_faults(self) -> None:
        """Raise DraftRefused if anything is wrong; a member that nobody has read is."""
        self.entry.close()
        faults = self.faults + [
            DraftFault(found.pointer.removeprefix("/"), "", found.text, found.remedy) for found in self.findings.found
        ]
        if faults:
            raise DraftRefused(tuple(faults if self.feature is None else map(self.feature.placed, faults)))


def _drawing(request: _Request) -> Drawing:
    entry = request.entry
    for name in MEMBERS:
        entry.has(name)  # read below
    valid_from = entry.instant_of_our_time("valid_from")
    valid_until = entry.optional_instant_of_our_time("valid_until")
    if UNREAD not in (valid_from, valid_until) and valid_until is not None and valid_until <= valid_from:
        entry.fault("valid_until is not after valid_from", "correct one of the two", "valid_until")
    try:
        shape = read_drawn(request.members, protected=request.protected)
    except DraftRefused as refused:
        request.faults += refused.faults
        shape = DrawnShape({}, 0.0)  # never gets out: there are faults
    return Drawing(shape, valid_from, valid_until)


def _premises(request: _Request) -> str | None:
    """Return what the zone protects: told apart of a drawn area, or what it was drawn around."""
    name = "premises" if request.members.get("premises") is not None else "protects"
    if name == "premises" and request.entry.value("protects") is not None:
        request.entry.fault("protects stands beside premises", "remove one of the two", "protects")
    return None if request.members.get(name) is None else _kept(request, name)


def _kept(request: _Request, name: str) -> str | None:
    if name == "premises":  # its faults are told where the shape is read
        return read_place(Entry(request.members, "drawing", Findings(), shows=False), name)
    return read_place(request.entry, name)
