"""When will time alone change what is known of a track? What only silence, or the end of an interval, can decide."""

from collections.abc import Sequence
from typing import NamedTuple

from alerts.reconcile import span
from geofence.in_force import in_force
from geofence.in_force import span as days_of
from geofence.instants import FOREVER, SECOND_US, Instant
from geofence.judgement import Incident
from geofence.register import Register
from geofence.rules import Rules
from geofence.tracks import InstantArray


class Waking(NamedTuple):
    """Judge the track again from `since` on, not before `not_before`, also if no fix comes."""

    since: Instant
    not_before: Instant


def waking(
    recorded_at: InstantArray, incidents: Sequence[Incident], register: Register, rules: Rules, now: Instant
) -> Waking | None:
    """Return when a track must be judged again although nothing arrives; None if time decides nothing more.

    recorded_at: of its fixes. register: what binds its wearer.

    * An incident is open: it is lost after `silence_s` without a fix (R8). At that very instant it is still open.
    * An incident is open: it is closed when its zone is no longer in force.
    * A tag's clock ran ahead: its fixes from `now` on took no part, and each does once its instant has passed.
    """
    wakings = []
    past = recorded_at[recorded_at < now]
    for incident in incidents:
        if incident.state == "open":
            since = span(incident).first_at
            silent_at = int(past.max()) + round(rules.silence_s * SECOND_US)
            wakings.append(Waking(since, min(Instant(silent_at + 1), _in_force_until(incident, register, since, now))))
    ahead = recorded_at[recorded_at >= now]
    if len(ahead):
        first = Instant(int(ahead.min()))
        wakings.append(Waking(first, Instant(first + 1)))
    if not wakings:
        return None
    # Never at once: a track whose rows were just deleted would come back before any other.
    not_before = max(min(not_before for _, not_before in wakings), now + 1)
    return Waking(min(since for since, _ in wakings), Instant(not_before))


def _in_force_until(incident: Incident, register: Register, since: Instant, now: Instant) -> Instant:
    """Return when the in-force interval of an open incident ends."""
    ends = (
        interval.end
        for order in register.orders
        for prohibition in order.prohibitions
        for zone in prohibition.zones
        if zone.zone_id == incident.zone_id
        for interval in in_force(order, prohibition, zone, days_of(since, now))
        if interval.start <= since < interval.end
    )
    return next(ends, FOREVER)
