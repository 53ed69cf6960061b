"""How a journey is begun: in the place of another, in another cloud, in another scene of the rehearsal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from screens import leaving
from screens.pages.welcome import WelcomePage

if TYPE_CHECKING:
    from screens.shell import Shell


def begin(shell: Shell) -> None:
    """Begin a new journey; asks first where it would take the place of another one."""
    from screens.dialogs.confirm import Confirm

    controller = shell.controller

    def start() -> None:
        leaving.unless_something_is_lost(shell, lambda: controller.begin(controller.defaults))

    def answered(is_sure: bool | None) -> None:
        if is_sure:
            start()

    kept = controller.view or controller.saved
    if kept is None:
        start()
        return
    text = (
        f"The journey of {kept.answers.tenant or 'no tenant yet'} is kept until now, with all it has proven. "
        "A new one takes its place. A token that is in the vault stays there."
    )
    shell.app.push_screen(Confirm("Start over?", text, yes="Start over", no="Keep it"), answered)


def choose_cloud(shell: Shell) -> None:
    """Choose another cloud for a new journey."""
    from screens.dialogs.choice import Choice

    controller, titles = shell.controller, shell.controller.clouds

    def chosen(name: str | None) -> None:
        if name:
            controller.defaults = replace(controller.defaults, cloud=name)
            if isinstance(shell.page, WelcomePage):
                shell.page.show_cloud(titles[name])

    shell.app.push_screen(Choice("Which cloud?", titles, controller.defaults.cloud), chosen)


def choose_scene(shell: Shell) -> None:
    """Choose another scene of the rehearsal."""
    from screens.dialogs.scene_list import SceneList

    if shell.catalog is not None and not shell.controller.running_step:
        name = shell.controller.scene.name if shell.controller.scene else ""
        shell.app.push_screen(SceneList(shell.catalog, name, shell.controller.would_lose_token))
