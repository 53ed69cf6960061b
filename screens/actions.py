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
        label: in the footer.
        is_in_footer: whether the footer shows its key.
    """

    name: str
    hint: str
    key: str = ""
    label: str = ""
    is_in_footer: bool = True


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
    Action("begin", "Begins a new journey: first a look at the way to the services, then step 1."),
    Action("look-again", "Reads the saved journey again."),
    Action("cloud", "For a tenant in a national cloud."),
    Action("other-way", "Changes the way to sign in, and begins with that one; everything else stays."),
    Action(
        "check",
        "Asks the services, one check after the other, and shows what each answers. Esc stops it.",
        "f5",
        "Check",
    ),
    Action("next", "Goes on; what is proven stays proven.", "f6", "Next"),
    Action(
        "details",
        "Shows all that is known of what failed, ids for support, and a message to send. It can be copied.",
        "f3",
        "Details",
    ),
    Action(
        "copy-command",
        "Sends the command that fixes it to your terminal's clipboard, in one line (F4).",
        "f4",
        "Copy the command",
        is_in_footer=False,
    ),
    Action("goto", "Goes to the step that has to be worked on first."),
    Action(
        "open-link", "Opens the link in this machine's browser, where you may be signed in as somebody else already."
    ),
    Action("copy", "Sends it to your terminal's clipboard; not every terminal takes it.", "f2", "Copy"),
    Action(
        "copy-address", "Sends the address to your terminal's clipboard; not every terminal takes it.", "f3", "Link"
    ),
    Action("message", "Shows a text to send to an administrator who is elsewhere.", "f3", "Message"),
    Action("qr", "Shows the address as a QR code, for a phone.", "f4", "QR code"),
    Action(
        "code-qr",
        "Shows the address as a QR code, for a phone; the code itself is typed there.",
        "f4",
        "QR code",
        is_in_footer=False,
    ),
    Action("new-sign-in", "Throws the present sign-in away and begins another.", "f7", "New sign-in"),
    Action("new-link", "Asks for a new link; the one shown is of no use any more.", "f7", "New link"),
    Action("cancel", "Ends the checks under way; what is proven so far is kept.", "escape", "Stop"),
    Action(
        "save-report",
        "Writes what was proven as Markdown and JSON, without any secret. It asks where to.",
        "f8",
        "Save report",
    ),
    Action("explain", "For an error you met anywhere: paste it or type its code. Nothing is sent (F9)."),
    Action("scenes", "Lists the scenes of the rehearsal, each with what to watch for."),
    Action("another", "Begins the journey of another tenant with the same vault and cloud."),
    Action("back", "Goes to the page before this one; nothing is lost by it.", "escape", "Back"),
    Action("quit", "Ends the wizard. What is proven is saved."),
)
"""All there are, in the order in which their buttons stand."""
HINTS: Final = {action.name: action.hint for action in ACTIONS}
SUPPORT_BUNDLE_HINT: Final = "Writes one archive for a colleague: findings, requests, versions; without any secret."
_KEYS: Final = ("f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "escape")
"""In the order in which the footer shows them."""


def bindings_of_offers() -> list[Binding]:
    """Return a binding for each action that has a key; each works while the page offers it."""
    keyed = sorted((action for action in ACTIONS if action.key), key=lambda action: _KEYS.index(action.key))
    return [Binding(action.key, f"offer('{action.name}')", action.label, show=action.is_in_footer) for action in keyed]
