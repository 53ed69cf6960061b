"""Which panel waits for a person, by what a check asks for. A panel is loaded when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from wizard.core.events import BrowserPrompt, ConsentLink, DeviceCodePrompt
from wizard.core.inbox import Purpose
from wizard.onboarding.profile_spec import VENDOR
from wizard.onboarding.sign_in.invitation import invitation

if TYPE_CHECKING:
    from screens.journey_commands import Commands
    from screens.machine import Machine
    from screens.panels.panel import Panel
    from wizard.onboarding.step import Step
    from wizard.onboarding.view import JourneyView

Prompt = ConsentLink | DeviceCodePrompt | BrowserPrompt


@dataclass(frozen=True, slots=True)
class PanelContext:
    """What a panel is made from.

    Args:
        view: the journey.
        step: on whose page it stands.
        machine: where the wizard runs.
        now: the clock.
        commands: what it may ask for.
        say: says something on the page.
        sign_in_again: drops the sign-in, and begins another one.
        acts_after: seconds after which somebody in the rehearsal answers, by purpose.
    """

    view: JourneyView
    step: Step
    machine: Machine
    now: Callable[[], datetime]
    commands: Commands
    say: Callable[[str], None]
    sign_in_again: Callable[[], None]
    acts_after: Mapping[str, float] = field(default_factory=dict)


def panel_for(prompt: Prompt, context: PanelContext) -> Panel:
    """Return the panel that shows a prompt."""
    panel = _panel_for(prompt, context)
    if (seconds := context.acts_after.get(panel.purpose)) is not None:
        panel.life.promise(seconds)
    return panel


def _panel_for(prompt: Prompt, context: PanelContext) -> Panel:
    match prompt:
        case ConsentLink():
            return _consent_panel(prompt, context)
        case DeviceCodePrompt():
            return _code_panel(prompt, context)
        case BrowserPrompt():
            return _browser_panel(prompt, context)


def _consent_panel(prompt: ConsentLink, context: PanelContext) -> Panel:
    from screens.panels.consent_panel import ConsentPanel

    takes = (each.settled_by for each in context.step.checks if each.accepts is Purpose.CONSENT)
    number = context.view.profile.number_of(next(takes, context.step.id))
    is_elsewhere = context.view.profile.spec.has(VENDOR)
    return ConsentPanel(
        prompt, number, context.machine, context.now, context.commands, context.say, is_elsewhere=is_elsewhere
    )


def _code_panel(prompt: DeviceCodePrompt, context: PanelContext) -> Panel:
    from screens.panels.device_code_panel import DeviceCodePanel

    about = _about(prompt, context.view)
    panel = DeviceCodePanel(
        prompt, about, context.machine, context.now, context.commands, context.say, context.sign_in_again
    )
    if _is_elsewhere(prompt, context.view):
        panel.invitation = lambda: invitation(panel.prompt, context.view.answers, context.view.facts)
    return panel


def _browser_panel(prompt: BrowserPrompt, context: PanelContext) -> Panel:
    from screens.panels.browser_panel import BrowserPanel

    panel = BrowserPanel(prompt, context.machine, context.now, context.commands, context.say)
    if _is_elsewhere(prompt, context.view):
        panel.invitation = lambda: invitation(panel.prompt, context.view.answers, context.view.facts)
    return panel


def _is_elsewhere(prompt: DeviceCodePrompt | BrowserPrompt, view: JourneyView) -> bool:
    """Return whether the one who signs in is somebody else's: a vendor's partner."""
    return prompt.purpose == Purpose.INTEGRATION_USER.value and view.profile.spec.has(VENDOR)


def _about(prompt: DeviceCodePrompt, view: JourneyView) -> tuple[str, ...]:
    """Return lines on the app and the tenant that a sign-in is for."""
    answers, facts = view.answers, view.facts
    if prompt.purpose == "vault":  # azure-identity signs in as the Azure CLI does
        return f"Vault {answers.vault_url.removeprefix('https://')}", "App Microsoft Azure CLI"
    if prompt.purpose == "graph":
        return f"Tenant {answers.tenant}", "App Microsoft Graph Command Line Tools"
    return f"App {facts.app_name or answers.client_id}", f"Tenant {answers.tenant}"
