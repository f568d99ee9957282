"""What proposals about fittings would do: a fitting that somebody reports, a correction, and that one never was."""

import hashlib
from collections.abc import Mapping

from alerts.particulars import Connection
from geofence.instants import Instant
from service.register.entry import Entry
from service.register.findings import Findings
from service.register.fittings.asking import read_correction
from service.register.fittings.fitting import Fitted, FittingRecord, read_fitting, refuse_overlap, standing_of_tags
from service.register.fittings.writing import add_fittings, change_periods, void
from service.register.proposals import Asked, Effect, EffectOf
from service.register.refusals import Conflict, Faulty, NoSuch

HAS_WEARER = "SELECT EXISTS (SELECT FROM wearer WHERE wearer_id = $1)"
_QUICKER = "somebody else has entered this tag meanwhile: look again"


async def effect_of_fitting(connection: Connection, asked: Asked) -> Effect:
    """Return what it would do to take {"tag_id", "wearer_id", "fitted_at", "removed_at"} as it is said.

    A fitting that begins so is changed to end so; else there is a new one. Raises NoSuch, or Conflict if the tag is
    elsewhere at that time, if nothing would change, or if the fitting that was meant has changed.
    """
    fitted = Fitted.of(asked.asked)
    if not await connection.fetchval(HAS_WEARER, fitted.wearer_id):
        raise NoSuch(f"no wearer {fitted.wearer_id} in the register")
    of_tag = await standing_of_tags(connection, [fitted.tag_id])
    own = next((other for other in of_tag if other.fitted.begins_as(fitted)), None)
    meant = asked.target.fitting_id
    if meant is not None and (own is None or own.fitting_id != meant):
        raise Conflict(f"fitting {meant} begins at another time by now, or never was")
    if own is not None and own.fitted == fitted:
        raise Conflict("that is how the register has it already")
    refuse_overlap(fitted, [other for other in of_tag if other is not own])

    async def write(connection: Connection, _proposed_by: str, _approved_by: str, now: Instant) -> None:
        if own is not None:
            await _change(connection, own, fitted, now)
        elif None in await add_fittings(connection, [fitted], now):
            raise Conflict(_QUICKER)

    before = None if own is None else own.fitted.written()
    return Effect(_seen(of_tag), before, fitted.written(), (), write)


async def effect_of_correction(connection: Connection, asked: Asked) -> Effect:
    """Return what it would do to let a fitting last for {"fitted_at", "removed_at"}.

    Raises NoSuch, Conflict if it never was, nothing would change or the tag is elsewhere then, Faulty.
    """
    record = await _standing(connection, asked)
    after = await corrected(connection, record, asked.asked)
    if after == record.fitted:
        raise Conflict("that is how the register has it already")

    async def write(connection: Connection, _proposed_by: str, _approved_by: str, now: Instant) -> None:
        await _change(connection, record, after, now)

    return Effect(record.etag, record.fitted.written(), after.written(), (), write)


async def effect_of_void(connection: Connection, asked: Asked) -> Effect:
    """Return what it would do to say that a fitting never was. Raises NoSuch, Conflict if that is said, Faulty."""
    record = await _standing(connection, asked)
    findings = Findings()
    Entry(asked.asked, "fitting", findings).close()
    if findings.found:  # whoever gives a period means a correction
        raise Faulty(findings.found)

    async def write(connection: Connection, _proposed_by: str, _approved_by: str, now: Instant) -> None:
        await void(connection, record, now)

    return Effect(record.etag, record.fitted.written(), None, (), write)


async def corrected(connection: Connection, record: FittingRecord, members: Mapping[str, object]) -> Fitted:
    """Return a fitting as a correction has it. Raises Faulty, or Conflict if the tag is elsewhere then."""
    after = Fitted(record.fitted.tag_id, record.fitted.wearer_id, read_correction(members))
    of_tag = await standing_of_tags(connection, [after.tag_id])
    refuse_overlap(after, [other for other in of_tag if other.fitting_id != record.fitting_id])
    return after


async def _standing(connection: Connection, asked: Asked) -> FittingRecord:
    record = await read_fitting(connection, asked.target.fitting_id or 0)
    if not record.standing:
        raise Conflict(f"fitting {record.fitting_id} never was: enter a new one")
    return record


async def _change(connection: Connection, record: FittingRecord, after: Fitted, now: Instant) -> None:
    if not await change_periods(connection, [(record, after.during)], now):
        raise Conflict(_QUICKER)


def _seen(of_tag: list[FittingRecord]) -> str:
    return hashlib.sha256(repr([record.etag for record in of_tag]).encode()).hexdigest()[:32]


FITTING_KINDS: Mapping[str, EffectOf] = {
    "fitting": effect_of_fitting,
    "fitting_correction": effect_of_correction,
    "fitting_void": effect_of_void,
}
