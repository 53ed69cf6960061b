"""The cloud's own CONNECT proxy: connects its host names to the server on loopback, and refuses every other host."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable

from wizard.rehearsal.host_names import LOOPBACK, HostNames, host_name

_MAX_HEAD_BYTES = 16_384


class ConnectProxy:
    """A CONNECT proxy on loopback.

    Args:
        names: the host names it connects to the server.
        vault_exists: whether a vault of that name resolves; if not, the answer is 502, as when a proxy's DNS fails.
        is_blocked: whether the answer for a host is 403, as when a proxy's rules forbid it.
    """

    def __init__(
        self,
        names: HostNames,
        vault_exists: Callable[[str], bool],
        is_blocked: Callable[[str], bool] = lambda _host: False,
    ) -> None:
        self.refused_hosts: list[str] = []
        self._names = names
        self._vault_exists = vault_exists
        self._is_blocked = is_blocked
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """Listen on loopback; return the port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_MAX_HEAD_BYTES)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """End every connection."""
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            await self._connect(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, target = [*head.split(" ", 2), "", ""][:2]
        status = self._status_for(method, target)
        if status != "200 Connection established":
            writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
            return
        their_reader, their_writer = await asyncio.open_connection("127.0.0.1", self._names.port)
        writer.write(f"HTTP/1.1 {status}\r\n\r\n".encode())
        directions = [
            asyncio.create_task(_copy(reader, their_writer, writer)),
            asyncio.create_task(_copy(their_reader, writer, their_writer)),
        ]
        try:
            await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for direction in directions:
                direction.cancel()
            their_writer.close()

    def _status_for(self, method: str, target: str) -> str:
        if method != "CONNECT":
            self.refused_hosts.append(host_name(target.partition("://")[2].split("/")[0] or target))
            return "403 Forbidden"
        host, port = host_name(target), target.rpartition(":")[2]
        loopback = host in LOOPBACK
        if self._names.service_of(host) is None or port != (str(self._names.port) if loopback else "443"):
            self.refused_hosts.append(target if loopback else host)
            return "403 Forbidden"
        if self._is_blocked(host):
            return "403 Forbidden"
        label = self._names.vault_label(host)
        if label and not self._vault_exists(label):
            return "502 Bad Gateway"
        return "200 Connection established"


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, back: asyncio.StreamWriter) -> None:
    """Copy one direction of a connection; `back` writes to where the data come from."""
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            _acknowledge(back)
            writer.write(data)
            await writer.drain()


def _acknowledge(writer: asyncio.StreamWriter) -> None:
    """Acknowledge at once: urllib3 leaves Nagle's algorithm on behind a proxy, and waits 40 ms a POST otherwise."""
    connection = writer.get_extra_info("socket")
    if connection is not None and hasattr(socket, "TCP_QUICKACK"):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
