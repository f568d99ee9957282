"""What an incident looks like as JSON: the members of judgement.json, and what the desk adds."""

from typing import Annotated, Any, Literal

from asyncpg import Record
from pydantic import Field

from geofence.judgement import Grade, Kind, State, Verdict
from service.http.documents import At, Document, at


class FixDocument(Document):
    """One fix of an incident's track against the incident's zone."""

    tag_id: str
    position_id: str | None
    recorded_at: At
    mechanism: str
    r95_m: float
    accuracy_assumed: bool
    depth_m: float
    p_inside: float
    verdict: Verdict
    zone_version: int
    implausible: bool


class ListedIncident(Document):
    """One incident. `standing` false: it was withdrawn, and what is shown is what it was last."""

    incident_id: str
    wearer_id: str
    tag_id: str
    order_id: str
    prohibition_id: str
    zone_id: str
    kind: Kind
    grade: Grade
    state: State
    began_at: At
    began_between: tuple[At | None, At | None]
    ended_at: At | None
    ended_between: tuple[At | None, At | None]
    already_inside: bool
    suspended: bool
    before_aware: bool
    visits: int
    deepest_m: float
    p_inside_max: float
    force: str
    detected_at: At
    changed_at: At
    standing: bool
    rules_version: int


class SingleIncident(ListedIncident):
    """One incident with its fixes."""

    fixes: list[FixDocument]


class IncidentPage(Document):
    """Incidents, those that began last first. `next`: where to find more, null at the end."""

    items: list[ListedIncident]
    next: str | None


class IncidentChange(Document):
    """What became of an incident: a line of its history, and the data of an event of the live stream.

    id: its place in the history of all incidents. into: of what was merged, what it became part of.
    """

    id: int
    what: Literal["added", "changed", "merged", "withdrawn"]
    reason: str
    changed_at: At
    force: str
    into: str | None
    incident: Annotated[
        dict[str, Any],
        Field(
            description="the incident as it was then, with the members of judgement.json, without its fixes; "
            "of one that was merged or withdrawn, what it was last"
        ),
    ]


class IncidentHistory(Document):
    """What became of an incident and of those that were merged into it, the oldest first.

    former_ids: every other id that leads to it. `next`: where to find more, null at the end.
    """

    incident_id: str
    former_ids: list[str]
    items: list[IncidentChange]
    next: str | None


def listed(row: Record) -> ListedIncident:
    """Return an incident of a list."""
    return ListedIncident(**_members(row))


def single(row: Record, fixes: list[Record]) -> SingleIncident:
    """Return one incident with its fixes, in the order of its track."""
    return SingleIncident(**_members(row), fixes=[fix_document(fix) for fix in fixes])


def _members(row: Record) -> dict[str, object]:
    plain = {name: row[name] for name in ListedIncident.model_fields if name in row and name not in _INSTANTS}
    return (
        plain
        | {name: at(row[name]) for name in _INSTANTS}
        | {
            "began_between": (at(row["began_after"]), at(row["began_before"])),
            "ended_between": (at(row["ended_after"]), at(row["ended_before"])),
        }
    )


_INSTANTS = ("began_at", "ended_at", "detected_at", "changed_at")


def fix_document(row: Record) -> FixDocument:
    """Return one judged fix."""
    members = {name: row[name] for name in FixDocument.model_fields}
    return FixDocument(**members | {"recorded_at": at(row["recorded_at"])})
