"""How a journey is begun: in the place of another, in another cloud, in another scene of the rehearsal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from screens import leaving

if TYPE_CHECKING:
    from pathlib import Path

    from screens.shell import Shell


def begin(shell: Shell) -> None:
    """Begin a new journey; asks first where it would take the place of another one."""
    from screens.dialogs.confirm import Confirm

    controller = shell.controller
    kept = controller.view or controller.kept.saved

    def start() -> None:
        answers = controller.defaults
        if kept is not None and controller.kept.shares_its_folder:  # where each has its file by tenant and app
            answers = replace(answers, tenant=kept.answers.tenant, client_id=kept.answers.client_id)
        if controller.scene is None:
            answers = replace(answers, profile=controller.begun_profile.name)
        leaving.unless_something_is_lost(shell, lambda: controller.begin(answers))

    def answered(is_sure: bool | None) -> None:
        if is_sure:
            start()

    if kept is None or not kept.answers.tenant:  # nothing is lost that anybody entered
        start()
        return
    text = (
        f"The journey of {kept.answers.tenant} is kept until now, with all it has proven. "
        "A new one takes its place. A token that is in the vault stays there."
    )
    shell.app.push_screen(Confirm("Start over?", text, yes="Start over", no="Keep it"), answered)


def open_journey(shell: Shell, path: Path) -> None:
    """Go on with the onboarding of a file; the one that is open stays as it is saved."""
    controller = shell.controller
    if controller.view is not None and path == controller.kept.present:
        shell.call_later(shell.action_resume)
    else:
        leaving.unless_something_is_lost(shell, lambda: controller.open_file(path))


def choose_cloud(shell: Shell) -> None:
    """Choose another cloud for a new journey."""
    from screens.dialogs.choice import Choice

    controller, titles = shell.controller, shell.controller.clouds

    def chosen(name: str | None) -> None:
        if name:
            controller.choose("cloud", name)
            shell.page.show_cloud(titles[name])
            shell.draw(focus=True)

    shell.app.push_screen(Choice("Which cloud?", titles, controller.defaults.cloud), chosen)


def choose_profile(shell: Shell) -> None:
    """Choose what kind of onboarding a new journey is."""
    from screens.dialogs.choice import Choice

    controller = shell.controller
    choices = {name: f"{each.spec.title}\n  {each.spec.choice}" for name, each in controller.session.profiles.items()}

    def chosen(name: str | None) -> None:
        if name:
            controller.choose("profile", name)
            shell.call_later(shell.show, shell.page.page_id)

    shell.app.push_screen(Choice("What do you onboard?", choices, controller.begun_profile.name), chosen)


def choose_scene(shell: Shell) -> None:
    """Choose another scene of the rehearsal."""
    from screens.dialogs.scene_list import SceneList

    if shell.catalog is not None and not shell.controller.running_step:
        name = shell.controller.scene.name if shell.controller.scene else ""
        shell.app.push_screen(SceneList(shell.catalog, name, shell.controller.would_lose_token))
