"""Writing orders: a court's document with its clauses and zones, as a register file holds them."""

from dataclasses import dataclass

from service.simulation.day import Day
from service.simulation.document import Order, Prohibition, Suspension, Version, Window, Zone
from service.simulation.shapes import Shape

MONITORED_DAYS = 300
MPS, SURREY = "MPS", "SRY"
COURTS = {MPS: "Croydon Magistrates' Court", SURREY: "Staines Magistrates' Court"}


def window(days: str, start: str, until: str) -> Window:
    """Return one weekly opening. days: like "mon tue"."""
    return {"days": days.split(), "from": start, "until": until}


EVERY_DAY = "mon tue wed thu fri sat sun"
WEEKDAYS = "mon tue wed thu fri"
SCHOOL_HOURS = [window(WEEKDAYS, "08:00", "09:30"), window(WEEKDAYS, "14:45", "16:15")]
EVENINGS = [window(EVERY_DAY, "20:00", "06:00")]


@dataclass(frozen=True, slots=True)
class Clause:
    """What a prohibition says, before it has numbers. zones: of each, the versions: since when, and the shape.

    A version begins at its second of the day, None with the order; it ends where the next begins.
    """

    text: str
    label: str = ""
    zones: tuple[tuple[tuple[float | None, Shape], ...], ...] = ()
    schedule: list[Window] | None = None
    address_protected: bool = False
    needs_zone: bool = True
    responding_force: str | None = None


def clause(text: str, label: str, *shapes: Shape, schedule: list[Window] | None = None) -> Clause:
    """Return a clause whose zones, one for each shape, hold as long as the order."""
    return Clause(text, label, tuple(((None, shape),) for shape in shapes), schedule)


def made_before(number: int) -> int:
    """Return how many days before the simulated one the order of a wearer was made: 20 to 200."""
    return 20 + number * 37 % 181


def order(
    day: Day,
    number: int,
    clauses: list[Clause],
    *,
    force: str = MPS,
    suspensions: list[Suspension] | None = None,
    told_s: float | None = None,
) -> Order:
    """Return the DAPO of a wearer: monitored from the noon of its making for 300 days.

    told_s: it was made without notice, and this second of the day is when the wearer was told of it.
    """
    since = day.before(made_before(number))
    written: Order = {
        "order_id": f"O-{number:06d}",
        "kind": "DAPO",
        "reference": f"DAPO-{since[:4]}-{number:06d}",
        "court": COURTS[force],
        "force": force,
        "wearer_id": f"W-{number:06d}",
        "made_on": since[:10],
        "without_notice": told_s is not None,
        "aware_from": None if told_s is None else day.printed(told_s),
        "effective_from": since,
        "ends": _ends(day, number),
        "monitoring": {"from": since, "until": day.before(made_before(number) - MONITORED_DAYS)},
        "immediate_alert": None,
        "suspensions": suspensions or [],
        "prohibitions": [],
    }
    written["prohibitions"] = [
        _prohibition(day, written, f"P-{number:06d}-{place}", place, text)
        for place, text in enumerate(clauses, start=1)
    ]
    return written


def suspension(day: Day, from_s: float, until_s: float, reason: str) -> Suspension:
    """Return an authorised absence."""
    return {
        "from": day.printed(from_s),
        "until": day.printed(until_s),
        "reason": reason,
        "authority": "Order of the court, varied on application",
    }


def _ends(day: Day, number: int) -> dict[str, str]:
    match number % 4:
        case 0:
            return {"kind": "date", "at": day.before(-400)}
        case 1:
            return {"kind": "event", "event": "the conclusion of the family proceedings"}
        case _:
            return {"kind": "further_order"}


def _prohibition(day: Day, order: Order, prohibition_id: str, place: int, clause: Clause) -> Prohibition:
    zones = [
        _zone(day, order, f"{prohibition_id.replace('P', 'Z', 1)}-{number}", clause, versions)
        for number, versions in enumerate(clause.zones, start=1)
    ]
    return {
        "prohibition_id": prohibition_id,
        "clause": f"{place + 1}({'abc'[place - 1]})",
        "text": clause.text,
        "from": order["effective_from"],
        "until": None,
        "needs_zone": clause.needs_zone,
        "address_protected": clause.address_protected,
        "schedule": clause.schedule,
        "zones": zones,
    }


def _zone(
    day: Day, order: Order, zone_id: str, clause: Clause, versions: tuple[tuple[float | None, Shape], ...]
) -> Zone:
    begins = [order["effective_from"] if since is None else day.printed(since) for since, _ in versions]
    written: list[Version] = [
        {
            "version": number,
            "valid_from": begin,
            "valid_until": end,
            "footprint": shape.footprint,
            "distance_m": shape.distance_m,
        }
        for number, (begin, end, (_, shape)) in enumerate(
            zip(begins, [*begins[1:], None], versions, strict=True), start=1
        )
    ]
    return {"zone_id": zone_id, "label": clause.label, "responding_force": clause.responding_force, "versions": written}
