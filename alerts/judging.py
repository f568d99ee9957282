"""What do tracks come to that are to be judged from some instant on, and what was known of them from there?"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from alerts.claims import MOST_US, Claim
from alerts.incidents import Known, known_of_tracks, where_standing
from alerts.particulars import Connection, RegisterReader
from alerts.reconcile import span
from alerts.stretches import tracks_of
from alerts.waking import Waking, waking
from alerts.windows import Budget, Wanted, Window, sufficient_windows
from geofence.instants import Instant, Interval
from geofence.judge import judge_incidents
from geofence.judgement import Incident
from geofence.register import Fitting, Order, Register
from geofence.rules import Rules

# Incidents that a window decides, and when time alone will change them.
Answer: TypeAlias = tuple[Sequence[Incident], Waking | None]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A claimed track: what was known of it, what it comes to now, and when time alone will change that."""

    claim: Claim
    known: Sequence[Known] = ()
    incidents: Sequence[Incident] = ()
    waking: Waking | None = None


async def judged(
    connection: Connection, registers: RegisterReader, rules: Rules, now: Instant, claims: Sequence[Claim]
) -> list[Judged]:
    """Judge claimed tracks with `now` as the horizon; those of which too much would have to be read are left out.

    Never the first. A claim without rows was done by another desk between our look at the list and our lock.
    Raises ZoneUnreadable.
    """
    done = [Judged(one) for one in claims if not one.rows]
    gone = [one for one in claims if one.rows and not one.standing]
    known = await known_of_tracks(connection, {one.fitting_id: None for one in gone}) if gone else {}
    done += [Judged(one, known[one.fitting_id]) for one in gone]
    tracks = {one.fitting: one for one in claims if one.rows and one.standing}
    if not tracks:
        return done
    register = await registers.register(connection, {fitting.wearer_id for fitting in tracks})
    register = replace(register, fittings=tuple(tracks))
    known, answers = await _answered(connection, tracks, register, rules, now)
    return done + [
        Judged(tracks[fitting], known[tracks[fitting].fitting_id], *answer) for fitting, answer in answers.items()
    ]


async def _answered(
    connection: Connection, tracks: Mapping[Fitting, Claim], register: Register, rules: Rules, now: Instant
) -> tuple[dict[int, list[Known]], dict[Fitting, Answer]]:
    """Judge tracks from their first change on. Return what was known from there, and what each comes to.

    The rules may call an incident as one is called that was known, but stands before the window: what was its first fix
    begins another now. Then the window must reach back to it.
    """
    known: dict[int, list[Known]] = {}
    answers: dict[Fitting, Answer] = {}
    budget = Budget(next(iter(tracks)), now, MOST_US)
    wanted = [Wanted(fitting, min(claim.since, now), fitting.removed_at) for fitting, claim in tracks.items()]
    while wanted:
        windows, known_there = await _windows(connection, wanted, tracks, register, rules, budget)
        known |= known_there
        answers |= await asyncio.to_thread(_answers, windows, register, rules, now)
        wanted = await _reaching_back(connection, windows, tracks, known, answers)
        for one in wanted:
            del answers[one.fitting]
    return known, answers


async def _reaching_back(
    connection: Connection,
    windows: Iterable[Fitting],
    tracks: Mapping[Fitting, Claim],
    known: Mapping[int, Sequence[Known]],
    answers: Mapping[Fitting, Answer],
) -> list[Wanted]:
    """Return the tracks of which incidents are called as others that stand, but were not known in their windows."""
    new: dict[str, Fitting] = {}
    for fitting in windows:
        there = {one.incident.incident_id for one in known[tracks[fitting].fitting_id]}
        new |= {one.incident_id: fitting for one in answers[fitting][0] if one.incident_id not in there}
    began: dict[Fitting, Instant] = {}
    for incident_id, (fitting_id, first_at) in (await where_standing(connection, list(new)) if new else {}).items():
        fitting = new[incident_id]
        if tracks[fitting].fitting_id == fitting_id:
            began[fitting] = min(first_at, began.get(fitting, first_at))
    return [Wanted(fitting, first_at, fitting.removed_at) for fitting, first_at in began.items()]


async def _windows(
    connection: Connection,
    wanted: Sequence[Wanted],
    tracks: Mapping[Fitting, Claim],
    register: Register,
    rules: Rules,
    budget: Budget,
) -> tuple[dict[Fitting, Window], dict[int, list[Known]]]:
    """Read what decides each track from some instant on, and what was known from there.

    A window must not begin within an incident that was known: a register that changed may have made it shorter.
    """
    found: dict[Fitting, Window] = {}
    known: dict[int, list[Known]] = {}
    while wanted:
        windows = await sufficient_windows(connection, wanted, register, rules, budget)
        settled = {tracks[fitting].fitting_id: window.settled for fitting, window in windows.items()}
        known |= await known_of_tracks(connection, settled)
        found |= windows
        wanted = [
            Wanted(fitting, began, fitting.removed_at)
            for fitting, window in windows.items()
            if window.settled is not None
            and (began := _began(known[tracks[fitting].fitting_id], window.settled)) < window.settled
        ]
        for one in wanted:
            del found[one.fitting]
    return found, known


def _began(known: Sequence[Known], settled: Instant) -> Instant:
    return min((span(one.incident).first_at for one in known), default=settled)


def _answers(
    windows: Mapping[Fitting, Window], register: Register, rules: Rules, now: Instant
) -> dict[Fitting, Answer]:
    """Return, of each track, the incidents that its window decides, and when to look at it again."""
    if not windows:
        return {}
    tracks = tracks_of([window.fixes for window in windows.values()])
    begun = min(window.start for window in windows.values())
    # Before its fitting, a tag has no track.
    every = judge_incidents(tracks, register, rules, Interval(begun, now), now) if begun < now else ()
    incidents = _by_fitting(every, windows)
    orders: dict[str, list[Order]] = defaultdict(list)
    for order in register.orders:
        orders[order.wearer_id].append(order)
    answers: dict[Fitting, Answer] = {}
    end = 0
    for fitting, window in windows.items():
        first, end = end, end + len(window.fixes)
        own = Register((fitting,), tuple(orders[fitting.wearer_id]))
        wake = waking(tracks.recorded_at[first:end], incidents[fitting], own, rules, now)
        answers[fitting] = incidents[fitting], wake
    return answers


def _by_fitting(every: Sequence[Incident], windows: Mapping[Fitting, Window]) -> dict[Fitting, list[Incident]]:
    """Return the incidents of each track that its window decides."""
    found: dict[Fitting, list[Incident]] = {fitting: [] for fitting in windows}
    worn: dict[str, list[Fitting]] = defaultdict(list)
    for fitting in windows:
        worn[fitting.tag_id].append(fitting)
    for one in every:
        at = one.fixes[0].recorded_at
        (fitting,) = (fitting for fitting in worn[one.tag_id] if fitting.fitted_at <= at < fitting.removed_at)
        settled = windows[fitting].settled
        if settled is None or span(one).last_at >= settled:
            found[fitting].append(one)
    return found
