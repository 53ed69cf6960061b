"""Onboardings in the folder of the saved journeys, as the program writes them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from tests.test_journey import ALL, holding, journey_with
from wizard.core.answers import Answers
from wizard.journeys.journey_folder import JourneyFolder
from wizard.journeys.saved_journey import JourneyFile
from wizard.journeys.state_folder import state_folder
from wizard.onboarding.journey import Journey

NOW = "2026-11-21T10:00:00Z"
APP = "33333333-cccc-4ccc-8ccc-000000000003"
OTHER_APP = "44444444-dddd-4ddd-8ddd-000000000004"
TENANT_ID = "11111111-aaaa-4aaa-8aaa-000000000001"


def here() -> JourneyFolder:
    """The folder of this test's HOME."""
    return JourneyFolder(Path(state_folder(os.environ)))


def journey_of(tenant: str, app: str = APP, *, passed: Sequence[str] = ALL, cloud: str = "global") -> Journey:
    """A journey of which these steps hold."""
    answers = Answers(tenant=tenant, client_id=app, cloud=cloud, credential="none")
    journey = journey_with(holding(*passed), answers)
    if "tenant" in passed:
        journey.onboarding.learn(tenant_id=TENANT_ID)
    if "store" in passed:
        journey.onboarding.learn(token_expires_at="2027-02-23T10:00:00Z", secret_version="1", app_name="Automation")
    return journey


def keep(tenant: str, app: str = APP, *, passed: Sequence[str] = ALL, cloud: str = "global") -> Path:
    """Keep an onboarding; return its file."""
    journey = journey_of(tenant, app, passed=passed, cloud=cloud)
    path = here().path_of(journey.onboarding.answers) or here().draft()
    JourneyFile(path).write(journey, NOW)
    return path
