"""The sentences of a report: what was found, in words that say no more than the fixes show.

Whether something is a breach is for an officer or a court to find: here it is a possible breach.
"""

from collections.abc import Sequence
from typing import assert_never

from alerts.map.grid import reference
from alerts.report.values import Covered, Entry, Late, Report
from alerts.report.wording import (
    GRADES,
    MECHANISMS,
    bracket,
    clock,
    dated_clock,
    dated_minute,
    duration,
    metres,
    number,
    plain_date,
)
from geofence.instants import Instant

P_INSIDE = "Computed on stated assumptions; not the probability of a breach."
_NO_BREAK = "\u00a0"
DRAWN_STRAIGHT = "Drawn straight; the way taken is not known."


def nil_return(report: Report) -> str | None:
    """Return the sentence of a day without a possible breach, which says of how much time it speaks; else None."""
    if not report.nil:
        return None
    monitored, due = monitored_of(report.coverage)
    if not report.coverage_known:
        said = "No possible breach was seen; how much of the day was monitored is not known."
    elif due == 0:
        said = "No possible breach: no monitored prohibition was in force on this day."
    elif monitored == 0:
        said = f"No possible breach was seen, but none of the {duration(due)} in force was monitored."
    else:
        said = f"No possible breach in the {duration(monitored)} of {duration(due)} monitored."
    return said + caveats(report, report.coverage)


def monitored_of(coverage: Sequence[Covered]) -> tuple[int, int]:
    """Return how much time was monitored, and of how much; of several prohibitions the sum, in microseconds."""
    return sum(row.coverage.monitored_us for row in coverage), sum(row.due_us for row in coverage)


def caveats(report: Report, coverage: Sequence[Covered]) -> str:
    """Return what must be known to read a monitored time: that it is a sum, and of which zones it does not speak."""
    said = ""
    if len(coverage) > 1 and monitored_of(coverage)[1]:
        wearers = len({row.wearer.wearer_id for row in coverage})
        said += f" (The times of {number(len(coverage), 'prohibition')} on {number(wearers, 'wearer')}, added.)"
    if report.not_judged:
        said += f" {number(len(report.not_judged), 'zone was', 'zones were')} NOT JUDGED."
    return said


def grade_in_words(entry: Entry) -> str:
    """Return what the grade rests on, and what it calls for."""
    match entry.incident.grade:
        case "confirmed":
            return "Confirmed: two or more GPS fixes inside, at least half a minute apart."
        case "probable":
            if entry.single_fix:
                return "Probable, one fix: check before arrest."
            return "Probable: a GPS fix inside, or several fixes likely inside; not enough to be confirmed."
        case "inferred":
            return f"Inferred: the line between two fixes passes well into the zone. {DRAWN_STRAIGHT}"
        case "possible":
            if entry.incident.kind == "crossing":
                return f"Possible: the line between two fixes touches the zone. {DRAWN_STRAIGHT}"
            return "Possible: the fixes alone do not show that the zone was entered."
        case grade:
            assert_never(grade)


def apart_because(entry: Entry) -> str | None:
    """Return why an incident is listed apart and not counted, None if it is counted."""
    if entry.incident.before_aware:
        return "Before the wearer knew of the order: no offence. Listed apart, not counted."
    if entry.incident.suspended:
        return "During an authorised absence (suspension). Listed apart, not counted."
    return None


def now(entry: Entry, horizon: Instant) -> str:
    """Return how an incident stands at the horizon."""
    last = entry.incident.fixes[-1].recorded_at
    match entry.incident.state:
        case "open":
            return f"inside at {clock(horizon)}, since about {dated_clock(entry.incident.began_at)}"
        case "track_lost":
            return f"lost inside: last fix {dated_clock(last)}, none in the 15 min after it"
        case "closed":
            return f"ended about {dated_clock(entry.incident.ended_at or last)}"
        case state:
            assert_never(state)


def began(entry: Entry) -> str:
    """Return when it began: estimate and bracket."""
    incident = entry.incident
    said = f"About {dated_clock(incident.began_at)}; {bracket(incident.began_between)}."
    inside = " The wearer was already inside when the prohibition came into force."
    return said + inside if incident.already_inside else said


def ended(entry: Entry, horizon: Instant) -> str:
    """Return when it ended: estimate and bracket, or that it had not, or that nobody knows."""
    incident = entry.incident
    last = dated_clock(incident.fixes[-1].recorded_at)
    match incident.state:
        case "closed":
            if incident.ended_at is None:
                return f"Not known; {bracket(incident.ended_between)}."
            return f"About {dated_clock(incident.ended_at)}; {bracket(incident.ended_between)}."
        case "open":
            return f"Not ended by {dated_minute(horizon)}, the horizon. Last fix {last}."
        case "track_lost":
            return f"Not known: lost inside. Last fix {last}; none in the 15 min after it."
        case state:
            assert_never(state)


def length(entry: Entry) -> str:
    """Return how long it lasted, as far as the fixes tell."""
    incident = entry.incident
    if incident.state == "closed" and incident.ended_at is not None:
        return f"About {duration(incident.ended_at - incident.began_at)}"
    return f"At least {duration(max(0, incident.fixes[-1].recorded_at - incident.began_at))}"


def deepest(entry: Entry) -> str:
    """Return how far inside it went, and by which fix."""
    said = f"{metres(entry.incident.deepest_m)} inside the edge"
    row = entry.deepest
    if row is None:
        return f"{said}, on the line between the fixes"
    place = reference(row.longitude_deg, row.latitude_deg)
    said += f": fix {row.sequence} at {clock(row.judged.recorded_at)}"
    # The parts of a grid reference stay on one line.
    return f"{said}, {place.replace(' ', _NO_BREAK)}" if place else said


def who(entry: Entry) -> str:
    """Return a wearer as an officer asks for one: name, birth, number on the Police National Computer."""
    wearer = entry.wearer
    known = [wearer.name]
    if wearer.date_of_birth is not None:
        known.append(f"born {plain_date(wearer.date_of_birth)}")
    if wearer.pnc_id:
        known.append(f"PNC {wearer.pnc_id}")
    if wearer.home_area:
        known.append(wearer.home_area)
    return ", ".join(known)


def causes(late: Late) -> str:
    """Return why fixes came late, with counts."""
    counted = [
        (late.by_tag, "sent late by the tag (no network, flat battery or switched off)"),
        (late.in_transit, "sent in time, late between the tag and here"),
        (late.unknown, "the tag did not say when it sent them"),
    ]
    return "; ".join(f"{count:,} {cause}" for count, cause in counted if count)


def summary(entry: Entry) -> str:
    """Return an incident in one line: for the first page, and for whoever can't see the heading."""
    means = {MECHANISMS.get(fix.mechanism, fix.mechanism) for fix in entry.incident.fixes}
    grade = GRADES[entry.incident.grade]
    return f"{entry.zone.label or entry.zone.zone_id}: {grade.lower()}, by {' and '.join(sorted(means))}"
