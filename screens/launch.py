"""What the wizard is started with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screens.customer_source import CustomerSource
    from screens.machine import Machine
    from screens.scenes import Repair, SceneInfo
    from wizard.core.answers import Answers
    from wizard.journeys.session import Session
    from wizard.onboarding.journey import Journey

Watch = Callable[[Mapping[str, object]], None]
"""Is given what a person has to act on, as `run --json` says it."""


@dataclass(frozen=True, slots=True)
class Launch:
    """What one wizard works on.

    Args:
        session: opens journeys.
        defaults: the answers a new journey begins with.
        scene: of the rehearsal, None where it is none.
        watch: is given what a person has to act on.
        machine: where that is, None for the one that the wizard runs on.
        place: the options that name the journey's file and its cloud, to be typed again with another command.
        repair: of the scene, None where it has none.
        journey: one that is open already and is gone on with at once, None for none.
        customers: asks for the customers of an onboarding, None where nobody can.
    """

    session: Session
    defaults: Answers
    scene: SceneInfo | None = None
    watch: Watch | None = None
    machine: Machine | None = None
    place: tuple[str, ...] = ()
    repair: Repair | None = None
    journey: Journey | None = None
    customers: CustomerSource | None = None
