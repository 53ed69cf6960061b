"""Journeys on a terminal in which an address with a code is pasted, and the search for what is left of it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import termios
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

from tests.faults.canaries import encoded_forms
from tests.harness import PROGRAM, Browser, wait_for
from tests.patience import PATIENCE
from tests.rehearsals.browser_sign_ins import pasting
from tests.terminal.terminals import Terminal
from wizard.rehearsal import RehearsalCloud, token_endpoint

PIECE, STRIDE = 40, 8
"""Characters of a piece that is looked for, and between the beginnings of two."""
FOLDERS = ("home", "work", "tmp", "config", "data", "state", "cache", "runtime")
SIGN_IN_LINK = re.compile(rb"https://\S+/oauth2/v2\.0/authorize\S+(?=\s)")
CONSENT_LINK = re.compile(rb"https://\S+/adminconsent\S+(?=\s)")
QUESTION = re.compile(rb"\]: $")
"""A question that an answer is proposed for."""
ADDRESS = "Address (not shown):"
INTO_A_FILE = 'cd "$1" && out="$2" && shift 2 && exec "$@" >"$out"'


@dataclass
class Verifiers:
    """The PKCE verifiers that the cloud got; while `holds`, it lets a redemption wait."""

    seen: list[str] = field(default_factory=list)
    holds: bool = False
    met: int = 0

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look at each redemption."""
        redeem = token_endpoint._authorization_code

        def looked_at(state: Any, request: Any) -> Any:
            self.seen.append(request.form.get("code_verifier", ""))
            self.met += 1
            wait_for(lambda: not self.holds, "the end of the run whose redemption is held")
            return redeem(state, request)

        with mock.patch.object(token_endpoint, "_authorization_code", looked_at):
            yield


