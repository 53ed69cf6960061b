"""Unattended runs of scenes as they are, shared by all tests of a worker: each scene is run once."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.rehearsals.scene_runs import SceneRun, run_scene
from wizard.microsoft.admin_consent import read_consent_response
from wizard.microsoft.http_adapter import HttpAdapter
from wizard.microsoft.sign_in_address import ExpectedRedirect, read_sign_in_address


@dataclass(frozen=True)
class RecordedRun:
    """A run of a scene, and every refusal of a service in it, as `curl -i` shows one, in order.

    What a browser came back with is among the refusals. `changes` are the requests that are no question, each as
    method, host and path, in order; those to the sign-in hosts are left out, where POST asks for tokens.
    """

    run: SceneRun
    refusals: tuple[str, ...]
    changes: tuple[tuple[str, str, str], ...]

    def refusal_with(self, *texts: str) -> str:
        """Return the last refusal that has all of `texts`."""
        return next(each for each in reversed(self.refusals) if all(text in each for text in texts))


@functools.cache
def recorded_run(name: str) -> RecordedRun:
    """Run a scene unattended; later calls return the same object, so change nothing in it."""
    refusals: list[str] = []
    changes: list[tuple[str, str, str]] = []
    send = HttpAdapter.send

    def send_and_keep(
        path: HttpAdapter, request: requests.PreparedRequest, *rest: object, **more: Any
    ) -> requests.Response:
        parts = urlsplit(str(request.url))
        if request.method != "GET" and "/oauth2/" not in parts.path:
            changes.append((str(request.method), str(parts.hostname), parts.path))
        answer = send(path, request, *rest, **more)
        if answer.status_code >= 400:
            refusals.append(as_curl_shows(answer))
        return answer

    def read_consent_and_keep(address: str) -> object:
        refusals.append(address)
        return read_consent_response(address)

    def read_sign_in_and_keep(address: str, expected: ExpectedRedirect) -> object:
        refusals.append(address)
        return read_sign_in_address(address, expected)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HttpAdapter, "send", send_and_keep)
        patch.setattr("wizard.onboarding.steps.consent.read_consent_response", read_consent_and_keep)
        patch.setattr("wizard.microsoft.browser_sign_in.read_sign_in_address", read_sign_in_and_keep)
        run = run_scene(name, patch)
    return RecordedRun(run, tuple(refusals), tuple(changes))


def shared_run(name: str) -> SceneRun:
    """Return what came of a scene; change nothing in it."""
    return recorded_run(name).run


def one_worker_each(names: Iterable[str]) -> list[Any]:
    """Return parameters for tests of scenes: all tests of one scene go to the same worker, which runs it once."""
    return [pytest.param(name, marks=pytest.mark.xdist_group(f"scene {name}")) for name in names]


def as_curl_shows(answer: requests.Response) -> str:
    """Return status line, headers and body."""
    lines = [f"HTTP/1.1 {answer.status_code} {answer.reason or ''}"]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    return "\r\n".join(lines) + "\r\n\r\n" + answer.content.decode("utf-8")
