"""What may be asked of an order: what each kind does, and each fault with the member in which it lies."""

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from alerts.particulars import Connection
from geofence.instants import Interval, moment
from service.database import Pool
from service.register.refusals import Conflict, Faulty, NoSuch
from service.register.store import PostgresRegister
from tests.service.register.office import Office, at, hour

FORCE = "INSERT INTO force (code, name) VALUES ('MPS', 'Metropolitan Police Service')"
WEARER = "INSERT INTO wearer (wearer_id, name, home_area) VALUES ('W-9', 'Alex Example', 'Croydon')"
FITTING = "INSERT INTO fitting (tag_id, wearer_id, fitted_at) VALUES ('T-9', 'W-9', $1)"
ABSENCE = {"from": at(1), "until": at(3), "reason": "funeral", "authority": "the court"}
VARIED = "variation"


def order(order_id: str, prohibition_id: str, wearer_id: str = "W-1") -> dict[str, Any]:
    """Return an order as a register file writes it; it has effect from midnight on."""
    return {
        "order_id": order_id,
        "kind": "DAPO",
        "reference": "DAPO-2026-0009",
        "force": "MPS",
        "wearer_id": wearer_id,
        "made_on": "2026-11-20",
        "effective_from": at(0),
        "ends": {"kind": "further_order"},
        "monitoring": {"from": at(0), "until": at(2000)},
        "prohibitions": [
            {
                "prohibition_id": prohibition_id,
                "clause": "1",
                "text": "Not to enter.",
                "from": at(0),
                "needs_zone": True,
            }
        ],
    }


@pytest.fixture
async def office(pool: Pool) -> AsyncIterator[Office]:
    """An order without zones was published."""
    async with pool.acquire() as connection:
        await connection.execute(FORCE)
        await connection.execute(WEARER)
        await connection.execute(FITTING, moment(hour(-100)))
        made = Office(connection)
        await made.enter_order(order("O-9", "P-9", "W-9"))
        await made.publish_order("O-9")
        yield made


async def held(office: Office) -> Interval:
    (found,) = (await PostgresRegister().register(office.connection)).orders
    return found.during


async def since(connection: Connection, reason: str) -> list[object]:
    rows = await connection.fetch("SELECT since FROM to_judge WHERE reason = $1 ORDER BY to_judge_id", reason)
    return [row["since"] for row in rows]


FAULTS: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "a suspension that ends before it begins": ("suspension", {**ABSENCE, "until": at(1)}, ["/until"]),
    "a suspension of nothing": ("suspension", {}, ["/from", "/until", "/reason", "/authority"]),
    "an instant without an offset": ("suspension", {**ABSENCE, "from": "2026-11-20T01:00:00"}, ["/from"]),
    "a member that nobody knows": ("suspension", {**ABSENCE, "reasons": "x"}, ["/reasons"]),
    "the end of no suspension": ("suspension_end", {"suspension_id": 77}, ["/suspension_id"]),
    "a suspension without its number": ("suspension_end", {"until": at(2)}, ["/suspension_id"]),
    "a suspension by half a number": ("suspension_end", {"suspension_id": 1.5}, ["/suspension_id"]),
    "a discharge at no instant": ("discharge", {}, ["/at"]),
    "a discharge on a day": ("discharge", {"at": "2026-11-20"}, ["/at"]),
    "a clause that is there already": (VARIED, {"prohibitions": [{"prohibition_id": "P-9"}]}, ["/prohibitions/0"]),
    "a clause that reads otherwise": (
        VARIED,
        {"prohibitions": [{"prohibition_id": "P-9", "until": at(9), "text": "Not to phone.", "from": at(1)}]},
        ["/prohibitions/0/text", "/prohibitions/0/from"],
    ),
    "a clause without a name": (VARIED, {"prohibitions": [{"until": at(9)}]}, ["/prohibitions/0/prohibition_id"]),
    "clauses that are no list": (VARIED, {"prohibitions": {}}, ["/prohibitions"]),
    "a court by variation": (VARIED, {"court": "Croydon"}, ["/court"]),
    "another wearer": ("correction", {"wearer_id": "W-1"}, ["/wearer_id"]),
    "a clause that is none": (
        "correction",
        {"prohibitions": [{"prohibition_id": "P-0", "text": "x"}]},
        ["/prohibitions/0/prohibition_id"],
    ),
    "zones by correction": (
        "correction",
        {"prohibitions": [{"prohibition_id": "P-9", "zones": []}]},
        ["/prohibitions/0/zones"],
    ),
    # What only the whole order shows: the pointer is into the order as it would be.
    "an end that can't be read": (VARIED, {"ends": {"kind": "date", "at": "soon"}}, ["/ends/at"]),
    "an end of no kind": (VARIED, {"ends": {"kind": "never"}}, ["/ends/kind"]),
    "another force": ("correction", {"force": "XXX"}, ["/force"]),
    "an end before the beginning": (VARIED, {"ends": {"kind": "date", "at": at(0)}}, [""]),
    "more than twelve months": (
        VARIED,
        {"monitoring": {"from": at(0), "until": "2028-01-01T00:00:00Z"}},
        ["/monitoring"],
    ),
}


