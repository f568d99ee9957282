"""What is told of each incident: whom it concerns, and the table of its fixes and of those around them."""

from collections.abc import Sequence
from math import isfinite
from typing import Final

from alerts.inputs import DayInputs
from alerts.report.day_fixes import NOT_UPLOADED, DayFixes
from alerts.report.values import SECTIONS, Entry, ReportedFix, Section
from geofence.ids import ZoneId
from geofence.instants import MINUTE_US, Instant
from geofence.judgement import Incident, JudgedFix
from geofence.register import Register, Zone

# The police see the fixes of an incident and as much on either side; nothing else of a wearer's life.
AROUND_US: Final = 15 * MINUTE_US


def section_of(incident: Incident) -> Section:
    """Return where an incident is printed. What is suspended or before awareness stands apart whatever its grade."""
    if incident.suspended or incident.before_aware:
        return "apart"
    if incident.kind == "crossing" or incident.grade == "inferred":
        return "crossings"
    return "possible" if incident.grade == "possible" else "breaches"


def _zones(register: Register) -> dict[ZoneId, Zone]:
    return {
        zone.zone_id: zone
        for order in register.orders
        for prohibition in order.prohibitions
        for zone in prohibition.zones
    }


class Entries:
    """Makes entries of one day's incidents."""

    def __init__(self, inputs: DayInputs, fixes: DayFixes) -> None:
        self._inputs = inputs
        self._fixes_of_day = fixes
        self._zones = _zones(inputs.register)

    def of(self, incidents: Sequence[Incident], first_number: int) -> tuple[Entry, ...]:
        """Return numbered entries in the order of SECTIONS, each in the incidents' own order."""
        ordered = [incident for name in SECTIONS for incident in incidents if section_of(incident) == name]
        return tuple(self._entry(number, incident) for number, incident in enumerate(ordered, first_number))

    def _entry(self, number: int, incident: Incident) -> Entry:
        particulars, rules = self._inputs.particulars, self._inputs.rules
        fixes = self._fixes(incident)
        versions = {row.judged.zone_version for row in fixes if row.of_incident}
        likely = [fix for fix in incident.fixes if fix.p_inside >= rules.likely_p and not fix.implausible]
        return Entry(
            number=number,
            section=section_of(incident),
            incident=incident,
            wearer=particulars.wearers[incident.wearer_id],
            order=particulars.orders[incident.order_id],
            prohibition=particulars.prohibitions[incident.prohibition_id],
            zone=particulars.zones[incident.zone_id],
            versions=tuple(
                version for version in self._zones[incident.zone_id].versions if version.version in versions
            ),
            fixes=fixes,
            single_fix=incident.kind == "presence" and len(likely) <= 1,
        )

    def _fixes(self, incident: Incident) -> tuple[ReportedFix, ...]:
        """Return the incident's fixes and those of its track within 15 minutes of the first and the last, in order."""
        first, last = incident.fixes[0].recorded_at, incident.fixes[-1].recorded_at
        track = self._fixes_of_day.track(incident.tag_id, first)
        if track is None:
            raise ValueError(f"incident {incident.incident_id}: its track is not among the report's inputs")
        rows = self._fixes_of_day.between(track, first - AROUND_US, last + AROUND_US + 1).tolist()
        own = {(fix.recorded_at, fix.position_id, fix.mechanism): fix for fix in incident.fixes}
        judged = {row: own[key] for row in rows if (key := self._fixes_of_day.key(row)) in own}
        others = [row for row in rows if row not in judged]
        around = self._fixes_of_day.judged(others, incident.tag_id, self._zones[incident.zone_id])
        every = judged | dict(zip(others, around, strict=True))
        person = self._inputs.register.provider_person_ids.get(incident.wearer_id)
        return tuple(
            self._reported(sequence, row, every[row], of_incident=row in judged, person=person)
            for sequence, row in enumerate(rows, start=1)
        )

    def _reported(
        self, sequence: int, fix: int, judged: JudgedFix, *, of_incident: bool, person: str | None
    ) -> ReportedFix:
        tracks, reported = self._inputs.tracks, self._inputs.reported
        row = int(self._fixes_of_day.fixes.row[fix])
        uploaded_at = int(reported.uploaded_at[row])
        return ReportedFix(
            sequence=sequence,
            judged=judged,
            of_incident=of_incident,
            latitude_deg=float(tracks.latitude_deg[row]),
            longitude_deg=float(tracks.longitude_deg[row]),
            speed_kmh=_if_reported(float(reported.speed_kmh[row])),
            heading_deg=_if_reported(float(reported.heading_deg[row])),
            uploaded_at=None if uploaded_at == NOT_UPLOADED else Instant(uploaded_at),
            received_at=Instant(int(reported.received_at[row])),
            clock_suspect=bool(tracks.clock_suspect[row]),
            person_mismatch=None not in (person, tracks.person_id[row]) and tracks.person_id[row] != person,
        )


def _if_reported(value: float) -> float | None:
    return value if isfinite(value) else None
