"""Every form of a secret in every kind of paste, however it is handed in and whatever is written: never repeated."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest

from tests.in_process import call_cli
from tests.test_redaction import HIDDEN

WRAPPINGS: Final[Mapping[str, Callable[[str], str]]] = {
    "an error before it": lambda text: f"AADSTS50076: MFA is needed now for this.\n{text}",
    "a log": lambda text: f"2026-11-21 10:11:12 ERROR {text}\n2026-11-21 10:11:13 MsalServiceError: HTTP Error: 503",
    "an answer": lambda text: json.dumps(
        {"error": "invalid_client", "error_description": f"AADSTS7000215: Invalid client secret provided. {text}"}
    ),
    "a page": lambda text: f"<html><body><p>AADSTS50076: MFA</p><pre>{html.escape(text)}</pre></body></html>",
    "an address": lambda text: (
        f"https://login.microsoftonline.com/error?error=access_denied&error_description={quote(text)}&x=1"
    ),
    "a traceback": lambda text: (
        f'Traceback (most recent call last):\n  File "/a/b.py", line 3, in c\n    d({text!r})\n'
        "requests.exceptions.HTTPError: 403 Client Error: Forbidden for url: https://graph.microsoft.com/v1.0/me"
    ),
}
OUTPUTS: Final = ((), ("--json",), ("--message",))
HANDED_IN: Final = ("argument", "file", "standard input")


@pytest.mark.soak
@pytest.mark.parametrize("shape", HIDDEN)
def test_a_secret_is_repeated_in_no_output(shape: str, tmp_path: Path, tried: Callable[[str, int], None]) -> None:
    text, secret = HIDDEN[shape]
    forms = {secret, json.dumps(secret)[1:-1], quote(secret, safe=""), html.escape(secret)}
    tries = 0
    for name, wrapped in WRAPPINGS.items():
        paste = wrapped(text)
        (file := tmp_path / "paste.txt").write_text(paste, encoding="utf-8")
        for how in HANDED_IN:
            where = {"argument": paste, "file": str(file), "standard input": "-"}[how]
            for output in OUTPUTS:
                ended = call_cli("explain", *output, where, paste=paste)

                said = ended.stdout + ended.stderr
                assert said, (name, how, output)
                assert not [form for form in forms if form in said], (name, how, output, said)
                tries += 1
    tried("H9", tries)
