import asyncio
import socket

import httpx
import pytest
from fastapi import FastAPI

from service.http.server import AddressUnavailable, address_of, serve


async def test_it_says_where_it_answers_and_stops_when_told(app: FastAPI) -> None:
    stop = asyncio.Event()
    where: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    serving = asyncio.create_task(serve(app, "127.0.0.1", 0, stop, where.set_result))
    async with httpx.AsyncClient(base_url=await where) as client:
        answer = await client.get("/health")
        assert answer.status_code == 200
        assert "server" not in answer.headers
    stop.set()
    await asyncio.wait_for(serving, 10)

    async with httpx.AsyncClient(base_url=await where) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("/health")


async def test_an_address_that_is_taken_is_named_with_the_remedy(app: FastAPI) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AddressUnavailable, match=f"can't listen on 127.0.0.1 port {port} .*choose another port"):
            await serve(app, "127.0.0.1", port, asyncio.Event(), lambda _: None)


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("0.0.0.0", "http://127.0.0.1:80"),  # noqa: S104 - nothing listens
        ("::", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("db", "http://db:80"),
    ],
)
def test_the_address_is_one_that_a_browser_can_open(host: str, shown: str) -> None:
    assert address_of(host, 80) == shown
