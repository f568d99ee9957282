"""Serving the application over the network until told to stop."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from service.refusal import Refused

END_REQUESTS_WITHIN_S = 3


class AddressUnavailable(Refused):
    """The address can't be listened on; the message says why and what to do."""


async def serve(app: FastAPI, host: str, port: int, stop: asyncio.Event, ready: Callable[[str], None]) -> None:
    """Serve until `stop` is set, then let the requests under way end.

    ready: called once with the address, such as `http://127.0.0.1:8000`, when requests are answered.
    Raises AddressUnavailable.
    """
    with listening(host, port) as sock:
        server = _Server(app, lambda: ready(address_of(host, sock.getsockname()[1])))
        watching = asyncio.create_task(_end_on(stop, server))
        try:
            await server.serve(sockets=[sock])
        finally:
            watching.cancel()


def address_of(host: str, port: int) -> str:
    """Return the address of the first page; of every interface (0.0.0.0), this machine's own name for itself."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - compared
    return f"http://{shown}:{port}"


class _Server(uvicorn.Server):
    """A server that leaves signals to the process and says when it answers."""

    def __init__(self, app: FastAPI, ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=END_REQUESTS_WITHIN_S,
            )
        )
        self._ready = ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


async def _end_on(stop: asyncio.Event, server: _Server) -> None:
    await stop.wait()
    server.should_exit = True


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens there. Raises AddressUnavailable."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise AddressUnavailable(
            f"can't listen on {host} port {port} ({error.strerror}); stop what listens there, or choose another port"
        ) from error
