"""Scenes played as they stand: once a worker, however many tests look at what came of it."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.rehearsals.running import Played, play
from wizard.microsoft.admin_consent import read_consent_response
from wizard.microsoft.http_adapter import HttpAdapter
from wizard.microsoft.sign_in_address import ExpectedRedirect, read_sign_in_address


@dataclass(frozen=True)
class Performance:
    """A scene that was played, and every refusal of a service in it, as `curl -i` shows one, in order.

    What a browser came back with is among the refusals.
    """

    played: Played
    refusals: tuple[str, ...]

    def refusal_with(self, *texts: str) -> str:
        """The last refusal that holds all of `texts`."""
        return next(each for each in reversed(self.refusals) if all(text in each for text in texts))


@functools.cache
def performance(name: str, *, without_faults: bool = False) -> Performance:
    """Play a scene unattended; at the second call what came of it is given again, so change nothing in it."""
    refusals: list[str] = []
    send = HttpAdapter.send

    def kept(path: HttpAdapter, request: requests.PreparedRequest, *rest: object, **more: Any) -> requests.Response:
        answer = send(path, request, *rest, **more)
        if answer.status_code >= 400:
            refusals.append(as_curl_shows(answer))
        return answer

    def read_and_kept(address: str) -> object:
        refusals.append(address)
        return read_consent_response(address)

    def pasted_and_kept(address: str, expected: ExpectedRedirect) -> object:
        refusals.append(address)
        return read_sign_in_address(address, expected)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HttpAdapter, "send", kept)
        patch.setattr("wizard.onboarding.steps.consent.read_consent_response", read_and_kept)
        patch.setattr("wizard.microsoft.browser_sign_in.read_sign_in_address", pasted_and_kept)
        played = play(name, patch, without_faults=without_faults)
    return Performance(played, tuple(refusals))


def played_once(name: str) -> Played:
    """What a scene came to."""
    return performance(name).played


def one_worker_each(names: Iterable[str]) -> list[Any]:
    """Parameters for tests of scenes: all tests of one scene go to the same worker, which plays it once."""
    return [pytest.param(name, marks=pytest.mark.xdist_group(f"scene {name}")) for name in names]


def as_curl_shows(answer: requests.Response) -> str:
    """Status line, headers and body."""
    lines = [f"HTTP/1.1 {answer.status_code} {answer.reason or ''}"]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    return "\r\n".join(lines) + "\r\n\r\n" + answer.content.decode("utf-8")
