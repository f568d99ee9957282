"""Who receives a force's reports: all of them anew, proposed by one person and approved by another."""

from collections.abc import Mapping

from alerts.particulars import Connection
from geofence.instants import Instant
from service.register import addresses
from service.register.content import Recipient
from service.register.entry import Entry
from service.register.findings import Findings
from service.register.forces import ForceRecord, nobody_receives, read_force
from service.register.proposals import Asked, Effect
from service.register.refusals import Conflict, Faulty
from service.register.row_writing import delete, insert, update

MOST = 50


async def effect_on_recipients(connection: Connection, asked: Asked) -> Effect:
    """Return what a force's recipients would be, {"recipients"}.

    Raises NoSuch, Conflict if nothing would change, Faulty with every fault.
    """
    record = await read_force(connection, asked.target.force or "")
    wanted = read_recipients(asked.asked, record.force["code"])
    before = record.written()
    after = {**before, "recipients": [{"kind": each.kind, "address": each.address} for each in wanted]}
    if after == before:
        raise Conflict("these are its recipients already")

    async def write(connection: Connection, _proposed_by: str, _approved_by: str, _now: Instant) -> None:
        await _write(connection, record, wanted)

    warnings = [] if wanted else [nobody_receives(record.force["code"])]
    return Effect(record.etag, before, after, warnings, write)


def read_recipients(members: Mapping[str, object], code: str) -> tuple[Recipient, ...]:
    """Return the recipients that a request names for a force. Raises Faulty with every fault; none shows an address."""
    findings = Findings()
    entry = Entry(members, f"force {code}", findings, shows=False)
    if entry.value("recipients") is None:
        entry.fault("recipients is missing", "give a list, which may be empty", "recipients")
    elif len(entry.items("recipients")) > MOST:
        entry.fault(f"there are more than {MOST}", "give fewer", "recipients")
    seen: dict[Recipient, str] = {}
    for inner in entry.entries("recipients") if not findings.found else ():
        recipient = _recipient(inner)
        if recipient in seen:
            inner.fault(f"is the same as {seen[recipient].rpartition(', ')[2]}", "remove one of the two")
        seen[recipient] = inner.place
    entry.close()
    if findings.found:
        raise Faulty(findings.found)
    return tuple(seen)


def _recipient(entry: Entry) -> Recipient:
    kind, address = entry.choice("kind", addresses.KINDS), entry.text("address")
    wrong = addresses.fault_of(kind, address) if kind and address.strip() else None
    if wrong is not None:
        entry.fault(*wrong, "address")
    entry.close()
    return Recipient(kind, address)


async def _write(connection: Connection, record: ForceRecord, wanted: tuple[Recipient, ...]) -> None:
    """Make the rows as wanted. What stands in its place already is left alone."""
    code = record.force["code"]
    there = {row["position"]: row for row in record.recipients}
    for position, recipient in enumerate(wanted, start=1):
        row = {"kind": recipient.kind, "address": recipient.address}
        old = there.pop(position, None)
        key = {"force": code, "position": position}
        if old is None:
            await insert(connection, "force_recipient", key | row)
        elif {name: old[name] for name in row} != row:
            await update(connection, "force_recipient", key, row)
    for position in there:
        await delete(connection, "force_recipient", {"force": code, "position": position})
