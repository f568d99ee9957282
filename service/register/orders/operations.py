"""What may be asked of an order that is in force: each kind turns the order as it is written into what it would be.

A variation changes from when to when things hold, so that what was judged before stays as it was: a clause that reads
otherwise from a day on ends there, and another begins. A correction mends what was entered wrongly, for all time.
"""

from collections.abc import Callable, Mapping
from typing import Any

from service.register.as_written import Json
from service.register.entry import UNREAD, Entry
from service.register.findings import Findings
from service.register.orders.order import OrderRecord
from service.register.refusals import Conflict, Faulty
from service.register.written_times import read_instant

# Reads what was asked, and changes the order as it is written.
Operation = Callable[[Json, Entry, OrderRecord], None]

_VARIED = ("ends", "monitoring", "aware_from")
_CORRECTED = (
    *("kind", "reference", "court", "made_on", "without_notice", "aware_from", "effective_from"),
    *("ends", "discharged_at", "monitoring", "immediate_alert"),
)
_CLAUSE_CORRECTED = ("clause", "text", "from", "until", "needs_zone", "address_protected", "schedule")


def changed_order(kind: str, asked: Mapping[str, Any], record: OrderRecord) -> Json:
    """Return an order as a proposal of this kind would have it. Raises Faulty for what can't be read, Conflict."""
    findings = Findings()
    entry = Entry(asked, kind.replace("_", " "), findings, shows=False)
    written = record.written()
    ORDER_OPERATIONS[kind](written, entry, record)
    entry.close()
    if findings.found:  # a member that nobody reads would be approved and have no effect
        raise Faulty(findings.found)
    return written


def _suspension(order: Json, asked: Entry, _record: OrderRecord) -> None:
    """{"from", "until", "reason", "authority"}: an authorised absence."""
    start, until = asked.instant("from"), asked.instant("until")
    if UNREAD not in (start, until) and until <= start:
        asked.fault("until is not after from", "correct one of the two", "until")
    suspension = {"from": asked.value("from"), "until": asked.value("until")}
    suspension |= {"reason": asked.text("reason"), "authority": asked.text("authority")}
    order["suspensions"].append(suspension)


def _suspension_end(order: Json, asked: Entry, record: OrderRecord) -> None:
    """{"suspension_id", "until"}: it ends earlier; without `until` it never was."""
    number = asked.whole_number("suspension_id", 2**53)
    until = asked.optional_instant("until")
    for suspension, row in zip(order["suspensions"], record.suspensions, strict=True):
        if row["suspension_id"] != number:
            continue
        if until is None:
            order["suspensions"].remove(suspension)
        elif not read_instant(suspension["from"]) < until < read_instant(suspension["until"]):
            asked.fault(
                "until is not within the suspension", "give an instant within it, or none to strike it", "until"
            )
        else:
            suspension["until"] = asked.value("until")
        return
    if number:
        asked.fault("suspension_id names none of this order's suspensions", "take it from the order", "suspension_id")


def _discharge(order: Json, asked: Entry, _record: OrderRecord) -> None:
    """{"at"}: the court ends the order."""
    if order["discharged_at"] is not None:
        raise Conflict("the order is discharged already: correct discharged_at")
    asked.instant("at")
    order["discharged_at"] = asked.value("at")


def _event(order: Json, asked: Entry, _record: OrderRecord) -> None:
    """{"at"}: the event with which the order ends has come."""
    if order["ends"]["kind"] != "event":
        raise Conflict("the order does not end with an event: discharge it, or vary its end")
    asked.instant("at")
    order["ends"]["at"] = asked.value("at")


def _variation(order: Json, asked: Entry, _record: OrderRecord) -> None:
    """{"ends", "monitoring", "aware_from", "prohibitions"}: as in a register file; of old clauses, their end."""
    _take(order, asked, _VARIED)
    there = {clause["prohibition_id"]: clause for clause in order["prohibitions"]}
    for clause in asked.entries("prohibitions"):
        own = there.get(clause.identity("prohibition_id"))
        if own is None:
            order["prohibitions"].append(clause.taken())
        elif clause.has("until"):
            own["until"] = clause.value("until")
            for member in _CLAUSE_CORRECTED:
                if member != "until" and clause.has(member) and clause.value(member) != own[member]:
                    remedy = "end this clause, and add it as it now reads under another prohibition_id"
                    clause.fault(f"{member} can't be varied in place", remedy, member)
            clause.close()
        else:
            clause.fault("is there already, and no until is given", "say when it ends, or give a new clause its own id")


def _correction(order: Json, asked: Entry, _record: OrderRecord) -> None:
    """Any member that says what the order is, as in a register file; clauses by their ids."""
    _take(order, asked, _CORRECTED)
    there = {clause["prohibition_id"]: clause for clause in order["prohibitions"]}
    for clause in asked.entries("prohibitions"):
        own = there.get(clause.identity("prohibition_id"))
        if own is None:
            clause.fault("is no clause of this order", "add a clause by a variation", "prohibition_id")
        else:
            _take(own, clause, _CLAUSE_CORRECTED)
            clause.close()


def _take(target: Json, asked: Entry, members: tuple[str, ...]) -> None:
    for member in members:
        if asked.has(member):
            target[member] = asked.value(member)


ORDER_OPERATIONS: Mapping[str, Operation] = {
    "suspension": _suspension,
    "suspension_end": _suspension_end,
    "discharge": _discharge,
    "event": _event,
    "variation": _variation,
    "correction": _correction,
}
