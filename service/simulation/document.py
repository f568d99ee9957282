"""The members of a register file as types, so that a machine checks what the simulator writes of people and orders."""

from typing import Any, TypedDict

Geometry = dict[str, Any]


class Recipient(TypedDict):
    """Where a force's report goes."""

    kind: str
    address: str


class Force(TypedDict):
    """A police force."""

    code: str
    name: str
    recipients: list[Recipient]


class Wearer(TypedDict):
    """A person, invented."""

    wearer_id: str
    name: str
    date_of_birth: str
    pnc_id: str | None
    provider_person_id: str
    home_area: str


class Fitting(TypedDict):
    """One tag on one wearer."""

    tag_id: str
    wearer_id: str
    fitted_at: str
    removed_at: str | None


class Version(TypedDict):
    """The shape of a zone for a time."""

    version: int
    valid_from: str
    valid_until: str | None
    footprint: Geometry
    distance_m: float


class Zone(TypedDict):
    """An exclusion zone."""

    zone_id: str
    label: str
    responding_force: str | None
    versions: list[Version]


# "from" is a keyword of Python, hence the other way of writing these types.
Window = TypedDict("Window", {"days": list[str], "from": str, "until": str})
Monitoring = TypedDict("Monitoring", {"from": str, "until": str})
Suspension = TypedDict("Suspension", {"from": str, "until": str, "reason": str, "authority": str})
Prohibition = TypedDict(
    "Prohibition",
    {
        "prohibition_id": str,
        "clause": str,
        "text": str,
        "from": str,
        "until": str | None,
        "needs_zone": bool,
        "address_protected": bool,
        "schedule": list[Window] | None,
        "zones": list[Zone],
    },
)


class Order(TypedDict):
    """A court's order."""

    order_id: str
    kind: str
    reference: str
    court: str
    force: str
    wearer_id: str
    made_on: str
    without_notice: bool
    aware_from: str | None
    effective_from: str
    ends: dict[str, str]
    monitoring: Monitoring
    immediate_alert: None
    suspensions: list[Suspension]
    prohibitions: list[Prohibition]


class Register(TypedDict):
    """A whole register file."""

    forces: list[Force]
    wearers: list[Wearer]
    fittings: list[Fitting]
    orders: list[Order]


class Event(TypedDict):
    """Something that a tag reported of itself."""

    event_id: str
    tag_id: str
    occurred_at: str
    ended_at: str | None
    kind: str
    detail: str
