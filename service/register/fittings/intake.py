"""Taking what is reported of fittings, many at once: each is entered, proposed, known already, or rejected.

What the provider says is always a proposal. What an administrator says is entered, unless it shortens a fitting that
stands. One element's fault hinders no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from alerts.particulars import Connection
from geofence.instants import Instant
from service.access.actor import Actor, Role
from service.register.changes import Act, begin_change, lock_register
from service.register.fittings.asking import KnownWearers, Said, Unreadable, read_element
from service.register.fittings.corrections import adds_only
from service.register.fittings.fitting import Fitted, FittingRecord, standing_of_tags, why_not
from service.register.fittings.timeline import Timeline
from service.register.fittings.waiting import Waiting, propose_all, read_waiting
from service.register.fittings.writing import add_fittings, change_periods

_QUICKER = "somebody else has entered this tag meanwhile; send it again"
_TWICE = "another element of this request says otherwise; send each in a request of its own"
# Of fittings that stand as this very request has it.
_THIS_REQUEST = -1


@dataclass(slots=True)
class Taken:
    """What became of the elements: `messages = fittings + proposals + duplicates + rejected`.

    rejections: the index of each element that was not taken, with every fault.
    """

    messages: int
    fittings: int = 0
    proposals: int = 0
    duplicates: int = 0
    rejections: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        """How many were not taken."""
        return len(self.rejections)

    def reject(self, index: int, *faults: str) -> None:
        """Tell of an element that it was not taken."""
        self.rejections.append((index, faults))


@dataclass(slots=True)
class _Plan:
    """What is to be written. timelines, waiting: as they will be, so that elements do not contradict each other."""

    timelines: dict[str, Timeline]
    waiting: Waiting
    entered: list[tuple[int, Fitted]] = field(default_factory=list)
    prolonged: list[tuple[int, FittingRecord, Fitted]] = field(default_factory=list)
    proposed: list[tuple[int | None, Fitted]] = field(default_factory=list)

    def propose(self, own: FittingRecord | None, fitted: Fitted) -> None:
        """Plan a proposal."""
        self.waiting.add(fitted)
        self.proposed.append((None if own is None else own.fitting_id, fitted))


async def take_fittings(connection: Connection, elements: Sequence[bytes], actor: Actor, now: Instant) -> Taken:
    """Take what the elements of a request say of fittings.

    1. Read them; lock the register. 2. Find out what each means beside what stands, what is proposed, and the others.
    3. Write what is entered as one change, with work for the desk; write the proposals.
    The database has the last word on where a tag is: what it does not take is rejected like the rest.
    """
    taken = Taken(len(elements))
    said: list[tuple[int, Said]] = []
    for index, element in enumerate(elements):
        match read_element(element):
            case Unreadable(faults):
                taken.reject(index, *faults)
            case Said() as one:
                said.append((index, one))
    await lock_register(connection)
    plan = await _surroundings(connection, [one for _, one in said])
    wearers = await KnownWearers.read(connection, [one for _, one in said])
    for index, one in said:
        match wearers.fitted(one):
            case Fitted() as fitted if actor.role is Role.PROVIDER:
                _propose(plan, taken, index, fitted)
            case Fitted() as fitted:
                _enter(plan, taken, index, fitted)
            case fault:
                taken.reject(index, fault)
    await _write(connection, plan, taken, actor, now)
    taken.rejections.sort()
    return taken


async def _surroundings(connection: Connection, said: Sequence[Said]) -> _Plan:
    standing: dict[str, list[FittingRecord]] = {one.tag_id: [] for one in said}
    for record in await standing_of_tags(connection, {one.tag_id for one in said}):
        standing[record.fitted.tag_id].append(record)
    timelines = {tag_id: Timeline(records) for tag_id, records in standing.items()}
    return _Plan(timelines, await read_waiting(connection, list(standing)))


def _propose(plan: _Plan, taken: Taken, index: int, fitted: Fitted) -> None:
    """Plan what the provider says: it waits for an administrator."""
    timeline = plan.timelines[fitted.tag_id]
    own = timeline.own(fitted)
    if (own is not None and own.fitted == fitted) or fitted in plan.waiting:
        taken.duplicates += 1
        return
    for other in timeline.in_the_way(fitted):
        # A tag that is passed on is reported in one go: that it was removed there may itself still wait.
        if not plan.waiting.makes_room(other.fitted, fitted):
            taken.reject(index, why_not(fitted, other))
            return
    plan.propose(own, fitted)


def _enter(plan: _Plan, taken: Taken, index: int, fitted: Fitted) -> None:
    """Plan what an administrator says."""
    timeline = plan.timelines[fitted.tag_id]
    own, other = timeline.own(fitted), next(timeline.in_the_way(fitted), None)
    if own is not None and own.fitted == fitted:
        taken.duplicates += 1
    elif other is not None:
        taken.reject(index, _TWICE if other.since_version == _THIS_REQUEST else why_not(fitted, other))
    elif own is None:
        timeline.put(FittingRecord(0, fitted, standing=True, since_version=_THIS_REQUEST))
        plan.entered.append((index, fitted))
    elif own.since_version == _THIS_REQUEST:
        taken.reject(index, _TWICE)
    elif adds_only(own.fitted.during, fitted.during):
        timeline.put(FittingRecord(own.fitting_id, fitted, standing=True, since_version=_THIS_REQUEST))
        plan.prolonged.append((index, own, fitted))
    elif fitted in plan.waiting:
        taken.duplicates += 1
    else:
        plan.propose(own, fitted)


async def _write(connection: Connection, plan: _Plan, taken: Taken, actor: Actor, now: Instant) -> None:
    if plan.entered or plan.prolonged:
        what = f"fittings: {len(plan.entered)} entered, {len(plan.prolonged)} prolonged"
        await begin_change(connection, Act(actor.holder, actor.role, what), now)
    await _prolong(connection, plan.prolonged, taken, now)
    ids = await add_fittings(connection, [fitted for _, fitted in plan.entered], now) if plan.entered else []
    for (index, _), fitting_id in zip(plan.entered, ids, strict=True):
        _count(taken, index, done=fitting_id is not None)
    if plan.proposed:
        await propose_all(connection, plan.proposed, actor, now)
    taken.proposals = len(plan.proposed)


async def _prolong(
    connection: Connection, prolonged: Sequence[tuple[int, FittingRecord, Fitted]], taken: Taken, now: Instant
) -> None:
    wanted = [(record, fitted.during) for _, record, fitted in prolonged]
    all_done = bool(wanted) and await change_periods(connection, wanted, now)
    for (index, _, _), one in zip(prolonged, wanted, strict=True):
        _count(taken, index, done=all_done or await change_periods(connection, [one], now))


def _count(taken: Taken, index: int, *, done: bool) -> None:
    if done:
        taken.fittings += 1
    else:
        taken.reject(index, _QUICKER)
