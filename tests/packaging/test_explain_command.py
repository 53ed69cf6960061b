"""`partner-wizard explain` as installed: what it takes, what it prints, how it ends, and what it never repeats."""

from __future__ import annotations

import io
import json
import os
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.in_process import CliResult, call_cli
from tests.made_tokens import access_token
from tests.patience import PATIENCE
from tests.terminal.terminals import Terminal
from wizard.catalogue.check_titles import step_titles
from wizard.commands import paste_input

PROGRAM = str(Path(sys.executable).with_name("partner-wizard"))
BODY = json.dumps(
    {
        "error": "invalid_grant",
        "error_description": "AADSTS50076: Due to a configuration change made by your administrator. Trace ID: "
        "66666666-7777-4888-8999-aaaaaaaaaaaa Correlation ID: 11111111-2222-4333-8444-555555555555 "
        "Timestamp: 2026-11-21 10:00:00Z",
        "error_codes": [50076],
        "timestamp": "2026-11-21 10:00:00Z",
        "trace_id": "66666666-7777-4888-8999-aaaaaaaaaaaa",
        "correlation_id": "11111111-2222-4333-8444-555555555555",
    }
)
CANARY = "canaryQ7zw"
KEY = f"-----BEGIN PRIVATE KEY-----\n{CANARY}MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\n-----END PRIVATE KEY-----\n"
MEMBERS = {"code", "title", "cause", "remedy", "who", "retry", "step", "ids", "link", "send_to"}


def call(*words: str, paste: bytes | str = b"", folder: Path | None = None, **environment: str) -> CliResult:
    return call_cli("explain", *words, paste=paste, folder=folder, **environment)


def text_of(ended: CliResult) -> str:
    return ended.stdout


def is_not_explained(ended: CliResult) -> str:
    """Hold it to the way in which nothing is explained; gives what it says."""
    said = ended.stderr
    assert (ended.returncode, ended.stdout) == (2, ""), said
    assert "Traceback" not in said
    assert len(said.strip()) > 20
    return said


# --- what it takes ---


def test_a_code_as_an_argument_is_explained() -> None:
    ended = call("AADSTS50076")

    assert (ended.returncode, ended.stderr) == (0, "")
    text = text_of(ended)
    assert text.startswith("✗ AADSTS50076 · Multifactor authentication is required\n")
    for part in (
        "To do (the integration user",
        "Send this to: The person who signs in",
        "Trying again helps: only once",
    ):
        assert part in text
    assert "\n  For support: no ids came with it\n" in text
    assert text.endswith("· The message for that person: add --message.\n")
    assert step_titles()["user"] in text
    assert "https://login.microsoftonline.com/error?code=50076" in text.split()


def test_several_words_are_one_text_also_behind_an_option() -> None:
    for words in (("Error:", "AADSTS50076", "something"), ("Error:", "--message", "AADSTS50076")):
        ended = call(*words)
        assert ended.returncode == 0
        assert "AADSTS50076" in text_of(ended)


def test_a_name_of_a_file_is_read_as_one(tmp_path: Path) -> None:
    (tmp_path / "answer.json").write_text(BODY, encoding="utf-8")

    text = text_of(call("answer.json", folder=tmp_path))

    assert "AADSTS50076 · " in text
    assert _support(text) == {
        "correlation id": "11111111-2222-4333-8444-555555555555",
        "trace id": "66666666-7777-4888-8999-aaaaaaaaaaaa",
        "time": "2026-11-21 10:00:00Z",
    }


def _support(text: str) -> dict[str, str]:
    """What stands under "For support:"."""
    lines = text.partition("\n  For support:\n")[2].split("\n\n")[0].splitlines()
    return dict(re.split(" {2,}", line.strip(), maxsplit=1) for line in lines)


