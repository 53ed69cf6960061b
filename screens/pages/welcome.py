"""Welcome: what the wizard does, what to have at hand, and the saved journey if there is one."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Static

from screens.actions import Offer, Offers
from screens.drawing import bold, plain
from screens.pages.page import Page, PageContext
from wizard.core.wording import day_and_time
from wizard.journeys.saved_journey import SavedJourney
from wizard.onboarding.view import JourneyView

AT_HAND = (
    "the domain or id of your partner tenant",
    "the app's client id, and its secret or certificate if it has one",
    "an administrator who can grant consent, here or elsewhere",
    "the integration user's name, its password and its second factor",
    "the address of a key vault that you may write to",
)

FILLED_IN = "The answers are filled in already: begin, press F5 in each step, then F6 for the next."


SHORTER = {5: {"cloud": "Cloud", "scenes": "Scenes"}, 6: {"explain": "Explain"}}
"""Words of the buttons where there are so many of them, so that the row fits at 80 columns."""


class WelcomePage(Page):
    """The first page."""

    def __init__(self, context: PageContext) -> None:
        super().__init__("welcome")
        self._from = context

    def compose(self) -> ComposeResult:
        """The words, top down by weight."""
        yield Static(bold("Partner Center onboarding under the Secure Application Model"), markup=False)
        yield Static(
            "First it looks whether every host answers. Then five steps, from “we are a Microsoft partner” to “a "
            "proven refresh token lies in our key vault”; each is proven before the next one opens.",
            markup=False,
            classes="why",
        )
        if scene := self._from.scene:
            yield Static("This is a rehearsal: nothing leaves this machine.", markup=False, classes="gap")
            yield Static(plain(scene.title), markup=False, classes="scene-title")
            yield Static(bold("Watch for: ") + plain(scene.watch_for), markup=False, classes="scene")
            yield Static(plain(f"{FILLED_IN} {scene.pages_note}"), markup=False, classes="scene gap")
        if self._from.unreadable:
            why = f"✗ The saved journey cannot be used: {self._from.unreadable}"
            yield Static(plain(why), markup=False, id="unreadable")
        if saved := self._from.saved:
            yield Static(plain(_saved_line(saved)), markup=False, id="saved")
            yield Static(markup=False, id="saved-next")
        elif not scene:
            yield Static("Have at hand:", markup=False, classes="gap")
            yield Static("\n".join(f"· {item}" for item in AT_HAND), markup=False, id="at-hand")
        if not scene:
            yield Static(plain(f"Cloud: {self._from.cloud_title}"), markup=False, id="cloud-name", classes="gap")
        yield Static(markup=False, id="notice")

    def offers(self) -> Offers:
        """Return going on or beginning, the cloud where there are several, and what is always there."""
        context, labels = self._from, dict[str, str]()
        if context.view is not None:
            labels |= {"resume": "Go on", "begin": "Start over"}
        elif context.unreadable:
            labels["look-again"] = "Look again"
        elif context.saved is not None:
            labels |= {"resume": "Resume", "begin": "Start over"}
        else:
            labels["begin"] = "Begin"
        if context.several_clouds and "begin" in labels:
            labels["cloud"] = "Another cloud"
        labels["explain"] = "Explain an error"
        if context.has_scenes:
            labels["scenes"] = "Choose a scene"
        labels["quit"] = "Quit"
        for many, shorter in SHORTER.items():
            labels |= {name: words for name, words in shorter.items() if name in labels and len(labels) >= many}
        return Offers({name: Offer(words) for name, words in labels.items()}, next(iter(labels)))

    def show_cloud(self, title: str) -> None:
        """Another cloud was chosen."""
        for line in self.query("#cloud-name").results(Static):
            line.update(plain(f"Cloud: {title}"))

    def show_next_step(self, view: JourneyView, *, lost_sign_in: bool) -> None:
        """Say where the saved journey goes on, once that is known."""
        if self._from.saved is None:
            return
        if view.is_proven:
            text = "It is proven to the end. Open it for its report and for when the token expires."
        else:
            step = view.open_step
            text = f"It goes on with step {view.profile.number_of(step.id)}, {step.title}."
            if step.reopened_note and step.reopens_on_resume(self._from.saved.answers):
                text += f" {step.reopened_note}"
            if lost_sign_in and (sign_in := view.profile.sign_in):
                again = f"step {view.profile.number_of(sign_in.id)} opens again, with a new sign-in"
                text += f" The token of the last sign-in was only in memory: {again}."
        self.query_one("#saved-next", Static).update(plain(text))


def _saved_line(saved: SavedJourney) -> str:
    return f"A journey is saved: {saved.answers.tenant or 'no tenant yet'}, {day_and_time(saved.saved_at)}."