@pytest.mark.parametrize(("kind", "asked", "pointers"), FAULTS.values(), ids=FAULTS)
async def test_every_fault_is_named_by_its_member_and_nothing_is_written(
    office: Office, kind: str, asked: dict[str, Any], pointers: list[str]
) -> None:
    with pytest.raises(Faulty) as refused:
        await office.ask(kind, "O-9", asked)
    assert [finding.pointer for finding in refused.value.findings] == pointers
    assert await office.connection.fetchval("SELECT count(*) FROM proposal") == 0


HINDERED: dict[str, tuple[str, dict[str, Any], str]] = {
    "an event that it does not end with": ("event", {"at": at(5)}, "does not end with an event"),
    "what it is already": ("correction", {"court": None}, "that is how the order is already"),
    "no change at all": (VARIED, {}, "that is how the order is already"),
}


@pytest.mark.parametrize(("kind", "asked", "why"), HINDERED.values(), ids=HINDERED)
async def test_what_can_not_be_done_says_why(office: Office, kind: str, asked: dict[str, Any], why: str) -> None:
    with pytest.raises(Conflict, match=why):
        await office.ask(kind, "O-9", asked)


async def test_a_draft_is_changed_and_not_varied(office: Office) -> None:
    await office.enter_order(order("O-8", "P-8", "W-9"))
    with pytest.raises(Conflict, match="is a draft"):
        await office.ask("discharge", "O-8", {"at": at(5)})
    with pytest.raises(NoSuch):
        await office.ask("discharge", "O-0", {"at": at(5)})


@pytest.mark.parametrize("when", [-5.0, 0.0, 5.0])
async def test_a_discharge_ends_the_order_then_and_never_before_it_began(office: Office, when: float) -> None:
    await office.do("discharge", "O-9", {"at": at(when)})
    assert await held(office) == Interval(hour(0), hour(max(0, when)))
    assert await since(office.connection, "discharge approved") == [moment(hour(max(0, when)))]
    with pytest.raises(Conflict, match="discharged already"):
        await office.ask("discharge", "O-9", {"at": at(50)})
    await office.do("correction", "O-9", {"discharged_at": None})
    assert (await held(office)).end > hour(10_000)


async def test_an_end_that_is_said_otherwise_and_comes_no_sooner_asks_for_no_judging(office: Office) -> None:
    await office.do("variation", "O-9", {"ends": {"kind": "event", "event": "the trial"}})
    await office.do("variation", "O-9", {"ends": {"kind": "event", "event": "the appeal"}})
    assert await since(office.connection, "variation approved") == []
    await office.do("event", "O-9", {"at": at(30)})
    assert await held(office) == Interval(hour(0), hour(30))
    assert await since(office.connection, "event approved") == [moment(hour(30))]