@dataclass
class Place:
    """Where a run leaves what it leaves: folders below `base`, what it wrote, and the canaries that must not be there.

    Args:
        cloud: whose environment the program gets.
        base: a folder of this run alone.
    """

    cloud: RehearsalCloud
    base: Path
    canaries: dict[str, str] = field(default_factory=dict)
    written: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in FOLDERS:
            (self.base / name).mkdir(parents=True, exist_ok=True)
        (self.base / "runtime").chmod(0o700)
        self.browser = Browser(self.cloud)

    @property
    def journey(self) -> Path:
        """Where the journey is kept."""
        return self.base / "home" / "journey" / "journey.json"

    @property
    def environment(self) -> dict[str, str]:
        """All that the program knows of where it is."""
        xdg = {f"XDG_{name.upper()}_HOME": str(self.base / name) for name in ("config", "data", "state", "cache")}
        here = {"HOME": str(self.base / "home"), "TMPDIR": str(self.base / "tmp")}
        there = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        return {**there, **here, **xdg, "XDG_RUNTIME_DIR": str(self.base / "runtime"), **self.cloud.environment}

    @property
    def of_the_journey(self) -> list[str]:
        """The options that name cloud and journey."""
        return ["--cloud-file", str(self.cloud.cloud_file), "--journey", str(self.journey)]

    def signed_in(self, link: str, step: str = "approve") -> str:
        """The address that a browser ends on; its code and its query are canaries from now on."""
        address = self.browser.authorize(link, step=step)
        if step == "approve":
            self.keep(address)
        return address

    def keep(self, address: str) -> str:
        """Let an address be looked for."""
        query = urlsplit(address).query
        code = query.partition("code=")[2].partition("&")[0]
        assert len(code) > 2 * PIECE
        self.canaries |= {f"code {len(self.canaries)}": code, f"query {len(self.canaries)}": query}
        return address

    def of_another_state(self, address: str) -> str:
        """An address as another run's sign-in would have ended on: its code and state are others'."""
        changed = re.sub(r"(code=1\.AX)(.{60})", lambda found: found[1] + found[2][::-1], address)
        return self.keep(re.sub(r"&state=(.{8})", "&state=elsewhere", changed))

    def said_by(self, *command: str) -> None:
        """Run another command on the journey that was left, and keep what it says."""
        done = subprocess.run(
            [PROGRAM, *command, *self.of_the_journey], env=self.environment, cwd=self.base / "work",
            capture_output=True, stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert done.returncode in {0, 1, 2}, done.stderr
        self.written[" ".join(command)] = done.stdout + done.stderr

    def look_into_process(self, pid: int) -> None:
        """Keep what others can see of a process: arguments, environment, and the files it has open."""
        for name in ("cmdline", "environ"):
            with suppress(PermissionError):  # it keeps its memory to itself
                self.written[name] = Path(f"/proc/{pid}/{name}").read_bytes()
        with suppress(PermissionError):
            for each in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(OSError):
                    if each.is_file():
                        self.written[f"descriptor {each.name}"] = each.read_bytes()

    def leaks(self) -> list[str]:
        """Where a canary is found: in a file, what was written, the report or the bundle."""
        bundle = self.base / "bundle.zip"
        if self.journey.exists():
            self.said_by("report")
            self.said_by("report", "--json")
            self.said_by("support-bundle", str(bundle))
            with zipfile.ZipFile(bundle) as archive:
                self.written |= {f"bundle: {name}": archive.read(name) for name in archive.namelist()}
        contents = dict(self.written)
        for path in [*self.base.rglob("*"), *Path("/dev/shm").rglob("*")]:
            with suppress(OSError):
                if path.is_file() and not path.is_symlink():
                    contents[str(path)] = path.read_bytes()
        return found_in(contents, self.canaries)


def found_in(contents: Mapping[str, bytes], canaries: Mapping[str, str]) -> list[str]:
    """Where a canary stands, in whatever form, or a piece of it."""
    pieces = {name: pieces_of(value) for name, value in canaries.items()}
    return [
        f"{name} in {where}"
        for where, content in contents.items()
        for name, those in pieces.items()
        if any(each in content for each in those)
    ]


def pieces_of(canary: str) -> set[bytes]:
    """What is looked for: pieces of each form, overlapping, so that none of 47 characters is overlooked."""
    return {
        form[begin : begin + PIECE]
        for form in encoded_forms(canary)
        for begin in range(0, max(1, len(form) - PIECE + 1), STRIDE)
    }


def as_wrapped(words: str) -> re.Pattern[bytes]:
    """Words that stand on a terminal in one line or in several."""
    return re.compile(rb"\s+".join(re.escape(word.encode()) for word in words.split()))


class Paster(Terminal):
    """`partner-wizard run` on a terminal, and who answers there: proposed answers are taken, links walked elsewhere."""

    def __init__(self, place: Place, answers: Path, *more: str, program: str = "") -> None:
        start = [sys.executable, "-c", program] if program else [PROGRAM]
        command = [*start, "run", *place.of_the_journey, "--answers", str(answers), *more]
        out = str(place.base / "standard-output")
        super().__init__(
            ["sh", "-c", INTO_A_FILE, "sh", str(place.base / "work"), out, *command], place.environment, (200, 60)
        )
        self._place = place
        self._since = 0

    def until(self, words: str | re.Pattern[bytes]) -> bytes:
        """Answer questions with Enter until something is written that was not there at the last call; gives it."""
        wanted = as_wrapped(words) if isinstance(words, str) else words
        met: list[re.Match[bytes]] = []

        def look(_text: str) -> bool:
            if found := wanted.search(self.raw, self._since):
                met.append(found)
                return True
            if QUESTION.search(self.raw) and len(self.raw) > self.read_up_to:
                self.read_up_to = len(self.raw)
                self.type("\r")
            return False

        self.wait_for(look)
        self._since = met[0].end()
        return met[0][0]

    def show_no_keys(self) -> None:
        """Let the terminal itself show nothing that is typed: what shows then is the program's."""
        attributes = termios.tcgetattr(self._fd)
        attributes[3] &= ~termios.ECHO
        termios.tcsetattr(self._fd, termios.TCSANOW, attributes)

    def paste(self, text: str) -> None:
        """Paste an address at the question for it."""
        self.type(text + "\r")

    def finish(self) -> int:
        """Read to the end; gives the exit code."""
        code = self.exit_code()
        with suppress(OSError):
            self.read()
        self._place.written["terminal"] = self.raw
        return code


@dataclass
class Begun:
    """A journey that waits in step 4, and the link of the run that was ended there."""

    cloud: RehearsalCloud
    verifiers: Verifiers
    folder: Path
    link: str

    def place(self, base: Path) -> Place:
        """A copy of that journey."""
        shutil.copytree(self.folder, base, dirs_exist_ok=True)
        return Place(self.cloud, base)


@contextmanager
def begin(base: Path) -> Iterator[Begun]:
    """A journey that waits in step 4, made in `base`."""
    verifiers = Verifiers()
    with verifiers.watched(), RehearsalCloud(pasting(), people="wait") as cloud:
        text = cloud.answers_file.read_text().replace("replace = false", "replace = true")
        cloud.answers_file.write_text(text)
        place = Place(cloud, base)
        with closing(Paster(place, cloud.answers_file)) as run:
            link = up_to_the_link(place, run)
            run.send_signal(signal.SIGTERM)
            assert run.finish() == 128 + signal.SIGTERM
        (base / "standard-output").unlink()
        yield Begun(cloud, verifiers, base, link)


def up_to_the_link(place: Place, run: Paster, *, consents: bool = True) -> str:
    """Go to the question for the address, in a new journey by way of the consent; gives the link."""
    if consents:
        place.browser.consent(run.until(CONSENT_LINK).decode())
    link = run.until(SIGN_IN_LINK).decode()
    run.until(ADDRESS)
    return link


def gone(place: Place, verifiers: Verifiers, codes: int) -> None:
    """Nothing is left of what was pasted, nor of a verifier; `codes` of them were pasted."""
    place.canaries |= {f"verifier {number}": each for number, each in enumerate(verifiers.seen) if each}
    assert len([name for name in place.canaries if name.startswith("code")]) == codes
    assert place.leaks() == []
