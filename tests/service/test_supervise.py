import asyncio

import pytest

from service.supervise import Work, supervise


async def test_a_work_that_fails_begins_again_and_the_others_never_notice() -> None:
    stop, recovered = asyncio.Event(), asyncio.Event()
    begun = {"frail": 0, "steady": 0}

    async def frail(stop: asyncio.Event) -> None:
        begun["frail"] += 1
        if begun["frail"] < 4:
            raise ConnectionError("gone")
        recovered.set()
        await stop.wait()

    async def steady(stop: asyncio.Event) -> None:
        begun["steady"] += 1
        await stop.wait()

    supervised = asyncio.create_task(supervise({"frail": frail, "steady": steady}, stop, first_wait_s=0))
    await recovered.wait()
    stop.set()
    await supervised

    assert begun == {"frail": 4, "steady": 1}


async def test_a_work_that_ends_by_itself_begins_again() -> None:
    stop, begun = asyncio.Event(), 0

    async def brief(stop: asyncio.Event) -> None:
        nonlocal begun
        begun += 1
        if begun == 3:
            stop.set()

    await supervise({"brief": brief}, stop, first_wait_s=0)

    assert begun == 3


async def test_on_stop_every_work_ends_in_its_own_way() -> None:
    stop, ready = asyncio.Event(), asyncio.Barrier(3)
    tidied: list[str] = []

    def tidy(name: str) -> Work:
        async def work(stop: asyncio.Event) -> None:
            await ready.wait()
            await stop.wait()
            tidied.append(name)

        return work

    supervised = asyncio.create_task(supervise({"web": tidy("web"), "desk": tidy("desk")}, stop))
    await ready.wait()
    stop.set()
    await supervised

    assert sorted(tidied) == ["desk", "web"]


async def test_a_work_that_does_not_end_is_cancelled() -> None:
    stop, deaf, cancelled = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def stubborn(_stop: asyncio.Event) -> None:
        deaf.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    supervised = asyncio.create_task(supervise({"stubborn": stubborn}, stop, end_within_s=0))
    await deaf.wait()
    stop.set()
    await supervised

    assert cancelled.is_set()


async def test_a_work_that_waits_to_begin_again_does_not_hold_up_the_end() -> None:
    stop, failed = asyncio.Event(), asyncio.Event()

    async def failing(_stop: asyncio.Event) -> None:
        failed.set()
        raise ConnectionError("gone")

    supervised = asyncio.create_task(supervise({"failing": failing}, stop, first_wait_s=3600, end_within_s=3600))
    await failed.wait()
    stop.set()
    await asyncio.wait_for(supervised, 10)


async def test_when_the_supervisor_is_cancelled_no_work_is_left_behind() -> None:
    ready, ended = asyncio.Event(), asyncio.Event()

    async def work(stop: asyncio.Event) -> None:
        ready.set()
        try:
            await stop.wait()
        finally:
            ended.set()

    supervised = asyncio.create_task(supervise({"work": work}, asyncio.Event()))
    await ready.wait()
    supervised.cancel()
    with pytest.raises(asyncio.CancelledError):
        await supervised

    assert ended.is_set()
