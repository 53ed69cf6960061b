"""The secrets that pass through a run, in every form a file could hold them in, and the search for them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock
from urllib.parse import quote, quote_plus

from wizard.rehearsal import RehearsalCloud, issued_tokens


class Canaries:
    """Every secret a cloud has given or taken so far."""

    def __init__(self) -> None:
        self._issued: list[str] = []

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Keep each token that is signed meanwhile."""
        sign = issued_tokens._signed

        def kept(claims: dict[str, object]) -> str:
            self._issued.append(sign(claims))
            return self._issued[-1]

        with mock.patch.object(issued_tokens, "_signed", kept):
            yield

    def all(self, cloud: RehearsalCloud) -> dict[str, str]:
        """Secret by name: client secrets, refresh tokens, device codes, access and id tokens."""
        state = cloud.state
        found = {f"secret of {name}": each.value for name, app in state.apps.items() for each in app.secrets}
        found |= {f"refresh token {number}": value for number, value in enumerate(state.refresh_tokens)}
        found |= {f"device code {number}": value for number, value in enumerate(state.device_codes)}
        return found | {f"token {number}": value for number, value in enumerate(self._issued)}


def encoded_forms(secret: str) -> set[bytes]:
    """A secret as it is, JSON-escaped, URL-escaped, and in base64 at each of the three alignments."""
    raw = secret.encode()
    plain = {secret, json.dumps(secret)[1:-1], quote(secret, safe=""), quote_plus(secret)}
    shifted = set()
    for padding in range(3):
        whole = base64.b64encode(b"x" * padding + raw)
        inner = whole[4 if padding else 0 : -4]  # the groups that hold nothing but the secret
        shifted |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return {text.encode() for text in plain} | shifted


def leaks(secrets: dict[str, str], folders: list[Path]) -> list[str]:
    """Where a secret lies in a file below the folders, in any of its forms."""
    found = []
    for path in (each for folder in folders for each in folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        content = path.read_bytes()
        found += [
            f"{name} in {path}"
            for name, value in secrets.items()
            if any(form in content for form in encoded_forms(value))
        ]
    return found
