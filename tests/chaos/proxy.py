"""A small proxy between workers and the database, which drops connections, or lets nothing through for a while."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

PIECE = 65_536
# Close without a word: what is under way is lost, and the other side is told by a reset.
RESET = struct.pack("ii", 1, 0)


class Proxy:
    """Carries bytes between a port of its own and a Unix socket; a worker's connections can be hurt all at once."""

    def __init__(self, to: Path) -> None:
        self._to = to
        self._gate = _open_gate()
        self._writers: set[asyncio.StreamWriter] = set()
        self._to_database: set[asyncio.StreamWriter] = set()
        self._pumps: set[asyncio.Task[None]] = set()

    def hold(self) -> None:
        """Let nothing through, and keep the connections: as a network does that lost its way."""
        self._gate.clear()

    def flow(self) -> None:
        """Let everything through again."""
        self._gate.set()

    def silence(self) -> None:
        """Let nothing through the connections that there are, ever again; others may be made.

        The database's end is closed, as its keepalives would see to. The worker is told nothing.
        """
        self._gate.clear()
        self._gate = _open_gate()
        for writer in self._to_database:
            writer.transport.abort()
        self._to_database = set()

    def cut(self) -> int:
        """Drop every connection, at both ends, and return how many halves there were."""
        writers, self._writers = self._writers, set()
        for writer in writers:
            connection = writer.get_extra_info("socket")
            if connection is not None and connection.family == socket.AF_INET:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            writer.transport.abort()
        return len(writers)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until either side ends it."""
        try:
            to_reader, to_writer = await asyncio.open_unix_connection(self._to)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, to_writer}
        self._to_database.add(to_writer)
        gate = self._gate
        pumps = [
            asyncio.create_task(self._pump(reader, to_writer, gate)),
            asyncio.create_task(self._pump(to_reader, writer, gate)),
        ]
        self._pumps.update(pumps)
        await asyncio.wait(pumps)
        self._pumps.difference_update(pumps)
        self._writers -= {writer, to_writer}
        self._to_database.discard(to_writer)

    async def close(self) -> None:
        """Drop every connection and carry no more."""
        self.cut()
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, gate: asyncio.Event) -> None:
        with suppress(OSError):
            while piece := await reader.read(PIECE):
                await gate.wait()
                writer.write(piece)
                await writer.drain()
        await gate.wait()
        writer.close()


def _open_gate() -> asyncio.Event:
    gate = asyncio.Event()
    gate.set()
    return gate


@asynccontextmanager
async def proxied(folder: Path) -> AsyncIterator[tuple[Proxy, int]]:
    """Run a proxy to the database whose socket lies in `folder`; yields it and its port on 127.0.0.1."""
    proxy = Proxy(folder / ".s.PGSQL.5432")
    server = await asyncio.start_server(proxy.carry, "127.0.0.1", 0)
    try:
        yield proxy, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await proxy.close()
