"""A pasted authorization code, its address and its verifier are found nowhere after a run on a terminal, however it
ends: not where the address is the right one, nor another's, nor pasted at the wrong moment."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.canaries import encoded_forms
from tests.faults.pasted_codes import (
    CONSENT_LINK,
    SIGN_IN_LINK,
    Begun,
    Paster,
    Place,
    Verifiers,
    begin,
    found_in,
    gone,
    up_to_the_link,
)
from tests.harness import SECRET_NAME, Browser, wait_for, with_faults
from tests.rehearsals.browser_sign_ins import pasting
from tests.sampling import sample
from wizard.rehearsal import RehearsalCloud
from wizard.rehearsal.choices import Service
from wizard.rehearsal.world import Fault

pytestmark = pytest.mark.xdist_group("pasted codes")

AFTER_FAILURE = "[again/change/quit] "
CRASHING = """
import sys
from wizard.microsoft.browser_sign_in import BrowserSignIn
from wizard.plain.line_writer import LineWriter
held = []
def redeemed(self, code, *more, redeem=BrowserSignIn._redeem):
    held.append(code.reveal())
    return redeem(self, code, *more)
def crash(self, finding, tell=LineWriter._finding):
    if held:
        raise ZeroDivisionError(held)
    tell(self, finding)
BrowserSignIn._redeem, LineWriter._finding = redeemed, crash
from wizard.cli import main
sys.exit(main())
"""
"""Starts the program so that it crashes right after the redemption, in an error whose text is the code."""
BROKEN = """
import sys
from wizard.microsoft.browser_sign_in import BrowserSignIn
def crash(self, code, *more):
    raise ZeroDivisionError(code.reveal())
