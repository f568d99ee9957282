"""How messages call the parts of a register file: by their ids, else by their position in the list."""

from collections.abc import Mapping

# What an element of each list is called, and the member that names it.
NAMED: Mapping[str, tuple[str, str]] = {
    "forces": ("force", "code"),
    "wearers": ("wearer", "wearer_id"),
    "fittings": ("fitting of tag", "tag_id"),
    "orders": ("order", "order_id"),
    "prohibitions": ("prohibition", "prohibition_id"),
    "zones": ("zone", "zone_id"),
    "versions": ("version", "version"),
    "recipients": ("recipient", ""),
    "suspensions": ("suspension", ""),
    "schedule": ("window", ""),
}
WHOLE_FILE = "register"
_LONGEST = 60


def element(list_name: str, number: int, value: object, within: str = WHOLE_FILE) -> str:
    """Return the place of the `number`th element (from 1) of a list.

    >>> element("zones", 1, {"zone_id": "Z-1"}, "order O-1, prohibition P-1")
    'order O-1, prohibition P-1, zone Z-1'
    >>> element("fittings", 2, {})
    'fitting no. 2'
    """
    word, member = NAMED[list_name]
    name = value.get(member) if isinstance(value, Mapping) else None
    if (isinstance(name, str) and name.strip()) or (isinstance(name, int) and not isinstance(name, bool)):
        own = f"{word} {shortened(str(name))}"
    else:
        own = f"{word.removesuffix(' of tag')} no. {number}"
    return own if within == WHOLE_FILE else f"{within}, {own}"


def shortened(text: str) -> str:
    """Return the text, cut where it is too long for one line."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
