"""The hint row: one or two lines on what the cursor stands on."""

from __future__ import annotations

from typing import Final

from textual.widget import Widget
from textual.widgets import Button, Checkbox, Select

from screens.widgets.answer_row import AnswerRow
from screens.widgets.check_list import CheckList
from screens.widgets.rail import Rail
from wizard.onboarding.step import Step

BUTTON_HINTS: Final = {
    "check": "Asks the services, one check after the other, and shows what each answers. Esc stops it.",
    "next": "Goes on; what is proven stays proven.",
    "details": "Shows all that is known of what failed, ids for support, and a message to send. It can be copied.",
    "copy-command": "Sends the command that mends it to your terminal's clipboard, in one line (F4).",
    "explain": "For an error you met anywhere: paste it or type its code. Nothing is sent (F9).",
    "goto": "Goes to the step that has to be worked on first.",
    "back": "Goes to the page before this one; nothing is lost by it.",
    "copy": "Sends it to your terminal's clipboard; not every terminal takes it.",
    "open-link": "Opens the link in this machine's browser, where you may be signed in as somebody else already.",
    "copy-address": "Sends the address to your terminal's clipboard; not every terminal takes it.",
    "message": "Shows a text to send to an administrator who is elsewhere.",
    "qr": "Shows the address as a QR code, for a phone.",
    "code-qr": "Shows the address as a QR code, for a phone; the code itself is typed there.",
    "new-code": "Throws the present sign-in away and begins another.",
    "other-way": "Changes the way to sign in, and begins with that one; everything else stays.",
    "new-link": "Asks for a new link; the one shown is of no use any more.",
    "cancel": "Ends the checks under way; what is proven so far is kept.",
    "support-bundle": "Writes one archive for a colleague: findings, requests, versions; without any secret.",
    "save-report": "Writes what was proven as Markdown and JSON, without any secret. It asks where to.",
    "resume": "Goes on where the journey was left.",
    "begin": "Begins a new journey: first a look at the way to the services, then step 1.",
    "look-again": "Reads the saved journey again.",
    "cloud": "For a tenant in a national cloud.",
    "scenes": "Lists the scenes of the rehearsal, each with what to watch for.",
    "another": "Begins the journey of another tenant with the same vault and cloud.",
    "quit": "Ends the wizard. What is proven is saved.",
}
"""What each button does, by its id; the command palette says the same."""


def hint_for(widget: Widget, step: Step | None, *, is_kept: bool = True) -> str:
    """What is said of a widget that has the focus, "" where nothing has to be.

    Args:
        widget: what has the focus.
        step: whose page it stands on, None where it is no step's.
        is_kept: whether the journey is saved.
    """
    if isinstance(widget, CheckList):
        return "Up and Down choose a check; Enter shows all that is known of it: what to do, who can, ids for support."
    if isinstance(widget, Rail):
        return "Up and Down choose a step; Enter goes there."
    if isinstance(widget, Button):
        name = widget.id or ""
        if name == "quit" and not is_kept:
            return "Ends the wizard. This journey is not saved."
        return step.run_hint if name == "check" and step and step.run_hint else BUTTON_HINTS.get(name, "")
    row = next((each for each in widget.ancestors if isinstance(each, AnswerRow)), None)
    if row is None:
        return ""
    how = " Space ticks it." if isinstance(widget, Checkbox) else " Enter opens the list." if is_list(widget) else ""
    return row.field.help + how


def is_list(widget: Widget) -> bool:
    """Whether a widget is a choice that opens."""
    return any(isinstance(each, Select) for each in widget.ancestors_with_self)
