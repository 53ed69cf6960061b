"""Answers that a test makes up, and a rehearsal cloud gives in place of the service's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from starlette.responses import Response

from wizard.rehearsal import dispatcher, entra_api
from wizard.rehearsal.fault_injection import error_response
from wizard.rehearsal.world import Fault

CANARY = "1.AXcanary-refresh-token-c4n4ry-0123456789abcdef"
"""A refresh token that must show nowhere."""
ACCESS = "eyJhbGciOiJub25lIn0.c4n4ry-access-token.sig"

TORN: dict[str, str | bytes] = {
    "torn": f'{{"token_type": "Bearer", "access_token": "{ACCESS}", "refresh_token": "{CANARY}", "expires_in": 36',
    "a list": json.dumps([{"access_token": ACCESS, "refresh_token": CANARY}]),
    "behind a byte": f'x{{"access_token": "{ACCESS}", "refresh_token": "{CANARY}"}}',
    "in another encoding": json.dumps({"access_token": ACCESS, "refresh_token": CANARY}).encode("utf-16"),
    "of another type": json.dumps({"access_token": {"value": ACCESS}, "refresh_token": [CANARY]}),
    "with a broken id token": json.dumps(
        {"access_token": ACCESS, "refresh_token": CANARY, "id_token": f"{CANARY}.x", "client_info": CANARY}
    ),
}  # fmt: skip
"""Token answers no client can use, with canaries in them."""


def canned(
    monkeypatch: pytest.MonkeyPatch,
    answers: Mapping[Fault, tuple[int, str | bytes]],
    headers: Mapping[str, str] | None = None,
) -> tuple[Fault, ...]:
    """Let each fault be answered with a status and a body of its own; return the faults for a scene."""

    def answer(fault: Fault) -> Response:
        if fault not in answers:
            return error_response(fault)
        status, body = answers[fault]
        return Response(body, status, headers, media_type="application/json")

    monkeypatch.setattr(dispatcher, "error_response", answer)
    return tuple(answers)


def change_device_codes(monkeypatch: pytest.MonkeyPatch, **members: Any) -> None:
    """Let the answers of the device authorization endpoint have other members; `...` leaves one out."""
    issue = entra_api.EntraApi._issue

    def issued(self: entra_api.EntraApi, *arguments: Any) -> dict[str, object]:
        body = issue(self, *arguments) | members
        return {name: value for name, value in body.items() if value is not ...}

    monkeypatch.setattr(entra_api.EntraApi, "_issue", issued)
