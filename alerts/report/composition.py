"""Compose a report: a pure function of one day's inputs."""

from alerts.inputs import DayInputs
from alerts.report.coverage import covered, is_known
from alerts.report.day_fixes import DayFixes
from alerts.report.entries import Entries
from alerts.report.events import events_of
from alerts.report.lateness import lateness
from alerts.report.since import since_midnight
from alerts.report.values import GradeCounts, NotRaisedCount, Report, Unjudged
from geofence.instants import Interval
from geofence.judgement import Incident, NotRaised


def compose(inputs: DayInputs) -> Report:
    """Return the report of one force's day. It depends on `inputs` alone: not on the clock or the machine.

    What concerns another force's orders is left out, also where it is about the same wearer.
    """
    fixes = DayFixes(inputs)
    entries = Entries(inputs, fixes)
    day, since = _incidents(inputs)
    day_entries = entries.of(day, 1)
    return Report(
        force=inputs.particulars.force,
        force_name=inputs.particulars.force_name,
        day=inputs.day,
        between=inputs.between,
        horizon=inputs.horizon,
        edition=inputs.edition,
        rules=inputs.rules,
        software_version=inputs.software_version,
        entries=day_entries,
        since=entries.of(since, len(day_entries) + 1),
        since_midnight=since_midnight(inputs, fixes),
        counts=_counts(day),
        events=events_of(inputs, fixes, inputs.between),
        events_since=events_of(inputs, fixes, Interval(inputs.between.end, inputs.horizon), began_within=True),
        not_judged=_not_judged(inputs),
        coverage=covered(inputs.particulars, inputs.judgement),
        coverage_known=is_known(inputs.particulars, inputs.judgement),
        late=lateness(inputs, fixes),
        not_raised=_not_raised(inputs),
        arrivals=inputs.arrivals,
        differences=inputs.differences,
    )


def _incidents(inputs: DayInputs) -> tuple[list[Incident], list[Incident]]:
    """Return this force's incidents of the day, and those that began after it."""
    own = [incident for incident in inputs.judgement.incidents if incident.order_id in inputs.particulars.orders]
    later = inputs.since_midnight.incidents if inputs.since_midnight else ()
    day = [incident for incident in own if incident.began_at < inputs.between.end]
    known = {incident.incident_id for incident in day}
    since = {incident.incident_id: incident for incident in [*own, *later] if incident.incident_id not in known}
    return day, [incident for incident in since.values() if incident.order_id in inputs.particulars.orders]


def _counts(incidents: list[Incident]) -> GradeCounts:
    grades = [incident.grade for incident in incidents if not (incident.suspended or incident.before_aware)]
    return GradeCounts(
        confirmed=grades.count("confirmed"),
        probable=grades.count("probable"),
        inferred=grades.count("inferred"),
        possible=grades.count("possible"),
    )


def _not_judged(inputs: DayInputs) -> tuple[Unjudged, ...]:
    particulars = inputs.particulars
    unjudged = []
    for refused in inputs.judgement.not_judged:
        if (zone := particulars.zones.get(refused.zone_id)) is not None:
            prohibition = particulars.prohibitions[zone.prohibition_id]
            order = particulars.orders[prohibition.order_id]
            wearer = particulars.wearers[order.wearer_id]
            unjudged.append(Unjudged(refused.zone_id, refused.fault, zone.label, wearer, order, prohibition))
    return tuple(unjudged)


def _not_raised(inputs: DayInputs) -> tuple[NotRaisedCount, ...]:
    groups: dict[tuple[str, str, str], list[NotRaised]] = {}
    for fix in inputs.judgement.not_raised:
        if fix.zone_id in inputs.particulars.zones:
            groups.setdefault((fix.wearer_id, fix.zone_id, fix.reason), []).append(fix)
    return tuple(
        NotRaisedCount(
            wearer=inputs.particulars.wearers[group[0].wearer_id],
            zone=inputs.particulars.zones[group[0].zone_id],
            reason=group[0].reason,
            fixes=len(group),
            first_at=min(fix.recorded_at for fix in group),
            last_at=max(fix.recorded_at for fix in group),
            deepest_m=max(fix.depth_m for fix in group),
        )
        for _, group in sorted(groups.items())
    )
