"""Whatever is pasted, reading it ends in time, raises nothing, and never invents a code."""

from __future__ import annotations

import base64
import json
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote_plus

import pytest

from tests.explain.test_noise import NOISES, PLANTED, Noise
from tests.sampling import every
from wizard.explain import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
ROUNDS = 100
PIECES = [
    *("AADSTS", "aadsts", "50076", "7000215", "900421", "10001", "53003", "error", '"error":', '"error_codes":['),
    *("]", "}", "{", '"', "'", "\\", "\\u00", "\\ud83d", "\\x", "%", "%25", "%0", "&#", "&#x41;", "&amp;", "<", ">"),
    *("</p>", "<br>", "\r\n", "\n", "\t", "=\n", "=3D", "\x1b[", "\x1b]52;c;", "\x9b", "\u202e", "\u200b", "\ud800"),
    *("\ue000", "\ue0000\ue001", "\ue002", "HTTP/1.1 403 Forbidden\n", "Code: Forbidden\nMessage: x\n", "(Forbidden)"),
    *("Forbidden", "vault", "eyJ", "0.A", "-----BEGIN PRIVATE KEY-----", "2026-11-21 10:00:00 ", "ERROR ", "403 "),
    *("✗ user.account: ", "(10001)", "code: ", "Trace ID: ", "https://login.microsoftonline.com/error?code=", "null"),
    *("invalid_grant", "ForbiddenByRbac", "Partner Center", '{"code":"900421","description":', '{"error":{"code":"'),
    *("A" * 30, "9" * 30, "١٢٣٤٥", "５００７６", " "),
]


def _octets(rng: random.Random) -> bytes:
    return rng.randbytes(rng.randrange(400))


def _unicode(rng: random.Random) -> str:
    return "".join(chr(rng.randrange(0x110000)) for _ in range(rng.randrange(300)))


def _pieces(rng: random.Random) -> str:
    return "".join(rng.choices(PIECES, k=rng.randrange(1, 60)))


def _mutated(rng: random.Random) -> str:
    text = list(rng.choice(PLANTED).text)
    for _ in range(rng.randrange(1, 12)):
        place = rng.randrange(len(text))
        text[place : place + rng.randrange(4)] = rng.choice(PIECES) if rng.random() < 0.5 else chr(rng.randrange(256))
    return "".join(text)


def _cut(rng: random.Random) -> str:
    text = json.dumps({"a": rng.choice(PLANTED).text, "b": [rng.choice(PLANTED).text]})
    first, last = sorted(rng.randrange(len(text)) for _ in range(2))
    return text[first : last + 1]


def _nested(rng: random.Random) -> str:
    opened = rng.choice(["[", "{", '{"a":', '[{"a":[', "{'a':", '{"error":'])
    return opened * rng.randrange(2_000) + rng.choice(PIECES) + "]" * rng.randrange(50)


def _huge_numbers(rng: random.Random) -> str:
    number = str(rng.randrange(10)) * rng.choice([4, 11, 400, 5_000])
    return (
        rng.choice(['{"error":"x","error_codes":[%s]}', "AADSTS%s", "code: %s", '{"code":%s,"description":"x"}'])
        % number
    )


def _wrapped(rng: random.Random) -> tuple[str | bytes, str]:
    inner = _mutated(rng)
    wraps: list[Noise] = [
        lambda text: base64.b64encode(text.encode("utf-8", "replace")),
        quote_plus,
        json.dumps,
        lambda text: json.dumps(json.dumps(text)),
        lambda text: text.encode("utf-16", "replace"),
        NOISES["page"],
        NOISES["log"],
        NOISES["python"],
    ]
    wrap = rng.choice(wraps)
    return wrap(inner.encode("utf-8", "replace").decode()), inner


KINDS: list[Callable[[random.Random], str | bytes | tuple[str | bytes, str]]] = [
    _octets, _unicode, _pieces, _mutated, _cut, _nested, _huge_numbers, _wrapped,
]  # fmt: skip


def _is_in(code: str, source: str) -> bool:
    """Whether a code stands in a text, as it is or broken by line ends and marks that nobody sees."""
    bare = re.sub(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\ud800-\udfff\ue000-\ue0ff]+", "", source).lower()
    bare = re.sub(r"=?\s*\n[>|<* \t]*|\\[rnt]|<[^>]*>", "", bare)
    return code.removeprefix("AADSTS").lower() in bare or code.removeprefix("AADSTS").lower() in source.lower()


@pytest.mark.parametrize("seed", every(4, range(20)))
def test_fuzzed_texts_bring_neither_an_exception_nor_an_invented_code(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(ROUNDS):
        made = rng.choice(KINDS)(rng)
        pasted, source = made if isinstance(made, tuple) else (made, "")
        explanation = explain_text(pasted, NOW)

        source += pasted.decode("latin-1") if isinstance(pasted, bytes) else pasted
        for diagnosis in explanation.diagnoses:
            assert _is_in(diagnosis.code, source), (diagnosis.code, pasted)
            assert diagnosis.title
            assert diagnosis.count >= 1
        assert explanation.read_as
        assert explanation.diagnoses or explanation.notes
