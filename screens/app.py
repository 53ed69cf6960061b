"""The wizard on a terminal: starts the shell, and leaves the terminal as it was, whatever ends it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.theme import Theme

import assets
from screens.crash import farewell
from screens.first_page import FirstPage
from screens.terminal.terminal_app import TerminalApp, let_go_of_lost_terminal
from wizard.core.errors import WizardError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.screen import Screen

    from screens.launch import Launch
    from screens.messages import Launched, LaunchFailed, SceneStarted
    from screens.scenes import SceneCatalog
    from screens.shell import Shell

__all__ = ["WizardApp", "run_wizard"]

KEY_CAPS = {"escape": "Esc", "pageup": "PgUp", "pagedown": "PgDn"}
ASSETS = Path(assets.__file__).parent
STYLES = ("tokens", "shell", "pages", "panels", "dialogs")
THEMES = ("partner", "partner-256", "partner-16", "partner-light", "high-contrast")
THEME_OF_COLOURS = {"256": "partner-256", "standard": "partner-16", "windows": "partner-16"}
"""Which theme is picked for a terminal with fewer colours than most."""
MEANINGS = {
    "quiet": "$text-muted",
    "line": "$border-blurred",
    "field": "$surface",
    "focus-surface": "$primary-muted",
    "on-accent": "$background",
    "good": "$success",
    "fine": "$secondary",
    "warn": "$warning",
    "bad": "$error",
}
"""What our own variables are in Textual's own themes, which know nothing of them."""


def run_wizard(
    open_launch: Callable[[], Launch],
    *,
    mouse: bool = True,
    catalog: SceneCatalog | None = None,
    is_ascii: bool = False,
) -> int:
    """Show the wizard until it is left.

    Args:
        open_launch: returns what the wizard works on; called once something is on the terminal, because it takes a
            moment.
        mouse: whether the wizard uses the mouse; without, the terminal's own selection does.
        catalog: the scenes of a rehearsal, None where there are no others.
        is_ascii: whether every sign is drawn as its ASCII twin.

    Returns:
        The exit code: 0 when the journey is proven, 1 when not, 128 + n when signal n ended it.

    Raises:
        WizardError: what the wizard works on could not be opened; the terminal is as it was.
    """
    app = WizardApp(open_launch, catalog=catalog, is_ascii=is_ascii)
    app.run(mouse=mouse)
    let_go_of_lost_terminal()
    if app.refusal is not None:
        raise app.refusal
    return app.return_code if app.return_code is not None else 1


