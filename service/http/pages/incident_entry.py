"""One incident as the report would print it, made from what the desk and the ledger hold now."""

from dataclasses import dataclass

from asyncpg import Record

from alerts.days import bounds_of, report_day_of
from alerts.incidents import known_in_range
from alerts.inputs import Arrivals, DayInputs
from alerts.particulars import (
    OrderParticulars,
    Particulars,
    ProhibitionParticulars,
    RegisterReader,
    WearerParticulars,
    ZoneParticulars,
)
from alerts.report.day_fixes import DayFixes
from alerts.report.entries import AROUND_US, Entries
from alerts.report.values import Entry
from alerts.tracks import Stretch, read_fixes
from geofence.ids import WearerId
from geofence.instants import Instant, instant
from geofence.judgement import Judgement
from geofence.rules import Rules
from service.database import Connection
from service.version import VERSION

# Everything that is told of one incident's people and papers.
TOLD = """
SELECT wearer.wearer_id, wearer.name, date_of_birth, pnc_id, home_area,
       court_order.order_id, court_order.force, coalesce(force.name, force.code) AS force_name, court_order.kind,
       reference, court, made_on, effective_from,
       prohibition_id, clause, wording, needs_zone, address_protected, zone_id, label, responding_force
FROM zone JOIN prohibition USING (prohibition_id) JOIN court_order USING (order_id) JOIN wearer USING (wearer_id)
JOIN force ON force.code = court_order.force
WHERE zone_id = $1"""


@dataclass(frozen=True, slots=True)
class Desk:
    """How the register is read, and the rules by which fixes around an incident are judged."""

    registers: RegisterReader
    rules: Rules


async def entry_of(connection: Connection, desk: Desk, row: Record, horizon: Instant) -> Entry | None:
    """Return a standing incident with the table of its fixes and those around them; None if it no longer stands.

    row: the incident as the desk's table has it. Reads within the caller's transaction.
    """
    wearer_id = WearerId(row["wearer_id"])
    known = await known_in_range(
        connection, [wearer_id], instant(row["first_at"]), Instant(instant(row["last_at"]) + 1)
    )
    incident = next((one.incident for one in known if one.incident.incident_id == row["incident_id"]), None)
    if incident is None or not incident.fixes:
        return None
    told = await connection.fetchrow(TOLD, row["zone_id"])
    if told is None:
        return None
    register = await desk.registers.register(connection, [wearer_id])
    first, last = incident.fixes[0].recorded_at, incident.fixes[-1].recorded_at
    around = Stretch(incident.tag_id, Instant(first - AROUND_US), Instant(last + AROUND_US + 1))
    reading = await read_fixes(connection, [around])
    inputs = DayInputs(
        particulars=_particulars(told),
        register=register,
        day=report_day_of(incident.began_at),
        between=bounds_of(report_day_of(incident.began_at)),
        horizon=horizon,
        edition=None,
        rules=desk.rules,
        tracks=reading.tracks,
        reported=reading.reported,
        judgement=Judgement(desk.rules.version, incident.began_at, incident.began_at, 0, 0, (incident,), (), ()),
        arrivals=Arrivals(0, 0, 0, 0),
        differences=(),
        software_version=VERSION,
    )
    return Entries(inputs, DayFixes(inputs)).of([incident], 1)[0]


def _particulars(row: Record) -> Particulars:
    wearer = WearerParticulars(row["wearer_id"], row["name"], row["date_of_birth"], row["pnc_id"], row["home_area"])
    order = OrderParticulars(
        order_id=row["order_id"],
        wearer_id=row["wearer_id"],
        force=row["force"],
        kind=row["kind"],
        reference=row["reference"],
        court=row["court"],
        made_on=row["made_on"],
        effective_from=instant(row["effective_from"]),
    )
    prohibition = ProhibitionParticulars(
        row["prohibition_id"],
        row["order_id"],
        row["clause"],
        row["wording"],
        row["needs_zone"],
        row["address_protected"],
    )
    zone = ZoneParticulars(row["zone_id"], row["prohibition_id"], row["label"], row["responding_force"])
    return Particulars(
        force=row["force"],
        force_name=row["force_name"],
        wearers={wearer.wearer_id: wearer},
        orders={order.order_id: order},
        prohibitions={prohibition.prohibition_id: prohibition},
        zones={zone.zone_id: zone},
    )