BrowserSignIn._redeem = crash
from wizard.cli import main
sys.exit(main())
"""
"""Starts the program so that its check of the sign-in ends in an error whose text is the code."""


def rejected(place: Place, run: Paster, address: str) -> None:
    """Paste the address of another run first, and hear so."""
    run.paste(place.of_another_state(address))
    run.until("This is the answer to another link")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Begun]:
    with begin(tmp_path_factory.mktemp("begun")) as ready:
        yield ready


# --- the ends of a run that has asked for the address -----------------------------------------------------------------


def success(place: Place, run: Paster, address: str) -> int:
    run.paste(address)
    return 0


def declined(place: Place, run: Paster, address: str) -> int:
    run.paste(place.signed_in(link_of(run), step="cancel"))
    run.until(AFTER_FAILURE)
    run.type("quit\r")
    return 1


def wrong_account(place: Place, run: Paster, address: str) -> int:
    run.paste(place.keep(Browser(place.cloud).authorize(link_of(run), who="admin")))
    run.until(AFTER_FAILURE)
    run.type("quit\r")
    return 1


def check_broken(place: Place, run: Paster, address: str) -> int:
    run.paste(address)
    run.until(AFTER_FAILURE)
    run.type("quit\r")
    return 1


def crashed(place: Place, run: Paster, address: str) -> int:
    run.paste(address)
    run.until("ZeroDivisionError")
    return 1


def link_of(run: Paster) -> str:
    return str(SIGN_IN_LINK.findall(run.raw)[-1].decode())


@dataclass(frozen=True)
class End:
    """An end of a run.

    Args:
        leads: does what leads to it, given the address that the browser ended on; gives the exit code.
        codes: that were pasted.
        program: what is started in the product's place.
    """

    name: str
    leads: Callable[[Place, Paster, str], int]
    codes: int = 2
    program: str = ""


ENDS = [
    End("success", success),
    End("declined", declined),
    End("step 4 fails", wrong_account, 3),
    End("a crash in a check", check_broken, program=BROKEN),
    End("a crash", crashed, program=CRASHING),
]


@pytest.mark.parametrize("end", sample(5, ENDS), ids=lambda end: end.name)
def test_nothing_is_left_of_a_pasted_code_when_the_run_has_ended(end: End, begun: Begun, tmp_path: Path) -> None:
    place = begun.place(tmp_path)
    begun.verifiers.seen.clear()
    with closing(Paster(place, begun.cloud.answers_file, program=end.program)) as run:
        address = place.signed_in(up_to_the_link(place, run, consents=False))
        rejected(place, run, address)
        code = end.leads(place, run, address)
        assert run.finish() == code, run.raw.decode()
    assert bool(begun.verifiers.seen) is (end.leads in {success, wrong_account, crashed})
    gone(place, begun.verifiers, end.codes)


SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGKILL: -9}


@pytest.mark.parametrize("number", sample(4, [signal.SIGKILL, signal.SIGINT, signal.SIGTERM, signal.SIGHUP]), ids=str)
@pytest.mark.parametrize("is_handed_in", sample(2, [True, False]), ids=["redeeming", "typed"])
@pytest.mark.system
def test_nothing_is_left_of_a_code_that_is_in_memory_when_a_signal_ends_the_run(
    number: signal.Signals, is_handed_in: bool, begun: Begun, tmp_path: Path
) -> None:
    """While it is redeemed, or typed without Enter, which another user of the machine could look for as well."""
    place = begun.place(tmp_path)
    begun.verifiers.seen.clear()
    begun.verifiers.holds, met = is_handed_in, begun.verifiers.met
    try:
        with closing(Paster(place, begun.cloud.answers_file)) as run:
            address = place.signed_in(up_to_the_link(place, run, consents=False))
            rejected(place, run, address)
            if is_handed_in:
                run.paste(address)
                wait_for(lambda: begun.verifiers.met > met, "the redemption")
            else:
                run.type(address)
                run.read(0.6)
            place.look_into_process(run.pid)
            if number is signal.SIGINT:
                run.type("\x03")
            else:
                run.send_signal(number)
            assert run.finish() == SIGNALS[number], run.raw.decode()
    finally:
        begun.verifiers.holds = False
    assert bool(begun.verifiers.seen) is is_handed_in
    gone(place, begun.verifiers, 2)


@pytest.mark.system
def test_nothing_is_left_of_a_code_where_the_store_fails(tmp_path: Path) -> None:
    full = with_faults(pasting(), Fault(Service.VAULT, "PUT", f"/secrets/{SECRET_NAME}", times=0, status=403))
    verifiers = Verifiers()
    with verifiers.watched(), RehearsalCloud(full, people="wait") as cloud:
        place = Place(cloud, tmp_path)
        with closing(Paster(place, cloud.answers_file)) as run:
            address = place.signed_in(up_to_the_link(place, run))
            rejected(place, run, address)
            run.paste(address)
            run.until(AFTER_FAILURE)
            run.type("quit\r")
            assert run.finish() == 1
        assert verifiers.seen
        gone(place, verifiers, 2)


# --- at the wrong moment ----------------------------------------------------------------------------------------------

WRONG_MOMENTS = {
    "step 1": ('tenant = "contoso.com"', 'tenant = "contoso.invalid"'),
    "step 2": ("33333333-cccc-4ccc-8ccc-000000000003", "33333333-cccc-4ccc-8ccc-00000000000f"),
    "step 3": ("", ""),
}
"""Steps that fail, and which answer is another for that."""


@pytest.mark.parametrize("step", sample(3, WRONG_MOMENTS))
@pytest.mark.system
def test_nothing_is_left_of_an_address_that_is_pasted_into_another_question(
    step: str, begun: Begun, tmp_path: Path
) -> None:
    """The terminal itself shows what is typed at a question that is no secret's; the program repeats nothing."""
    place = Place(begun.cloud, tmp_path)
    begun.verifiers.seen.clear()
    answers = tmp_path / "work" / "answers.toml"
    answers.write_text(begun.cloud.answers_file.read_text().replace(*WRONG_MOMENTS[step]))
    address = place.signed_in(begun.link)
    with closing(Paster(place, answers)) as run:
        run.show_no_keys()
        if step == "step 3":
            run.until(CONSENT_LINK)
            run.until("type granted")
            for _ in range(2):  # it is no answer to the consent link, and the wait goes on
                run.paste(address)
                run.until("is not the address")
            run.type("\x03")
        else:
            run.until(AFTER_FAILURE)
            run.paste(address)
            run.until(AFTER_FAILURE)
            run.type("change\r")
            run.until(re.compile(rb"\]: $"))
            run.paste(address)
            run.until(AFTER_FAILURE)
            run.type("quit\r")
        assert run.finish() == (130 if step == "step 3" else 1)
    gone(place, begun.verifiers, 1)


def test_the_search_would_find_a_piece_in_any_form() -> None:
    secret = "1.AX" + "kZ9_x-Q7~+/=" * 30
    for form in encoded_forms(secret):
        piece = form[21:68]
        assert found_in({"there": b"before " + piece + b" after"}, {"it": secret}) == ["it in there"]
    assert found_in({"there": secret[:39].encode()}, {"it": secret}) == []
