"""Correcting a fitting: one administrator adds monitoring at once; taking it away needs a second."""

from collections.abc import Mapping

from alerts.particulars import Connection
from geofence.instants import Instant, Interval
from service.access.actor import Actor
from service.register.changes import Act, begin_change, lock_register
from service.register.fittings.fitting import FittingRecord, read_fitting
from service.register.fittings.proposals import corrected
from service.register.fittings.writing import change_periods
from service.register.refusals import Conflict, Stale


async def correct_fitting(
    connection: Connection,
    fitting_id: int,
    members: Mapping[str, object],
    *,
    if_match: str,
    actor: Actor,
    reason: str | None,
    authority: str | None,
    now: Instant,
) -> FittingRecord | None:
    """Let a fitting last for {"fitted_at", "removed_at"}, and return it.

    None, and nothing is done, if that takes monitoring away: it has to be proposed. Raises NoSuch, Stale, Conflict if
    it never was or the tag is elsewhere then, Faulty with every fault.
    """
    await lock_register(connection)
    record = await read_fitting(connection, fitting_id)
    if record.etag != if_match:
        raise Stale(record.etag)
    if not record.standing:
        raise Conflict(f"fitting {fitting_id} never was: enter a new one")
    after = await corrected(connection, record, members)
    if after == record.fitted:
        return record
    if not adds_only(record.fitted.during, after.during):
        return None
    act = Act(actor.holder, actor.role, f"fitting {fitting_id}: prolonged", reason, authority)
    await begin_change(connection, act, now)
    if not await change_periods(connection, [(record, after.during)], now):
        raise Conflict("somebody else has entered this tag meanwhile: look again")
    return await read_fitting(connection, fitting_id)


def adds_only(before: Interval, after: Interval) -> bool:
    """Whether all of a period is left, and perhaps more."""
    return after.start <= before.start and after.end >= before.end
