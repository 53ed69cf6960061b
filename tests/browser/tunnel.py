"""An SSH server of a test's own, with keys that last as long as the test, and a tunnel through it (ssh -L)."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.harness import wait_for
from tests.patience import PATIENCE
from tests.ports import free_port
from tests.programs import find_program

SEPARATED = Path("/run/sshd")
"""An empty folder without which sshd does not start as root; Debian's service makes it at each start."""


@dataclass(frozen=True)
class SshServer:
    """A server on 127.0.0.1, which lets in whoever runs the tests, with the key in `folder`."""

    folder: Path
    port: int

    @contextmanager
    def tunnel(self, here: str, port: int) -> Iterator[Path]:
        """`ssh -L here:port:localhost:port`; gives the file in which it tells what goes through."""
        log = self.folder / "ssh.log"
        options = (
            "BatchMode=yes", "ExitOnForwardFailure=yes", "IdentitiesOnly=yes",
            f"UserKnownHostsFile={self.folder / 'known_hosts'}",
        )  # fmt: skip
        command = ["ssh", "-v", "-N", "-F", "none", "-E", str(log), "-p", str(self.port)]
        command += ["-i", str(self.folder / "user"), *(word for each in options for word in ("-o", each))]
        command += ["-L", f"{here}:{port}:localhost:{port}", "127.0.0.1"]
        with ended_at_last(command) as client:
            ready = f"Local forwarding listening on {here} port {port}"
            wait_for(lambda: client.poll() is not None or (log.exists() and ready in log.read_text()), "a tunnel")
            assert client.poll() is None, log.read_text()
            yield log


@contextmanager
def ssh_server(folder: Path) -> Iterator[SshServer]:
    """A server that runs as whoever runs the tests."""
    folder.mkdir(mode=0o700)
    for name in ("host", "user"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name)],
            check=True,
            timeout=PATIENCE,
        )
    server = SshServer(folder, free_port())
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{server.port} {(folder / 'host.pub').read_text()}")
    (folder / "sshd.conf").write_text(
        f"ListenAddress 127.0.0.1\nHostKey {folder / 'host'}\nAuthorizedKeysFile {folder / 'user.pub'}\n"
        "StrictModes no\nAuthenticationMethods publickey\nPermitRootLogin prohibit-password\n"
        "UsePAM no\nPidFile none\nAllowTcpForwarding local\n"
    )
    if os.geteuid() == 0:
        SEPARATED.mkdir(mode=0o755, exist_ok=True)
    sshd = find_program("sshd")  # it wants to be called by its whole path
    assert sshd
    log = folder / "sshd.log"
    command = [sshd, "-D", "-f", str(folder / "sshd.conf"), "-p", str(server.port), "-E", str(log)]
    with ended_at_last(command) as process:
        wait_for(lambda: process.poll() is not None or is_listened_at("127.0.0.1", server.port), "sshd")
        assert process.poll() is None, log.read_text()
        yield server


@contextmanager
def ended_at_last(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the block."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def is_listened_at(address: str, port: int) -> bool:
    """Whether somebody takes a connection there."""
    with socket.socket() as asking:
        return asking.connect_ex((address, port)) == 0
