"""A code pasted into the wizard is found nowhere after it, however it ends: not drawn, not copied, not kept."""

from __future__ import annotations

import base64
import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.pasted_codes import Begun, Place, begin, gone
from tests.harness import PROGRAM, Browser, wait_for
from tests.sampling import sample
from tests.terminal.terminals import Terminal

pytestmark = pytest.mark.xdist_group("pasted codes")

COPIED = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)[\x07\x1b]")
CRASHING = """
import sys
from screens.panels.address_form import AddressForm
from screens.widgets.countdown import Countdown
def crash(self, *more, tick=Countdown.tick):
    if isinstance(self.parent, AddressForm) and self.parent._field.value:
        raise ZeroDivisionError(self.parent._field.value)
    tick(self)
Countdown.tick = crash
from wizard.cli import main
sys.exit(main())
"""
"""Starts the wizard so that it crashes while an address stands in the field, in an error whose text is the address."""


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Begun]:
    with begin(tmp_path_factory.mktemp("begun")) as ready:
        yield ready


def pasted(terminal: Terminal, text: str) -> None:
    """Paste into the field that has the cursor, as terminals do."""
    terminal.type(f"\x1b[200~{text}\x1b[201~")


def handed_in(terminal: Terminal, address: str) -> None:
    pasted(terminal, address)
    terminal.wait_for("characters, not shown")
    terminal.press("enter")


def success(place: Place, terminal: Terminal, address: str, link: str) -> int:
    handed_in(terminal, address)
    return ended_after(terminal, "checks passed")


def declined(place: Place, terminal: Terminal, address: str, link: str) -> int:
    handed_in(terminal, place.signed_in(link, step="cancel"))
    return ended_after(terminal, "AADSTS65004")


def wrong_account(place: Place, terminal: Terminal, address: str, link: str) -> int:
    handed_in(terminal, place.keep(Browser(place.cloud).authorize(link, who="admin")))
    return ended_after(terminal, "admin@contoso.com")


def ended_after(terminal: Terminal, words: str) -> int:
    terminal.wait_for(lambda text: " left" not in text and words in text)
    terminal.press("ctrl+q")
    if "Quit" in terminal.text:
        terminal.press("right", "enter")
    return 1


def stopped(place: Place, terminal: Terminal, address: str, link: str) -> int:
    pasted(terminal, address)
    terminal.wait_for("characters, not shown")
    terminal.press("ctrl+q")
    terminal.wait_for("Somebody may be signing in")
    terminal.press("right", "enter")
    return 1


def crashed(place: Place, terminal: Terminal, address: str, link: str) -> int:
    pasted(terminal, address)
    return 1


@dataclass(frozen=True)
class End:
    """An end of the wizard: what leads to it, how many codes were pasted, and what is started in its place."""

    name: str
    leads: Callable[[Place, Terminal, str, str], int]
    codes: int = 2
    program: str = ""


ENDS = [
    End("success", success),
    End("declined", declined),
    End("step 4 fails", wrong_account, 3),
    End("quit with an address in the field", stopped),
    End("a crash", crashed, program=CRASHING),
]


def at_the_link(place: Place, terminal: Terminal) -> tuple[str, str]:
    """Resume the journey, go to the field for the address, and hand in another run's; gives an address and its link."""
    terminal.wait_for(" Resume ")
    terminal.press("enter")
    terminal.wait_for(" Check and sign in ")
    terminal.press("f5")
    terminal.wait_for("paste it, then Enter")
    terminal.press("f2")
    terminal.wait_for(lambda _text: COPIED.search(terminal.raw) is not None)
    link = base64.b64decode(COPIED.findall(terminal.raw)[-1]).decode()
    address = place.signed_in(link)
    handed_in(terminal, place.of_another_state(address))
    terminal.wait_for("the answer to another link")
    return address, link


def started(place: Place, program: str = "") -> Terminal:
    command = [sys.executable, "-c", program] if program else [PROGRAM]
    return Terminal(
        ["env", "-C", str(place.base / "work"), *command, *place.of_the_journey], place.environment, (100, 40)
    )


def finished(place: Place, terminal: Terminal) -> int:
    code = terminal.exit_code()
    place.written["terminal"] = terminal.raw
    return code


@pytest.mark.parametrize("end", sample(5, ENDS), ids=lambda end: end.name)
@pytest.mark.system
def test_nothing_is_left_of_a_pasted_code_when_the_wizard_has_ended(end: End, begun: Begun, tmp_path: Path) -> None:
    place = begun.place(tmp_path)
    begun.verifiers.seen.clear()
    with closing(started(place, end.program)) as terminal:
        address, link = at_the_link(place, terminal)
        code = end.leads(place, terminal, address, link)
        assert finished(place, terminal) == code, terminal.text
    assert bool(begun.verifiers.seen) is (end.leads in {success, wrong_account})
    gone(place, begun.verifiers, end.codes)


SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGKILL: -9}


@pytest.mark.system
@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
@pytest.mark.parametrize("is_handed_in", [True, False], ids=["redeeming", "typed"])
def test_nothing_is_left_of_a_code_in_memory_when_a_signal_ends_the_wizard(
    number: signal.Signals, is_handed_in: bool, begun: Begun, tmp_path: Path
) -> None:
    place = begun.place(tmp_path)
    begun.verifiers.seen.clear()
    begun.verifiers.holds, met = is_handed_in, begun.verifiers.met
    try:
        with closing(started(place)) as terminal:
            address, _ = at_the_link(place, terminal)
            if is_handed_in:
                handed_in(terminal, address)
                wait_for(lambda: begun.verifiers.met > met, "the redemption")
            else:
                pasted(terminal, address)
                terminal.wait_for("characters, not shown")
            place.look_into_process(terminal.pid)
            terminal.send_signal(number)
            assert finished(place, terminal) == SIGNALS[number], terminal.text
    finally:
        begun.verifiers.holds = False
    gone(place, begun.verifiers, 2)


@pytest.mark.system
def test_an_address_that_is_pasted_into_another_field_or_before_the_link_is_not_drawn(
    begun: Begun, tmp_path: Path
) -> None:
    place = begun.place(tmp_path)
    begun.verifiers.seen.clear()
    address = place.signed_in(begun.link)
    with closing(started(place)) as terminal:
        terminal.wait_for(" Resume ")
        pasted(terminal, address)
        terminal.press("enter")
        terminal.wait_for(" Check and sign in ")
        pasted(terminal, address)
        for _ in range(14):  # through the whole page: fields, and what is none
            terminal.press("shift+tab")
            pasted(terminal, address)
            terminal.read(0.3)
        terminal.press("ctrl+q")
        assert finished(place, terminal) == 1
    gone(place, begun.verifiers, 1)