class WizardApp(TerminalApp):
    """The application; takes what `run_wizard` takes.

    `refusal` is why what the wizard works on could not be opened, None where it could.
    """

    CSS_PATH: ClassVar = [ASSETS / "styles" / f"{name}.tcss" for name in STYLES]
    TITLE = "partner-wizard"
    ENABLE_COMMAND_PALETTE = True
    SUSPENDED_SCREEN_CLASS = "-behind"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", priority=True),
        Binding("ctrl+l", "redraw", "Redraw", show=False),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False),
    ]

    def __init__(
        self, open_launch: Callable[[], Launch], *, catalog: SceneCatalog | None = None, is_ascii: bool = False
    ) -> None:
        super().__init__(is_ascii=is_ascii)
        for name in THEMES:
            self.register_theme(Theme(**json.loads((ASSETS / "themes" / f"{name}.json").read_bytes())))
        if "TEXTUAL_THEME" not in os.environ:
            self.theme = THEME_OF_COLOURS.get(self.console.color_system or "", "partner")
        self.variables_parsed = self.get_css_variables()
        self.stylesheet.set_variables(self.variables_parsed)
        self.refusal: WizardError | None = None
        self._open_launch = open_launch
        self._catalog = catalog
        self._launch: Launch | None = None
        self._shell: Shell | None = None

    @property
    def shell(self) -> Shell:
        """The one screen of the wizard; dialogs come and go above it."""
        if self._shell is None:
            from screens.shell import Shell

            self._launch = self._launch or self._open_launch()
            self._launch.session.is_attended = True
            self._shell = Shell(self._launch, self._catalog)
        return self._shell

    def get_default_screen(self) -> Screen[None]:
        """On a terminal a page that is drawn at once; the shell covers it as soon as it is loaded."""
        return self.shell if self.is_headless else FirstPage(self.open_launch)

    def open_launch(self) -> None:
        """Open what the wizard works on in a thread of its own, so that keys and signals are heard meanwhile."""

        def work() -> None:
            from screens.messages import Launched, LaunchFailed

            try:
                launch = self._open_launch()
            except Exception as error:  # noqa: BLE001  # raised again on the drawing thread
                self.post_message(LaunchFailed(error))
            else:
                self.post_message(Launched(launch))

        self.run_worker(work, name="launch", thread=True, exit_on_error=False)

    def on_launched(self, event: Launched) -> None:
        """Show the shell."""
        self._launch = event.launch
        self.push_screen(self.shell)

    def on_launch_failed(self, event: LaunchFailed) -> None:
        """End: there is nothing to show."""
        if not isinstance(event.error, WizardError):
            raise event.error
        self.refusal = event.error
        self.exit(event.error.exit_code, return_code=event.error.exit_code)

    async def on_scene_started(self, event: SceneStarted) -> None:
        """Another scene of the rehearsal is played: a new shell takes the place of the old one and all that it held."""
        old = self.shell
        old.controller.session.stop()
        self._launch, self._shell = event.launch, None
        while self.screen is not old:
            await self.pop_screen()
        if len(self.screen_stack) > 1:
            await self.switch_screen(self.shell)
        else:  # the screen below all others cannot be exchanged, only covered
            await self.push_screen(self.shell)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return what our own variables are in a theme that does not know them."""
        system = self.current_theme.to_color_system().generate()
        return {name: system[value.removeprefix("$")] for name, value in MEANINGS.items()}

    def get_key_display(self, binding: Binding) -> str:
        """Return keys as they stand on the keyboard: F5, Esc, Ctrl+Q."""
        return "+".join(KEY_CAPS.get(part, part.capitalize()) for part in binding.key.split("+"))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Return what the command palette offers: the actions of the page, every step, the theme."""
        if self._shell is not None and screen is self._shell:
            from screens.palette import palette_commands

            yield from palette_commands(self._shell)
        yield SystemCommand("Theme", "Choose another theme", self.action_change_theme)

    # --- the end --------------------------------------------------------------------------------------------------

    def leave(self, code: int) -> None:
        """End the wizard with an exit code, at once."""
        if self._shell is None:
            super().leave(code)
        else:
            from screens.leaving import leave

            leave(self._shell, code)

    def action_help_quit(self) -> None:
        """Say how the wizard is left, to whoever pressed Ctrl+C: on the page, where it covers no text."""
        if self._shell is not None and self.screen is self._shell:
            self._shell.page.say("Ctrl+C copies what is selected. Ctrl+Q quits.")
            self._shell.page.bring_into_view(from_top=True)
        else:
            super().action_help_quit()

    async def action_quit(self) -> None:
        """Quit; asks only when a token in memory would be lost."""
        if self._shell is None:
            self.leave(1)
        else:
            self._shell.action_quit()

    def stop_work(self) -> None:
        """End the run under way."""
        if self._launch is not None:
            self._launch.session.stop()

    def last_words(self, error: BaseException | None) -> str:
        """Return kind and place of the error, and what to do."""
        return farewell(error, is_saved=self._is_saved)

    @property
    def _is_saved(self) -> bool:
        """Whether what is proven can be gone on with: there is a journey, and it is written down."""
        launch, shell = self._launch, self._shell
        is_kept = launch is not None and launch.scene is None and launch.session.file is not None
        if not is_kept or shell is None or shell.controller.is_unsaved:
            return False
        return shell.controller.view is not None or shell.controller.kept.saved is not None
