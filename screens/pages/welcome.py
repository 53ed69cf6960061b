"""Welcome: what the wizard does, and what to have at hand; or the scene of a rehearsal; or the saved journey."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.actions import Offer, Offers
from screens.drawing import bold, plain
from screens.first_page import TITLE
from screens.pages.page import Page, PageContext
from screens.scenes import SceneInfo
from screens.widgets.card import Card
from screens.widgets.hanging import Hanging, bullets
from wizard.core.timestamps import day_and_time
from wizard.core.wording import FAILS_SIGN
from wizard.onboarding.profile_spec import DEFAULT_PROFILE, NOT_FOR_RESELLERS, ProfileSpec
from wizard.onboarding.view import JourneyView

FILLED_IN = "The answers are filled in already: Enter checks a step, and goes on to the next."
SHORTER = {5: {"cloud": "Cloud", "scenes": "Scenes", "profile": "Another kind", "explain": "Explain"}}
"""Words of the buttons where there are so many of them, so that the row fits."""


class WelcomePage(Page):
    """The first page."""

    def __init__(self, context: PageContext) -> None:
        super().__init__("welcome")
        self._from = context

    def compose(self) -> ComposeResult:
        """A line on what this is, the card, and what is to be known beside it."""
        yield Static(bold(TITLE), markup=False, id="welcome-title")
        yield Static(markup=False, id="notice")
        runs = self._from.kept.runs if self._from.scene is None else ()
        of_all = Static(plain("\n".join(runs)), markup=False, id="runs") if runs else None
        if of_all and not self._starts_over:  # nothing of this machine is more to the point
            yield of_all
        yield self._card()
        if self._starts_over and not self._from.scene and self._from.several_clouds:
            yield Static(self._of_another(self._from.cloud_title), markup=False, id="another-cloud", classes="gap")
        if of_all and self._starts_over:
            yield of_all

    def _card(self) -> Card:
        """Return the one thing that matters now."""
        context = self._from
        if context.scene is not None:
            title = "This is a rehearsal: nothing leaves this machine"
            return Card(
                title,
                *_scene_parts(context.scene),
                aside=_cloud_line(context.cloud_title) if context.several_clouds else "",
            )
        if context.kept.unreadable:
            why = Static(plain(context.kept.unreadable), markup=False, id="unreadable")
            return Card(f"{FAILS_SIGN} The saved journey cannot be used", why, look="-bad")
        if context.view is not None:
            where = Static(plain(_goes_on(context.view)), markup=False, id="saved-next")
            return Card(_of("A journey is open", context.view.answers.tenant), where, *self._of_old_form())
        if context.kept.saved is not None:
            return Card(
                _of("A journey is saved", context.kept.saved.answers.tenant),
                Static(markup=False, id="saved-next"),
                Static(plain(f"Saved {day_and_time(context.kept.saved.saved_at)}."), markup=False, classes="quiet"),
                *self._of_old_form(),
            )
        what = _what_and_at_hand(context.profile.spec)
        return Card("Onboard a partner tenant", *what, aside=_cloud_line(context.cloud_title))

    def _of_old_form(self) -> list[Widget]:
        """Return where the journey is kept, if that is where an earlier version kept its only one."""
        if not self._from.kept.is_old_form:
            return []
        text = f"It is in the single file of an earlier version, and stays there: {self._from.kept.present}"
        return [Static(plain(text), markup=False, classes="quiet", id="old-form")]

    @property
    def _starts_over(self) -> bool:
        """Whether there is a journey whose place a new one would take."""
        return self._from.view is not None or self._from.kept.saved is not None

    def offers(self) -> Offers:
        """Return going on or beginning, the cloud where there are several, and what is always there."""
        context, labels = self._from, dict[str, str]()
        if context.view is not None:
            labels |= {"resume": "Go on", "begin": "Start over"}
        elif context.kept.unreadable:
            labels["look-again"] = "Look again"
        elif context.kept.saved is not None:
            labels |= {"resume": "Resume", "begin": "Start over"}
        else:
            labels["begin"] = "Begin"
        if context.scene is None and context.kept.shares_its_folder and (self._starts_over or context.kept.unreadable):
            labels["another"] = "Another tenant"
        if context.scene is None and "begin" in labels:
            labels["profile"] = "Not a CSP partner?" if context.profile.name == DEFAULT_PROFILE else "Another kind"
        if context.several_clouds and not labels.keys().isdisjoint(("begin", "another")):
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
        if not self._starts_over or self._from.scene:
            self.query_one(Card).show_aside(_cloud_line(title))
        for line in self.query("#another-cloud").results(Static):
            line.update(self._of_another(title))

    def _of_another(self, cloud: str) -> Content:
        """Return kind and cloud of a journey that would be begun now."""
        kind = f"{self._from.begun.spec.title} · " if self._from.begun else ""
        return plain(f"If you start over: {kind}{cloud}").stylize("$quiet")

    def show_next_step(self, view: JourneyView, *, last_sign_in: str) -> None:
        """Say where the saved journey goes on, once that is known; `last_sign_in` is a sentence on its token."""
        if self._from.kept.saved is None or self._from.scene:
            return
        parts = [_goes_on(view)]
        step = view.open_step
        if not view.is_proven and step.reopened_note and step.reopens_on_resume(self._from.kept.saved.answers):
            parts.append(step.reopened_note)
        if not view.is_proven and last_sign_in:
            parts.append(last_sign_in)
        text = " ".join(parts)
        self.query_one("#saved-next", Static).update(plain(text))


def _what_and_at_hand(spec: ProfileSpec) -> list[Widget]:
    kind = bold(f"{spec.title}: ") + plain(f"{spec.choice}. {NOT_FOR_RESELLERS}")
    return [
        Static(kind, markup=False, id="kind"),
        Static(plain(spec.goal), markup=False),
        Static(plain("Have at hand").stylize("$quiet"), markup=False, classes="card-gap"),
        bullets(spec.at_hand, id="at-hand"),
    ]


def _scene_parts(scene: SceneInfo) -> list[Widget]:
    watch = (plain("Watch for:").stylize("$quiet"), plain(scene.watch_for))
    return [
        Static(bold(scene.title), markup=False, classes="scene-title"),
        Hanging([watch], classes="card-gap"),
        Static(plain(f"{FILLED_IN} {scene.pages_note}").stylize("$quiet"), markup=False, classes="card-gap"),
    ]


def _goes_on(view: JourneyView) -> str:
    """Return where a journey goes on."""
    if view.is_proven:
        return "It is proven to the end. Open it for its report and for when the token expires."
    return f"It goes on with {view.profile.full_name(view.open_step.id)}."


def _of(what: str, tenant: str) -> str:
    return f"{what}: {tenant or 'no tenant yet'}"


def _cloud_line(title: str) -> str:
    return f"Cloud: {title}"
