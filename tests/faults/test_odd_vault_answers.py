"""Odd answers of Key Vault are findings; a write whose answer cannot be read is read back, and is made once."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import JSONResponse

from tests.harness import SECRET_NAME, Rehearsed, rehearsed
from wizard.commands.check import check_stored
from wizard.core.events import DeviceCodePrompt
from wizard.core.findings import Outcome
from wizard.journeys.saved_journey import JourneyFile
from wizard.plain.line_writer import LineWriter

Make = Callable[[dict[str, Any]], Any]


def member(**members: object) -> Make:
    return lambda body: {**body, **members}


def attribute(**members: object) -> Make:
    return lambda body: {**body, "attributes": {**body["attributes"], **members}}


def deep(_body: dict[str, Any]) -> bytes:
    return b'{"value":' + b"[" * 5000 + b"]" * 5000 + b"}"


READABLE: dict[str, Make] = {
    "attributes null": member(attributes=None),
    "attributes list": member(attributes=[1]),
    "attributes text": member(attributes="x"),
    "times of no date": attribute(exp=10**30, nbf=-(10**30), created="soon", updated=1e300),
    "enabled in words": attribute(enabled="yes"),
    "members of other kinds": member(contentType=5, kid=[], managed="x", previousVersion={}),
    "tags with a number": lambda body: {**body, "tags": {**(body["tags"] or {}), "n": 5}},
}
"""What leaves the secret itself readable."""
UNREADABLE: dict[str, Make] = {
    "deep": deep,
    "value number": member(value=5),
    "value object": member(value={"a": "b"}),
    "id null": member(id=None),
    "id number": member(id=7),
    "id in words": member(id="nowhere"),
    "id of another kind": member(id="https://evil.example/keys/x/y/z/w"),
    "list": lambda body: [body],
    "null": lambda _body: None,
}
"""What says not enough."""


def odd_answers(monkeypatch: pytest.MonkeyPatch, make: Make, *, strikes: Callable[[int], bool]) -> list[int]:
    """Let the vault's answers about the token's secret be odd; `strikes` is given the number of each, from 1."""
    render, seen = JSONResponse.render, list[int]()

    def changing(self: JSONResponse, content: Any) -> bytes:
        if isinstance(content, dict) and f"/secrets/{SECRET_NAME}/" in str(content.get("id")):
            seen.append(len(seen) + 1)
            if strikes(len(seen)):
                made = make(content)
                return made if isinstance(made, bytes) else json.dumps(made).encode()
        return render(self, content)

    monkeypatch.setattr(JSONResponse, "render", changing)
    return seen


def versions(here: Rehearsed) -> list[Any]:
    return list(here.cloud.vault.versions(SECRET_NAME))


@pytest.mark.parametrize("odd", READABLE)
def test_what_the_program_does_not_need_may_be_of_any_shape(odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    odd_answers(monkeypatch, READABLE[odd], strikes=lambda _number: True)
    with rehearsed("all-holds-public", monkeypatch) as here:
        assert here.run() == "store.mfa_compliant"
        assert here.journey.is_proven
        assert len(versions(here)) == 1


@pytest.mark.parametrize("odd", UNREADABLE)
def test_a_write_whose_answer_cannot_be_read_is_read_back_and_made_once(
    odd: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd_answers(monkeypatch, UNREADABLE[odd], strikes=lambda number: number == 1)
    with rehearsed("all-holds-public", monkeypatch) as here:
        assert here.run() == "store.mfa_compliant"
        assert here.journey.is_proven
        (version,) = versions(here)
        assert version["version"] == here.journey.onboarding.facts.secret_version


@pytest.mark.parametrize("odd", ["deep", "value number", "id null"])
def test_where_nothing_can_be_read_it_is_not_known_whether_it_is_written(
    odd: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token stays in memory; once the vault can be read, it is found there, and not written again."""
    is_odd = [True]
    odd_answers(monkeypatch, UNREADABLE[odd], strikes=lambda _number: is_odd[0])
    with rehearsed("all-holds-public", monkeypatch) as here:
        assert here.run() == "store.written"
        finding = here.journey.findings["store.written"]
        assert finding.outcome is Outcome.UNKNOWN
        assert finding.unreachable
        assert "Whether the token was written is not known" in finding.message
        assert "stays in memory" in finding.message
        is_odd[0] = False
        assert here.run() == "store.mfa_compliant"
        assert here.journey.is_proven
        assert len(versions(here)) == 1
        assert len(here.emitted(DeviceCodePrompt)) == 1


@pytest.mark.parametrize("odd", ["deep", "value object", "id in words", "list"])
def test_an_unreadable_secret_of_before_is_a_finding_and_nothing_is_written(
    odd: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd_answers(monkeypatch, UNREADABLE[odd], strikes=lambda _number: True)
    with rehearsed("two-versions", monkeypatch) as here:
        before = versions(here)
        assert here.run() == "user.vault_reachable"
        finding = here.journey.findings["user.vault_reachable"]
        assert (finding.outcome, finding.unreachable, finding.evidence["kind"]) == (Outcome.UNKNOWN, True, "answer")
        assert versions(here) == before
        assert here.emitted(DeviceCodePrompt) == []


def test_a_stored_value_that_is_no_token_is_told_and_goes_to_no_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, is_odd = tmp_path / "state" / "journey.json", [False]
    odd_answers(monkeypatch, member(value="1.AX☃\ud800"), strikes=lambda _number: is_odd[0])
    with rehearsed("all-holds-public", monkeypatch, file=file) as here:
        assert here.run() == "store.mfa_compliant"
        saved, asked = JourneyFile(file).read(), len(here.requests("/token$"))
        assert saved is not None
        is_odd[0] = True
        out = io.StringIO()
        assert check_stored(here.session, saved, LineWriter(out=out, err=out)) == 1
        assert (
            "✗ store.read_back: What is stored is no token\n    The newest version holds no token.\n" in out.getvalue()
        )
        redeemed = [each for each in here.requests("/token$")[asked:] if "refresh_token" in each.form]
        assert redeemed == []


@pytest.mark.parametrize("name", ["authorization", "authorization_uri"])
def test_a_challenge_that_names_another_place_to_sign_in_is_called_that_and_gets_no_token(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    init = JSONResponse.__init__

    def challenging(self: JSONResponse, content: Any, status: int = 200, headers: Any = None, **more: Any) -> None:
        if headers and "WWW-Authenticate" in headers:
            address = f'https://login.evil.example/{"1" * 8}", resource="https://vault.azure.net"'
            headers = {**headers, "WWW-Authenticate": f'Bearer {name}="{address}'}
        init(self, content, status, headers, **more)

    monkeypatch.setattr(JSONResponse, "__init__", challenging)
    with rehearsed("all-holds-public", monkeypatch) as here:
        assert here.run() == "user.vault_reachable"
        finding = here.journey.findings["user.vault_reachable"]
        assert (finding.outcome, finding.unreachable) == (Outcome.UNKNOWN, True)
        assert "its challenge names login.evil.example to sign in at, which is not of this cloud" in finding.message
        asked = [each for each in here.cloud.log if each.host.endswith(here.cloud.names.vault_suffix)]
        assert {each.status for each in asked} == {401}, "none had a token"
