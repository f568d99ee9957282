"""What became of the incidents that were known, now that the track has been judged again?

Live history and supplements are both the output of `reconcile`. An incident keeps the identity under which it was first
made known, also when a late fix gives it another beginning; in a merge the one known longest survives.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from alerts.difference import difference
from geofence.ids import IncidentId
from geofence.instants import Instant
from geofence.judgement import Incident


class Span(NamedTuple):
    """From R1's "first fix or entry" to its "last fix or exit" of an incident, both included."""

    first_at: Instant
    last_at: Instant


@dataclass(frozen=True, slots=True)
class Added:
    """An incident that was not known."""

    incident: Incident
    reason: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A known incident as it was and as it is now; both carry the identity under which it is known."""

    before: Incident
    incident: Incident
    reason: str


@dataclass(frozen=True, slots=True)
class Merged:
    """A known incident that is now part of another known one."""

    before: Incident
    into: IncidentId
    reason: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A known incident of which nothing is left."""

    before: Incident
    reason: str


@dataclass(frozen=True, slots=True)
class Changes:
    """All that `reconcile` found, each part sorted by the identity of the incident concerned.

    names: what the rules now call an incident that is known by an older identity: rules' name -> known identity.
    """

    added: tuple[Added, ...] = ()
    changed: tuple[Changed, ...] = ()
    merged: tuple[Merged, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()
    names: tuple[tuple[IncidentId, IncidentId], ...] = ()

    def __bool__(self) -> bool:
        """Say whether anything became of any incident; a name alone is no change."""
        return bool(self.added or self.changed or self.merged or self.withdrawn)


def span(incident: Incident) -> Span:
    """Return from when to when an incident's own fixes or its crossings' entry and exit reach.

    A crossing's fixes are the ends of its leg, outside its entry and exit; a run's fixes lie within its estimates.
    """
    first, last = incident.fixes[0].recorded_at, incident.fixes[-1].recorded_at
    return Span(
        max(first, incident.began_at),
        last if incident.ended_at is None else min(last, incident.ended_at),
    )


def reconcile(
    before: Iterable[Incident],
    after: Iterable[Incident],
    known_since: Mapping[IncidentId, Instant] | None = None,
) -> Changes:
    """Compare the known incidents with those now judged; `reconcile(x, x)` is empty, and the order of neither matters.

    Each known incident finds its home: the judged one of the same identity, else the one of the same track and zone
    that it overlaps longest. A judged incident takes the identity of the one known longest among those at home in it,
    the others are merged into that one; without any it is added. A known incident without a home is withdrawn.
    known_since: when each known incident was first made known; its beginning where this says nothing.
    """
    known, judged = sorted(before, key=_order), sorted(after, key=_order)
    since = known_since or {}
    guests: dict[IncidentId, list[Incident]] = defaultdict(list)
    withdrawn: list[Withdrawn] = []
    for incident in known:
        home = _home(incident, judged)
        if home is None:
            withdrawn.append(Withdrawn(incident, "nothing of it is left"))
        else:
            guests[home.incident_id].append(incident)
    added, changed, merged = [], [], []
    names: list[tuple[IncidentId, IncidentId]] = []
    for incident in judged:
        at_home = sorted(guests[incident.incident_id], key=lambda guest: _age(guest, since))
        if not at_home:
            added.append(Added(incident, _why_added(incident, known)))
            continue
        survivor, *others = at_home
        merged += [Merged(other, survivor.incident_id, f"joined with {survivor.incident_id}") for other in others]
        now = replace(incident, incident_id=survivor.incident_id)
        if now != survivor:
            changed.append(Changed(survivor, now, difference(survivor, now)))
        if incident.incident_id != survivor.incident_id:
            names.append((incident.incident_id, survivor.incident_id))
    merged.sort(key=lambda change: change.before.incident_id)
    changed.sort(key=lambda change: change.before.incident_id)
    return Changes(tuple(added), tuple(changed), tuple(merged), tuple(withdrawn), tuple(sorted(names)))


def _order(incident: Incident) -> IncidentId:
    return incident.incident_id


def _age(incident: Incident, since: Mapping[IncidentId, Instant]) -> tuple[Instant, Instant, IncidentId]:
    first_at = span(incident).first_at
    return since.get(incident.incident_id, first_at), first_at, incident.incident_id


def _home(known: Incident, judged: Sequence[Incident]) -> Incident | None:
    """Return the judged incident in which a known one lives on. Both are one if the rules give them one identity."""
    for incident in judged:
        if incident.incident_id == known.incident_id:
            return incident
    shared = [(common, incident) for incident in judged if (common := common_us(known, incident)) is not None]
    if not shared:
        return None
    return min(shared, key=lambda pair: (-pair[0], span(pair[1]), pair[1].incident_id))[1]


def common_us(one: Incident, other: Incident) -> int | None:
    """Return for how long two incidents of one track and zone overlap, 0 if in an instant, None if not at all."""
    if (one.wearer_id, one.tag_id, one.zone_id) != (other.wearer_id, other.tag_id, other.zone_id):
        return None
    a, b = span(one), span(other)
    common = min(a.last_at, b.last_at) - max(a.first_at, b.first_at)
    return common if common >= 0 else None


def _why_added(incident: Incident, known: Sequence[Incident]) -> str:
    parted = [other.incident_id for other in known if common_us(other, incident) is not None]
    return f"parted from {', '.join(parted)}" if parted else "found"
