"""The fixes around the vault: a right, a vault, a deleted secret; made once, refused, late, or cut off."""

from __future__ import annotations

import pytest

from tests.fixes.vaults import changes, fixes, stopped, without_role, without_vault
from wizard.core.findings import Outcome
from wizard.core.fixes import ActionState


def test_a_role_is_given_waited_for_and_the_journey_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped(without_role(delay=300, role_seen_after=10), monkeypatch) as played:
        fix = fixes(played)["add-vault-role"]
        assert fix.widens
        result = played.journey.make_fix(fix)

        assert result.is_made, result.message
        assert result.found is not None
        assert (result.found.outcome, "minutes ago" in result.found.message) == (Outcome.WARNS, True)
        assert [method for method, _ in changes(played)] == ["PUT"]
        played.run()
        assert played.journey.is_proven, played.journey.findings


def test_made_again_the_role_is_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped(without_role(), monkeypatch) as played:
        fix = fixes(played)["add-vault-role"]
        played.journey.make_fix(fix)
        again = played.journey.make_fix(fix)

        assert (again.is_made, [each.state for each in again.actions]) == (True, [ActionState.NOT_NEEDED])
        assert len(changes(played)) == 1


def test_a_vault_is_made_with_its_group_and_its_role(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped(without_vault(ready_after=60, address_after=15), monkeypatch) as played:
        fix = fixes(played)["create-vault"]
        result = played.journey.make_fix(fix)

        assert result.is_made, result.message
        assert [method for method, _ in changes(played)] == ["POST", "PUT", "PUT", "PUT"]
        played.run()
        assert played.journey.is_proven, played.journey.findings
