"""What worn tags reported of themselves: strap, case, jamming, batteries."""

from alerts.inputs import DayInputs
from alerts.report.day_fixes import DayFixes
from alerts.report.values import Event
from geofence.ids import TagId, WearerId
from geofence.instants import Instant, Interval


def events_of(inputs: DayInputs, fixes: DayFixes, during: Interval, *, began_within: bool = False) -> tuple[Event, ...]:
    """Return the events of this force's wearers that overlap `during`, in order of time.

    An event without an end lasts until its tag's next fix after it began, else to the horizon.
    began_within: only those that began in `during`.
    """
    found = []
    for event in inputs.tracks.events:
        wearer_id = _wearer(inputs, event.tag_id, event.occurred_at)
        wearer = inputs.particulars.wearers.get(wearer_id) if wearer_id is not None else None
        if wearer is None or not event.occurred_at < min(during.end, inputs.horizon):
            continue
        until = event.ended_at
        if until is None:
            until = fixes.next_after(event.tag_id, event.occurred_at, inputs.horizon)
        started = event.occurred_at >= during.start
        lasted = not began_within and (until is None or until > during.start)
        if started or lasted:
            found.append(Event(wearer, event.tag_id, event.kind, event.occurred_at, until, event.ended_at is None))
    return tuple(sorted(found, key=lambda event: (event.occurred_at, event.tag_id, event.kind)))


def _wearer(inputs: DayInputs, tag_id: TagId, at: Instant) -> WearerId | None:
    return next(
        (
            fitting.wearer_id
            for fitting in inputs.register.fittings
            if fitting.tag_id == tag_id and fitting.fitted_at <= at < fitting.removed_at
        ),
        None,
    )
