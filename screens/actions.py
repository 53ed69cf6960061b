"""Everything that a page may offer: its button, its key, and what is said of it. One table for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done.

    Args:
        name: of its button, and of the shell's method where the page has none of its own.
        hint: what it does; for the line above the buttons and the command palette.
        key: "" where it has none.
    """

    name: str
    hint: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """The words of a button, and what it does; None: what the shell does by its name."""

    words: str
    do: Callable[[], object] | None = None


@dataclass(frozen=True, slots=True)
class Offers:
    """What can be done now, by the names of actions, and the one that Enter is meant for; "" for none of them."""

    by_name: Mapping[str, Offer] = field(default_factory=dict)
    primary: str = ""

    @property
    def labels(self) -> dict[str, str]:
        """The words of the buttons, by name."""
        return {name: offer.words for name, offer in self.by_name.items()}


ACTIONS: Final = (
    Action("resume", "Goes on where the journey was left."),
    Action("begin", "Begins a new journey: checks the way to the services, then opens step 1."),
    Action("look-again", "Reads the saved journey again."),
    Action("profile", "For control panel vendors, referrals, and programs without a user."),
    Action("cloud", "For a tenant in a national cloud."),
    Action("other-way", "Changes the way to sign in, and begins with that one; everything else stays."),
    Action("check", "Asks the services, one check after the other, and shows what each answers.", "f5"),
    Action("fix", "Shows what would be changed, by whom; nothing is sent before you say so.", "f10"),
    Action("next", "Goes on; what is proven stays proven.", "f6"),
    Action("rehearse-repair", "Lets the person who can fix it do so in this rehearsal, and checks again.", "ctrl+r"),
    Action("goto", "Goes to the step that has to be worked on first."),
    Action("open-link", "Opens the link in this machine's browser, where somebody may be signed in already."),
    Action("copy", "Sends it to your terminal's clipboard; not every terminal takes it.", "f2"),
    Action("copy-address", "Sends the address to your terminal's clipboard; not every terminal takes it."),
    Action("copy-command", "Sends the command to your terminal's clipboard, in one line.", "f2"),
    Action("details", "Shows all that is known of what failed, ids for support, and a message to send.", "f3"),
    Action("qr", "Shows the address as a QR code, for a phone.", "f4"),
    Action("code-qr", "Shows the address as a QR code, for a phone; the code itself is typed there.", "f4"),
    Action("print-link", "Leaves the screen for a moment and prints the bare link, for the mouse; Enter comes back."),
    Action("message", "Shows a text to send to whoever can do it.", "f7"),
    Action("new-sign-in", "Throws the present sign-in away and begins another."),
    Action("new-link", "Asks for a new link; the one shown is of no use any more."),
    Action("save-report", "Saves a Markdown and a JSON report, without secrets; asks where to.", "f8"),
    Action("explain", "For an error you met anywhere: paste it or type its code. Nothing is sent."),
    Action("scenes", "Lists the scenes of the rehearsal, each with what to watch for."),
    Action("another", "Begins the journey of another tenant with the same vault and cloud."),
    Action("cancel", "Ends the checks under way; what is proven so far is kept.", "escape"),
    Action("back", "Goes to the page before this one; nothing is lost by it.", "escape"),
    Action("quit", "Ends the wizard; asks first if something would be lost."),
)
"""All there are, in the order in which their buttons stand."""
HINTS: Final = {action.name: action.hint for action in ACTIONS}
SUPPORT_BUNDLE_HINT: Final = "Writes one archive for a colleague: findings, requests, versions; without any secret."
CUSTOMERS_HINT: Final = "Asks each customer's tenant how the app stands there, in a table; nothing is changed."
KEY_CAPS: Final = {**{f"f{number}": f"F{number}" for number in range(1, 11)}, "ctrl+r": "^R", "escape": "Esc"}
"""The keys of actions as they stand on the keyboard. On every page a key does the same."""


def bindings_of_offers() -> list[Binding]:
    """Return a binding for each action that has a key; each works while the page offers it."""
    keyed = [action for action in ACTIONS if action.key]
    return [Binding(each.key, f"offer('{each.name}')", each.name, show=False) for each in keyed]
