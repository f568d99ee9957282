"""Is this an order that the register may hold? One order is held to the same rules as a whole register file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alerts.particulars import Connection
from service.register.addressable import addressing_fault
from service.register.content import Content, ForceEntry, OrderEntry, WearerEntry
from service.register.entry import Entry
from service.register.findings import Finding, Findings
from service.register.json_text import storable
from service.register.order_kinds import check_order
from service.register.orders.order import OrderRecord
from service.register.periods import check_periods
from service.register.pilot_areas import check_residence
from service.register.places import element
from service.register.read_orders import read_order
from service.register.references import check_references
from service.register.refusals import Faulty

FORCES = "SELECT code FROM force WHERE code = ANY($1)"
WEARERS = "SELECT wearer_id, name, home_area FROM wearer WHERE wearer_id = ANY($1)"
# Ids that something else has: $1 orders, $2 prohibitions, $3 zones; $4 the order that may have them already.
TAKEN = """
SELECT 'order' AS thing, order_id AS id FROM court_order WHERE order_id = ANY($1) AND order_id IS DISTINCT FROM $4
UNION ALL
SELECT 'prohibition', prohibition_id FROM prohibition WHERE prohibition_id = ANY($2) AND order_id IS DISTINCT FROM $4
UNION ALL
SELECT 'zone', zone_id FROM zone JOIN prohibition USING (prohibition_id)
WHERE zone_id = ANY($3) AND order_id IS DISTINCT FROM $4"""


@dataclass(frozen=True, slots=True)
class CheckedOrder:
    """An order without a fault, and what a person must give a reason for."""

    order: OrderEntry
    warnings: Sequence[Finding]


async def check_order_written(
    connection: Connection, members: Mapping[str, object], before: OrderRecord | None, *, whole: bool
) -> CheckedOrder:
    """Check an order as a register file writes it, against itself and the register. Raises Faulty with every fault.

    before: what the register has under its id, None if it is new. whole: whether it must be complete.
    """
    findings = Findings()
    # What somebody sends is not repeated to him: answers are kept where requests are not.
    order = read_order(Entry(members, element("orders", 1, members), findings, shows=False))
    content = await _surrounded(connection, order)
    check_references(content, findings, "the register")
    check_periods(content, findings)
    check_order(order, findings, whole=whole)
    for wearer in content.wearers:
        check_residence(order, wearer, findings)
    await _check_ids(connection, order, before, findings)
    if findings.faulty:
        raise Faulty([found for found in findings.found if found.kind == "fault"])
    return CheckedOrder(order, findings.found)


def newly_warned(after: Sequence[Finding], before: Sequence[Finding]) -> list[Finding]:
    """Return the warnings that were not there before: for the others somebody has given a reason already."""
    known = {(finding.place, finding.text) for finding in before}
    return [finding for finding in after if (finding.place, finding.text) not in known]


async def _surrounded(connection: Connection, order: OrderEntry) -> Content:
    """Return the order with those whom it names, as far as the register has them."""
    named = [order.force, *(zone.responding_force for clause in order.prohibitions for zone in clause.zones)]
    forces = await connection.fetch(FORCES, [code for code in named if code is not None and storable(code)])
    wearers = await connection.fetch(WEARERS, [order.wearer_id] if storable(order.wearer_id) else [])
    return Content(
        forces=tuple(ForceEntry(row["code"], None, (), "") for row in forces),
        wearers=tuple(
            WearerEntry(row["wearer_id"], row["name"], None, None, None, row["home_area"], None, "") for row in wearers
        ),
        fittings=(),
        orders=(order,),
    )


async def _check_ids(connection: Connection, order: OrderEntry, before: OrderRecord | None, findings: Findings) -> None:
    zones = [zone for clause in order.prohibitions for zone in clause.zones]
    own = None if before is None else str(before.order["order_id"])
    ids = ([order.order_id], [clause.prohibition_id for clause in order.prohibitions], [zone.zone_id for zone in zones])
    if findings.faulty:
        return  # an id that could not be read is no id
    places: dict[tuple[str, str], str] = {("order", order.order_id): order.place}
    places |= {("prohibition", clause.prohibition_id): clause.place for clause in order.prohibitions}
    places |= {("zone", zone.zone_id): zone.place for zone in zones}
    known = _ids_of(before)
    for (thing, identity), place in places.items():
        fault = None if (thing, identity) in known else addressing_fault(identity)
        if fault is not None:
            findings.fault(place, f"{thing}_id {fault}", "give one that can stand in an address")
    for row in await connection.fetch(TAKEN, *ids, own):
        findings.fault(places[row["thing"], row["id"]], f"{row['thing']}_id is taken", "give another")


def _ids_of(before: OrderRecord | None) -> set[tuple[str, str]]:
    if before is None:
        return set()
    rows = (("order", [before.order]), ("prohibition", before.prohibitions), ("zone", before.zones))
    return {(thing, row[f"{thing}_id"]) for thing, found in rows for row in found}
