"""Was a DAPO's wearer resident where the court could make one? Part 3 of the Act is being piloted area by area.

The order of the court stands whatever this table says: outside it there is a warning, never a refusal. Only the days on
which areas joined are kept. Sources: S.I. 2024/1191, 2025/261 with 2025/319, and 2025/515.
"""

from datetime import date

from service.register.content import OrderEntry, WearerEntry
from service.register.entry import UNREAD_DATE
from service.register.findings import Findings

_FIRST = date(2024, 11, 27)
_CLEVELAND = date(2025, 3, 5)
_NORTH_WALES = date(2025, 4, 28)

# Every name by which a residence may say that it lies in an area, and the day from which DAPOs are made there.
JOINED_ON: dict[str, date] = {
    **dict.fromkeys(("bromley", "croydon", "sutton"), _FIRST),
    **dict.fromkeys(
        (
            "greater manchester",
            "bolton",
            "bury",
            "manchester",
            "oldham",
            "rochdale",
            "salford",
            "stockport",
            "tameside",
            "trafford",
            "wigan",
        ),
        _FIRST,
    ),
    **dict.fromkeys(
        ("cleveland", "hartlepool", "middlesbrough", "redcar and cleveland", "stockton-on-tees"), _CLEVELAND
    ),
    **dict.fromkeys(
        ("north wales", "isle of anglesey", "gwynedd", "conwy", "denbighshire", "flintshire", "wrexham"), _NORTH_WALES
    ),
}
_STYLES = (
    "london borough of ",
    "royal borough of ",
    "metropolitan borough of ",
    "borough of ",
    "city of ",
    "county of ",
)


def is_pilot_area(area: str, on: date) -> bool:
    """Whether DAPOs were made for residents of an area on a day.

    >>> is_pilot_area("London Borough of Croydon", date(2026, 10, 1)), is_pilot_area("Leeds", date(2026, 10, 1))
    (True, False)
    """
    name = " ".join(area.casefold().split())
    for style in _STYLES:
        name = name.removeprefix(style)
    joined_on = JOINED_ON.get(name)
    return joined_on is not None and joined_on <= on


def check_residence(order: OrderEntry, wearer: WearerEntry, findings: Findings) -> None:
    """Warn of a DAPO whose wearer is known to have lived outside the pilot areas when it was made."""
    if order.kind != "DAPO" or not wearer.home_area or order.made_on == UNREAD_DATE:
        return
    if not is_pilot_area(wearer.home_area, order.made_on):
        findings.warn(
            order.place,
            f"wearer {wearer.wearer_id} lived outside the pilot areas of that day (Domestic Abuse Act 2021 s.90(7))",
            "check home_area, or confirm that the court had power to make the order",
        )
