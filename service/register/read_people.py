"""Reading forces, wearers and fittings."""

from geofence.ids import TagId, WearerId
from service.register.content import FittingEntry, ForceEntry, Recipient, WearerEntry
from service.register.entry import Entry
from service.register.read_places import read_place


def read_force(entry: Entry) -> ForceEntry:
    """Read a force and its recipients."""
    force = ForceEntry(
        code=entry.identity("code"),
        name=entry.optional_text("name"),
        recipients=tuple(found for inner in entry.entries("recipients") if (found := _recipient(inner)) is not None),
        place=entry.place,
    )
    entry.close()
    return force


def read_wearer(entry: Entry) -> WearerEntry:
    """Read a wearer."""
    wearer = WearerEntry(
        wearer_id=WearerId(entry.identity("wearer_id")),
        name=entry.text("name"),
        date_of_birth=entry.optional_day("date_of_birth"),
        pnc_id=entry.optional_text("pnc_id"),
        provider_person_id=entry.optional_text("provider_person_id"),
        home_area=entry.optional_text("home_area"),
        home=read_place(entry, "home"),
        place=entry.place,
    )
    entry.close()
    return wearer


def read_fitting(entry: Entry) -> FittingEntry:
    """Read a fitting."""
    fitting = FittingEntry(
        tag_id=TagId(entry.identity("tag_id")),
        wearer_id=WearerId(entry.identity("wearer_id")),
        fitted_at=entry.instant("fitted_at"),
        removed_at=entry.optional_instant("removed_at"),
        place=entry.place,
    )
    entry.close()
    return fitting


def _recipient(entry: Entry) -> Recipient | None:
    kind, address = entry.optional_text("kind"), entry.optional_text("address")
    entry.close()
    if kind and address:
        return Recipient(kind, address)
    entry.findings.warn(entry.place, "has no kind or no address and receives nothing", "give both, or remove it")
    return None