async def test_an_end_moved_is_judged_from_where_it_was_or_is_the_sooner(office: Office) -> None:
    for end in (40.0, 60.0, 20.0):
        await office.do("variation", "O-9", {"ends": {"kind": "date", "at": at(end)}})
    assert await since(office.connection, "variation approved") == [
        moment(hour(40)),
        moment(hour(40)),
        moment(hour(20)),
    ]


async def test_a_clause_ends_and_another_begins_with_its_zone(office: Office) -> None:
    zone = {"zone_id": "Z-9", "versions": [{"version": 1, "valid_from": at(5), "footprint": CIRCLE, "distance_m": 150}]}
    new = {"prohibition_id": "P-8", "clause": "2", "text": "Not to come near.", "from": at(5), "zones": [zone]}
    await office.do("variation", "O-9", {"prohibitions": [{"prohibition_id": "P-9", "until": at(5)}, new]})
    (found,) = (await PostgresRegister().register(office.connection)).orders
    assert [(each.prohibition_id, each.during.start, each.during.end) for each in found.prohibitions][1][:2] == (
        "P-9",
        hour(0),
    )
    assert {each.prohibition_id: len(each.zones) for each in found.prohibitions} == {"P-8": 1, "P-9": 0}
    signed = await office.connection.fetchrow("SELECT drawn_by, published_by FROM zone_version")
    assert signed is not None
    assert (signed["drawn_by"], signed["published_by"]) == ("ann", "ben")
    assert await since(office.connection, "variation approved") == [moment(hour(5))]


async def test_a_suspension_is_shortened_and_struck(office: Office) -> None:
    async def only() -> tuple[int, list[Interval]]:
        number = await office.connection.fetchval("SELECT max(suspension_id) FROM suspension")
        (found,) = (await PostgresRegister().register(office.connection)).orders
        return number, list(found.suspensions)

    await office.do("suspension", "O-9", ABSENCE)
    number, there = await only()
    assert there == [Interval(hour(1), hour(3))]
    for until in (1.0, 3.0, 4.0):
        with pytest.raises(Faulty, match="not within the suspension"):
            await office.ask("suspension_end", "O-9", {"suspension_id": number, "until": at(until)})
    await office.do("suspension_end", "O-9", {"suspension_id": number, "until": at(2)})
    number, there = await only()
    assert there == [Interval(hour(1), hour(2))]
    await office.do("suspension_end", "O-9", {"suspension_id": number})
    assert (await only())[1] == []


CIRCLE = {"type": "Point", "coordinates": [-0.1, 51.37]}


async def test_a_clause_is_not_added_with_a_zone_that_is_a_draft_elsewhere(office: Office) -> None:
    # The approver would read that the zone holds, and it would stay what it is.
    await office.draw_zone("Z-9", "P-9", 200, 1, by="ann")
    zone: dict[str, Any] = {"zone_id": "Z-9", "versions": [{"version": 1, "valid_from": at(1), "distance_m": 200}]}
    zone["versions"][0]["footprint"] = CIRCLE
    clause = {"prohibition_id": "P-10", "clause": "2", "text": "Not to enter.", "from": at(1), "zones": [zone]}
    with pytest.raises(Conflict, match="zone Z-9 is drawn already"):
        await office.ask("variation", "O-9", {"prohibitions": [clause]})


async def test_an_order_with_thousands_of_absences_keeps_nobody_waiting(office: Office) -> None:
    # One second or two; more than half a minute where each is held against all others.
    absences = [{**ABSENCE, "from": at(2 * n), "until": at(2 * n + 1)} for n in range(3000)]
    began = time.process_time()
    await office.enter_order({**order("O-10", "P-10", "W-9"), "suspensions": absences})
    assert time.process_time() - began < 10
