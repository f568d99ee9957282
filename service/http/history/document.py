"""What changes of the register look like as JSON."""

from typing import Any

from geofence.instants import printed
from service.http.documents import At, Document
from service.register.history import Change


class RowDocument(Document):
    """A row of the register and what a change did to it. before null: it is new. after null: it was removed.

    table, key: which row. before, after: its columns, named as the database names them.
    """

    table: str
    key: dict[str, Any]
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class ChangeDocument(Document):
    """A change of the register. proposed_by: who asked for it, where somebody else approved.

    warnings: what was warned of, and accepted for the reason; empty for the police: most of it is about zones.

    rows: of what was asked for alone. rows_left_out: how many more there are of a change that is too large to be shown
    (`cordon register export` writes them all).
    """

    register_version: int
    at: At
    actor: str
    role: str
    what: str
    reason: str | None
    authority: str | None
    proposed_by: str | None
    warnings: list[str]
    rows: list[RowDocument]
    rows_left_out: int


class ChangePage(Document):
    """Changes, the newest first. `next`: where to find more, null at the end."""

    items: list[ChangeDocument]
    next: str | None


def change_document(change: Change) -> ChangeDocument:
    """Return a change."""
    return ChangeDocument(
        register_version=change.register_version,
        at=printed(change.at),
        actor=change.actor,
        role=change.role,
        what=change.what,
        reason=change.reason,
        authority=change.authority,
        proposed_by=change.proposed_by,
        warnings=list(change.warnings),
        rows=[RowDocument(**row.written()) for row in change.rows],
        rows_left_out=change.rows_left_out,
    )
