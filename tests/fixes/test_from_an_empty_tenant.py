"""From an empty tenant to "proven": one administrator signs in, and what is missing is made by fixes."""

from __future__ import annotations

import pytest

from tests.harness import rehearsed
from wizard.core.fixes import ActionState, latest


def test_fixes_alone_lead_from_an_empty_tenant_to_a_stored_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside the wizard people only sign in and consent: nobody opens a portal."""
    made = list[str]()
    with rehearsed("empty-tenant", monkeypatch) as played:
        journey = played.journey
        while played.run() and not journey.is_proven:
            fix = journey.view().fixes(journey.open_step.id)[0]
            assert fix.name not in made, journey.view().blocking(journey.open_step.id)
            assert journey.make_fix(fix).is_made, journey.findings
            made.append(fix.name)

        assert made == ["create-app", "create-vault", "add-secret", "create-account"]
        actions = latest(journey.onboarding.memory.actions)
        assert {each.state for each in actions} == {ActionState.MADE, ActionState.CHECKED}
        assert {each.account for each in actions} == {"admin@contoso.com"}
