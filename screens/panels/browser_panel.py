"""The sign-in in a browser: the link, who signs in, and how the answer comes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from screens.actions import Offer, Offers
from screens.drawing import bold, plain
from screens.machine import Machine
from screens.panels.address_form import AddressForm
from screens.panels.panel import Panel
from screens.widgets.hanging import Numbered
from screens.widgets.link import Link
from wizard.core.events import BrowserPrompt
from wizard.core.inbox import NewLink, Purpose, RedirectResponse
from wizard.core.wording import lower_first

if TYPE_CHECKING:
    from screens.journey_commands import Commands

OPEN_IT: Final = "Open this link in a private window"
HEADLINES: Final = {
    "vault": "Sign in with an account that may open the key vault",
    "graph": "Sign in with an account that may read the tenant's policies",
}
AWAITED: Final = {
    "vault": "somebody who may open the key vault",
    "graph": "somebody who may read the tenant's policies",
}
TITLE_ROWS: Final = 1
"""Rows of what is to be done with the link."""
ANSWER_ROWS, BARE_ANSWER_ROWS = 4, 2
"""Rows of the form: the field, in its card or in none, and the wait."""
AIR: Final = 4
"""Rows that the air takes."""


class BrowserPanel(Panel):
    """A link that waits for somebody to sign in; the form for the answer stands at the bottom of the page.

    Args:
        prompt: what was made for it.
        machine: where the wizard runs.
        now: the clock.
        commands: what it may ask for.
        say: says something on the page.
    """

    help_page = "browser"

    def __init__(
        self,
        prompt: BrowserPrompt,
        machine: Machine,
        now: Callable[[], datetime],
        commands: Commands,
        say: Callable[[str], None],
    ) -> None:
        super().__init__("browser", Purpose(prompt.purpose), machine, commands, say)
        self.prompt = prompt
        self._first = Numbered([plain(OPEN_IT)], id="browser-first")
        self._link = Link(self.link, id="browser-link", is_clickable=machine.shows_links)
        self._steps = Numbered(self._what_to_do(), id="browser-steps", first=2)
        self.form = AddressForm(
            prompt,
            self._awaited,
            now=now,
            submit=lambda text: commands.submit(self.purpose, RedirectResponse(text)),
            open_link=self.open_link if machine.has_browser else None,
        )
        self.life = self.form.life
        self.footer = self.form

    def compose(self) -> ComposeResult:
        """What to do, in its order."""
        yield Static(self._headline, markup=False, id="browser-headline")
        yield self._first
        yield self._link
        yield self._steps

    def fit(self) -> None:
        """Frame the field where the rows are there, with air where there are more; do without with fewer."""
        width, room = max(1, self.size.width), self.room
        headline_rows = len(self._headline.wrap(width))
        others = TITLE_ROWS + headline_rows + self._steps.rows_at(width)
        is_tight = self._link.rows_at(width) + others + BARE_ANSWER_ROWS > room
        link_rows = self._link.rows_at(width, is_tight=is_tight)
        framed = link_rows + others + ANSWER_ROWS
        for part in (self, self.form):
            part.set_class(room >= framed + AIR, "-roomy")
        self._link.set_tight(is_tight=is_tight)
        self.form.set_framed(is_framed=room >= framed)
        has_headline = room >= link_rows + others + BARE_ANSWER_ROWS
        self.query_one("#browser-headline").display = has_headline
        self._first.show([plain(OPEN_IT if has_headline else f"In a private window, {lower_first(self._whom)}")])

    @property
    def link(self) -> str:
        """The link to sign in at."""
        return self.prompt.url

    @property
    def live_word(self) -> str:
        """ "link": somebody may be signing in with it."""
        return "link"

    def offers(self) -> Offers:
        """Return what can be done with the link, a new one, and the end; none of them for Enter."""
        return Offers({
            **self.offers_to_open(),
            "copy": Offer("Copy link", self.offer_copy(self.link, "Link", "select it")),
            "qr": Offer("QR", self.offer_qr("It opens the sign-in; the address that it ends on is pasted here.")),
            "print-link": self.offer_print(),
            **self.offers_to_invite(),
            "new-link": Offer("New link", self._ask_for_new_link),
            "cancel": self.offer_stop(),
        })  # fmt: skip

    def renews(self, prompt: object) -> bool:
        """Show a new link for the same sign-in in place of the one before."""
        if not isinstance(prompt, BrowserPrompt) or prompt.purpose != self.purpose:
            return False
        self.hide_qr()
        self.prompt = prompt
        self._link.show(prompt.url)
        self._steps.show(self._what_to_do(), first=2)
        self.form.renew(prompt)
        return True

    def note(self, words: str) -> bool:
        """Say something below the field, where it is seen."""
        self.form.note(words)
        return True

    def reject(self, why: str) -> None:
        """Say below the field why an address is no answer."""
        self.form.reject(why)

    def opened(self) -> None:
        """From now on the address is waited for."""
        self.form.opened()

    def focus_answer(self) -> None:
        """Put the cursor where the address is pasted."""
        self.form.focus_field()

    def _ask_for_new_link(self) -> None:
        """Ask for a new link; it is shown as the first one was, and its address is pasted where that one's was."""
        self.commands.submit(self.purpose, NewLink())
        self.form.reject("")
        self.focus_answer()
        self.say("A new link is asked for.")

    @property
    def _headline(self) -> Content:
        return bold(self._whom) + plain(f" · app {self.prompt.app}" if self.prompt.app else "").stylize("$quiet")

    @property
    def _whom(self) -> str:
        return HEADLINES.get(self.prompt.purpose, f"Sign in as {self.prompt.account or 'the integration user'}")

    @property
    def _awaited(self) -> str:
        return self.prompt.account or AWAITED.get(self.prompt.purpose, "the integration user")

    def _what_to_do(self) -> tuple[Content, Content]:
        is_user = self.prompt.purpose == "integration_user"
        whom = "Sign in with MFA, as this account, not as an administrator." if is_user else "Sign in with MFA."
        return plain(whom), Content("\n").join(how_it_comes_back(self.prompt.port, self.machine))


def how_it_comes_back(port: int, machine: Machine) -> list[Content]:
    """Return how the answer gets here, by the port that is listened at on this machine, 0 where none is."""
    if not port:
        return [
            plain(
                "The browser then shows “can't reach this page”, or nothing. That is expected: copy its whole address, "
                "and paste it here within a minute."
            )
        ]
    forwarding = bold(machine.forwarding(port))
    if machine.is_remote:
        return [
            plain("It ends on “can't reach this page”: paste its address within a minute."),
            plain("Or run this on your own machine first, and nothing has to be pasted:"),
            forwarding,
        ]
    return [
        plain("The answer comes back by itself. For a browser elsewhere, run there:"),
        forwarding,
        plain("Or paste the address that the browser ends on, within a minute."),
    ]
