"""Choose the scene of a rehearsal: each is a question, and says what to watch for before it is taken."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from screens.drawing import bold, plain
from screens.messages import SceneFailed, SceneStarted
from screens.scenes import SceneCatalog, SceneInfo
from screens.widgets.quiet_input import QuietInput
from wizard.core.errors import place_of

HINT = "Enter takes it · Esc keeps the present one · ↑ ↓ PgUp PgDn Home End"
LOST = (
    "The integration user has signed in, and the token is only in memory: it goes with the present scene. "
    "Nothing of a rehearsal is kept."
)
NONE_FOUND = "No scene has these words. Backspace takes letters back."


class SceneList(ModalScreen[None]):
    """Lists the scenes by step and starts the one chosen; `SceneStarted` follows, and this dialog stays until then.

    Args:
        catalog: the scenes to choose from.
        present: the name of the one that is on.
        would_lose_token: whether a token in memory goes with the present scene, so that it is asked first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close"),
        Binding("up", "move('cursor_up')", "Scene above", show=False),
        Binding("down", "move('cursor_down')", "Scene below", show=False),
        Binding("pageup", "move('page_up')", "Page up", show=False),
        Binding("pagedown", "move('page_down')", "Page down", show=False),
        Binding("home", "move('first')", "First scene", show=False, priority=True),
        Binding("end", "move('last')", "Last scene", show=False, priority=True),
    ]

    def __init__(self, catalog: SceneCatalog, present: str, would_lose_token: bool) -> None:
        super().__init__()
        self._catalog = catalog
        self._groups = catalog.groups()
        self._present = present
        self._would_lose_token = would_lose_token
        self._scenes = {scene.name: scene for group in self._groups for scene in group.scenes}
        self._is_starting = False

    def compose(self) -> ComposeResult:
        """Title, words to look for, the list, what to watch for, and the keys."""
        yield Static(bold("Choose a scene"), markup=False, id="scenes-title")
        yield QuietInput("", "scenes-filter", placeholder="type a word, such as MFA or vault")
        choices = OptionList(id="scenes-list", markup=False, compact=True)
        choices.can_focus = False
        yield choices
        yield Static(markup=False, id="scenes-watch")
        yield Static(HINT, markup=False, id="scenes-hint")

    def on_mount(self) -> None:
        """Begin at the scene that is on."""
        self._list("")
        self.query_one(Input).focus()

    def action_close(self) -> None:
        """Keep the present scene."""
        if not self._is_starting:
            self.dismiss()

    def action_move(self, to: str) -> None:
        """Move through the list, as its own keys would."""
        choices = self.query_one(OptionList)
        getattr(choices, f"action_{to}")()
        above = (choices.highlighted or 0) - 1
        if above >= 0 and choices.options[above].disabled and above < choices.scroll_y:
            choices.scroll_to(y=above, animate=False)  # the heading of the scenes, a line high as all of them

    @on(Input.Changed)
    def _looked_for(self, event: Input.Changed) -> None:
        event.stop()
        self._list(event.value)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_one(OptionList).action_select()

    @on(OptionList.OptionHighlighted)
    def _pointed(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._show(self._scenes.get(event.option_id or ""))

    @on(OptionList.OptionSelected)
    def _taken(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        scene = self._scenes.get(event.option_id or "")
        if scene is not None and not self._is_starting:
            self._ask(scene)

    def _ask(self, scene: SceneInfo) -> None:
        from screens.dialogs.confirm import Confirm

        def answered(is_sure: bool | None) -> None:
            if is_sure:
                self._start(scene)

        if self._would_lose_token:
            self.app.push_screen(Confirm("Leave the present scene?", LOST, yes="Leave it", no="Stay"), answered)
        else:
            self._start(scene)

    def _start(self, scene: SceneInfo) -> None:
        self._is_starting = True
        self._say(f"▸ Starting “{scene.title}”")
        work = partial(self._open, scene.name)
        self.run_worker(work, name="scene", group="scene", thread=True, exit_on_error=False)

    @on(SceneFailed)
    def _failed(self, event: SceneFailed) -> None:
        event.stop()
        self._is_starting = False
        self._say(f"✗ This scene could not be started ({event.why}). Choose another, or Esc keeps the present one.")

    def _open(self, name: str) -> None:
        """In the worker's thread."""
        try:
            launch = self._catalog.start(name)
        except Exception as error:  # noqa: BLE001  # shown here, by kind and place alone
            self.post_message(SceneFailed(place_of(error)))
        else:
            self.post_message(SceneStarted(launch))

    def _say(self, words: str) -> None:
        self.query_one("#scenes-hint", Static).update(plain(words))

    def _list(self, words: str) -> None:
        """List the scenes that have all these words; point to the one that is on, else to the first."""
        wanted = words.casefold().split()
        choices = self.query_one(OptionList)
        choices.clear_options()
        found: list[str | None] = []
        for group in self._groups:
            scenes = [scene for scene in group.scenes if all(word in _haystack(scene) for word in wanted)]
            if not scenes:
                continue
            choices.add_option(Option(bold(group.title), disabled=True))
            found.append(None)
            for scene in scenes:
                mark = "›" if scene.name == self._present else " "
                choices.add_option(Option(plain(f"{mark} {scene.title}"), id=scene.name))
                found.append(scene.name)
        names = [name for name in found if name]
        if names:
            present = self._present if self._present in names else names[0]
            choices.highlighted = found.index(present)
        self._show(self._scenes.get(present) if names else None)

    def _show(self, scene: SceneInfo | None) -> None:
        watch = plain(NONE_FOUND) if scene is None else bold("Watch for: ") + plain(scene.watch_for)
        self.query_one("#scenes-watch", Static).update(watch)


def _haystack(scene: SceneInfo) -> str:
    return f"{scene.title} {scene.watch_for} {scene.name}".casefold()
