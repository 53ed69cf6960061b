"""A revocation that is killed at one of its requests: the next run goes on from what was done, and proves the end."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.harness import SECRET_NAME, program, wait_for
from tests.rehearsals.stored_journeys import CLIENT, Stored
from tests.rehearsals.test_revoke import Killed, revoke
from tests.rehearsals.test_revoke import journey as journey  # a fixture
from wizard.microsoft.http_adapter import HttpAdapter

CHANGES = ("/revokeSignInSessions", f"/secrets/{SECRET_NAME}/", "/oauth2PermissionGrants/", "/removePassword")
"""What each of the requests that change something has in its path, in their order."""
OTHERS = [pytest.param(each, marks=pytest.mark.system) for each in CHANGES[1:]]


def is_change(method: str | None, address: str | None, path: str) -> bool:
    """Whether a request changes what a path names."""
    return method in {"POST", "PATCH", "DELETE"} and path in str(address)


@contextmanager
def killed_at(path: str, *, answered: bool, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the program end at a change: before it leaves, or once its answer has come."""
    send = HttpAdapter.send

    def send_or_end(
        adapter: HttpAdapter, request: requests.PreparedRequest, *rest: object, **more: Any
    ) -> requests.Response:
        is_last = is_change(request.method, request.url, path)
        if is_last and not answered:
            raise Killed
        answer = send(adapter, request, *rest, **more)
        if is_last:
            raise Killed
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(HttpAdapter, "send", send_or_end)
        yield


def ends_well(journey: Stored) -> None:
    """The next run makes what is left, and the end is proven."""
    assert journey.saved.revoked_at
    assert not journey.saved.is_end_proven
    again = revoke(journey)

    assert again.code == 0, again.text
    assert journey.saved.is_end_proven
    assert not any(each["enabled"] for each in journey.versions())
    assert journey.cloud.state.grants == {}
    assert journey.cloud.state.apps[CLIENT].secrets == []


@pytest.mark.parametrize(
    "answered", [True, pytest.param(False, marks=pytest.mark.system)], ids=["after its answer", "before it leaves"]
)
@pytest.mark.parametrize("path", [CHANGES[0], *OTHERS])
def test_killed_at_a_change_the_next_run_goes_on_to_the_end(
    path: str, answered: bool, journey: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Killed), killed_at(path, answered=answered, monkeypatch=monkeypatch):
        revoke(journey)

    ends_well(journey)


@pytest.mark.system
@pytest.mark.parametrize("path", CHANGES)
def test_a_program_that_is_killed_for_good_is_gone_on_with(path: str, journey: Stored, tmp_path: Path) -> None:
    rights = tmp_path / "rights.toml"
    rights.write_text(journey.cloud.answers_file.read_text() + '\n[graph]\nidentity = "environment"\n')
    files = ("--journey", str(journey.path), "--cloud-file", str(journey.cloud.cloud_file), "--answers", str(rights))
    before = len(journey.cloud.log)
    with program(journey.cloud, tmp_path / "run") as made:
        running = made.start("revoke", "--yes", *files)._process
        wait_for(
            lambda: (
                any(is_change(each.method, each.path, path) for each in journey.cloud.log[before:])
                or running.poll() is not None
            ),
            "its change",
        )
        made.signal(signal.SIGKILL)
        made.end()

    ends_well(journey)
