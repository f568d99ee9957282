"""Whatever is done to orders and zones, in any order: the register holds what a simple model of it says.

After each act: what is in force in each zone at each instant; every refusal, which changes nothing; that the desk is
asked to judge again from where the answer changed; and in the end the register as it was after each change.
"""

import asyncio
import copy
import os
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, cast

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from geofence.ids import OrderId, ProhibitionId, ZoneId
from geofence.instants import Instant, printed
from service.http.proposals.kinds import PROPOSALS
from service.register.orders.drafts import discard_draft, draft_order, edit_draft, publish_order
from service.register.proposals import Asked, Proposed, Target
from service.register.refusals import Conflict, SamePerson, Stale
from service.register.zones.drafts import Drawn, discard_version, draw_version, draw_zone
from service.register.zones.publishing import Publishing, publish, publish_in_emergency, refuse_emergency
from tests.servers.database import TestDatabase
from tests.service.register import life, model_acts
from tests.service.register.life_compared import Compared
from tests.service.register.life_world import Does, Open, World, actor_of, comes_back, drawing, members, order_of
from tests.service.register.model import FOREVER, HOUR_US, Order, Shape, Version, Zone
from tests.service.register.model_acts import Refusal
from tests.trying import TIMES

# More of it by night: LIFE_EXAMPLES=500.
EXAMPLES = int(os.environ.get("LIFE_EXAMPLES", str(20 * TIMES)))
PEOPLE = ("ann", "ben", "cat")
WHAT = ("suspension", "suspension", "discharge", "event", "end", "no end", "clause", "start", "no discharge")


class Asker(NamedTuple):
    """Who asks for something, and who approves it at once (None: it waits)."""

    proposes: str
    approves: str | None


people, which = st.sampled_from(PEOPLE), st.integers(0, 5)
askers = st.builds(Asker, people, st.sampled_from([None, None, *PEOPLE]))
reasons = st.sampled_from([None, "it is so", "it is so"])
hours = st.sampled_from([-48, -10, -0.5, 0, 0, 5, 20, 30])
lengths = st.sampled_from([None, None, None, 5, 20, 48])
shapes = st.builds(
    Shape, st.sampled_from([0, 0, 0, 0, 1, life.PLACES.index((-3.2, 55.95))]), st.sampled_from([100.0, 200.0, 400.0])
)


# A kind of proposal, what it asks, and what that does to an order of the model.
_Asked = tuple[str, dict[str, Any], Callable[[Order], Refusal]]


def _seldom() -> st.SearchStrategy[bool]:
    return st.sampled_from([False] * 7 + [True])


