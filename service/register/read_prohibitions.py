"""Reading prohibitions: a clause, when it bites, and the zones that belong to it."""

from geofence.ids import ProhibitionId
from service.register.content import ProhibitionEntry
from service.register.entry import Entry
from service.register.read_zones import read_zone
from service.register.schedule import read_schedule


def read_prohibition(entry: Entry) -> ProhibitionEntry:
    """Read a prohibition and its zones. Messages show nothing of it unless its address is known to be unprotected."""
    protected = entry.value("address_protected")
    entry.shows = protected is None or protected is False
    prohibition = ProhibitionEntry(
        prohibition_id=ProhibitionId(entry.identity("prohibition_id")),
        clause=entry.text("clause"),
        text=entry.text("text"),
        start=entry.instant("from"),
        until=entry.optional_instant("until"),
        needs_zone=entry.flag("needs_zone"),
        address_protected=entry.flag("address_protected"),
        schedule=read_schedule(entry),
        zones=tuple(read_zone(inner) for inner in entry.entries("zones")),
        place=entry.place,
    )
    entry.close()
    return prohibition
