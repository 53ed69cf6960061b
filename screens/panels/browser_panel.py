"""The sign-in in a browser: the link, who signs in, and how the answer comes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from math import ceil
from threading import Thread
from typing import TYPE_CHECKING, Final

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from screens.actions import Offer, Offers
from screens.drawing import bold, plain
from screens.machine import Machine
from screens.messages import LinkOpened
from screens.panels.address_form import AddressForm
from screens.panels.panel import Panel
from screens.widgets.page_scroll import PageScroll
from wizard.core.events import BrowserPrompt
from wizard.core.inbox import NewLink, Purpose, RedirectResponse

if TYPE_CHECKING:
    from screens.journey_commands import Commands

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


class BrowserPanel(Panel):
    """A link that waits for somebody to sign in; the form for the answer stands at the bottom of the page.

    Args:
        prompt: what was made for it.
        place: which step of how many this is.
        machine: where the wizard runs.
        now: the clock.
        commands: what it may ask for.
        say: says something on the page.
    """

    help_page = "browser"
    is_wide = True

    def __init__(
        self,
        prompt: BrowserPrompt,
        place: str,
        machine: Machine,
        now: Callable[[], datetime],
        commands: Commands,
        say: Callable[[str], None],
    ) -> None:
        super().__init__("browser", Purpose(prompt.purpose), commands, say)
        self.prompt = prompt
        self._place = place
        self._machine = machine
        self._link = Static(markup=False, id="browser-link")
        self._how = Static(markup=False, id="browser-how")
        self.form = AddressForm(
            prompt,
            self._awaited,
            now=now,
            submit=lambda text: commands.submit(self.purpose, RedirectResponse(text)),
            open_link=self.open_link if machine.has_browser else None,
        )
        self.footer = self.form

    def compose(self) -> ComposeResult:
        """What to do, in its order. Nothing stands beside the link, so that it can be selected by itself."""
        prompt = self.prompt
        is_user = prompt.purpose == "integration_user"
        yield Static(bold(f"{self._place} · {self._headline}"), markup=False, id="browser-headline")
        if prompt.app:
            yield Static(plain(f"The page calls the app {prompt.app}."), markup=False, id="browser-app")
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
        rows = ceil(len(self.prompt.url) / max(1, event.size.width)) + OTHER_ROWS + AIR
        for part in (self, self.form):
            part.set_class(self.query_ancestor(PageScroll).container_size.height >= rows, "-roomy")

    @property
    def link(self) -> str:
        """The link to sign in at."""
        return self.prompt.url

    @property
    def live_word(self) -> str:
        """ "link": somebody may be signing in with it."""
        return "link"

    def offers(self) -> Offers:
        """Return opening, copying and the QR code of the link, a new one, and the end; none of them for Enter."""
        offered: dict[str, Offer] = {}
        if self._machine.has_browser:
            offered["open-link"] = Offer("Open in browser", self.open_link)
        offered |= {
            "copy": Offer("Copy link", self.offer_copy(self.link, "Link", "select it")),
            "qr": Offer("QR", self.offer_qr("It opens the sign-in; the address that it ends on is pasted here.")),
            "new-link": Offer("New link", self._ask_for_new_link),
            "cancel": self.offer_stop(),
        }
        return Offers(offered)

    def renew(self, prompt: BrowserPrompt) -> None:
        """Show a new link in place of the one before."""
        self.hide_qr()
        self.prompt = prompt
        self._show()
        self.form.renew(prompt)

    def note(self, words: str) -> bool:
        """Say something below the field, where it is seen."""
        self.form.note(words)
        return True

    def reject(self, why: str) -> None:
        """Say below the field why an address is no answer."""
        self.form.reject(why)

    def _ask_for_new_link(self) -> None:
        """Ask for a new link; it is shown as the first one was."""
        self.commands.submit(self.purpose, NewLink())
        self.form.reject("")
        self.say("A new link is asked for.")

    def open_link(self) -> None:
        """Open the link in this machine's browser, in a thread of its own: a browser takes its time."""
        link, open_address = self.link, self._machine.open_address
        self.say("The link is handed to the browser.")

        def work() -> None:
            self.post_message(LinkOpened(link, open_address(link)))

        Thread(target=work, name="browser", daemon=True).start()  # which the end of the wizard does not wait for

    @on(LinkOpened)
    def _link_opened(self, event: LinkOpened) -> None:
        event.stop()
        if event.url != self.link:
            return
        if event.is_open:
            self.form.opened()
            self.say("The browser is asked to open it. Are you somebody else in there? Copy it into a private window.")
        else:
            self.say("✗ No browser took the link: copy it (F2), or select it.")

    @property
    def _headline(self) -> str:
        return HEADLINES.get(self.prompt.purpose, f"Sign in as {self.prompt.account or 'the integration user'}")

    @property
    def _awaited(self) -> str:
        return self.prompt.account or AWAITED.get(self.prompt.purpose, "the integration user")

    def _show(self) -> None:
        self._link.update(linked(self.prompt.url, is_clickable=self._machine.shows_links))
        self._how.update(Content("\n").join(how_it_comes_back(self.prompt.port, self._machine)))


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
