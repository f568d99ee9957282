"""Due reports on a real PostgreSQL: planned, issued once whoever runs, made up when missed, retried when they fail."""

import asyncio
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from alerts.archive import Archive
from alerts.days import deadlines_of
from alerts.deadline import once, plan, run_deadline, run_due
from alerts.editions import Edition, read_edition, read_editions
from alerts.issue import Press, issue, preview
from alerts.particulars import Connection, Particulars, Pool
from geofence.instants import MINUTE_US, Instant, moment
from service.register.store import PostgresRegister
from tests.alerts.incident_values import MIDNIGHT, minute
from tests.alerts.ledger import REGISTERS, RULES, append, enter_wearer, inside, judge_all, outside

DAY = date(2026, 11, 20)
SEAL_AT, DUE_AT = deadlines_of(DAY)
SUFFIXES = {"pdf", "json", "csv", "geojson", "gpx"}


class Broken(PostgresRegister):
    """A register that cannot be read for one force."""

    async def particulars(self, connection: Connection, force: str) -> Particulars:
        if force == "GMP":
            raise ValueError("unreadable")
        return await super().particulars(connection, force)


def press_at(pool: Pool, folder: Path, now: Instant, **changed: Any) -> Press:
    return replace(Press(pool, REGISTERS, Archive(folder), RULES, "1.2.3", lambda: now), **changed)


async def due(pool: Pool) -> list[asyncpg.Record]:
    async with pool.acquire() as connection:
        return await connection.fetch("SELECT * FROM report_due ORDER BY force, day")


async def enter_day(pool: Pool, *, began: Instant = MIDNIGHT, forces: tuple[str, ...] = ("MPS",)) -> None:
    """Enter a wearer of each force, whose order began in the night of the day, with an incident in it."""
    async with pool.acquire() as connection:
        for number, force in enumerate(forces, start=1):
            await enter_wearer(connection, number, force, began)
            await append(connection, outside(59) + inside(60, 61) + outside(62), f"T-{number}")
    await judge_all(pool, minute(63))


async def test_every_day_since_the_first_order_is_planned_and_the_coming_one(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection, began=minute(-2 * 24 * 60))
    await plan(pool, minute(12 * 60))
    rows = await due(pool)
    assert [row["day"] for row in rows] == [date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20)]
    assert (rows[-1]["seal_at"], rows[-1]["due_at"]) == (moment(SEAL_AT), moment(DUE_AT))


async def test_no_more_than_thirty_missed_days_are_made_up(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection, began=minute(-200 * 24 * 60))
    await plan(pool, minute(0))
    assert len(await due(pool)) == 31


async def test_planning_again_changes_nothing(pool: Pool) -> None:
    await enter_day(pool)
    await plan(pool, minute(60))
    before = await due(pool)
    await plan(pool, minute(120))
    assert await due(pool) == before


async def test_a_report_is_not_issued_before_it_is_sealed(pool: Pool, tmp_path: Path) -> None:
    await enter_day(pool)
    assert await once(press_at(pool, tmp_path, Instant(SEAL_AT - 1)), "one") == 0
    assert await once(press_at(pool, tmp_path, SEAL_AT), "one") == 1


async def test_an_issued_report_is_in_the_archive_in_every_format_and_is_issued_once(
    pool: Pool, tmp_path: Path
) -> None:
    await enter_day(pool)
    assert await once(press_at(pool, tmp_path, SEAL_AT), "one") == 1
    assert await once(press_at(pool, tmp_path, Instant(SEAL_AT + MINUTE_US)), "one") == 0
    async with pool.acquire() as connection:
        edition = await read_edition(connection, "MPS", DAY)
        assert edition is not None
        assert (edition.edition, edition.issued_at, edition.horizon, edition.late) == (1, SEAL_AT, SEAL_AT, False)
        assert set(edition.files) == SUFFIXES
        assert Archive(tmp_path).get(edition.files["pdf"]).startswith(b"%PDF")
        assert await read_editions(connection, "MPS") == [edition]
    (row,) = [row for row in await due(pool) if row["day"] == DAY]
    assert (row["issued_at"], row["leased_by"], row["attempts"]) == (moment(SEAL_AT), None, 1)


async def test_runners_that_work_at_once_issue_each_report_once(pool: Pool, tmp_path: Path) -> None:
    await enter_day(pool, began=minute(-3 * 24 * 60), forces=("MPS", "GMP"))
    await plan(pool, SEAL_AT)
    press = press_at(pool, tmp_path, SEAL_AT)
    issued = await asyncio.gather(*(run_due(press, f"runner {number}") for number in range(4)))
    assert sum(issued) == 8
    rows = [row for row in await due(pool) if row["seal_at"] <= moment(SEAL_AT)]
    assert [row["attempts"] for row in rows] == [1] * 8
    async with pool.acquire() as connection:
        assert await connection.fetchval("SELECT count(*) FROM edition") == 8


async def test_two_that_issue_the_same_report_at_once_agree_on_one(pool: Pool, tmp_path: Path) -> None:
    await enter_day(pool)
    presses = [press_at(pool, tmp_path, Instant(SEAL_AT + second * 1_000_000)) for second in range(3)]
    issued = await asyncio.gather(*(issue(press, "MPS", DAY) for press in presses))
    assert len({edition.issued_at for edition in issued}) == 1
    assert issued[0] == issued[1] == issued[2]


