"""Do the desk and the morning run agree? Two paths lead to the same incidents; where they part, an alarm says so."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from alerts.incidents import Known
from alerts.reconcile import reconcile, span
from geofence.ids import IncidentId
from geofence.instants import Interval
from geofence.judgement import Incident


def differences(
    known: Iterable[Known], judged: Sequence[Incident], between: Interval, waiting: Collection[int]
) -> tuple[str, ...]:
    """Return one sentence for each incident on which the desk (`known`) and the morning run (`judged`) part.

    known: the desk's standing incidents that touch the day, and all that were lost before it. waiting: fittings whose
    tracks the desk has still to judge, so that it may not have seen everything. Identities are not compared: the desk
    keeps the one under which an incident was first made known.
    """
    fittings = {one.incident.incident_id: one.fitting_id for one in known}
    changes = reconcile((one.incident for one in known), judged)
    said = [_only_morning(change.incident) for change in changes.added]
    said += [
        _sentence(change.before, f"the morning run differs from the desk: {change.reason}", fittings, waiting)
        for change in changes.changed
    ]
    said += [
        _sentence(change.before, f"the desk holds it apart, the morning run has {change.reason}", fittings, waiting)
        for change in changes.merged
    ]
    said += [
        _sentence(change.before, "the desk has it, the morning run has not", fittings, waiting)
        for change in changes.withdrawn
        if not _lost_before(change.before, between)
    ]
    return tuple(sorted(said))


def _only_morning(incident: Incident) -> str:
    return f"Incident {incident.incident_id}, zone {incident.zone_id}: the morning run has it, the desk has not."


def _sentence(incident: Incident, what: str, fittings: Mapping[IncidentId, int], waiting: Collection[int]) -> str:
    still = "; the desk has still to judge this track" if fittings[incident.incident_id] in waiting else ""
    return f"Incident {incident.incident_id}, zone {incident.zone_id}: {what}{still}."


def _lost_before(incident: Incident, between: Interval) -> bool:
    """Say whether an incident was lost before the day: if it is listed depends on the fixes that came after it (R1)."""
    return incident.state == "track_lost" and span(incident).last_at < between.start
