"""The cloud's server: uvicorn with TLS and the proxy, both on one event loop in one thread."""

from __future__ import annotations

import asyncio
import socket
import threading
from pathlib import Path

import trustme
import uvicorn

from wizard.rehearsal.connect_proxy import ConnectProxy
from wizard.rehearsal.dispatcher import Dispatcher
from wizard.rehearsal.host_names import HostNames

_START_SECONDS = 10


class Server(uvicorn.Server):
    """uvicorn, stopped without a delay of its own."""

    async def main_loop(self) -> None:
        """Wait for the end, more often than uvicorn does."""
        counter = 0
        while not self.should_exit:
            if counter % 5 == 0:
                await self.on_tick(counter)
            counter += 1
            await asyncio.sleep(0.02)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Break off open connections, so that a client that keeps one is not waited for."""
        for server in self.servers:
            server.close()
        for listening in sockets or []:
            listening.close()
        for connection in list(self.server_state.connections):
            transport = getattr(connection, "transport", None)
            if isinstance(transport, asyncio.Transport):
                transport.abort()
        await asyncio.sleep(0)


class ServerThread:
    """The thread that serves; `start` returns when both listen."""

    def __init__(self, dispatcher: Dispatcher, proxy: ConnectProxy, listening: socket.socket, folder: Path) -> None:
        self.proxy_port = 0
        self._proxy = proxy
        self._listening = listening
        self._ready = threading.Event()
        self._error: BaseException | None = None
        config = uvicorn.Config(
            dispatcher,
            http="h11",
            ws="none",
            lifespan="off",
            loop="asyncio",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=1,
            ssl_certfile=str(folder / "server.pem"),
            ssl_keyfile=str(folder / "server.key"),
        )
        self._config = config
        self._server = Server(config)
        self._thread = threading.Thread(target=self._run, name="rehearsal-cloud", daemon=True)

    def start(self) -> None:
        """Return when server and proxy listen; raise `RuntimeError` if they do not."""
        self._thread.start()
        if not self._ready.wait(_START_SECONDS) or self._error is not None:
            raise RuntimeError("the rehearsal cloud did not start") from self._error

    def show_certificate(self, chain: Path, key: Path) -> None:
        """Show another certificate to every client that connects from now on."""
        if self._config.ssl is not None:
            self._config.ssl.load_cert_chain(chain, key)

    def stop(self) -> None:
        """End the thread."""
        self._server.should_exit = True
        self._thread.join(5)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001  # handed to the thread that waits in start
            self._error = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _loop, _context: None)  # scenes break connections
        self.proxy_port = await self._proxy.start()
        serving = asyncio.create_task(self._server.serve(sockets=[self._listening]))
        while not self._server.started and not serving.done():
            await asyncio.sleep(0.002)
        self._ready.set()
        try:
            await serving
        finally:
            await self._proxy.stop()


def listen() -> socket.socket:
    """Return a socket that is bound to a free port of loopback."""
    # asyncio sets TCP_NODELAY only where the protocol is named; without it each answer takes 40 ms more
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    return listening


def write_certificates(folder: Path, names: HostNames, inspected_by: str = "") -> Path:
    """Write a CA and the server's certificate; where TLS is inspected, also the one that is seen without inspection.

    Args:
        folder: where they are written: server.pem and server.key, uninspected.pem and uninspected.key.
        names: the names in the certificate.
        inspected_by: name of another CA that signs it instead, "" for none.

    Returns:
        The path of the CA.
    """
    authority = trustme.CA(organization_name="Rehearsal cloud")
    if inspected_by:
        _write_leaf(folder, "server", trustme.CA(organization_name=inspected_by), names)
        _write_leaf(folder, "uninspected", authority, names)
    else:
        _write_leaf(folder, "server", authority, names)
    bundle = folder / "ca.pem"
    authority.cert_pem.write_to_path(bundle)
    return bundle


def _write_leaf(folder: Path, name: str, authority: trustme.CA, names: HostNames) -> None:
    leaf = authority.issue_cert(*names.certificate_names(), key_type=trustme.KeyType.ECDSA)
    key = folder / f"{name}.key"
    key.touch(mode=0o600)
    leaf.private_key_pem.write_to_path(key)
    (folder / f"{name}.pem").write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