async def test_a_missed_report_is_made_up_at_the_next_start_and_known_as_late(pool: Pool, tmp_path: Path) -> None:
    await enter_day(pool)
    assert await once(press_at(pool, tmp_path, Instant(DUE_AT + 5 * 60 * MINUTE_US)), "one") == 1
    async with pool.acquire() as connection:
        edition = await read_edition(connection, "MPS", DAY)
    assert edition is not None
    assert edition.late


async def test_a_report_that_fails_is_tried_again_later_and_keeps_no_other_waiting(pool: Pool, tmp_path: Path) -> None:
    await enter_day(pool, forces=("GMP", "MPS"))
    press = press_at(pool, tmp_path, SEAL_AT)
    assert await once(replace(press, registers=Broken()), "one") == 1
    failed, issued = [row for row in await due(pool) if row["day"] == DAY]
    assert (issued["force"], issued["issued_at"]) == ("MPS", moment(SEAL_AT))
    assert (failed["force"], failed["issued_at"], failed["last_fault"]) == ("GMP", None, "ValueError")
    assert failed["not_before"] > moment(SEAL_AT)
    assert failed["leased_until"] is None
    assert await once(press, "one") == 0
    again = Instant(SEAL_AT + 10 * 1_000_000)
    assert await once(replace(press, registers=Broken(), clock=lambda: again), "one") == 0
    (twice, _) = [row for row in await due(pool) if row["day"] == DAY]
    assert twice["not_before"] - moment(again) > failed["not_before"] - moment(SEAL_AT)
    assert await once(replace(press, clock=lambda: Instant(again + 20 * 1_000_000)), "one") == 1


async def test_what_a_dead_process_had_in_hand_is_taken_over_when_its_lease_runs_out(
    pool: Pool, tmp_path: Path
) -> None:
    await enter_day(pool)
    await plan(pool, SEAL_AT)
    async with pool.acquire() as connection:
        await connection.execute(
            "UPDATE report_due SET leased_by = 'dead', leased_until = $1", moment(Instant(SEAL_AT + MINUTE_US))
        )
    assert await run_due(press_at(pool, tmp_path, SEAL_AT), "one") == 0
    assert await run_due(press_at(pool, tmp_path, Instant(SEAL_AT + MINUTE_US)), "one") == 1


async def test_a_process_that_lost_its_database_finds_its_own_lease_again(pool: Pool, tmp_path: Path) -> None:
    await enter_day(pool)
    await plan(pool, SEAL_AT)
    async with pool.acquire() as connection:
        await connection.execute(
            "UPDATE report_due SET leased_by = 'one', leased_until = $1", moment(Instant(SEAL_AT + MINUTE_US))
        )
    assert await run_due(press_at(pool, tmp_path, SEAL_AT), "one") == 1


async def test_the_deadline_works_until_it_is_told_to_stop(pool: Pool, tmp_path: Path) -> None:
    await enter_day(pool)
    stop = asyncio.Event()
    looks: list[Instant] = []

    def clock() -> Instant:
        """Stop at the sixth look: to plan, to lease, for the horizon, to issue, to lease again, and the next round."""
        looks.append(SEAL_AT)
        if len(looks) == 6:
            stop.set()
        return SEAL_AT

    async with asyncio.timeout(30):
        await run_deadline(press_at(pool, tmp_path, SEAL_AT, clock=clock), "one", stop)
    async with pool.acquire() as connection:
        assert await read_edition(connection, "MPS", DAY) is not None


async def test_a_preview_leaves_no_trace_and_says_what_it_is(pool: Pool, tmp_path: Path) -> None:
    await enter_day(pool)
    shown = await preview(press_at(pool, tmp_path, SEAL_AT), "MPS", DAY)
    assert shown.inputs.edition is None
    assert set(shown.files) == SUFFIXES
    assert not await asyncio.to_thread(lambda: list(tmp_path.iterdir()))
    async with pool.acquire() as connection:
        assert await read_edition(connection, "MPS", DAY) is None


@pytest.mark.parametrize(
    "statement", ["UPDATE edition SET issued_at = now()", "DELETE FROM edition", "TRUNCATE edition"]
)
async def test_the_database_refuses_to_change_an_issued_edition(pool: Pool, tmp_path: Path, statement: str) -> None:
    await enter_day(pool)
    edition: Edition = await issue(press_at(pool, tmp_path, SEAL_AT), "MPS", DAY)
    async with pool.acquire() as connection:
        with pytest.raises(asyncpg.RestrictViolationError, match="never changes"):
            await connection.execute(statement)
        assert await read_edition(connection, "MPS", DAY) == edition


async def test_a_day_of_which_the_ledger_has_fixes_is_due_though_the_force_was_entered_later(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection, began=minute(-20 * 24 * 60))
        await append(connection, outside(-2 * 24 * 60))
        await connection.execute("UPDATE force SET known_from = $1", moment(minute(60)))
    await plan(pool, minute(12 * 60))
    assert [row["day"] for row in await due(pool)] == [date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20)]


async def test_no_report_is_due_for_days_before_the_force_was_entered(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection, began=minute(-20 * 24 * 60))
        await connection.execute("UPDATE force SET known_from = $1", moment(minute(-2 * 24 * 60)))
    await plan(pool, minute(12 * 60))
    assert [row["day"] for row in await due(pool)] == [date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20)]