class LifeOfOrders(Compared):
    """The acts."""

    # --- orders

    @initialize(
        clauses=st.integers(1, 2),
        wearer_id=st.sampled_from(["W-1", "W-1", "W-2"]),
        settled=st.sampled_from([True, True, True, False]),
    )
    def one_order(self, clauses: int, wearer_id: str, settled: bool) -> None:
        self.draft("ann", clauses, wearer_id, -100, event=False)
        for number in range(clauses):
            self.draw_a_zone("ann", number, Shape(0, 200.0), -50, None)
        if settled:
            self.publish_an_order(0, "ben", "it is so", stale=False)
            self.publish_a_version(0, 0, "ben", "it is so", stale=False)

    @precondition(lambda self: len(self.world.orders) < 2)
    @rule(
        actor=people,
        clauses=st.sampled_from([0, 1, 1, 2]),
        wearer_id=st.sampled_from(["W-1", "W-2"]),
        hour=hours,
        event=st.booleans(),
    )
    def draft(self, actor: str, clauses: int, wearer_id: str, hour: float, event: bool) -> None:
        self.numbered += 1
        order = order_of(f"O-{self.numbered}", wearer_id, actor, self.at(hour), clauses, event=event)
        written = members(order)

        def does(world: World) -> Refusal:
            world.orders.append(order)
            return None

        self.act(lambda found: draft_order(found, written, actor_of(actor), self._now), does)

    @precondition(lambda self: any(order.published_by is None for order in self.world.orders))
    @rule(number=which, actor=people, clauses=st.integers(0, 2), hour=hours, stale=_seldom())
    def edit(self, number: int, actor: str, clauses: int, hour: float, stale: bool) -> None:
        order = self._order(number)
        other = order_of(order.order_id, order.wearer_id, actor, self.at(hour), clauses, event=order.event)
        etag = self._order_etag(order, stale)

        def does(world: World) -> Refusal:
            own = world.order(order.order_id)
            if stale:
                return Stale
            if own.published_by is not None or any(clause.zones for clause in own.clauses[clauses:]):
                return Conflict
            own.writers.add(actor)
            own.drawn_by, own.start, own.monitored, own.touched = actor, other.start, other.monitored, own.touched + 1
            own.clauses = own.clauses[:clauses] + other.clauses[len(own.clauses) :]
            for clause in own.clauses:
                clause.start = other.start
            return None

        written = members(other)
        self.act(
            lambda found: edit_draft(
                found, OrderId(order.order_id), written, if_match=etag, actor=actor_of(actor), now=self._now
            ),
            does,
        )

    @precondition(lambda self: any(order.published_by is None for order in self.world.orders))
    @rule(number=which, actor=people, stale=_seldom())
    def discard(self, number: int, actor: str, stale: bool) -> None:
        order = self._order(number)
        etag = self._order_etag(order, stale)

        def does(world: World) -> Refusal:
            own = world.order(order.order_id)
            if stale:
                return Stale
            if own.published_by is not None or own.zones:
                return Conflict
            world.orders.remove(own)
            return None

        self.act(
            lambda found: discard_draft(
                found, OrderId(order.order_id), if_match=etag, actor=actor_of(actor), now=self._now
            ),
            does,
        )

    @precondition(lambda self: self.world.orders)
    @rule(number=which, actor=people, reason=reasons, stale=_seldom())
    def publish_an_order(self, number: int, actor: str, reason: str | None, stale: bool) -> None:
        order = self._order(number)
        etag = self._order_etag(order, stale)

        def does(world: World) -> Refusal:
            own = world.order(order.order_id)
            return Stale if stale else model_acts.publish_order(own, actor, reason, world.now)

        self.act(
            lambda found: publish_order(
                found,
                OrderId(order.order_id),
                if_match=etag,
                actor=actor_of(actor),
                reason=reason,
                authority=None,
                now=self._now,
            ),
            does,
        )

    # --- zones

    @precondition(lambda self: any(order.clauses for order in self.world.orders) and len(self._zones()) < 3)
    @rule(actor=people, number=which, shape=shapes, hour=hours, length=lengths)
    def draw_a_zone(self, actor: str, number: int, shape: Shape, hour: float, length: float | None) -> None:
        clauses = [clause for order in self.world.orders for clause in order.clauses]
        clause = clauses[number % len(clauses)]
        self.numbered += 1
        zone = Zone(f"Z-{self.numbered}", clause)
        drawn = self._version(1, shape, hour, length, actor)

        def does(_world: World) -> Refusal:
            clause.zones.append(zone)
            zone.versions.append(drawn)
            return None

        document = {"zone_id": zone.zone_id, **drawing(drawn)}
        self.act(
            lambda found: draw_zone(
                found, ProhibitionId(clause.prohibition_id), document, actor=actor_of(actor), now=self._now
            ),
            does,
        )

    @precondition(lambda self: any(len(self._drafts(zone)) < 3 for zone in self._zones()))
    @rule(number=which, actor=people, shape=shapes, hour=hours, length=lengths, stale=_seldom())
    def draw_again(self, number: int, actor: str, shape: Shape, hour: float, length: float | None, stale: bool) -> None:
        zone = self._zone(number)
        drawn = self._version(0, shape, hour, length, actor)
        etag = self._zone_etag(zone, stale)

        def does(_world: World) -> Refusal:
            if stale:
                return Stale
            zone.versions.append(drawn)
            zone.touched += 1
            return None

        made = self.act(
            lambda found: draw_version(
                found, ZoneId(zone.zone_id), drawing(drawn), if_match=etag, actor=actor_of(actor), now=self._now
            ),
            does,
        )
        if isinstance(made, Drawn):
            drawn.number = made.version

    @precondition(lambda self: self._zones())
    @rule(number=which, version=which, actor=people, stale=_seldom())
    def discard_a_version(self, number: int, version: int, actor: str, stale: bool) -> None:
        zone = self._zone(number)
        drawn = zone.versions[-1 - version % len(zone.versions)]
        etag = self._zone_etag(zone, stale)

        def does(_world: World) -> Refusal:
            if stale:
                return Stale
            if drawn.published_by is not None:
                return Conflict
            zone.versions.remove(drawn)
            zone.touched += 1
            if not zone.versions:
                zone.clause.zones.remove(zone)
            return None

        self.act(
            lambda found: discard_version(
                found, ZoneId(zone.zone_id), drawn.number, if_match=etag, actor=actor_of(actor), now=self._now
            ),
            does,
        )

    @precondition(lambda self: self._zones())
    @rule(number=which, version=which, actor=people, reason=reasons, stale=_seldom())
    def publish_a_version(self, number: int, version: int, actor: str, reason: str | None, stale: bool) -> None:
        self._publishes(publish, number, version, actor, reason, stale, model_acts.publish)

    @precondition(lambda self: self._zones())
    @rule(number=which, drawn_by=people, actor=people, shape=shapes, hour=hours, length=lengths)
    def draw_and_publish(
        self, number: int, drawn_by: str, actor: str, shape: Shape, hour: float, length: float | None
    ) -> None:
        self.draw_again(number, drawn_by, shape, hour, length, stale=False)
        self.publish_a_version(number, 0, actor, "it is so", stale=False)

    @precondition(lambda self: self._zones())
    @rule(
        number=which,
        version=which,
        actor=people,
        reason=reasons,
        shape=shapes,
        hour=st.sampled_from([-0.5, 0, 0, 5]),
        length=lengths,
    )
    def publish_alone(
        self,
        number: int,
        version: int,
        actor: str,
        reason: str | None,
        shape: Shape,
        hour: float,
        length: float | None,
    ) -> None:
        if version < 4:  # a version that was drawn for it
            self.draw_again(number, actor, shape, hour, length, stale=False)
            version = 0

        self._publishes(publish_in_emergency, number, version, actor, reason, False, model_acts.publish_alone)

    @precondition(lambda self: any(each.unconfirmed for zone in self._zones() for each in zone.versions))
    @rule(number=which, actor=people, confirms=st.booleans(), reason=reasons)
    def answer_an_emergency(self, number: int, actor: str, confirms: bool, reason: str | None) -> None:
        waiting = [
            (place, back)
            for place, zone in enumerate(self._zones())
            for back, each in enumerate(reversed(zone.versions))
            if each.unconfirmed
        ]
        zone, version = waiting[number % len(waiting)]

        def refused(order: Order, zone: Zone, drawn: Version, actor: str, _reason: str | None, now: int) -> Refusal:
            return model_acts.refuse(order, zone, drawn, actor, now)

        if confirms:
            self._publishes(publish, zone, version, actor, reason, False, model_acts.publish)
        else:
            self._publishes(refuse_emergency, zone, version, actor, reason, False, refused)

    def _publishes(
        self, does: Any, number: int, version: int, actor: str, reason: str | None, stale: bool, model: Any
    ) -> None:
        zone = self._zone(number)
        drawn = zone.versions[-1 - version % len(zone.versions)]
        order = next(order for order in self.world.orders if zone in order.zones)
        asked = Publishing(ZoneId(zone.zone_id), drawn.number, self._zone_etag(zone, stale), actor_of(actor), reason)

        def expected(world: World) -> Refusal:
            return Stale if stale else model(order, zone, drawn, actor, reason, world.now)

        self.act(lambda found: does(found, asked, self._now), expected)

    # --- proposals

    @precondition(lambda self: self.world.orders)
    @rule(
        number=which,
        asker=askers,
        what=st.sampled_from(WHAT),
        hour=hours,
        length=st.sampled_from([-5, 10, 40]),
    )
    def ask_about_an_order(self, number: int, asker: Asker, what: str, hour: float, length: float) -> None:
        order = self._order(number)
        at, until = self.at(hour), self.at(hour + length)
        kind, asked, does = self._asked(order, what, at, until)

        def published(world: World) -> Refusal:
            own = world.order(order.order_id)
            return Conflict if own.published_by is None else does(own)

        self._propose(kind, Target(order_id=order.order_id), asked, published, asker)

    def _asked(self, order: Order, what: str, at: int, until: int) -> _Asked:
        when, then = printed(Instant(at)), printed(Instant(until))
        absence = {"from": when, "until": then, "reason": "funeral", "authority": "the court"}
        ended = [{"prohibition_id": clause.prohibition_id, "until": when} for clause in order.clauses[:1]]
        kinds: dict[str, _Asked] = {
            "suspension": ("suspension", absence, lambda own: model_acts.suspend(own, at, until)),
            "discharge": ("discharge", {"at": when}, lambda own: model_acts.discharge(own, at)),
            "event": ("event", {"at": when}, lambda own: model_acts.event(own, at)),
            "end": ("variation", {"ends": {"kind": "date", "at": when}}, lambda own: model_acts.vary_end(own, at)),
            "no end": ("variation", {"ends": {"kind": "event", "event": "a trial"}}, model_acts.await_event),
            "clause": ("variation", {"prohibitions": ended}, lambda own: model_acts.end_clause(own, at)),
            "start": ("correction", {"effective_from": when}, lambda own: model_acts.correct(own, at, own.discharged)),
            "no discharge": (
                "correction",
                {"discharged_at": None},
                lambda own: model_acts.correct(own, own.start, FOREVER),
            ),
        }
        return kinds[what]

    @precondition(lambda self: any(order.published_by is not None for order in self.world.orders))
    @rule(number=which, asker=askers, hour=st.sampled_from([None, None, -10, 0, 5]))
    def ask_to_end_a_suspension(self, number: int, asker: Asker, hour: float | None) -> None:
        published = [order for order in self.world.orders if order.published_by is not None]
        order = published[number % len(published)]
        if not order.suspensions:
            self.ask_about_an_order(self.world.orders[::-1].index(order), Asker("ann", "ben"), "suspension", -10, 40)
        own = order.suspensions[number % len(order.suspensions)].number
        until = None if hour is None else self.at(hour)
        asked = {"suspension_id": own, "until": None if until is None else printed(Instant(until))}

        def does(world: World) -> Refusal:
            return model_acts.end_suspension(world.order(order.order_id), own, until)

        self._propose("suspension_end", Target(order_id=order.order_id), asked, does, asker)

    @precondition(lambda self: self._zones())
    @rule(number=which, version=which, asker=askers, hour=hours, ends=st.booleans())
    def ask_about_a_zone(self, number: int, version: int, asker: Asker, hour: float, ends: bool) -> None:
        zone = self._zone(number)
        drawn = zone.versions[-1 - version % len(zone.versions)].number
        target, at = Target(zone_id=zone.zone_id), self.at(hour)
        if ends:
            asked = {"at": printed(Instant(at))}
            self._propose(
                "zone_end", target, asked, lambda world: model_acts.end_zone(world.zone(zone.zone_id), at), asker
            )
        elif not comes_back(zone, drawn):
            self._propose(
                "zone_withdrawal",
                target,
                {"version": drawn},
                lambda world: model_acts.withdraw(world.zone(zone.zone_id), drawn),
                asker,
                withdraws=drawn,
            )

    def _propose(
        self, kind: str, target: Target, asked: dict[str, Any], does: Does, asker: Asker, withdraws: int | None = None
    ) -> None:
        """Ask for something: refused like the act itself, and nothing is done."""
        made = self.act(
            lambda found: PROPOSALS.propose(
                found, Asked(kind, target, asked, "it is so"), actor_of(asker.proposes), self._now
            ),
            lambda world: does(copy.deepcopy(world)),
            changes=False,
        )
        if isinstance(made, Proposed):
            number, touched = made.record.proposal_id, self._touched(target)
            self.open.append(Open(number, made.etag, target, does, asker.proposes, touched, withdraws))
            if asker.approves is not None:
                self.approve(-1, asker.approves, looks_again=False)

    @precondition(lambda self: self.open)
    @rule(number=which, actor=people, looks_again=st.booleans())
    def approve(self, number: int, actor: str, looks_again: bool) -> None:
        asked = self.open[number % len(self.open)]
        if asked.withdraws is not None and comes_back(self._zone_of(asked.target), asked.withdraws):
            return
        now_etag = self._run(PROPOSALS.read(self._connection, asked.proposal_id)).etag
        if self._touched(asked.target) == asked.touched:
            assert now_etag == asked.etag
        etag = now_etag if looks_again else asked.etag

        def does(world: World) -> Refusal:
            if etag != now_etag:
                return Stale
            return SamePerson if actor == asked.proposed_by else asked.does(world)

        made = self.act(
            lambda found: PROPOSALS.approve(
                found, asked.proposal_id, if_match=etag, actor=actor_of(actor), reason=None, now=self._now
            ),
            does,
        )
        if isinstance(made, Proposed):
            assert made.record.register_version == self.version
            self.open.remove(asked)
            self._number_suspensions()

    @precondition(lambda self: self.open)
    @rule(number=which, actor=people)
    def reject(self, number: int, actor: str) -> None:
        asked = self.open.pop(number % len(self.open))
        etag = self._run(PROPOSALS.read(self._connection, asked.proposal_id)).etag

        def does(_world: World) -> Refusal:
            return None

        for expected in (does, lambda _world: Conflict):
            self.act(
                lambda found: PROPOSALS.reject(
                    found, asked.proposal_id, if_match=etag, actor=actor_of(actor), reason="no", now=self._now
                ),
                expected,
                changes=False,
            )

    # --- time

    @rule(hours_on=st.sampled_from([1, 3, 23, 26, 72]))
    def time_passes(self, hours_on: int) -> None:
        self.world.now += hours_on * HOUR_US

    @rule(number=st.integers(0, 100))
    def look_back(self, number: int) -> None:
        self._looks_back(sorted(self.then)[number % len(self.then)])


# Where it fails, the shortest life that fails is looked for.
@pytest.mark.timeout(600 + 3 * EXAMPLES)
def test_the_register_lives_as_its_model_does(database: TestDatabase) -> None:
    asked = settings(
        max_examples=EXAMPLES,
        stateful_step_count=40,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as loop:
        connection = loop.run(asyncpg.connect(database.url, server_settings={"timezone": "UTC", "jit": "off"}))
        try:
            run_state_machine_as_test(
                cast("type[LifeOfOrders]", partial(LifeOfOrders, loop, connection)), settings=asked
            )
        finally:
            loop.run(connection.close())
