"""The browser is on another machine than the wizard: its answer comes back through ssh -L, as the wizard says it.

The browser's machine has 127.0.0.2 for its localhost; the wizard listens at 127.0.0.1 and ::1, out of its reach.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.browser.chromium import CHROMIUM, DRIVER, chromium
from tests.browser.tunnel import SshServer, is_listened_at, ssh_server
from tests.harness import SECRET_NAME, Browser, Program, answering, program
from tests.ports import free_port
from wizard.microsoft.landing import Landing
from wizard.rehearsal import RehearsalCloud, load_scene

pytestmark = [pytest.mark.system, pytest.mark.ssh]
USER = "partner-integration@contoso.com"
THERE = "127.0.0.2"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SshServer]:
    with ssh_server(tmp_path / "ssh") as running:
        yield running


@pytest.fixture
def cloud() -> Iterator[RehearsalCloud]:
    with RehearsalCloud(load_scene("browser-security-defaults"), names="production", people="wait") as running:
        yield running


@contextmanager
def through_a_tunnel(cloud: RehearsalCloud, server: SshServer, base: Path) -> Iterator[tuple[Program, dict[str, Any]]]:
    """A run that waits for its sign-in, and what it shows; the answer then came through, and the token is proven."""
    port = free_port()
    with program(cloud, base, answering(cloud, signs_in=False)) as run:
        shown = run.run("--port", str(port)).wait_for("sign_in")
        assert shown["redirect_uri"] == f"http://localhost:{port}"
        assert not is_listened_at(THERE, port)
        with server.tunnel(THERE, port) as log:
            yield run, shown
            assert run.end() == 0
            assert f"forwarding to localhost port {port} requested" in log.read_text()
        assert f"ssh -L {port}:localhost:{port} USER@{socket.gethostname()}" in run.stderr
        assert run.summary["outcome"] == "proven"
        (version,) = cloud.vault.versions(SECRET_NAME)
        assert version["tags"]["flow"] == "auth_code"  # type: ignore[index]


def test_a_redirect_travels_through_the_tunnel(cloud: RehearsalCloud, server: SshServer, tmp_path: Path) -> None:
    with through_a_tunnel(cloud, server, tmp_path) as (_, shown):
        target = urlsplit(Browser(cloud, is_elsewhere=True).authorize(shown["url"]))
        there = f"http://{THERE}:{target.port}"
        asked = requests.get(f"{there}/?{target.query}", headers={"Host": target.netloc}, allow_redirects=False)
        assert asked.headers["Location"] == Landing.SIGNED_IN.path
        page = requests.get(there + asked.headers["Location"], headers={"Host": target.netloc})
        assert "You can close this tab" in page.text


@pytest.mark.browser
@pytest.mark.skipif(not (Path(CHROMIUM).exists() and Path(DRIVER).exists()), reason=f"needs {CHROMIUM} and {DRIVER}")
def test_chromium_on_another_machine_ends_on_the_wizards_page(
    cloud: RehearsalCloud, server: SshServer, tmp_path: Path
) -> None:
    with (
        chromium(cloud, tmp_path, localhost=THERE) as browser,
        through_a_tunnel(cloud, server, tmp_path) as (_, shown),
    ):
        browser.sign_in_at(shown["url"], USER)
        assert browser.driver.current_url == shown["redirect_uri"] + Landing.SIGNED_IN.path
        assert "You can close this tab" in browser.text
