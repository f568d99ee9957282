"""Which wearers can be judged apart from all others, and what do the judgements of all shares come to together?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from typing import TypeVar
from zlib import crc32

from geofence.ids import TagId, WearerId
from geofence.judgement import Judgement
from geofence.register import Fitting, Register

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Shares:
    """A register in parts that know nothing of each other: a tag's fixes need only the part of the tag's share.

    of_tag: the share of each tag that was ever fitted. Wearers who wore one tag after the other are in one share.
    """

    registers: tuple[Register, ...]
    of_tag: Mapping[TagId, int]

    def __len__(self) -> int:
        return len(self.registers)

    def share_of(self, tag_id: TagId) -> int:
        """Return the share in which a tag's fixes and events are judged; any, but always the same, if nobody wore it.

        >>> Shares((Register((), ()), Register((), ())), {}).share_of(TagId("T-1"))
        1
        """
        fitted = self.of_tag.get(tag_id)
        return crc32(tag_id.encode()) % len(self.registers) if fitted is None else fitted


def shares(register: Register, count: int) -> Shares:
    """Return a register in `count` parts, about equal in wearers; some are empty if there are fewer wearers.

    The register alone decides who is in which, whatever the machine.
    """
    tied = _tied(register.fittings)
    wearers = sorted({*tied, *(order.wearer_id for order in register.orders), *register.provider_person_ids})
    of_group: dict[WearerId, int] = {}
    of_wearer = {
        wearer_id: of_group.setdefault(tied.get(wearer_id, wearer_id), len(of_group) % count) for wearer_id in wearers
    }
    fittings = _dealt(register.fittings, [of_wearer[fitting.wearer_id] for fitting in register.fittings], count)
    orders = _dealt(register.orders, [of_wearer[order.wearer_id] for order in register.orders], count)
    names: list[dict[WearerId, str]] = [{} for _ in range(count)]
    for wearer_id, name in register.provider_person_ids.items():
        names[of_wearer[wearer_id]][wearer_id] = name
    parts = tuple(Register(*own) for own in zip(map(tuple, fittings), map(tuple, orders), names, strict=True))
    return Shares(parts, {fitting.tag_id: of_wearer[fitting.wearer_id] for fitting in register.fittings})


def together(judgements: Sequence[Judgement]) -> Judgement:
    """Return what `judge` would have said of all shares at once, given what it says of each of them.

    judgements: one or more, by the same rules over the same range up to the same horizon, of shares of one register.
    A zone belongs to one share, so that the order of `judge` needs no more than is printed of each row.
    """
    first = judgements[0]
    return Judgement(
        rules_version=first.rules_version,
        start=first.start,
        until=first.until,
        unassigned=sum(one.unassigned for one in judgements),
        judged=sum(one.judged for one in judgements),
        incidents=tuple(
            merge(*(one.incidents for one in judgements), key=lambda row: (row.began_at, row.zone_id, row.incident_id))
        ),
        coverage=tuple(
            merge(*(one.coverage for one in judgements), key=lambda row: (row.wearer_id, row.prohibition_id))
        ),
        not_raised=tuple(
            merge(*(one.not_raised for one in judgements), key=lambda row: (row.recorded_at, row.zone_id, row.tag_id))
        ),
        not_judged=tuple(sorted((row for one in judgements for row in one.not_judged), key=lambda row: row.zone_id)),
    )


def _tied(fittings: Iterable[Fitting]) -> dict[WearerId, WearerId]:
    """Return, for each wearer of a tag, one wearer who stands for all those tied to him by tags that went round."""
    above: dict[WearerId, WearerId] = {}

    def root(wearer_id: WearerId) -> WearerId:
        above.setdefault(wearer_id, wearer_id)
        while above[wearer_id] != wearer_id:
            above[wearer_id] = above[above[wearer_id]]
            wearer_id = above[wearer_id]
        return wearer_id

    first_of: dict[TagId, WearerId] = {}
    for fitting in fittings:
        wearer_id = root(fitting.wearer_id)
        above[wearer_id] = root(first_of.setdefault(fitting.tag_id, wearer_id))
    return {wearer_id: root(wearer_id) for wearer_id in above}


def _dealt(rows: Sequence[Row], share: Sequence[int], count: int) -> list[list[Row]]:
    found: list[list[Row]] = [[] for _ in range(count)]
    for row, own in zip(rows, share, strict=True):
        found[own].append(row)
    return found
