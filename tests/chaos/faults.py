"""The faults that strike at random, each an act that is over when its damage is done and what was ended runs again."""

import os
import signal
from collections.abc import Awaitable, Callable

from geofence.instants import moment
from tests.chaos.waiting import eventually
from tests.chaos.workers import Worker
from tests.chaos.world import LEASE_S, World

HOUR_S = 3600.0

# Workers' sessions: those who look on call themselves otherwise.
SESSIONS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name <> 'looks on'"
CUT = f"SELECT pg_terminate_backend(pid) FROM ({SESSIONS}) AS sessions"  # noqa: S608 - a constant
# Of a worker that stands still within a transaction, nobody can take over what it holds.
STANDS_WITHIN = f"""
SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid IN ({SESSIONS})
                  AND (state = 'idle in transaction' OR state = 'active' AND wait_event = 'ClientRead')
                  AND state_change < clock_timestamp() - $1 * interval '1 second')"""  # noqa: S608 - a constant
HOLDS = "SELECT EXISTS (SELECT FROM kafka_position WHERE owner LIKE '%-' || $1::text || ' %')"
EXPIRED = "SELECT EXISTS (SELECT FROM kafka_position WHERE leased_until < clock_timestamp())"
DUE = "SELECT EXISTS (SELECT FROM to_judge WHERE not_before <= $1)"

Fault = Callable[[World], Awaitable[None]]


async def kill_consumer(world: World) -> None:
    await world.take("consume").kill()
    world.add("consume")


async def kill_desk(world: World) -> None:
    await world.take("desk").kill()
    world.add("desk")


async def kill_every_worker(world: World) -> None:
    for command in ("consume", "consume", "desk", "desk"):
        world.take(command).signal(signal.SIGKILL)
    for command in ("consume", "consume", "desk", "desk"):
        world.add(command)


async def restart_desk(world: World) -> None:
    await world.take("desk").stop()
    world.add("desk")


async def reassign(world: World) -> None:
    """Let another consumer come and take its share; then one goes."""
    comer = world.add("consume")
    await eventually(lambda: world.room.pool.fetchval(HOLDS, str(comer.pid)), "the new consumer holds a partition")
    await world.take("consume").stop()


async def restart_broker(world: World) -> None:
    await world.in_thread(lambda: world.broker.stop(remove=False), world.broker.start)


async def kill_broker(world: World) -> None:
    await world.in_thread(world.broker.kill, world.broker.start)


async def restart_database(world: World) -> None:
    await world.in_thread(lambda: world.server.stop(remove=False), world.server.start)


async def crash_database(world: World) -> None:
    await world.in_thread(lambda: world.server._end(signal.SIGQUIT), world.server.start)


async def kill_database_session(world: World) -> None:
    """Kill one of the server's processes, as the kernel does when memory is short: every session ends."""
    sessions = [row["pid"] for row in await world.room.pool.fetch(SESSIONS)]
    os.kill(world.rng.choice(sessions), signal.SIGKILL)


async def terminate_sessions(world: World) -> None:
    await world.room.pool.fetch(CUT)


async def drop_connections(world: World) -> None:
    world.proxy.cut()


async def lose_the_way(world: World) -> None:
    """Let nothing pass for longer than a lease; then it passes, or the connections are dropped."""
    world.proxy.hold()
    await eventually(lambda: world.room.pool.fetchval(EXPIRED), "a lease is over")
    if world.rng.random() < 0.5:
        world.proxy.cut()
    world.proxy.flow()


async def fall_silent(world: World) -> None:
    """Lose the way of every connection that there is, without a word to the workers."""
    world.proxy.silence()


async def freeze_consumer(world: World) -> None:
    """Stop one for longer than its lease: others take its partitions, unless it stands within a transaction."""
    frozen = world.rng.choice(world.consumers)
    frozen.signal(signal.SIGSTOP)

    async def given_up() -> bool:
        held = await world.room.pool.fetchval(HOLDS, str(frozen.pid))
        return not held or await world.room.pool.fetchval(STANDS_WITHIN, LEASE_S)

    await eventually(given_up, "the frozen consumer's partitions are taken")
    frozen.signal(signal.SIGCONT)


async def freeze_desk(world: World) -> None:
    """Stop one; the other does all the work, but for the track that the frozen one may have in hand."""
    for one in world.desks:
        one.set_clock(world.room.place.shift_s)  # one whose clock is behind does not see what is due
    frozen = world.rng.choice(world.desks)
    frozen.signal(signal.SIGSTOP)

    async def done_without_it() -> bool:
        return await world.room.pool.fetchval(STANDS_WITHIN, LEASE_S) or not await world.room.pool.fetchval(
            DUE, moment(world.now())
        )

    await eventually(done_without_it, "the other desk has done what it can")
    frozen.signal(signal.SIGCONT)


async def clock_of_consumer_jumps(world: World) -> None:
    """Move one clock by hours, though not before the last fix: what comes from the future is judged otherwise."""
    _jump(world, world.consumers, -5 * HOUR_S, 5 * HOUR_S)


async def clock_of_desk_jumps(world: World) -> None:
    """Move one clock by hours, also back into the day: it then knows less than was known already."""
    _jump(world, world.desks, -14 * HOUR_S, 5 * HOUR_S)


def _jump(world: World, workers: list[Worker], back_s: float, ahead_s: float) -> None:
    world.let_time_pass(0.0)
    wrong = world.rng.choice(workers)
    wrong.set_clock(world.room.place.shift_s + world.rng.uniform(back_s, ahead_s))


FAULTS: dict[str, Fault] = {
    "kill -9 of a consumer": kill_consumer,
    "kill -9 of a desk": kill_desk,
    "kill -9 of all workers": kill_every_worker,
    "a desk restarted": restart_desk,
    "a consumer comes, one goes": reassign,
    "broker restarted": restart_broker,
    "kill -9 of the broker": kill_broker,
    "database restarted (fast)": restart_database,
    "database restarted (immediate)": crash_database,
    "kill -9 of a database session": kill_database_session,
    "all sessions terminated": terminate_sessions,
    "connections dropped": drop_connections,
    "nothing passes for a lease": lose_the_way,
    "connections fall silent": fall_silent,
    "a consumer frozen beyond its lease": freeze_consumer,
    "a desk frozen": freeze_desk,
    "a consumer's clock jumps": clock_of_consumer_jumps,
    "a desk's clock jumps": clock_of_desk_jumps,
}
