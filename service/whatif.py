"""What would other rules have made of the same fixes? Two judgements of one input, compared incident by incident."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from alerts.reconcile import common_us, reconcile
from geofence.ids import ProhibitionId, TagId, WearerId, ZoneId
from geofence.instants import Instant
from geofence.judgement import Incident, Judgement

What = Literal["lost", "gained", "regraded", "changed", "parted", "joined"]
_OF_CANDIDATE = ("gained", "parted")


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of an incident; those of which nothing is said are the same under both rules.

    subject: the baseline's incident, the candidate's if it is gained or parted. other: what stands for it on the other
    side: nothing if it is lost or gained; the same incident if it is regraded or changed (regraded if the grade is
    another, whatever else is); what it was part of if it is parted; what it is part of now if it is joined.
    """

    what: What
    subject: Incident
    other: Incident | None
    reason: str

    @property
    def baseline(self) -> Incident | None:
        """The incident under the baseline."""
        return self.other if self.what in _OF_CANDIDATE else self.subject

    @property
    def candidate(self) -> Incident | None:
        """The incident under the candidate."""
        return self.subject if self.what in _OF_CANDIDATE else self.other


@dataclass(frozen=True, slots=True)
class Monitored:
    """A prohibition of which the candidate has more or less time monitored; in microseconds."""

    wearer_id: WearerId
    prohibition_id: ProhibitionId
    baseline_us: int
    candidate_us: int


@dataclass(frozen=True, slots=True)
class Compared:
    """Two judgements, and in what they differ: incidents in the order of judgement.json, coverage likewise."""

    baseline: Judgement
    candidate: Judgement
    differences: tuple[Difference, ...]
    monitored: tuple[Monitored, ...]

    def of(self, what: What) -> list[Difference]:
        """Return the incidents of which this became."""
        return [one for one in self.differences if one.what == what]

    @property
    def same(self) -> int:
        """How many of the baseline's incidents are the same under both."""
        return len(self.baseline.incidents) - sum(one.what not in _OF_CANDIDATE for one in self.differences)

    def __bool__(self) -> bool:
        """Say whether the judgements differ in anything, their rules' version aside."""
        return replace(self.candidate, rules_version=self.baseline.rules_version) != self.baseline


def compare(baseline: Judgement, candidate: Judgement) -> Compared:
    """Compare what two rules make of the same fixes, register and range.

    Incidents are paired as `reconcile` pairs the known with the newly judged: those of one track and zone that overlap.
    """
    before, after = _by_place(baseline.incidents), _by_place(candidate.incidents)
    found = [one for place in before.keys() | after.keys() for one in _at_place(before[place], after[place])]
    rows = zip(baseline.coverage, candidate.coverage, strict=True)
    return Compared(
        baseline,
        candidate,
        tuple(sorted(found, key=_order)),
        tuple(
            Monitored(one.wearer_id, one.prohibition_id, one.monitored_us, other.monitored_us)
            for one, other in rows
            if one.monitored_us != other.monitored_us
        ),
    )


def _by_place(incidents: Iterable[Incident]) -> dict[tuple[TagId, ZoneId], list[Incident]]:
    """Return incidents by tag and zone: an incident is never paired with one of another."""
    found: dict[tuple[TagId, ZoneId], list[Incident]] = defaultdict(list)
    for incident in incidents:
        found[incident.tag_id, incident.zone_id].append(incident)
    return found


def _at_place(before: Sequence[Incident], after: Sequence[Incident]) -> Iterator[Difference]:
    changes = reconcile(before, after)
    # What `reconcile` calls by its known name is looked up by the candidate's own.
    own = {known: name for name, known in changes.names}
    candidates = {incident.incident_id: incident for incident in after}
    for gone in changes.withdrawn:
        yield Difference("lost", gone.before, None, gone.reason)
    for merge in changes.merged:
        yield Difference("joined", merge.before, candidates[own.get(merge.into, merge.into)], merge.reason)
    for change in changes.changed:
        now = candidates[own.get(change.before.incident_id, change.before.incident_id)]
        regraded = now.grade != change.before.grade
        yield Difference("regraded" if regraded else "changed", change.before, now, change.reason)
    for new in changes.added:
        whole = next((one for one in before if common_us(one, new.incident) is not None), None)
        yield Difference("parted" if whole else "gained", new.incident, whole, new.reason)


def _order(one: Difference) -> tuple[Instant, str, str]:
    shown = one.subject
    return shown.began_at, shown.zone_id, shown.incident_id
