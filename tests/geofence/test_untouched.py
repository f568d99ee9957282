"""Fixes that can't concern a track change nothing in its judgement; near a zone every fix may."""

from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geofence.accuracy import r95_m
from geofence.instants import BEGINNING, Instant, Interval
from geofence.judge import judge
from geofence.judgement import Incident
from geofence.register import Register
from geofence.rules import Rules
from geofence.tracks import BoolArray, Mechanism
from geofence.untouched import NO_TAIL, NewFixes, Tails, follow, untouched
from geofence.zones import version_boxes
from tests.geofence.town import Fix, at, circle, fix, register, tracks, zone
from tests.geofence.wanderings import outing, towns, wanderings
from tests.trying import tried

DAY = Interval(at("00:00"), at("+2 00:00"))
RULES = Rules()


def new_fixes(batch: Sequence[Fix], newest: Instant) -> NewFixes:
    columns = tracks(batch)
    radius, _ = r95_m(columns.mechanism, columns.accuracy_m, columns.accuracy_confidence, RULES)
    fine = (columns.mechanism == Mechanism.GPS) | (columns.mechanism == Mechanism.WIFI)
    where = columns.longitude_deg, columns.latitude_deg
    return NewFixes(np.array([0]), np.array([newest]), columns.recorded_at, *where, radius, fine)


def untouched_by(people: Register, tails: Tails, batch: Sequence[Fix], newest: Instant) -> tuple[Tails, bool]:
    """Return the track's end after a batch, and whether the batch can't concern it."""
    versions = [v for order in people.orders for p in order.prohibitions for z in p.zones for v in z.versions]
    footprints = np.array([version.footprint for version in versions], dtype=object)
    box = version_boxes(footprints, np.array([version.distance_m for version in versions]))
    followed = follow(tails, new_fixes(batch, newest), RULES)
    found: BoolArray = untouched(followed, np.array([0]), np.array([len(versions)]), box)
    return followed.tails, bool(found[0])


def incidents(fixes: Sequence[Fix], people: Register, horizon: Instant) -> list[Incident]:
    return list(judge(tracks(fixes), people, RULES, DAY, horizon).incidents) if fixes else []


def check(fixes: Sequence[Fix], people: Register, chance: Random, most: int) -> None:
    """Let a track grow by small batches; wherever a batch can't concern it, judge with it and without it."""
    fixes = [one for one, before in zip(fixes, [None, *fixes], strict=False) if before is None or one.at > before.at]
    tails, done, checked = NO_TAIL, 0, 0
    while done < len(fixes):
        batch = fixes[done : done + chance.choice((1, 1, 2, 5))]
        tails, spared = untouched_by(people, tails, batch, fixes[done - 1].at if done else BEGINNING)
        if spared and checked < most and chance.random() < 0.5:
            for horizon in (Instant(batch[-1].at + 1), DAY.end):
                assert incidents(fixes[: done + len(batch)], people, horizon) == incidents(
                    fixes[:done], people, horizon
                )
            checked += 1
        done += len(batch)


@tried(40)
@given(st.integers(0, 2**32), towns())
def test_what_can_not_concern_an_outing_changes_nothing(seed: int, people: Register) -> None:
    check(outing(seed), people, Random(seed), 8)  # noqa: S311 - a walk, not a secret


@tried(60)
@given(wanderings(), towns(), st.integers(0, 2**32))
def test_what_can_not_concern_a_wandering_changes_nothing(fixes: list[Fix], people: Register, seed: int) -> None:
    check(fixes, people, Random(seed), 8)  # noqa: S311 - a walk, not a secret


HERE = register(zone(circle(100)))


@pytest.mark.parametrize(
    ("before", "after", "spared"),
    [
        ([], [fix("10:00", 900)], True),
        ([fix("10:00", 900)], [fix("10:01", 950)], True),
        ([fix("10:00", 0)], [fix("10:01", 900)], False),
        # The fix before is sure, and so closes whatever was open: what follows it is free.
        ([fix("10:00", 0), fix("10:01", 900)], [fix("10:02", 950)], True),
        ([fix("10:00", 0), fix("10:01", 9_000)], [fix("10:02", 9_000)], False),
        ([fix("10:00", 0), fix("10:01", 9_000), fix("10:02", 9_000)], [fix("10:03", 9_000)], True),
        # Two leaps, one after the other, are both implausible: the stay inside is still open, however far they are.
        ([fix("10:00", 0), fix("10:00:10", 9_000), fix("10:00:20", -9_000)], [fix("10:00:30", 2_000)], False),
        # The line between two far fixes passes through.
        ([fix("10:00", 900), fix("10:01", 950)], [fix("10:02", -900)], False),
        # A cell's circle reaches the zone from far away.
        ([fix("10:00", 900), fix("10:01", 950)], [fix("10:02", 900, 0, "cell", 1_000)], False),
        ([fix("10:00", 900, 0, "cell", 100), fix("10:01", 900)], [fix("10:02", 900)], True),
    ],
)
def test_which_fixes_are_spared(before: list[Fix], after: list[Fix], spared: bool) -> None:
    tails, newest = NO_TAIL, BEGINNING
    for one in before:
        tails, _ = untouched_by(HERE, tails, [one], newest)
        newest = one.at
    assert untouched_by(HERE, tails, after, newest)[1] is spared


def test_a_tail_that_is_not_known_is_near_everything_until_two_fixes_were_possible() -> None:
    unknown = Tails(np.full((4, 1), np.nan), *np.full((3, 1), np.nan))
    tails, spared = untouched_by(HERE, unknown, [fix("10:00", 900)], at("09:00"))
    assert not spared
    tails, spared = untouched_by(HERE, tails, [fix("10:01", 900), fix("10:02", 900)], at("10:00"))
    assert not spared
    _, spared = untouched_by(HERE, tails, [fix("10:03", 900)], at("10:02"))
    assert spared
