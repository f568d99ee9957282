"""What a force's counts look like as JSON."""

from collections.abc import Mapping
from typing import Literal, get_args

from geofence.instants import Instant, printed
from geofence.judgement import Grade
from service.http.documents import At, Document
from service.http.overview.reading import NOTICES, Breaches, Overview
from service.register.content import KINDS


class Grades(Document):
    """How many of each grade. They are never added up: a possible one is no lesser confirmed one."""

    confirmed: int
    probable: int
    inferred: int
    possible: int


class BreachCounts(Document):
    """Possible breaches that stand, of report days from the first to the last. One that lasts over midnight is one.

    suspended, before_aware: never counted: during an authorised absence, or before the wearer knew of the order.
    """

    first_day: str
    last_day: str
    counted: Grades
    suspended: Grades
    before_aware: Grades


class PossibleBreaches(Document):
    """Of the last report day, and of the 30 that end with it."""

    last_day: BreachCounts
    last_30_days: BreachCounts


class ForceCounts(Document):
    """The counts of one force.

    notices_issued: by kind, of all that the register holds. orders_in_force: by kind, notices among them.
    awaiting_hearing: domestic abuse protection notices whose outcome is not entered. wearers_tagged: who wear a tag now
    under an order in force. open_proposals: about orders and zones of the force, or about the force itself.
    How many breaches were pursued is not told: what the police did about an incident is recorded nowhere yet.
    """

    force: str
    notices_issued: dict[str, int]
    orders_in_force: dict[str, int]
    awaiting_hearing: int
    possible_breaches: PossibleBreaches
    wearers_tagged: int
    open_proposals: int
    emergencies_unconfirmed: int


class OverviewDocument(Document):
    """The counts of each force that the caller may see, at an instant."""

    at: At
    items: list[ForceCounts]
    next: Literal[None] = None


def overview_document(overview: Overview, now: Instant) -> OverviewDocument:
    """Return all counts, those that are none as zero."""
    return OverviewDocument(at=printed(now), items=[_force(overview, force) for force in overview.forces])


def _force(overview: Overview, force: str) -> ForceCounts:
    return ForceCounts(
        force=force,
        notices_issued={kind: overview.notices_issued.get((force, kind), 0) for kind in NOTICES},
        orders_in_force={kind: overview.orders_in_force.get((force, kind), 0) for kind in KINDS},
        awaiting_hearing=overview.awaiting_hearing.get(force, 0),
        possible_breaches=PossibleBreaches(
            last_day=_breaches(overview.last_day, force), last_30_days=_breaches(overview.last_30_days, force)
        ),
        wearers_tagged=overview.wearers_tagged.get(force, 0),
        open_proposals=overview.open_proposals.get(force, 0),
        emergencies_unconfirmed=overview.emergencies_unconfirmed.get(force, 0),
    )


def _breaches(breaches: Breaches, force: str) -> BreachCounts:
    return BreachCounts(
        first_day=breaches.first_day.isoformat(),
        last_day=breaches.last_day.isoformat(),
        counted=_grades(breaches.counted, force),
        suspended=_grades(breaches.suspended, force),
        before_aware=_grades(breaches.before_aware, force),
    )


def _grades(found: Mapping[tuple[str, str], int], force: str) -> Grades:
    return Grades(**{grade: found.get((force, grade), 0) for grade in get_args(Grade)})
