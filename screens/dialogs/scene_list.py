"""Choose the scene of a rehearsal: each is a question, and says what to watch for before it is taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from screens.dialogs.sheet import Sheet, SheetTitle, show_keys
from screens.drawing import bold, plain
from screens.messages import SceneFailed, SceneStarted
from screens.scene_preview import full_preview, short_preview
from screens.scenes import SceneCatalog, SceneGroup, SceneInfo
from screens.widgets.action_button import ActionButton
from screens.widgets.key_footer import Key, KeyFooter
from screens.widgets.quiet_input import QuietInput
from screens.window_size import Layout, layout_of
from wizard.core.errors import place_of
from wizard.core.wording import FAILS_SIGN

PLAY: Final = "Play this scene"
KEYS: Final[list[Key]] = [
    ("Enter", PLAY, "take"),
    ("Esc", "Cancel", "close"),
    ("↑ ↓", "Choose", "move('cursor_down')"),
    ("PgDn", "Page", "move('page_down')"),
]
LOST = (
    "The integration user has signed in, and the token is only in memory: it goes with the present scene. "
    "Nothing of a rehearsal is kept."
)
ELSEWHERE: Final = "Where it is mentioned"
NONE_FOUND = "No scene has these words. Backspace takes letters back."
ROOMY: Final = 30
"""Rows of a window from which a blank one stands between the groups."""


class SceneList(ModalScreen[None]):
    """Lists the scenes by step and starts the one chosen; `SceneStarted` follows, and this dialog stays until then.

    Args:
        catalog: the scenes to choose from.
        present: the name of the one that is on.
        would_lose_token: whether a token in memory goes with the present scene, so that it is asked first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Cancel"),
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
        """Title, words to look for, the list, what to watch for, the buttons and the keys."""
        choices = OptionList(id="scenes-list", markup=False, compact=True)
        choices.can_focus = False
        with Sheet():
            yield SheetTitle("Choose a scene", "scenes-title")
            yield QuietInput("", "scenes-filter", placeholder="type a word, such as MFA or vault")
            with Container(id="scenes-body"):
                yield choices
                with Vertical(id="scenes-about"):
                    yield Static(markup=False, id="scenes-name")
                    yield Static(markup=False, id="scenes-watch")
            yield Static(markup=False, id="scenes-hint")
            with Horizontal(classes="sheet-actions"):
                yield ActionButton(PLAY, "scene-play", is_primary=True)
                yield ActionButton("", "scene-at-step")
                yield ActionButton("Cancel", "scene-cancel")
            yield KeyFooter()

    def on_mount(self) -> None:
        """Begin at the scene that is on."""
        self._list("", self._present)
        show_keys(self.query_one(KeyFooter), KEYS)
        self.query_one(Input).focus()

    def on_resize(self, event: events.Resize) -> None:
        """In a wide window all that is known of a scene stands beside the list, else what to watch for below it."""
        for layout in Layout:
            self.set_class(layout_of(event.size) is layout, layout.value)
        self.set_class(event.size.height >= ROOMY, "-roomy")
        pointed = self._pointed_at
        self._list(self.query_one(Input).value, pointed.name if pointed else "")

    def action_take(self) -> None:
        """Play the scene that is pointed at, from the beginning."""
        self._choose(at_its_step=False)

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
        self._list(event.value, "" if event.value.strip() else self._present)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_take()

    @on(OptionList.OptionHighlighted)
    def _pointed(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._show(self._scenes.get(event.option_id or ""))

    @on(OptionList.OptionSelected)
    def _taken(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_take()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Play the scene, from the beginning or at its step; or keep the present one."""
        event.stop()
        if event.button.id == "scene-cancel":
            self.action_close()
        else:
            self._choose(at_its_step=event.button.id == "scene-at-step")

    @property
    def _pointed_at(self) -> SceneInfo | None:
        option = self.query_one(OptionList).highlighted_option
        return self._scenes.get(option.id or "") if option is not None else None

    def _choose(self, *, at_its_step: bool) -> None:
        """Start the scene that is pointed at; ask first where a token would be lost."""
        from screens.dialogs.confirm import Confirm

        scene = self._pointed_at
        if scene is None or self._is_starting:
            return
        start = partial(self._start, scene, at_its_step=at_its_step)

        def answered(is_sure: bool | None) -> None:
            if is_sure:
                start()

        if self._would_lose_token:
            self.app.push_screen(Confirm("Leave the present scene?", LOST, yes="Leave it", no="Stay"), answered)
        else:
            start()

    def _start(self, scene: SceneInfo, *, at_its_step: bool) -> None:
        self._is_starting = True
        self._say(f"▸ Starting “{scene.title}”{f' at {scene.step}' if at_its_step else ''}")
        work = partial(self._open, scene.name, at_its_step=at_its_step)
        self.run_worker(work, name="scene", group="scene", thread=True, exit_on_error=False)

    @on(SceneFailed)
    def _failed(self, event: SceneFailed) -> None:
        event.stop()
        self._is_starting = False
        self._say(
            f"{FAILS_SIGN} This scene could not be started ({event.why}). Choose another, or Esc keeps the present one."
        )

    def _open(self, name: str, *, at_its_step: bool) -> None:
        """In the worker's thread."""
        try:
            launch = self._catalog.start(name, at_its_step=at_its_step)
        except Exception as error:  # noqa: BLE001  # shown here, by kind and place alone
            self.post_message(SceneFailed(place_of(error)))
        else:
            self.post_message(SceneStarted(launch))

    def _say(self, words: str) -> None:
        hint = self.query_one("#scenes-hint", Static)
        hint.update(plain(words))
        hint.display = True

    def _list(self, words: str, pointed: str) -> None:
        """List the scenes that have all these words, and point to the one of that name, or else to the first."""
        choices = self.query_one(OptionList)
        choices.clear_options()
        for title, scenes in _matches(self._groups, words.casefold().split()):
            if choices.option_count and self.has_class("-roomy"):
                choices.add_option(Option(plain(" "), disabled=True))
            choices.add_option(Option(bold(title), disabled=True))
            for scene in scenes:
                mark = "›" if scene.name == self._present else " "
                choices.add_option(Option(plain(f"{mark} {scene.title}"), id=scene.name))
        names = [option.id for option in choices.options]
        found = [name for name in names if name]
        if found:
            choices.highlighted = names.index(pointed if pointed in found else found[0])
        self._show(self._pointed_at)

    def _show(self, scene: SceneInfo | None) -> None:
        """Show what is known of a scene, and what can be done with it; None where none has the words."""
        if scene is None:
            about = plain(NONE_FOUND)
        else:
            about = full_preview(scene) if self.has_class(Layout.WIDE.value) else short_preview(scene)
        self.query_one("#scenes-name", Static).update(bold(scene.title if scene else "").stylize("$accent"))
        self.query_one("#scenes-watch", Static).update(about)
        self.query_one("#scene-play").disabled = scene is None
        at_step = self.query_one("#scene-at-step", ActionButton)
        at_step.label = plain(f"Start at {scene.step}" if scene else "")
        at_step.display = bool(scene and scene.step)
        at_step.refresh(layout=True)


def _matches(groups: Sequence[SceneGroup], wanted: list[str]) -> Iterator[tuple[str, list[SceneInfo]]]:
    """Return the scenes that have all the words, under their headings: those first that have them in the title."""
    rest: list[SceneInfo] = []
    for group in groups:
        in_title = [scene for scene in group.scenes if _has(scene.title, wanted)]
        rest += [scene for scene in group.scenes if scene not in in_title and _has(_all_words(scene), wanted)]
        if in_title:
            yield group.title, in_title
    if rest:
        yield ELSEWHERE, rest


def _has(text: str, wanted: list[str]) -> bool:
    return all(word in text.casefold() for word in wanted)


def _all_words(scene: SceneInfo) -> str:
    return f"{scene.title} {scene.watch_for} {scene.name}"
