"""What a register file may hold: every fault breaks one thing in a valid register and is answered by one line."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from geofence.ids import ZoneId
from geofence.instants import FOREVER, instant
from service.register.document import read_register
from service.register.written_times import read_instant
from tests.service.register.samples import SAMPLE, Json, broken, document, dvpo, sample, written

Change = Callable[[Json], object]


def order(register: Json, number: int = 0) -> Any:
    return register["orders"][number]


def clause(register: Json, number: int = 0) -> Any:
    return order(register, number)["prohibitions"][0]


def zone(register: Json, number: int = 0) -> Any:
    return clause(register, number)["zones"][0]


def version(register: Json, number: int = 0) -> Any:
    return zone(register, number)["versions"][0]


def lines(change: Change) -> list[str]:
    return [str(finding) for finding in broken(change).findings]


BOW_TIE = {
    "type": "Polygon",
    "coordinates": [[[-0.2, 51.3], [-0.1, 51.4], [-0.1, 51.34], [-0.16, 51.352], [-0.2, 51.3]]],
}
Z1 = "order O-1, prohibition P-1, zone Z-1"

FAULTS: dict[str, tuple[Change, str]] = {
    "not an object": (lambda r: r["wearers"].append(7), "wearer no. 3: is a number; give an object"),
    "not a list": (lambda r: r.update(fittings={}), "register: fittings is an object; give a list"),
    "member missing": (lambda r: order(r).pop("reference"), "order O-1: reference is missing; give reference"),
    "member null": (lambda r: order(r).update(reference=None), "order O-1: reference is null; give reference"),
    "id missing": (
        lambda r: zone(r).pop("zone_id"),
        "order O-1, prohibition P-1, zone no. 1: zone_id is missing; give zone_id",
    ),
    "id blank": (lambda r: r["forces"].append({"code": " "}), "force no. 3: code is blank; give an id"),
    "id too long": (
        lambda r: r["forces"].append({"code": "x" * 201}),
        f"force {'x' * 60}…: code has 201 characters; give an id of at most 200",
    ),
    "id not a text": (
        lambda r: r["fittings"][0].update(tag_id=True),
        "fitting no. 1: tag_id is true or false; give a text",
    ),
    "text not a text": (lambda r: r["wearers"][0].update(name=5), "wearer W-1: name is a number; give a text"),
    "flag not a flag": (
        lambda r: clause(r).update(needs_zone="yes"),
        "order O-1, prohibition P-1: needs_zone is a text; write true or false",
    ),
    "date not a date": (
        lambda r: order(r).update(made_on="2026-02-30"),
        'order O-1: made_on is "2026-02-30"; write a date like 2026-10-01',
    ),
    "date with a time": (
        lambda r: order(r).update(made_on="2026-10-01T00:00:00Z"),
        'order O-1: made_on is "2026-10-01T00:00:00Z"; write a date like 2026-10-01',
    ),
    "instant without an offset": (
        lambda r: order(r).update(effective_from="2026-10-01T12:00:00"),
        "order O-1: effective_from has no offset from UTC; add Z or an offset such as +01:00",
    ),
    "instant that is a number": (
        lambda r: r["fittings"][0].update(fitted_at=1790856000),
        "fitting of tag T-1: fitted_at is a number; write an instant like 2026-10-01T12:00:00Z",
    ),
    "instant that never was": (
        lambda r: r["fittings"][0].update(fitted_at="2026-02-30T12:00:00Z"),
        'fitting of tag T-1: fitted_at is "2026-02-30T12:00:00Z"; write an instant like 2026-10-01T12:00:00Z',
    ),
    "unknown kind": (
        lambda r: order(r).update(kind="dapo"),
        'order O-1: kind is "dapo"; write one of DAPN, DAPO, DVPN, DVPO, non-molestation, restraining, other',
    ),
    "code twice": (
        lambda r: r["forces"].append({"code": "MPS"}),
        "force MPS: code is there more than once; give each its own",
    ),
    "wearer twice": (
        lambda r: r["wearers"].append({"wearer_id": "W-1", "name": "B"}),
        "wearer W-1: wearer_id is there more than once; give each its own",
    ),
    "order twice": (
        lambda r: order(r, 2).update(order_id="O-1"),
        "order O-1: order_id is there more than once; give each its own",
    ),
    "prohibition twice in different orders": (
        lambda r: clause(r, 2).update(prohibition_id="P-1"),
        "order O-3, prohibition P-1: prohibition_id is there more than once; give each its own",
    ),
    "zone twice in different orders": (
        lambda r: zone(r, 1).update(zone_id="Z-1"),
        "order O-2, prohibition P-3, zone Z-1: zone_id is there more than once; give each its own",
    ),
    "version twice": (
        lambda r: zone(r)["versions"][1].update(version=1),
        f"{Z1}, version 1: its number is there more than once; number each version of a zone differently",
    ),
    "fitting of nobody": (
        lambda r: r["fittings"][0].update(wearer_id="W-9"),
        "fitting of tag T-1: wearer_id names W-9, which is not in the file; add it, or correct the reference",
    ),
    "order against nobody": (
        lambda r: order(r, 2).update(wearer_id="W-9"),
        "order O-3: wearer_id names W-9, which is not in the file; add it, or correct the reference",
    ),
    "order of no force": (
        lambda r: order(r).update(force="XXX"),
        "order O-1: force names XXX, which is not in the file; add it, or correct the reference",
    ),
    "no such responding force": (
        lambda r: zone(r).update(responding_force="XXX"),
        f"{Z1}: responding_force names XXX, which is not in the file; add it, or correct the reference",
    ),
    "no version": (lambda r: zone(r).update(versions=[]), f"{Z1}: has no version; give at least one"),
    "no prohibition": (
        lambda r: order(r, 2).update(prohibitions=None),
        "order O-3: has no prohibition; add the order's clauses",
    ),
    "monitoring alone": (
        lambda r: order(r).update(prohibitions=[]),
        (
            "order O-1: has no prohibition; monitoring only watches other clauses (Domestic Abuse Act 2021 s.35(6)); "
            "add the order's clauses"
        ),
    ),
    "fitting that ends as it starts": (
        lambda r: r["fittings"][2].update(removed_at="2026-11-10T10:00:00Z"),
        "fitting of tag T-2: removed_at is not after its start; correct one of the two",
    ),
    "order that ends before it has effect": (
        lambda r: order(r, 2).update(ends={"kind": "date", "at": "2026-08-01T00:00:00Z"}),
        "order O-3: ends.at is not after its start; correct one of the two",
    ),
    "suspension that ends before it starts": (
        lambda r: order(r)["suspensions"][0].update(until="2026-11-05T08:00:00Z"),
        "order O-1, suspension no. 1: until is not after its start; correct one of the two",
    ),
    "suspension without authority": (
        lambda r: order(r)["suspensions"][0].pop("authority"),
        "order O-1, suspension no. 1: authority is missing; give authority",
    ),
    "prohibition that ends before it starts": (
        lambda r: clause(r).update(until="2026-10-01T12:00:00Z"),
        "order O-1, prohibition P-1: until is not after its start; correct one of the two",
    ),
    "version that ends before it starts": (
        lambda r: version(r).update(valid_until="2026-10-01T11:00:00Z"),
        f"{Z1}, version 1: valid_until is not after its start; correct one of the two",
    ),
    "monitoring without an end": (
        lambda r: order(r)["monitoring"].pop("until"),
        "order O-1, monitoring: until is missing; give until",
    ),
    "monitoring that ends before it starts": (
        lambda r: order(r)["monitoring"].update(until="2026-10-01T12:00:00Z"),
        "order O-1, monitoring: until is not after its start; correct one of the two",
    ),
    "versions at the same time": (
        lambda r: version(r).update(valid_until="2026-11-01T00:00:01Z"),
        f"{Z1}, version 2: is valid at the same time as version 1; let one end where the other begins",
    ),
    "one tag on two wearers": (
        lambda r: r["fittings"][0].update(removed_at=None),
        (
            "fitting no. 2, tag T-1: is fitted at the same time as fitting no. 1; "
            "end one where the other begins: a tag is on one wearer at a time"
        ),
    ),
    "version 0": (
        lambda r: version(r).update(version=0),
        f"{Z1}, version 0: version is out of range; write a whole number from 1 to 2147483647",
    ),
    "version one and a half": (
        lambda r: version(r).update(version=1.5),
        f"{Z1}, version no. 1: version is a number, not a whole one; write a whole number from 1",
    ),
    "distance missing": (
        lambda r: version(r).pop("distance_m"),
        f"{Z1}, version 1: distance_m is missing; give distance_m",
    ),
    "distance as text": (
        lambda r: version(r).update(distance_m="200"),
        f"{Z1}, version 1: distance_m is a text; write a number",
    ),
    "footprint missing": (
        lambda r: version(r).update(footprint=None),
        f"{Z1}, version 1: footprint is missing; give the shape as GeoJSON",
    ),
    "schedule without windows": (
        lambda r: clause(r).update(schedule=[]),
        "order O-1, prohibition P-1: schedule has no windows; give a window, or null for always",
    ),
    "window without days": (
        lambda r: clause(r)["schedule"][0].update(days=[]),
        "order O-1, prohibition P-1, window no. 1: has no days; write days of mon, tue, wed, thu, fri, sat, sun",
    ),
    "window on an unknown day": (
        lambda r: clause(r)["schedule"][0].update(days=["fri", "Sat"]),
        'order O-1, prohibition P-1, window no. 1: days holds "Sat"; write days of mon, tue, wed, thu, fri, sat, sun',
    ),
    "window until 24:00": (
        lambda r: clause(r)["schedule"][0].update(until="24:00"),
        'order O-1, prohibition P-1, window no. 1: until is "24:00"; write a time from 00:00 to 23:59',
    ),
    "window with seconds": (
        lambda r: clause(r)["schedule"][0].update({"from": "20:00:00"}),
        'order O-1, prohibition P-1, window no. 1: from is "20:00:00"; write a time from 00:00 to 23:59',
    ),
    "ends missing": (lambda r: order(r).pop("ends"), "order O-1: ends is missing; give ends"),
    "ends of an unknown kind": (
        lambda r: order(r).update(ends={"kind": "never"}),
        'order O-1, ends: kind is "never"; write one of date, further_order, event',
    ),
    "ends on no date": (lambda r: order(r).update(ends={"kind": "date"}), "order O-1, ends: at is missing; give at"),
    "ends with no event": (
        lambda r: order(r).update(ends={"kind": "event"}),
        "order O-1, ends: event is missing; give event",
    ),
    "DVPO too short": (
        dvpo("2026-10-01", "2026-10-14T22:59:59Z"),
        (
            "order O-3: a DVPO lasts at least 14 days, the day it is made being the first "
            "(Crime and Security Act 2010 s.28(10)); "
            "let it end no earlier than the midnight in London that ends the 14th"
        ),
    ),
    "DVPO too long": (
        dvpo("2026-10-01", "2026-10-29T00:00:01Z"),
        (
            "order O-3: a DVPO lasts at most 28 days, the day it is made being the first "
            "(Crime and Security Act 2010 s.28(10)); let it end no later than the midnight in London that ends the 28th"
        ),
    ),
    "DVPO without a date": (
        lambda r: order(r, 2).update(kind="DVPO"),
        "order O-3: a DVPO ends on a date (Crime and Security Act 2010 s.28(10)); give the date on which it ends",
    ),
    "monitoring of another kind of order": (
        lambda r: order(r).update(kind="restraining"),
        (
            "order O-1: an order of the kind restraining can't carry electronic monitoring "
            "(Domestic Abuse Act 2021 s.35(6)); remove monitoring, or correct the kind: DAPO or other"
        ),
    ),
    "monitoring for over 12 months": (
        lambda r: order(r)["monitoring"].update(until="2027-10-01T12:00:01Z"),
        (
            "order O-1, monitoring: lasts more than 12 months (Domestic Abuse Act 2021 s.38(5)); "
            "let it end by the same date and time in London 12 months on, or name the variation in extended_by"
        ),
    ),
    "half a surrogate pair": (
        lambda r: r["wearers"][0].update(name="\ud800"),
        "wearer W-1: name: holds a character that no text may (NUL or half a pair); remove it",
    ),
    "NUL": (
        lambda r: zone(r).update(label="a\x00"),
        f"{Z1}: label: holds a character that no text may (NUL or half a pair); remove it",
    ),
    "ring that crosses itself": (
        lambda r: version(r).update(footprint=BOW_TIE),
        (
            f"{Z1}, version 1, near ring 1, vertex 4, at -0.150000, 51.350000: an edge crosses another; "
            "draw it without the crossing"
        ),
    ),
    "ring that is open": (
        lambda r: zone(r)["versions"][1]["footprint"]["coordinates"][1].pop(),
        f"{Z1}, version 2, ring 2, vertex 3: the ring is not closed; repeat the first position at the end",
    ),
    "axes swapped": (
        lambda r: version(r)["footprint"].update(coordinates=[51.37, -0.1]),
        f"{Z1}, version 1, the point: longitude and latitude look swapped; longitude comes first, then latitude",
    ),
    "point without distance": (
        lambda r: version(r).update(distance_m=0),
        f"{Z1}, version 1, distance_m: a point without a distance holds nothing; give a distance above 0",
    ),
    "several kinds of shape": (
        lambda r: version(r).update(footprint={"type": "GeometryCollection", "geometries": []}),
        (f"{Z1}, version 1, type: a GeometryCollection mixes kinds of shapes; draw one zone for each of its shapes"),
    ),
    "coordinate that is not finite": (
        lambda r: version(r)["footprint"].update(coordinates=[float("nan"), 51.37]),
        f"{Z1}, version 1, the point: a coordinate is not finite; give longitude and latitude in degrees",
    ),
    "infinite number": (
        lambda r: version(r).update(distance_m=float("inf")),
        f"{Z1}, version 1: distance_m: is not a finite number that a double holds; write a finite number",
    ),
}

WARNINGS: dict[str, tuple[Change, str]] = {
    "unknown member": (
        lambda r: order(r).update(courts="x"),
        'warning: order O-1: unknown member "courts" is ignored; remove it',
    ),
    "misspelt member": (
        lambda r: order(r, 2).update(aware_form=None),
        'warning: order O-3: unknown member "aware_form" is ignored; did you mean "aware_from"?',
    ),
    "unknown member of a footprint": (
        lambda r: version(r)["footprint"].update(crs=1),
        f'warning: {Z1}, version 1: unknown member "footprint.crs" is ignored; remove it',
    ),
    "blank text": (
        lambda r: order(r).update(reference=""),
        "warning: order O-1: reference is blank; fill it in: the report prints it",
    ),
    "recipient without an address": (
        lambda r: r["forces"][0]["recipients"][0].pop("address"),
        "warning: force MPS, recipient no. 1: has no kind or no address and receives nothing; give both, or remove it",
    ),
    "monitoring before its order": (
        lambda r: order(r)["monitoring"].update({"from": "2026-10-01T11:59:59Z"}),
        "warning: order O-1, monitoring: begins before its order has effect; correct its start, or that of the order",
    ),
    "monitoring after its order": (
        lambda r: order(r, 1)["monitoring"].update(until="2027-05-10T23:00:01Z"),
        "warning: order O-2, monitoring: reaches beyond the end of its order; correct its period, or that of the order",
    ),
    "prohibition after its order": (
        lambda r: clause(r, 1).update({"from": "2027-05-10T23:00:00Z"}),
        (
            "warning: order O-2, prohibition P-3: reaches beyond the end of its order; "
            "correct its period, or that of the order"
        ),
    ),
    "version before its order": (
        lambda r: version(r).update(valid_from="2026-09-30T00:00:00Z"),
        f"warning: {Z1}, version 1: begins before its order has effect; correct its start, or that of the order",
    ),
    "monitoring imposed in absence": (
        lambda r: order(r).update(without_notice=True),
        (
            "warning: order O-1, monitoring: may not be imposed in the wearer's absence "
            "(Domestic Abuse Act 2021 s.37(2)); this order was made without notice; check the order with the court"
        ),
    ),
    "zone in Scotland": (
        lambda r: version(r)["footprint"].update(coordinates=[-3.19, 55.95]),
        (
            f"warning: {Z1}, version 1: the zone is not wholly in England and Wales; "
            "check the drawing, or give the reason for it"
        ),
    ),
    "zone in France": (
        lambda r: version(r)["footprint"].update(coordinates=[2.35, 48.85]),
        (
            f"warning: {Z1}, version 1: the zone is not wholly in the United Kingdom; "
            "check the drawing, or give the reason for it"
        ),
    ),
    "residence outside the pilot": (
        lambda r: r["wearers"][0].update(home_area="Leeds"),
        (
            "warning: order O-1: wearer W-1 lived outside the pilot areas of that day "
            "(Domestic Abuse Act 2021 s.90(7)); check home_area, or confirm that the court had power to make the order"
        ),
    ),
}


def test_the_sample_has_nothing_to_be_said_of_it() -> None:
    assert read_register(written(SAMPLE)).findings == ()


@pytest.mark.parametrize(("change", "line"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_one_line_with_its_place_and_remedy(change: Change, line: str) -> None:
    checked = broken(change)
    assert checked.document is None
    assert [str(fault) for fault in checked.faults] == [line]


@pytest.mark.parametrize(("change", "line"), WARNINGS.values(), ids=WARNINGS)
def test_a_warning_leaves_the_register_readable(change: Change, line: str) -> None:
    checked = broken(change)
    assert checked.document is not None
    assert [str(finding) for finding in checked.findings] == [line]
    assert checked.document.warnings == checked.findings


def test_every_fault_is_reported_not_only_the_first() -> None:
    def change(register: Json) -> None:
        order(register).pop("reference")
        clause(register)["schedule"][0].update(days=["x"])
        order(register, 2).update(force="XXX")

    assert len(broken(change).faults) == 3


RAW: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "line 1, column 1: not JSON (Expecting value); correct the file there"),
    "half a file": (b'{"forces": [\n', "line 2, column 1: not JSON (Expecting value); correct the file there"),
    "a list": (b"[]", "register: is a list; give one object with forces, wearers, fittings and orders"),
    "Latin 1": (b'{"x": "\xe9"}', "register: byte 8 is not UTF-8; save the file as UTF-8"),
    "nested without end": (b"[" * 100_000, "register: is nested without end; nest at most 64 deep"),
    "a member twice": (
        b'{"forces": [{"code": "A", "code": "B"}]}',
        'force B: member "code" is named twice; keep one of the two',
    ),
    "a member twice in what nobody reads": (
        b'{"orders": [], "x": [{"y": 1, "y": 1}]}',
        'register: x[1]: member "y" is named twice; keep one of the two',
    ),
    "NaN in what nobody reads": (
        b'{"x": {"y": NaN}}',
        "register: x.y: is not a finite number that a double holds; write a finite number",
    ),
    "a number that no double holds": (
        b'{"x": 1e400}',
        "register: x: is not a finite number that a double holds; write a finite number",
    ),
    "a whole number that no double holds": (
        b'{"x": -1' + b"0" * 5000 + b"}",
        "register: x: is not a finite number that a double holds; write a finite number",
    ),
}


@pytest.mark.parametrize(("data", "line"), RAW.values(), ids=RAW)
def test_bytes_that_mean_nothing_are_named(data: bytes, line: str) -> None:
    assert [str(fault) for fault in read_register(data).faults] == [line]


def test_a_byte_order_mark_is_ignored() -> None:
    assert read_register(b"\xef\xbb\xbf" + written(SAMPLE)).findings == ()


def test_what_is_null_or_false_or_empty_may_be_left_out() -> None:
    def pruned(value: object) -> object:
        if isinstance(value, dict):
            kept = {
                name: inner for name, inner in value.items() if not (inner is None or inner is False or inner == [])
            }
            return {name: pruned(inner) for name, inner in kept.items()}
        return [pruned(inner) for inner in value] if isinstance(value, list) else value

    short = pruned(SAMPLE)
    assert isinstance(short, dict)
    assert short != SAMPLE
    assert document(short).content == document().content
    assert read_register(b"{}").findings == ()


def test_the_earliest_and_the_latest_end_of_a_dvpo_are_london_midnights() -> None:
    # Made in summer time; the 28th day ends after the clocks have gone back on 25 October.
    assert broken(dvpo("2026-10-01", "2026-10-14T23:00:00Z")).findings == ()
    assert broken(dvpo("2026-10-01", "2026-10-29T00:00:00Z")).findings == ()


@pytest.mark.parametrize(
    ("start", "latest", "too_late"),
    [
        ("2026-10-01T12:00:00Z", "2027-10-01T12:00:00Z", "2027-10-01T12:00:01Z"),
        # 13:00 in London both times, but in summer time only the first.
        ("2026-10-26T13:00:00Z", "2027-10-26T12:00:00Z", "2027-10-26T12:00:01Z"),
        ("2028-02-29T12:00:00Z", "2029-02-28T12:00:00Z", "2029-02-28T12:00:01Z"),
        # 01:30 on 28 March 2027 is skipped: the clocks go forward at 01:00Z.
        ("2026-03-28T01:30:00Z", "2027-03-28T01:00:00Z", "2027-03-28T01:00:01Z"),
        # 01:30 on 25 October 2026 occurs twice.
        ("2025-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T01:30:01Z"),
    ],
)
def test_monitoring_lasts_until_the_same_london_date_and_time_twelve_months_on(
    start: str, latest: str, too_late: str
) -> None:
    def monitored(until: str, extended_by: str | None = None) -> Change:
        def change(register: Json) -> None:
            order(register, 2).update(kind="other", without_notice=False, effective_from="2025-01-01T00:00:00Z")
            order(register, 2)["monitoring"] = {"from": start, "until": until, "extended_by": extended_by}

        return change

    assert broken(monitored(latest)).findings == ()
    assert len(broken(monitored(too_late)).faults) == 1
    assert broken(monitored(too_late, "variation of 2026-09-01")).findings == ()


def test_an_address_that_is_protected_is_in_no_message() -> None:
    def change(register: Json) -> None:
        register["wearers"][1]["wearer_id"] = "W-9"
        clause(register, 1).update(
            text=["Not to enter Harbour Lane."], until="Harbour Lane", schedule=[{"days": ["Harbour"]}]
        )
        zone(register, 1)["versions"][0].update(valid_from="51.3611", valid_until="-0.2043", distance_m="51.3611 m")
        zone(register, 1)["versions"][0]["footprint"]["coordinates"] = [[-0.2043, 51.3611], [-0.2043, 91.3611]]

    said = "\n".join(lines(change))
    assert "zone Z-2, version 1" in said
    for secret in ("Harbour", "51.36", "91.36", "0.2043"):
        assert secret not in said


@pytest.mark.parametrize("protection", [True, "yes", 0, "false"])
def test_a_protection_that_can_not_be_read_protects(protection: object) -> None:
    def change(register: Json) -> None:
        clause(register).update(address_protected=protection, until="12 Harbour Lane")

    assert "Harbour" not in "\n".join(lines(change))


def test_ids_that_would_break_the_line_are_escaped() -> None:
    def change(register: Json) -> None:
        register["forces"].append({"code": "A\nB\x1b[2J", "nam": 1})

    assert lines(change) == ['warning: force A\\nB\\x1b[2J: unknown member "nam" is ignored; did you mean "name"?']


def test_awareness_parts_an_order_as_far_as_it_is_known() -> None:
    known, unknown, later = (document().register().orders[number].before_aware_until for number in (1, 2, 0))
    assert known == read_instant("2026-11-11T08:00:00Z")
    assert unknown == FOREVER
    assert later is None


def test_the_same_suspension_written_twice_is_one() -> None:
    register = sample()
    order(register)["suspensions"] *= 2
    assert document(register).register() == document().register()


def test_a_register_is_in_the_order_of_its_ids_whatever_the_order_of_the_file() -> None:
    register = sample()
    for name in ("wearers", "fittings", "orders"):
        register[name].reverse()
    order(register, 2)["prohibitions"].reverse()
    order(register, 2)["prohibitions"][1]["zones"][0]["versions"].reverse()
    assert document(register).register() == document().register()


def test_nesting_has_a_bound_that_is_named() -> None:
    deep = b'{"x": ' + b"[" * 63 + b"]" * 63 + b"}"
    assert read_register(deep).faults == ()
    (fault,) = read_register(deep.replace(b"[]", b"[[1]]")).faults
    assert fault.text.endswith("is nested too deep")


@pytest.mark.parametrize(
    ("home_area", "made_on", "warns"),
    [
        ("Croydon", "2024-11-26", True),
        ("Croydon", "2024-11-27", False),
        ("  london borough of  CROYDON", "2026-10-01", False),
        ("City of Salford", "2024-11-27", False),
        ("Middlesbrough", "2025-03-04", True),
        ("Middlesbrough", "2025-03-05", False),
        ("Wrexham", "2025-04-27", True),
        ("Wrexham", "2025-04-28", False),
        ("Camden", "2026-10-01", True),
        (None, "2026-10-01", False),
    ],
)
def test_an_area_is_in_the_pilot_from_the_day_on_which_it_joined(
    home_area: str | None, made_on: str, warns: bool
) -> None:
    def change(register: Json) -> None:
        register["wearers"][0]["home_area"] = home_area
        order(register).update(made_on=made_on)

    assert bool(broken(change).warnings) == warns


def test_particulars_are_those_of_one_force() -> None:
    told = document().particulars("SUR")
    assert (told.force_name, set(told.wearers), set(told.orders), set(told.prohibitions)) == (
        "SUR",
        {"W-2"},
        {"O-3"},
        {"P-4"},
    )
    assert document().particulars("MPS").zones[ZoneId("Z-1")].responding_force == "SUR"
    with pytest.raises(LookupError):
        document().particulars("XXX")


@pytest.mark.parametrize("text", ["0999-12-31T23:59:59Z", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-00:01"])
def test_instants_that_no_database_gives_back_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="outside the years"):
        read_instant(text)


def test_instants_are_cut_to_microseconds_and_keep_their_offset() -> None:
    assert read_instant("2026-11-20T18:02:11.1234567+01:00") == instant(datetime(2026, 11, 20, 17, 2, 11, 123456, UTC))
