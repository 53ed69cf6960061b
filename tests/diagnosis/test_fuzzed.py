"""Whatever is pasted, reading it ends in time, raises nothing, and never invents a code."""

from __future__ import annotations

import base64
import json
import random
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote_plus

import pytest

from tests.diagnosis.test_noise import NOISES, PLANTED, Noise
from wizard.diagnosis import explain_text

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


@pytest.mark.parametrize("seed", range(20))
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
            assert diagnosis.times >= 1
        assert explanation.read_as
        assert explanation.diagnoses or explanation.notes


def _of_base64(levels: int) -> str:
    text = "AADSTS50076: Multi-factor authentication is needed. " * 800
    for _ in range(levels):
        text = base64.b64encode(text.encode()).decode()
    return text


LENGTH = 300_000
ADVERSARIAL = {
    "codes without a number": "AADSTS" * (LENGTH // 6),
    "codes": "AADSTS50076 " * (LENGTH // 12),
    "broken codes": "AADSTS5=\n" * (LENGTH // 9),
    "braces": "{" * LENGTH,
    "objects": '{"a":' * (LENGTH // 5),
    "objects in arrays": '[{"a":' * (LENGTH // 6),
    "broken objects": '{"a":1x}\n' * 110_000,
    "heads of tokens": "eyJhbGciOi." * (LENGTH // 11),
    "strings": '{"' * (LENGTH // 2),
    "strings of Python": "{'a':'" * (LENGTH // 6),
    "percent signs": "%25" * (LENGTH // 3),
    "base64 of base64": _of_base64(8),
    "backslashes": "\\" * LENGTH,
    "escaped quotes": '\\"' * (LENGTH // 2),
    "tags": "</a <br " * (LENGTH // 8),
    "entities": "&#" * (LENGTH // 2),
    "a word": "a" * LENGTH,
    "names": "ForbiddenByRbac invalid_grant " * (LENGTH // 30),
    "half names": "Abc_" * (LENGTH // 4),
    "digits": "9" * LENGTH,
    "blanks": " " * LENGTH + "x",
    "line ends": "\n" * LENGTH + "x",
    "quotes of mail": "> " * (LENGTH // 2) + "x",
    "escape sequences": "\x1b[" * (LENGTH // 2) + "x",
    "private keys": "-----BEGIN PRIVATE KEY-----" * (LENGTH // 27),
    "HTTP answers": "HTTP/1.1 403 x\n" * (LENGTH // 15),
    "printed errors": "\nCode: Forbidden\nMessage: x" * (LENGTH // 27),
    "labels": "Correlation ID: " * (LENGTH // 16),
    "statuses": "403 Forbidden vault " * (LENGTH // 20),
    "own findings": "✗ user.account: x\n" * (LENGTH // 18),
    "addresses": "https://login.microsoftonline.com/?error=a&" * (LENGTH // 42),
}


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_no_text_takes_more_time_than_its_length_allows(name: str) -> None:
    """Twice the text may take twice the time, and a little; four times would be a trap."""
    text = ADVERSARIAL[name]
    explain_text("AADSTS50076", NOW)

    def seconds(pasted: str) -> float:
        start = time.process_time()
        explain_text(pasted, NOW)
        return time.process_time() - start

    whole = seconds(text)

    assert whole < 3 or whole < 3 * seconds(text[: len(text) // 2])
    assert whole < 60
