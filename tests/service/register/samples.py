"""A register without a fault, for tests to use as it is or to break in one place."""

import copy
import json
from collections.abc import Callable
from typing import Any

from service.register.document import Checked, RegisterDocument, read_register

Json = dict[str, Any]

# Two forces and two wearers under one tag after the other. Among the shapes: a circle, a polygon with a hole, a line, a
# protected address; among the orders: a schedule, a suspension, two versions, one without notice, one without a tag.
SAMPLE: Json = {
    "forces": [
        {
            "code": "MPS",
            "name": "Metropolitan Police Service",
            "recipients": [{"kind": "email", "address": "duty@example.police.uk"}],
        },
        {"code": "SUR", "name": None},
    ],
    "wearers": [
        {
            "wearer_id": "W-1",
            "name": "Alex Example",
            "date_of_birth": "1990-01-01",
            "pnc_id": "90/1A",
            "provider_person_id": "4711",
            "home_area": "Croydon",
        },
        {"wearer_id": "W-2", "name": "Sam Sample", "home_area": "Sutton"},
    ],
    "fittings": [
        {
            "tag_id": "T-1",
            "wearer_id": "W-1",
            "fitted_at": "2026-10-01T12:00:00Z",
            "removed_at": "2026-11-10T09:30:00Z",
        },
        {"tag_id": "T-1", "wearer_id": "W-2", "fitted_at": "2026-11-10T09:30:00Z"},
        {"tag_id": "T-2", "wearer_id": "W-1", "fitted_at": "2026-11-10T10:00:00Z", "removed_at": None},
    ],
    "orders": [
        {
            "order_id": "O-1",
            "kind": "DAPO",
            "reference": "DAPO-2026-0001",
            "court": "Croydon Magistrates' Court",
            "force": "MPS",
            "wearer_id": "W-1",
            "made_on": "2026-10-01",
            "without_notice": False,
            "aware_from": None,
            "effective_from": "2026-10-01T12:00:00Z",
            "ends": {"kind": "further_order"},
            "monitoring": {"from": "2026-10-01T12:00:00Z", "until": "2027-09-30T23:00:00Z"},
            "immediate_alert": None,
            "suspensions": [
                {
                    "from": "2026-11-05T09:00:00Z",
                    "until": "2026-11-05T17:00:00Z",
                    "reason": "funeral",
                    "authority": "Croydon Magistrates' Court",
                }
            ],
            "prohibitions": [
                {
                    "prohibition_id": "P-1",
                    "clause": "3(a)",
                    "text": "Not to come within 200 metres of the premises.",
                    "from": "2026-10-01T12:00:00Z",
                    "until": None,
                    "needs_zone": True,
                    "address_protected": False,
                    "schedule": [{"days": ["fri", "sat"], "from": "20:00", "until": "08:00"}],
                    "zones": [
                        {
                            "zone_id": "Z-1",
                            "label": "Zone A",
                            "responding_force": "SUR",
                            "versions": [
                                {
                                    "version": 1,
                                    "valid_from": "2026-10-01T12:00:00Z",
                                    "valid_until": "2026-11-01T00:00:00Z",
                                    "footprint": {"type": "Point", "coordinates": [-0.1, 51.37]},
                                    "distance_m": 200,
                                },
                                {
                                    "version": 2,
                                    "valid_from": "2026-11-01T00:00:00Z",
                                    "valid_until": None,
                                    "footprint": {
                                        "type": "Polygon",
                                        "coordinates": [
                                            [
                                                [-0.11, 51.36],
                                                [-0.09, 51.36],
                                                [-0.09, 51.38],
                                                [-0.11, 51.38],
                                                [-0.11, 51.36],
                                            ],
                                            [[-0.101, 51.369], [-0.101, 51.371], [-0.099, 51.371], [-0.101, 51.369]],
                                        ],
                                    },
                                    "distance_m": 0,
                                },
                            ],
                        }
                    ],
                },
                {
                    "prohibition_id": "P-2",
                    "clause": "3(b)",
                    "text": "Not to contact the protected person.",
                    "from": "2026-10-01T12:00:00Z",
                },
            ],
        },
        {
            "order_id": "O-2",
            "kind": "DAPO",
            "reference": "DAPO-2026-0002",
            "force": "MPS",
            "wearer_id": "W-2",
            "made_on": "2026-11-10",
            "without_notice": False,
            "aware_from": "2026-11-11T08:00:00Z",
            "effective_from": "2026-11-10T09:30:00Z",
            "ends": {"kind": "date", "at": "2027-05-10T23:00:00Z"},
            "monitoring": {"from": "2026-11-10T09:30:00Z", "until": "2027-05-10T23:00:00Z"},
            "prohibitions": [
                {
                    "prohibition_id": "P-3",
                    "clause": "1",
                    "text": "Not to enter Harbour Lane.",
                    "from": "2026-11-10T09:30:00Z",
                    "address_protected": True,
                    "zones": [
                        {
                            "zone_id": "Z-2",
                            "label": "Harbour Lane",
                            "versions": [
                                {
                                    "version": 1,
                                    "valid_from": "2026-11-10T09:30:00Z",
                                    "footprint": {
                                        "type": "LineString",
                                        "coordinates": [[-0.2043, 51.3611], [-0.2021, 51.3633], [-0.1987, 51.3641]],
                                    },
                                    "distance_m": 25.5,
                                }
                            ],
                        }
                    ],
                }
            ],
        },
        {
            "order_id": "O-3",
            "kind": "non-molestation",
            "reference": "FL-1",
            "force": "SUR",
            "wearer_id": "W-2",
            "made_on": "2026-09-01",
            "without_notice": True,
            "effective_from": "2026-09-01T10:00:00+01:00",
            "ends": {"kind": "event", "event": "the final hearing"},
            "prohibitions": [
                {
                    "prohibition_id": "P-4",
                    "clause": "2",
                    "text": "Not to harass the applicant.",
                    "from": "2026-09-01T10:00:00+01:00",
                }
            ],
        },
    ],
}


def sample() -> Json:
    """Return a copy of the sample that may be changed."""
    return copy.deepcopy(SAMPLE)


def written(register: Json) -> bytes:
    """Return a register as the bytes of a file."""
    return json.dumps(register).encode()


def broken(change: Callable[[Json], object]) -> Checked:
    """Return what is said of the sample after one change."""
    register = sample()
    change(register)
    return read_register(written(register))


def document(register: Json | None = None) -> RegisterDocument:
    """Return a register that has no fault, as it was read."""
    checked = read_register(written(SAMPLE if register is None else register))
    if checked.document is None:
        raise AssertionError("\n".join(map(str, checked.findings)))
    return checked.document


def dvpo(made_on: str, ends_at: str) -> Callable[[Json], None]:
    """Return a change that makes the last order of the sample a DVPO of these dates."""

    def change(register: Json) -> None:
        effective_from = f"{made_on}T12:00:00Z"
        order = register["orders"][2]
        order.update(kind="DVPO", made_on=made_on, effective_from=effective_from, ends={"kind": "date", "at": ends_at})
        order["prohibitions"][0]["from"] = effective_from

    return change
