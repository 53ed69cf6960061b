"""What cannot be explained is named, with what would help; nothing of it is ever repeated."""

from __future__ import annotations

import gzip
import io
import json
import random
import subprocess
import sys
import zipfile
from datetime import UTC, datetime

import pytest

from tests.patience import PATIENCE
from wizard.explain import Explanation, explain_text
from wizard.explain.reading import paste

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
CANARY = "C4naryV4lueThatNobodyMaySee"
KEY_BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj" + CANARY


def _pem(kind: str) -> str:
    return f"-----BEGIN {kind}-----\n{KEY_BODY}\n{KEY_BODY}\n-----END {kind}-----\n"


def _zipped() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(zipfile.ZipInfo("error.txt"), "AADSTS50076")  # a time would make another name a worker
    return made.getvalue()


def _everything_said(explanation: Explanation) -> str:
    diagnoses = [json.dumps(diagnosis.as_json()) for diagnosis in explanation.diagnoses]
    return "\n".join([explanation.read_as, *explanation.notes, *diagnoses])


@pytest.mark.parametrize(
    ("pasted", "read_as", "helps"),
    [
        ("", "nothing", "What helps"),
        (b"", "nothing", "What helps"),
        (" \r\n\t ", "blank space", "What helps"),
        (b"\xef\xbb\xbf", "blank space", "What helps"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDRAADSTS50076", "a PNG picture", "copy"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00AADSTS50076", "a JPEG picture", "copy"),
        (b"GIF89a\x01\x00AADSTS50076", "a GIF picture", "copy"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 AADSTS50076", "a WebP picture", "copy"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\nAADSTS50076", "a PDF document", "copy"),
        (_zipped(), "a zip archive", "Unpack"),
        (gzip.compress(b"AADSTS50076", mtime=0), "a gzip archive", "Unpack"),
        (random.Random(1).randbytes(5_000), "binary data", "What helps"),
        ("\x00\x01\x02\x03\x04\x05\x06\x07" * 50, "binary data", "What helps"),
        (_pem("PRIVATE KEY"), "a private key", "replace it"),
        (_pem("RSA PRIVATE KEY"), "a private key", "replace it"),
        (_pem("ENCRYPTED PRIVATE KEY").encode("utf-16"), "a private key", "replace it"),
        (_pem("OPENSSH PRIVATE KEY"), "a private key", "replace it"),
        (_pem("PRIVATE KEY")[:90], "a private key", "replace it"),
    ],
)
def test_what_is_no_text_is_named_with_what_would_help(pasted: str | bytes, read_as: str, helps: str) -> None:
    explanation = explain_text(pasted, NOW)

    assert explanation.diagnoses == ()
    assert explanation.read_as == read_as
    assert helps in " ".join(explanation.notes)
    assert CANARY not in _everything_said(explanation)


@pytest.mark.parametrize("word", ["hunter2-Xy!", "Tr0ub4dor&3", "correct-horse-battery-staple", f"{CANARY}=="])
def test_a_single_word_without_a_code_may_be_a_secret_and_is_not_repeated(word: str) -> None:
    explanation = explain_text(word, NOW)

    assert explanation.diagnoses == ()
    assert any("it was not kept and is not shown" in note for note in explanation.notes)
    assert word not in _everything_said(explanation)


@pytest.mark.parametrize(
    "text", ["it does not work", "port 8443 in 2026", "Fehler", "1234567", "on 2026-11-21 at 10:00"]
)
def test_a_text_without_a_code_says_what_would_help(text: str) -> None:
    explanation = explain_text(text, NOW)

    assert explanation.diagnoses == ()
    assert any("What helps" in note for note in explanation.notes)


def test_a_private_key_beside_an_error_is_left_out_and_the_error_explained() -> None:
    for key in (_pem("PRIVATE KEY"), json.dumps({"key": _pem("RSA PRIVATE KEY")})):
        explanation = explain_text(f"{key}\nAADSTS700027: the assertion's signature is wrong\n{key}", NOW)

        assert [diagnosis.code for diagnosis in explanation.diagnoses] == ["AADSTS700027"]
        assert any("private key" in note for note in explanation.notes)
        assert CANARY not in _everything_said(explanation)


@pytest.mark.parametrize(
    "body",
    [
        {"error": "invalid_client", "error_description": "AADSTS7000215: client_secret={}", "error_codes": [7000215]},
        {"error": "invalid_grant", "error_description": "AADSTS50076: x", "correlation_id": "Bearer {}"},
        {"code": "900421", "description": '"access_token": "{}"'},
        {"error": {"code": "Forbidden", "message": "password: {}", "innererror": {"code": "ForbiddenByRbac"}}},
        {"error": {"code": "Authorization_RequestDenied", "message": "Authorization: Bearer {}"}},
        {"error": {"code": "{}", "message": "Microsoft Graph: refresh_token={}", "innerError": {"request-id": "x"}}},
    ],
)
def test_a_secret_that_a_service_echoes_is_masked(body: dict[str, object]) -> None:
    secret = f"abc8Q~{CANARY}.1234567"
    pasted = json.dumps(body).replace("{}", secret)
    for text in (pasted, json.dumps({"log": pasted}), f"2026-11-21 10:00:00 ERROR {pasted}"):
        assert CANARY not in _everything_said(explain_text(text, NOW))


_FIFTY_MEGABYTES = """
import re
from datetime import UTC, datetime
from pathlib import Path
from wizard.explain import explain_text
line = "2026-11-21 10:00:01.123 INFO request 3f2504e0-4f89-11d3-9a0c-0305e82c3301 GET /v1/customers?size=500 341 ms\\n"
filler = line * (25_000_000 // len(line))
parts = ["2026-11-21 10:00:00 E AADSTS50011: first\\n", filler, "2026-11-21 10:00:01 E AADSTS53003: unread\\n", filler]
pasted = "".join([*parts, "2026-11-21 10:00:02 E AADSTS65001: last\\n"]).encode()
assert len(pasted) > 49_000_000
del parts, filler
explanation = explain_text(pasted, datetime.now(UTC))
status = Path("/proc/self/status")  # its own peak; what getrusage tells is that of the process that started it as well
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", status.read_text())[1]) if status.exists() else 0
assert [diagnosis.code for diagnosis in explanation.diagnoses] == ["AADSTS50011", "AADSTS65001"], explanation
assert any("was not read" in note for note in explanation.notes)
assert peak < 300_000, peak
"""


@pytest.mark.system
def test_of_fifty_megabytes_the_beginning_and_the_end_are_read_in_little_memory() -> None:
    subprocess.run([sys.executable, "-c", _FIFTY_MEGABYTES], check=True, timeout=PATIENCE)


@pytest.mark.parametrize("offset", range(4))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_cut_within_a_character_spoils_no_encoding(
    encoding: str, offset: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paste, "LARGEST", 8_000)
    monkeypatch.setattr(paste, "_HEAD", 2_001)
    filler = "x" * offset + "Zugriff verweigert für Größe 日本\n" * 700
    pasted = f"{filler}AADSTS65001: no consent\n".encode(encoding)

    explanation = explain_text(pasted, NOW)

    assert [diagnosis.code for diagnosis in explanation.diagnoses] == ["AADSTS65001"]
    assert any("was not read" in note for note in explanation.notes)
