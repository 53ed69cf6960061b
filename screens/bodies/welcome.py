"""Welcome: what the wizard does, what to have at hand, and the saved journey if there is one."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Static

from screens.bodies.body import Body
from screens.plain import bold, plain
from screens.scene_note import SceneNote
from screens.words import day_and_time
from wizard.journeys.saved_journey import SavedJourney
from wizard.onboarding.journey import Journey

AT_HAND = (
    "the domain or id of your partner tenant",
    "the app's client id, and its secret or certificate if it has one",
    "an administrator who can grant consent, here or elsewhere",
    "the integration user's name, its password and its second factor",
    "the address of a key vault that you may write to",
)

FILLED_IN = "The answers are filled in already: begin, press F5 in each step, then F6 for the next."


class WelcomeBody(Body):
    """The first page."""

    def __init__(self, saved: SavedJourney | None, unreadable: str, scene: SceneNote | None, cloud: str) -> None:
        super().__init__("welcome")
        self._saved = saved
        self._unreadable = unreadable
        self._scene = scene
        self._cloud = cloud

    def compose(self) -> ComposeResult:
        """The words, top down by weight."""
        yield Static(bold("Partner Center onboarding under the Secure Application Model"), markup=False)
        yield Static(
            "First it looks whether every host answers. Then five steps, from “we are a Microsoft partner” to “a "
            "proven refresh token lies in our key vault”; each is proven before the next one opens.",
            markup=False,
            classes="why",
        )
        if self._scene:
            yield Static("This is a rehearsal: nothing leaves this machine.", markup=False, classes="gap")
            yield Static(plain(self._scene.title), markup=False, classes="scene-title")
            yield Static(bold("Watch for: ") + plain(self._scene.watch_for), markup=False, classes="scene")
            yield Static(plain(f"{FILLED_IN} {self._scene.pages_note}"), markup=False, classes="scene gap")
        if self._unreadable:
            why = f"✗ The saved journey cannot be used: {self._unreadable}"
            yield Static(plain(why), markup=False, id="unreadable")
        if self._saved:
            yield Static(plain(self._saved_line(self._saved)), markup=False, id="saved")
            yield Static(markup=False, id="saved-next")
        elif not self._scene:
            yield Static("Have at hand:", markup=False, classes="gap")
            yield Static("\n".join(f"· {item}" for item in AT_HAND), markup=False, id="at-hand")
        if not self._scene:
            yield Static(plain(f"Cloud: {self._cloud}"), markup=False, id="cloud-name", classes="gap")
        yield Static(markup=False, id="notice")

    def show_cloud(self, title: str) -> None:
        """Another cloud was chosen."""
        for line in self.query("#cloud-name").results(Static):
            line.update(plain(f"Cloud: {title}"))

    def show_next_step(self, journey: Journey, *, lost_sign_in: bool) -> None:
        """Say where the saved journey goes on, once that is known."""
        if self._saved is None:
            return
        if journey.is_proven:
            text = "It is proven to the end. Open it for its report and for how long the token lives."
        else:
            step = journey.open_step
            text = f"It goes on with step {journey.profile.number_of(step.id)}, {step.title}."
            if step.reopened_note and step.reopens_on_resume(self._saved.answers):
                text += f" {step.reopened_note}"
            if lost_sign_in and (sign_in := journey.profile.sign_in):
                again = f"step {journey.profile.number_of(sign_in.id)} opens again, with a new sign-in"
                text += f" The token of the last sign-in was only in memory: {again}."
        self.query_one("#saved-next", Static).update(plain(text))

    @staticmethod
    def _saved_line(saved: SavedJourney) -> str:
        return f"A journey is saved: {saved.answers.tenant or 'no tenant yet'}, {day_and_time(saved.saved_at)}."
