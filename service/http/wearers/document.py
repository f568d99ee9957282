"""What wearers look like as JSON: the members of a register file."""

from typing import Any

from service.access.actor import Actor, Role
from service.http.documents import Document
from service.register.wearers import WearerRecord


class WearerDocument(Document):
    """A wearer, as the police of a force that has an order against him see him: without his home."""

    wearer_id: str
    name: str
    date_of_birth: str | None
    pnc_id: str | None
    provider_person_id: str | None
    home_area: str | None


class WearerInFull(WearerDocument):
    """A wearer. home: a GeoJSON geometry."""

    home: dict[str, Any] | None


class WearerPage(Document):
    """Wearers in order of their ids. `next`: where to find more, null at the end."""

    items: list[WearerInFull | WearerDocument]
    next: str | None


def wearer_document(record: WearerRecord, actor: Actor) -> WearerInFull | WearerDocument:
    """Return a wearer as the caller may see him."""
    members = record.written()
    if actor.role in {Role.ADMIN, Role.AUDITOR}:
        return WearerInFull(**members)
    del members["home"]
    return WearerDocument(**members)