def test_several_files_are_read_one_after_the_other(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(BODY, encoding="utf-8")
    (tmp_path / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    (tmp_path / "c").write_text("ForbiddenByRbac", encoding="utf-8")

    ended = call("c", "b.png", "a.json", folder=tmp_path)
    text = text_of(ended)

    assert ended.returncode == 0
    heads = [text.index(part) for part in ("c:\n\n✗ ForbiddenByRbac", "a.json:\n\n✗ AADSTS50076")]
    assert heads == sorted(heads)
    assert "b.png: Nothing in it could be explained." in ended.stderr
    lines = [json.loads(line) for line in text_of(call("--json", "a.json", "c", folder=tmp_path)).splitlines()]
    assert [(line["file"], line["code"]) for line in lines] == [("a.json", "AADSTS50076"), ("c", "ForbiddenByRbac")]
    assert call("b.png", "b.png", folder=tmp_path).returncode == 2


def test_of_several_files_one_that_is_missing_is_said_and_words_are_a_text(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(BODY, encoding="utf-8")

    assert "one of the named files does not exist" in is_not_explained(call("a.json", "b.json", folder=tmp_path))
    assert "a folder" in is_not_explained(call("a.json", ".", folder=tmp_path))
    assert "AADSTS53003 · " in text_of(call("a.json", "said", "AADSTS53003", folder=tmp_path))


def test_several_codes_are_explained_each() -> None:
    text = text_of(call("AADSTS530036", "7000222"))

    assert "1. ✗ AADSTS530036 · " in text
    assert "2. ✗ AADSTS7000222 · " in text
    assert "In the service's words" not in text
    assert text.endswith("· The message for each of them: add --message.\n")


@pytest.mark.parametrize("words", [(), ("-",), ("/dev/stdin",)], ids=["nothing", "dash", "its name"])
def test_standard_input_is_read(words: tuple[str, ...], tmp_path: Path) -> None:
    if words == ("/dev/stdin",):
        (tmp_path / "paste").write_text(BODY, encoding="utf-8")
        with (tmp_path / "paste").open("rb") as stream:
            ended = subprocess.run(
                [PROGRAM, "explain", *words], stdin=stream, capture_output=True, text=True, check=False
            )
    else:
        ended = call(*words, paste=BODY)

    assert ended.returncode == 0
    assert "AADSTS50076 · " in text_of(ended)


def test_text_that_begins_with_a_dash_goes_behind_two() -> None:
    assert "AADSTS50076 · " in text_of(call("--", "-AADSTS50076"))


def test_a_token_that_lacks_nothing_is_no_failure_and_has_no_message_to_offer() -> None:
    claims = {"exp": time.time() + 3_600, "iat": time.time(), "nbf": time.time()}
    text = text_of(call(paste=access_token(**claims)))

    assert text.startswith("· An access token for Partner Center, with MFA, good until 20")
    for part in ("add --message", "For support", "Trying again", "Send this to"):
        assert part not in text
    assert (
        "To do (you): 1 Delete the paste: whoever has this token can open Partner Center with it until 20"
        in " ".join(text.split())
    )
    faulty = text_of(call(paste=access_token(**claims, amr=["pwd"])))
    assert "add --message" in faulty
    assert "For support" not in faulty, "no service answered"


# --- what it prints ---


def test_json_is_one_diagnosis_a_line_and_nothing_else() -> None:
    ended = call("--json", paste=f"{BODY}\n\nForbiddenByRbac\nAADSTS7000215: Invalid client secret provided.\n")

    lines = [json.loads(line) for line in text_of(ended).splitlines()]
    assert ended.returncode == 0
    assert lines
    for line in lines:
        assert line.keys() >= MEMBERS
        assert line["type"] == "diagnosis"
    assert lines[0]["ids"] or lines[0]["code"]


def test_json_takes_the_message_along_on_request() -> None:
    (line,) = map(json.loads, text_of(call("--json", "--message", "AADSTS65001")).splitlines())

    assert "What we ask of you" in line["message"]
    assert "AADSTS65001" in line["subject"]


def test_the_message_is_printed_instead_on_request() -> None:
    ended = call("--message", "AADSTS65001")
    lines = text_of(ended).splitlines()

    assert ended.returncode == 0
    assert lines[0].startswith("To: An administrator of the tenant who may grant consent")
    assert lines[1].startswith("Subject: A request fails: ")
    assert "add --message" not in text_of(ended)
    assert "✗" not in text_of(ended)


@pytest.mark.parametrize("columns", [20, 60, 80, 100, 200])
def test_prose_fits_the_terminal_and_commands_stay_whole(columns: int) -> None:
    text = text_of(call("ForbiddenByRbac", COLUMNS=str(columns)))

    width = max(40, min(100, columns))
    for line in text.splitlines():
        assert len(line) <= width or "`" in line or "://" in line, line
    assert '`az role assignment create --role "Key Vault Secrets Officer" --assignee <object id>' in text


def test_there_is_no_colour() -> None:
    assert "\x1b" not in call("AADSTS50076", FORCE_COLOR="1", CLICOLOR_FORCE="1").stdout


@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8"])
def test_any_locale_will_do(locale: str) -> None:
    ended = subprocess.run(
        [PROGRAM, "explain", "AADSTS50076"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
        env=os.environ | {"LC_ALL": locale, "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    )

    assert ended.returncode == 0
    assert b"AADSTS50076" in ended.stdout
    assert b"Traceback" not in ended.stderr


def test_a_reader_that_goes_away_is_no_crash() -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as gone:
        ended = subprocess.run(
            [PROGRAM, "explain", "AADSTS50076"],
            stdin=subprocess.DEVNULL,
            stdout=gone,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert ended.returncode == 1
    assert ended.stderr == b""


@pytest.mark.parametrize("closed", ["<&-", ">&-", "<&- >&-"])
def test_closed_streams_are_no_crash(closed: str) -> None:
    ended = subprocess.run(
        ["bash", "-c", f"'{PROGRAM}' explain AADSTS50076 {closed}"], capture_output=True, timeout=PATIENCE, check=False
    )

    assert b"Traceback" not in ended.stderr
    assert b"unexpectedly" not in ended.stderr
    assert ended.returncode == 0


# --- what cannot be explained: said, not repeated, exit 2 ---

BAD = {
    "nothing": b"",
    "blanks": b" \r\n\t ",
    "binary": bytes(range(256)) * 20 + CANARY.encode(),
    "zeros": b"\0" * 5_000 + CANARY.encode(),
    "a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + os.urandom(64) + CANARY.encode(),
    "a private key": KEY.encode(),
    "a password": f"{CANARY}!Pw1".encode(),
    "a client secret": f"abc8Q~{CANARY}abcdefghijklmnopqrstuvwxy".encode(),
    "a sentence": f"it does not work {CANARY}".encode(),
    "terminal controls": f"\x1b]52;c;{CANARY}\x07\x1b[2J".encode(),
}
SECRETS_WITH_A_DIAGNOSIS = {"a client secret"}
"""It may be told what this is; it is not repeated either way."""


@pytest.mark.parametrize("form", ["standard input", "file"])
@pytest.mark.parametrize("what", BAD)
def test_what_cannot_be_explained_is_said_and_not_repeated(what: str, form: str, tmp_path: Path) -> None:
    (tmp_path / "paste").write_bytes(BAD[what])

    ended = call("paste", folder=tmp_path) if form == "file" else call(paste=BAD[what])

    if not (ended.returncode == 0 and what in SECRETS_WITH_A_DIAGNOSIS):
        is_not_explained(ended)
    assert CANARY not in ended.stdout + ended.stderr
    assert "\x1b" not in ended.stdout + ended.stderr


@pytest.mark.parametrize(
    "words",
    [
        (f"{CANARY}!Pw1",),
        (f"-{CANARY}",),
        (f"--{CANARY}",),
        (f"--json={CANARY}",),
        ("AADSTS50076", f"-{CANARY}"),
        (f"/{CANARY}/{CANARY}.txt",),
        (f"{CANARY}.log",),
        (f"{CANARY}" * 40,),
        (KEY,),
        ("--", KEY),
    ],
    ids=lambda words: words[0][:20],
)
def test_words_of_the_command_line_are_not_repeated(words: tuple[str, ...]) -> None:
    said = is_not_explained(call(*words))

    assert CANARY not in said


@pytest.mark.parametrize(
    "word",
    [
        "/?error=access_denied&error_description=AADSTS65004",
        "./AADSTS65004",
        "/cb?error=x&error_description=AADSTS65004",
    ],
)
def test_the_end_of_an_address_is_a_text_and_no_file(word: str) -> None:
    assert "AADSTS65004" in call(word).stdout


def test_a_file_that_is_not_there_is_said_to_be_missing() -> None:
    for name in ("./missing", "/missing/at/all", "missing.txt", "~/answer.json"):
        assert "there is no file of that name" in is_not_explained(call(name))


def test_a_folder_is_said_to_be_one(tmp_path: Path) -> None:
    assert "a folder" in is_not_explained(call(str(tmp_path)))


def test_a_pipe_in_the_file_system_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert "a pipe or a device" in is_not_explained(call("pipe", folder=tmp_path))
    assert "a pipe or a device" in is_not_explained(call("/dev/null"))


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs Linux's /proc")
def test_a_file_that_cannot_be_read_is_said_to_be_so() -> None:
    assert "the file cannot be read: " in is_not_explained(call("/proc/self/mem"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "answer.json").write_text(BODY, encoding="utf-8")
    (tmp_path / "answer.json").chmod(0)

    assert "cannot be read: Permission denied" in is_not_explained(call("answer.json", folder=tmp_path))


def test_nothing_on_standard_input_is_said_to_be_nothing() -> None:
    is_not_explained(call())


@pytest.mark.system
@pytest.mark.parametrize("form", ["standard input", "file"])
def test_what_stands_at_the_end_of_50_megabytes_is_found(form: str, tmp_path: Path) -> None:
    line = b"2026-11-21 10:00:00 INFO nothing to see here, all is well with the world\n"
    paste = line * (50_000_000 // len(line)) + b"AADSTS50076: MFA is needed\n"
    (tmp_path / "paste.log").write_bytes(paste)

    ended = call("paste.log", folder=tmp_path) if form == "file" else call(paste=paste)

    assert ended.returncode == 0
    assert "AADSTS50076 · " in text_of(ended)


def test_a_file_with_a_gigabyte_of_nothing_ends_in_words(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as stream:
        stream.truncate(1_000_000_000)

    assert "larger than 64 MB" in is_not_explained(call("sparse", folder=tmp_path))


@pytest.mark.system
@pytest.mark.parametrize("form", ["standard input", "file"])
def test_of_what_is_too_large_the_beginning_and_the_end_are_read_and_it_is_said(form: str, tmp_path: Path) -> None:
    paste = b"AADSTS7000215: wrong\n" + b"\0" * (70 << 20) + b"\nAADSTS50076: MFA is needed\n"
    (tmp_path / "paste.log").write_bytes(paste.replace(b"\0", b" "))

    ended = call("paste.log", folder=tmp_path) if form == "file" else call(paste=paste.replace(b"\0", b" "))

    text = " ".join(text_of(ended).split())
    assert "AADSTS50076 · " in text
    assert "AADSTS7000215 · " in text
    assert "only its first 8 MB and its last 56 MB" in text


def test_of_what_is_too_large_exactly_the_beginning_and_the_end_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("HEAD", 3), ("TAIL", 5), ("_CHUNK", 2)):
        monkeypatch.setattr(paste_input, name, value)

    assert paste_input._read_bounded(io.BytesIO(b"abcdefghijklm")) == paste_input.Pasted(
        b"abcijklm", (paste_input.CUT,)
    )
    assert paste_input._read_bounded(io.BytesIO(b"abcdefgh")) == paste_input.Pasted(b"abcdefgh")
    assert paste_input._read_bounded(io.BytesIO(b"ab")) == paste_input.Pasted(b"ab")


@pytest.mark.parametrize("nothing", ["", " "])
def test_an_empty_word_is_no_folder(nothing: str) -> None:
    assert list(paste_input.read_pasted([nothing])) == [paste_input.Pasted(nothing.encode())]


# --- a paste into the terminal ---


def test_a_paste_is_read_once_it_is_there_so_that_no_signal_waits_for_a_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours, terminals = os.openpty()
    wait, read = select.select, os.read
    waits: list[int] = []

    def typed_after_the_first_wait(*arguments: Any) -> Any:
        waits.append(1)
        if len(waits) == 2:
            os.write(ours, b"AADSTS50076\n\x04")
        return ([], [], []) if len(waits) == 1 else wait(*arguments)

    def read_what_is_there(number: int, size: int) -> bytes:
        assert wait([number], [], [], 0)[0], "it would block"
        return read(number, size)

    monkeypatch.setattr(select, "select", typed_after_the_first_wait)
    monkeypatch.setattr(os, "read", read_what_is_there)
    try:
        assert paste_input._read_terminal(terminals) == b"AADSTS50076\n"
    finally:
        os.close(ours)
        os.close(terminals)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    opened = Terminal([PROGRAM, "explain"], os.environ)
    opened.wait_for("press Enter and Ctrl+D")
    yield opened
    opened.close()


def test_a_long_line_pasted_into_a_terminal_is_read_whole_and_not_shown(terminal: Terminal) -> None:
    terminal.type(f"{CANARY} {'x ' * 3_000} AADSTS50076: MFA is needed\n\x04")

    terminal.wait_for("Read as a")
    assert terminal.exit_code() == 0
    assert "AADSTS50076 · Multifactor authentication is required".encode() in terminal.raw
    assert CANARY.encode() not in terminal.raw


def test_what_is_typed_into_a_terminal_can_be_taken_back(terminal: Terminal) -> None:
    terminal.type("AADSTS50077\x7f6\n\x04")

    terminal.wait_for("Read as a")
    assert terminal.exit_code() == 0
    assert "AADSTS50076 · ".encode() in terminal.raw


@pytest.mark.parametrize(("end", "status"), [("\x03", 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_terminal_is_left_as_it_was(terminal: Terminal, end: str | signal.Signals, status: int) -> None:
    shows = termios.tcgetattr(terminal._fd)[3] & termios.ECHO
    terminal.type(end) if isinstance(end, str) else terminal.send_signal(end)

    assert terminal.exit_code() == status
    assert not shows
    assert termios.tcgetattr(terminal._fd)[3] & termios.ECHO
