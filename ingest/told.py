"""Is this report of a tag event new, the same again, told with its end, or a contradiction?

Identity: (tag, event_id), or (tag, occurred_at, kind) without an event_id. An event may be reported first without an
end and later with it: two reports, both kept, one event. The same content again is a duplicate, and so is a report
without the end that is known already; with other content it is a contradiction: what was told first stays.
"""

from collections.abc import Hashable, Iterable

from geofence.tracks import TagEvent
from ingest.events import ReportedEvent


class ToldEvents:
    """Tag events by their identity, each with its end once that was told, in whatever order its reports came."""

    def __init__(self, known: Iterable[tuple[ReportedEvent, str]] = ()) -> None:
        """Begin with reports that agree, each with where it stands, as a fault calls it."""
        self._told: dict[Hashable, tuple[ReportedEvent, str]] = {}
        for report, where in known:
            self.take(report, where)

    def take(self, report: ReportedEvent, where: str) -> bool | tuple[str, ...]:
        """Return whether a report tells something new; of a contradiction, the fault of each member that differs."""
        key = identity(report)
        if key not in self._told:
            self._told[key] = report, where
            return True
        first, first_where = self._told[key]
        if fields := _differences(report, first):
            return tuple(f"{field}: differs from what {first_where} says of this event" for field in fields)
        if report.event.ended_at is None or first.event.ended_at is not None:
            return False
        self._told[key] = report, where
        return True

    def events(self) -> list[TagEvent]:
        """Return every event once, in the order in which each was first told."""
        return [report.event for report, _ in self._told.values()]


def identity(report: ReportedEvent) -> Hashable:
    """Return what makes an event itself."""
    event = report.event
    if report.event_id is not None:
        return event.tag_id, report.event_id
    return event.tag_id, event.occurred_at, event.kind


def _differences(report: ReportedEvent, first: ReportedEvent) -> tuple[str, ...]:
    """Return the members in which two reports of one event contradict each other; no end contradicts no other."""
    one, other = report.event, first.event
    differs = {
        "occurred_at": one.occurred_at != other.occurred_at,
        "ended_at": one.ended_at != other.ended_at and None not in (one.ended_at, other.ended_at),
        "kind": one.kind != other.kind,
        "detail": report.detail != first.detail,
    }
    return tuple(field for field, differ in differs.items() if differ)
