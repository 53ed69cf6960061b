"""Answers of the rehearsal cloud with one thing wrong, chosen by a seed."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from starlette.responses import JSONResponse, Response

from wizard.rehearsal import partner_center_api

KINDS: Final[Mapping[str, Callable[[Mapping[str, Any]], bool]]] = {
    "discovery": lambda body: "token_endpoint" in body,
    "code": lambda body: "device_code" in body,
    "user's token": lambda body: "refresh_token" in body,
    "app's token": lambda body: "access_token" in body and "refresh_token" not in body,
    "secret": lambda body: "attributes" in body and "id" in body,
    "profile": lambda body: "companyName" in body,
    "customers": lambda body: "totalCount" in body,
    "Graph": lambda body: "appId" in body or "value" in body,
    "refusal": lambda body: "error" in body,
}
"""The answers of each endpoint, told by their members."""

DEEP: Final = "@deep@"
ODD: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 7, 10**30, -(10**30), 1e308, float("inf"), float("nan"), "", " ", "x", "null", "0", "☃",
    "\ud800", "a\nb", "\x00", "\x1b]52;c;eA==\x07", "\u202egnp.exe", "https://evil.example/x",
    "https://me:pw@evil.example/", "A" * 70_000,
    [], {}, [None], [[]], ["x", 5], {"a": {"b": []}}, {"error": None}, DEEP,
)  # fmt: skip


@dataclass
class Mutator:
    """Changes the answers of one kind.

    Args:
        seed: decides the kind, which of its answers, and what is wrong with each.
    """

    seed: int
    struck: list[str] = field(default_factory=list)
    kind: str = ""

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # a battery, not a secret
        self.kind = sorted(KINDS)[self.seed % len(KINDS)]
        self._after = self._random.choice((0, 0, 1, 2))
        self._always = self._random.random() < 0.5
        self._met = 0

    def strike(self, content: object) -> bytes | None:
        """What is sent in the place of an answer, None where it stays as it is."""
        if not isinstance(content, dict) or not KINDS[self.kind](content):
            return None
        self._met += 1
        if self._met <= self._after or (self.struck and not self._always):
            return None
        return self.changed(json.loads(json.dumps(content)))

    def changed(self, body: Any) -> bytes:
        """What is sent in the place of a body, which is changed as well."""
        how = self._random.choice(("member", "member", "member", "members", "claims", "whole", "bytes"))
        if how in ("member", "members"):
            for _ in range(1 if how == "member" else 4):
                self._change_inside(body)
        elif how == "claims":
            self._change_claims(body)
        elif how == "whole":
            body = self._odd()
        text = json.dumps(body).replace(f'"{DEEP}"', "[" * 3000 + "]" * 3000)
        self.struck.append(f"{how}: {text[:300]}")
        return self._spoilt(text) if how == "bytes" else text.encode()

    def _change_inside(self, body: Any) -> None:
        """Replace a member at any depth, or take it away."""
        inside = [body]
        while isinstance(inside[-1], dict | list) and inside[-1] and (len(inside) == 1 or self._random.random() < 0.5):
            last = inside[-1]
            inside.append(last[self._key(last)])
        holder = [each for each in inside if isinstance(each, dict | list) and each]
        if not holder:
            return
        key = self._key(holder[-1])
        if self._random.random() < 0.2:
            del holder[-1][key]
        else:
            holder[-1][key] = self._odd()

    def _change_claims(self, body: dict[str, Any]) -> None:
        name = self._random.choice(("access_token", "id_token", "client_info"))
        parts = str(body.get(name, "")).split(".")
        part = min(1, len(parts) - 1)
        try:
            claims = json.loads(base64.urlsafe_b64decode(parts[part] + "=" * (-len(parts[part]) % 4)))
        except ValueError:
            return
        self._change_inside(claims)
        text = json.dumps(claims).replace(f'"{DEEP}"', "[" * 3000 + "]" * 3000)
        parts[part] = base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
        body[name] = ".".join(parts)

    def _spoilt(self, text: str) -> bytes:
        whole = text.encode()
        return self._random.choice(
            (
                whole[: len(whole) // 2],
                b"\xef\xbb\xbf" + whole,
                text.encode("utf-16"),
                b"\xff" + whole,
                b"",
                whole + whole,
                b"<html></html>",
                b"null",
                whole.replace(b'"', b"'"),
                whole[:-1] + b"," + whole[1:] if len(whole) > 2 else whole,
            )
        )

    def _key(self, holder: Any) -> Any:
        return self._random.choice(sorted(holder)) if isinstance(holder, dict) else self._random.randrange(len(holder))

    def _odd(self) -> Any:
        return json.loads(json.dumps(self._random.choice(ODD)))


def answers_through(strike: Callable[[object], bytes | None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Give `strike` every JSON answer of the rehearsal cloud, and send what it gives instead."""
    render, of_partner_center = JSONResponse.render, partner_center_api.json_answer

    def rendered(self: JSONResponse, content: Any) -> bytes:
        struck = strike(content)
        return render(self, content) if struck is None else struck

    def answered(body: Any, status: int, headers: Mapping[str, str], bom: bool = True) -> Response:
        struck = strike(body)
        if struck is None:
            return of_partner_center(body, status, headers, bom)
        return Response(struck, status, dict(headers), "application/json; charset=utf-8")

    monkeypatch.setattr(JSONResponse, "render", rendered)
    monkeypatch.setattr(partner_center_api, "json_answer", answered)
