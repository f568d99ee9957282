"""Publishing a zone version: a second person puts a draft in force; in an emergency one person does, for 24 hours.

A version that is published ends the one that it follows. Whoever publishes a zone of an order that is still a draft
publishes the order with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.particulars import Connection
from geofence.ids import WearerId, ZoneId
from geofence.instants import FOREVER, MINUTE_US, Instant, Interval, instant, moment
from service.access.actor import Actor
from service.register.changes import Act, ask_for_judging, begin_change
from service.register.findings import Finding
from service.register.orders.order import entered_by
from service.register.refusals import Conflict, ReasonNeeded, SamePerson
from service.register.row_writing import update
from service.register.zones.publishing_checks import (
    EMERGENCY_US,
    followed_by,
    gap_warnings,
    needs_publishing,
    next_beginning,
    order_warnings,
    refuse_smaller,
    refuse_unconfirmed,
    returns_after,
    shape_warnings,
)
from service.register.zones.publishing_steps import (
    begin_with,
    end_version,
    key_of,
    let_return,
    put_off,
    return_at_once,
    sign,
)
from service.register.zones.zone import ZoneRecord, read_zone

BEGUN_AT_MOST_US = 60 * MINUTE_US  # a drawing takes a while; what was longer ago is no emergency any more


@dataclass(frozen=True, slots=True)
class Publishing:
    """Who publishes what, and why.

    if_match: the zone's etag, as the publisher read it. design: what the design check warned of, to be answered by a
    reason like all warnings.
    """

    zone_id: ZoneId
    version: int
    if_match: str
    actor: Actor
    reason: str | None = None
    authority: str | None = None
    design: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True)
class Published:
    """The zone as it is now, and the warnings that were accepted."""

    zone: ZoneRecord
    warnings: Sequence[Finding]


async def publish(connection: Connection, asked: Publishing, now: Instant) -> Published:
    """Put a draft in force, or confirm a version that one person put in force in an emergency.

    What is confirmed holds up to its own end or to where something else begins; what was to return waits until then.

    Raises NoSuch, Stale, SamePerson, Conflict if it is published, if a later version is in its way or an emergency that
    nobody has answered, Faulty if it can't be judged or its order can't be published, ReasonNeeded if there are
    warnings and no reason.
    """
    zone, order = await begin_with(connection, asked.zone_id, asked.if_match)
    drawn = zone.version(asked.version)
    if drawn.state in {"published", "withdrawn"}:
        raise Conflict(f"version {drawn.version} is {drawn.state}")
    if asked.actor.holder in {drawn.drawn_by, drawn.published_by}:
        raise SamePerson("You drew this version, or published it alone: somebody else must publish it.")
    if needs_publishing(order) and asked.actor.holder in await entered_by(connection, order):
        raise SamePerson("You entered the order, or published it alone: somebody else must publish it with this zone.")
    confirming = drawn.state == "emergency"
    returning = [each for each in zone.versions if returns_after(each, drawn)]
    until = next_beginning(zone, drawn, returning) if confirming else FOREVER
    if not confirming:
        refuse_unconfirmed(zone, drawn, until, now)
    followed = followed_by(zone, drawn, returning, until)
    warnings = [*shape_warnings(zone, drawn), *await order_warnings(connection, order), *asked.design]
    warnings += gap_warnings(zone, drawn, followed)
    if warnings and asked.reason is None:
        raise ReasonNeeded(warnings)
    await _begin(connection, asked, "confirmed" if confirming else "published", now, warnings)
    await put_off(connection, zone, returning, min(until, drawn.end), now)
    if until < drawn.end:
        await end_version(connection, zone, drawn, until)
    await end_version(connection, zone, followed, drawn.valid_from)
    await sign(connection, "zone_version", key_of(zone, drawn), asked.actor, now)
    since = drawn.valid_from
    if needs_publishing(order):
        await sign(connection, "court_order", {"order_id": zone.order_id}, asked.actor, now)
        since = min(since, instant(order.order["effective_from"]))
    return await _done(connection, zone, since, warnings, "zone published", now)


async def publish_in_emergency(connection: Connection, asked: Publishing, now: Instant) -> Published:
    """Put a new or larger zone in force for 24 hours, as one person alone; what was there before returns after them.

    No reason is asked for what lasts a day, and an alarm stands until a second person confirms. Raises NoSuch, Stale,
    Conflict if it is no draft, does not begin now, leaves out what is protected or follows another emergency, Faulty,
    ReasonNeeded if its order is published with it for good and warns.
    """
    zone, order = await begin_with(connection, asked.zone_id, asked.if_match)
    drawn = zone.version(asked.version)
    until = Instant(now + EMERGENCY_US)
    if drawn.state != "draft":
        raise Conflict(f"version {drawn.version} is published")
    if not now - BEGUN_AT_MOST_US <= drawn.valid_from < until:
        raise Conflict(
            "an emergency begins within the hour before, or the day after: a second person can publish others"
        )
    alone_until = order.order["emergency_until"]
    if alone_until is not None and instant(alone_until) <= now:
        raise Conflict(f"the 24 hours of order {zone.order_id} are over: a second person must confirm it")
    refuse_unconfirmed(zone, drawn, until, now, alone=asked.actor.holder)
    followed = followed_by(zone, drawn, (), until)
    if followed is not None:
        refuse_smaller(zone, drawn, followed)
    of_order = await order_warnings(connection, order)
    warnings = [*shape_warnings(zone, drawn), *of_order, *asked.design]
    # An order that somebody else entered is published for good: that is what a second person is for.
    for_good = not order.published and asked.actor.holder not in await entered_by(connection, order)
    if for_good and of_order and asked.reason is None:
        raise ReasonNeeded(of_order)
    await _begin(connection, asked, "published in an emergency", now, of_order if for_good else ())
    await end_version(connection, zone, followed, drawn.valid_from)
    await sign(connection, "zone_version", key_of(zone, drawn), asked.actor, now, emergency_until=until)
    during = None if followed is None else followed.during
    if followed is not None and during is not None:
        start = min(until, drawn.end)
        if start < during.end:
            await let_return(connection, zone, drawn, followed, Interval(start, during.end))
    since = drawn.valid_from
    if not order.published:
        key = {"order_id": zone.order_id}
        await sign(connection, "court_order", key, asked.actor, now, emergency_until=None if for_good else until)
        since = min(since, instant(order.order["effective_from"]))
    return await _done(connection, zone, since, warnings, "zone published in an emergency", now)


async def refuse_emergency(connection: Connection, asked: Publishing, now: Instant) -> Published:
    """End what one person put in force in an emergency: what was there before holds again from now on.

    Raises NoSuch, Stale, SamePerson, Conflict if it is no such version, or its 24 hours are over.
    """
    zone, order = await begin_with(connection, asked.zone_id, asked.if_match)
    drawn = zone.version(asked.version)
    if drawn.state != "emergency" or drawn.emergency_until is None or drawn.emergency_until <= now:
        raise Conflict(f"version {drawn.version} is not in force in an emergency")
    if asked.actor.holder == drawn.published_by:
        raise SamePerson("You published this version alone: somebody else must say that it was no emergency.")
    ended = max(now, Instant((drawn.published_at or now) + 1))
    await _begin(connection, asked, "refused after an emergency", now)
    await update(connection, "zone_version", key_of(zone, drawn), {"emergency_until": moment(ended)})
    await return_at_once(connection, zone, drawn, ended)
    alone_until = order.order["emergency_until"]
    if alone_until is not None and instant(alone_until) > ended and order.order["published_by"] == drawn.published_by:
        others = (
            each for each in order.versions if (each["zone_id"], each["version"]) != (zone.zone_id, drawn.version)
        )
        # Another zone that the same person put in force alone stands as long as nobody has refused it too.
        if not any(each["emergency_until"] and instant(each["emergency_until"]) > ended for each in others):
            await update(connection, "court_order", {"order_id": zone.order_id}, {"emergency_until": moment(ended)})
    return await _done(connection, zone, min(now, drawn.valid_from), (), "emergency refused", now)


async def _begin(
    connection: Connection, asked: Publishing, what: str, now: Instant, warnings: Sequence[Finding] = ()
) -> None:
    act = Act(
        asked.actor.holder,
        asked.actor.role,
        f"zone {asked.zone_id}: version {asked.version} {what}",
        asked.reason,
        asked.authority,
        warnings=warnings,
    )
    await begin_change(connection, act, now)


async def _done(
    connection: Connection, zone: ZoneRecord, since: Instant, warnings: Sequence[Finding], why: str, now: Instant
) -> Published:
    await ask_for_judging(connection, {WearerId(zone.wearer_id): since}, why, now)
    return Published(await read_zone(connection, zone.zone_id), warnings)
