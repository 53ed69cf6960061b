"""The sign-in in a browser: the link, who signs in, and how the answer comes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from math import ceil
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from screens.bodies.body import Body
from screens.machine import Machine
from screens.plain import bold, plain
from screens.widgets.browser_answer import BrowserAnswer
from wizard.core.events import BrowserPrompt

OPEN_IT: Final = "1 Open this link in a private browser window"
HEADLINES: Final = {
    "vault": "Sign in with an account that may open the key vault",
    "graph": "Sign in with an account that may read the tenant's policies",
}
AWAITED: Final = {
    "vault": "somebody who may open the key vault",
    "graph": "somebody who may read the tenant's policies",
}
OTHER_ROWS: Final = 10
"""Rows of all but the link, without air between them."""
AIR: Final = 6
"""Rows that the air takes."""


class BrowserPanel(Vertical):
    """A link that waits for somebody to sign in; `answer` is its field, which stands at the bottom of the page.

    Args:
        sign_in: what was made for it.
        place: which step of how many this is.
        machine: where the wizard runs.
        now: the clock.
    """

    def __init__(self, sign_in: BrowserPrompt, place: str, machine: Machine, now: Callable[[], datetime]) -> None:
        super().__init__(id="browser", classes="panel")
        self.sign_in = sign_in
        self._place = place
        self._machine = machine
        self._link = Static(markup=False, id="browser-link")
        self._how = Static(markup=False, id="browser-how")
        self.answer = BrowserAnswer(sign_in, self._awaited, can_open=machine.has_browser, now=now)

    def compose(self) -> ComposeResult:
        """What to do, in its order. Nothing stands beside the link, so that it can be selected by itself."""
        said = self.sign_in
        is_user = said.purpose == "integration_user"
        yield Static(bold(f"{self._place} · {self._headline}"), markup=False, id="browser-headline")
        if said.app:
            yield Static(plain(f"The page calls the app {said.app}."), markup=False, id="browser-app")
        yield self._link
        whom = "Sign in with MFA, as this account and not as an administrator." if is_user else "Sign in with MFA."
        with Horizontal(classes="browser-item"):
            yield Static("2", markup=False, classes="number")
            yield Static(whom, markup=False)
        with Horizontal(classes="browser-item"):
            yield Static("3", markup=False, classes="number")
            yield self._how

    def on_mount(self) -> None:
        """Show the link."""
        self._link.border_title = f" {OPEN_IT} "
        self._show()

    def on_resize(self, event: events.Resize) -> None:
        """Air between the words where there is room for it."""
        rows = ceil(len(self.sign_in.url) / max(1, event.size.width)) + OTHER_ROWS + AIR
        for part in (self, self.answer):
            part.set_class(self.query_ancestor(Body).container_size.height >= rows, "-roomy")

    def renew(self, sign_in: BrowserPrompt) -> None:
        """Show a new link in place of the one before."""
        self.sign_in = sign_in
        self._show()
        self.answer.renew(sign_in)

    @property
    def _headline(self) -> str:
        return HEADLINES.get(self.sign_in.purpose, f"Sign in as {self.sign_in.account or 'the integration user'}")

    @property
    def _awaited(self) -> str:
        return self.sign_in.account or AWAITED.get(self.sign_in.purpose, "the integration user")

    def _show(self) -> None:
        self._link.update(linked(self.sign_in.url, is_clickable=self._machine.shows_links))
        self._how.update(Content("\n").join(how_it_comes_back(self.sign_in.port, self._machine)))


def linked(address: str, *, is_clickable: bool) -> Content:
    """`address` as it may be drawn; where `is_clickable`, each of its lines leads to all of it (OSC 8)."""
    shown = plain(address)
    is_whole = shown.plain == address and address.isascii() and not any(map(str.isspace, address))
    return shown.stylize(Style(link=address)) if is_clickable and is_whole else shown


def how_it_comes_back(port: int, machine: Machine) -> list[Content]:
    """How the answer gets here, by the port that is listened at on this machine, 0 where none is."""
    if not port:
        return [
            plain(
                "The browser then ends on a page that may be empty, or says “can't reach this page”. That is expected: "
                "paste its whole address within a minute."
            )
        ]
    if machine.is_remote:
        return [
            plain("The answer comes back by itself if you first run this on your machine:"),
            bold(machine.forwarding(port)),
            plain("Else it ends on “can't reach this page”: paste its address within a minute."),
        ]
    return [
        plain("The answer comes back by itself. For a browser elsewhere, first run there:"),
        bold(machine.forwarding(port)),
        plain("Or paste the address that the browser ends on, within a minute."),
    ]
