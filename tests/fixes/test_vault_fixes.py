"""The fixes around the vault: a right, a vault, a deleted secret; made once, refused, late, or cut off."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.fixes.vaults import changes, deleted_vault, fixes, in_azure, stopped, without_role, without_vault
from tests.harness import SECRET_NAME, Rehearsed
from tests.sampling import every
from wizard.core.events import DeviceCodePrompt, Event
from wizard.core.findings import Outcome
from wizard.core.fixes import ActionState, Api, Fix
from wizard.journeys.last_sign_in import LastSignIn
from wizard.journeys.session import Session
from wizard.microsoft.clouds import read_cloud_file
from wizard.rehearsal import Scene
from wizard.rehearsal.azure_facts import AssignedRole
from wizard.rehearsal.choices import FaultBody, Service
from wizard.rehearsal.world import Fault

RIGHTS = {
    "add-vault-role": without_role,
    "add-vault-policy": lambda **azure: without_role(uses_roles=False, **azure),
    "create-vault": without_vault,
    "recover-vault": deleted_vault,
}
"""The fixes of the vault identity's own access, with what makes their scene."""
ADELE = "55555555-eeee-4eee-8eee-000000000003"
"""Object id of somebody else."""


def states(result_or_fix: Any) -> list[ActionState]:
    return [each.state for each in result_or_fix.actions]


@pytest.mark.parametrize("name", RIGHTS)
def test_it_is_made_by_the_vault_identity_and_the_journey_goes_on(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped(RIGHTS[name](), monkeypatch) as played:
        fix = fixes(played)[name]
        assert (fix.widens, changes(played)) == (True, []), "nothing is sent before somebody has agreed"
        assert played.cloud.state.world.operator.client_id in played.journey.view().fix_accounts["resource_manager"]

        result = played.journey.make_fix(fix)

        assert result.is_made, result.message
        assert set(states(result)) == {ActionState.MADE}
        assert len(changes(played)) == len(fix.requests)
        played.run()
        assert played.journey.is_proven, played.journey.findings
        assert len(changes(played)) == len(fix.requests)


@pytest.mark.parametrize("name", every(2, RIGHTS))
def test_made_again_it_changes_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped(RIGHTS[name](), monkeypatch) as played:
        fix = fixes(played)[name]
        sent = len(played.journey.make_fix(fix).actions)
        again = played.journey.make_fix(fix)

        assert again.is_made
        assert set(states(again)) == {ActionState.NOT_NEEDED}
        assert len(changes(played)) == sent


@pytest.mark.parametrize("name", every(2, RIGHTS))
def test_whoever_lacks_the_right_is_told_which_and_nothing_is_changed(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stopped(RIGHTS[name](may_assign_roles=False, may_create=False), monkeypatch) as played:
        fix = fixes(played)[name]
        result = played.journey.make_fix(fix)

        assert (result.is_made, states(result)) == (False, [ActionState.REFUSED])
        assert result.message.startswith("Nothing was changed.")
        assert fix.permissions[0] in result.message
        assert result.actions[-1].request_id
        assert fix.name in fixes(played)


def test_a_role_works_late_and_is_waited_for_in_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped(without_role(delay=300, role_seen_after=10), monkeypatch) as played:
        result = played.journey.make_fix(fixes(played)["add-vault-role"])

        assert result.is_made, result.message
        assert result.found is not None
        assert (result.found.outcome, "minutes ago" in result.found.message) == (Outcome.WARNS, True)
        played.run()
        assert played.journey.is_proven, played.journey.findings


def test_a_role_that_never_works_is_waited_for_no_longer_than_ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped(without_role(delay=3600), monkeypatch) as played:
        played.journey.make_fix(fixes(played)["add-vault-role"])
        before = played.cloud.clock.now()
        closed_by = played.run()

        assert closed_by == "user.vault_reachable"
        assert 0 < (played.cloud.clock.now() - before).total_seconds() <= 600


def test_a_role_that_is_there_under_another_name_is_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped(without_role(), monkeypatch) as played:
        fix = fixes(played)["add-vault-role"]
        world = played.cloud.state.world
        played.cloud.state.world = replace(world, azure=replace(world.azure, roles=(AssignedRole(),)))

        result = played.journey.make_fix(fix)

        assert (result.is_made, states(result)) == (True, [ActionState.NOT_NEEDED])


def test_a_new_vault_and_its_address_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped(without_vault(ready_after=60, address_after=15), monkeypatch) as played:
        result = played.journey.make_fix(fixes(played)["create-vault"])

        assert result.is_made, result.message
        made = played.cloud.state.azure.vaults["contoso-partner"]
        assert made.location == "westeurope", "as the subscription's other groups"
        played.run()
        assert played.journey.is_proven, played.journey.findings


def test_a_vault_that_is_never_ready_stays_and_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped(without_vault(registered=True, ready_after=36_000), monkeypatch) as played:
        result = played.journey.make_fix(fixes(played)["create-vault"])

        assert not result.is_made
        assert "is not ready after 10 minutes" in result.message
        assert "What was made stays." in result.message
        assert states(result) == [ActionState.MADE, ActionState.MADE]


def test_a_policy_that_forbids_vaults_is_named_and_the_empty_group_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = "Resource 'contoso-partner' was disallowed by policy. Policy: 'Allowed locations'."
    with stopped(without_vault(policy_refuses=policy), monkeypatch) as played:
        result = played.journey.make_fix(fixes(played)["create-vault"])

        assert not result.is_made
        assert "A policy of the subscription forbids it, whoever asks" in result.message
        assert "Allowed locations" in result.message
        undone = [(each.method, each.state) for each in result.actions if each.is_undo]
        assert undone == [("DELETE", ActionState.MADE)]
        assert played.cloud.state.azure.groups == {"88888888-aaaa-4aaa-8aaa-000000000001": {}}


def test_whoever_may_make_a_vault_and_give_no_role_keeps_the_vault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deleted, it would hold its name for ninety days; so its group is not empty, and stays as well."""
    with stopped(without_vault(may_assign_roles=False), monkeypatch) as played:
        result = played.journey.make_fix(fixes(played)["create-vault"])

        assert not result.is_made
        assert "it takes Microsoft.Authorization/roleAssignments/write" in result.message
        assert "Not taken back" in result.message
        assert "contoso-partner" in played.cloud.state.azure.vaults
        assert [method for method, _ in changes(played)].count("DELETE") == 0
        assert set(fixes(played)) == {"add-vault-role"}


def test_a_name_that_is_taken_meanwhile_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped(without_vault(registered=True), monkeypatch) as played:
        fix = fixes(played)["create-vault"]
        world = played.cloud.state.world
        played.cloud.state.world = replace(world, azure=replace(world.azure, name_taken=True))

        result = played.journey.make_fix(fix)

        assert not result.is_made
        assert "is taken by now" in result.message
        assert result.message.endswith("What was made before that is taken back.")


def test_a_name_that_is_taken_is_not_offered_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped(without_vault(name_taken=True), monkeypatch) as played:
        assert fixes(played) == {}
        assert "az keyvault recover --name contoso-partner" in played.journey.findings["user.vault_reachable"].remedy


def test_of_several_subscriptions_one_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped(without_vault(subscriptions=("Contoso", "Test")), monkeypatch) as played:
        offered = [*fixes(played).values()]

        assert [each.title.partition(" in ")[2] for each in offered] == ["Contoso (westeurope)", "Test (northeurope)"]
        assert {each.one_of for each in offered} == {"create-vault"}
        assert len({each.name for each in offered}) == 2
        assert played.journey.make_fix(offered[1]).is_made


def test_a_person_signs_in_once_and_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped(without_vault(), monkeypatch) as played:
        played.journey.change("vault_identity", "device-code")
        played.run()
        fix = fixes(played)["create-vault"]
        assert "--assignee-principal-type User" in fix.command
        assert played.journey.view().fix_accounts["resource_manager"] == "admin@contoso.com"

        assert played.journey.make_fix(fix).is_made
        assert [each.purpose for each in played.emitted(DeviceCodePrompt)].count("vault") == 1


@pytest.mark.parametrize("name", every(2, RIGHTS))
def test_an_identity_of_another_tenant_makes_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped(RIGHTS[name](), monkeypatch) as played:
        fix = replace(fixes(played)[name], tenant_id="99999999-9999-4999-8999-999999999999")
        result = played.journey.make_fix(fix)

        assert (result.is_made, changes(played)) == (False, [])
        assert "Choose an identity of that tenant" in result.message


def test_a_vault_of_another_tenant_is_a_finding_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    other = "22222222-bbbb-4bbb-8bbb-000000000002"
    with stopped(without_role(vault_tenant=other), monkeypatch) as played:
        found = played.journey.findings["user.vault_rights"]

        assert (found.outcome, found.title) == (Outcome.WARNS, "The vault identity belongs to another tenant")
        assert f"az login --tenant {other}" in found.remedy
        assert fixes(played) == {}


def killed_at(played: Rehearsed, fix: Fix, number: int, monkeypatch: pytest.MonkeyPatch) -> Any:
    """End the program in the middle of the request of that number, and start again; return what was left."""
    sent = list[object]()
    send = played.journey.onboarding.services.changes.send

    def send_or_end(*arguments: Any) -> Any:
        if len(sent) == number:
            raise SystemExit(9)
        sent.append(arguments)
        return send(*arguments)

    monkeypatch.setattr(played.journey.onboarding.services.changes, "send", send_or_end)
    with pytest.raises(SystemExit):
        played.journey.make_fix(fix)
    session = Session(read_cloud_file(played.cloud.cloud_file), file=played.session.file)
    saved = session.saved()
    assert saved is not None
    return session.resume(saved, lambda _event: None)


@pytest.mark.parametrize("number", every(4, range(4)))
def test_ended_between_its_requests_the_next_start_says_so_and_it_can_be_finished(
    number: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stopped(without_vault(), monkeypatch, file=tmp_path / "state" / "journey.json") as played:
        fix = fixes(played)["create-vault"]
        with monkeypatch.context() as patched:
            resumed = killed_at(played, fix, number, patched)
        left = resumed.settle_interrupted_fix()

        assert left is not None
        assert (left.fix, len(left.done), left.of) == ("create-vault", number, 4)
        assert left.check not in resumed.findings

        played.run()
        offered = fixes(played)
        again = played.journey.make_fix(offered.get("create-vault") or offered["add-vault-role"])
        assert again.is_made, again.message
        played.run()
        assert played.journey.is_proven, played.journey.findings


def test_without_an_answer_it_is_not_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    cut = Fault(Service.RESOURCE_MANAGER, "PUT", status=504, body=FaultBody.JSON, times=1)
    with stopped(without_role(cut), monkeypatch) as played:
        result = played.journey.make_fix(fixes(played)["add-vault-role"])

        assert (result.is_made, result.actions[-1].state) == (False, ActionState.NO_ANSWER)
        assert "is not known" in result.message
        assert len(changes(played)) == 1


def recoverable(**vault: Any) -> Scene:
    return in_azure(vault={"deleted": (SECRET_NAME,), **vault})


def test_a_deleted_secret_is_recovered_and_stays_whose_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped(recoverable(), monkeypatch) as played:
        fix = fixes(played)["recover-secret"]
        assert fix.api is Api.KEY_VAULT
        assert played.journey.view().fix_accounts["key_vault"].startswith("the app ")
        result = played.journey.make_fix(fix)

        assert result.is_made, result.message
        assert result.found is not None
        assert (result.found.outcome, result.found.check) == (Outcome.FAILS, "user.secret_name")
        assert "is not of this tenant and app" in result.found.message
        played.run()
        (version,) = played.cloud.state.vaults["contoso-partner"].versions(SECRET_NAME)
        assert version["value"] == "an earlier value"
        assert set(states(played.journey.make_fix(fix))) == {ActionState.NOT_NEEDED}


def test_whoever_may_not_recover_a_secret_is_told_which_right_is_missing_and_it_stays_deleted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with stopped(recoverable(rights_missing=("recover",)), monkeypatch) as played:
        fix = fixes(played)["recover-secret"]
        result = played.journey.make_fix(fix)

        assert (result.is_made, states(result)) == (False, [ActionState.REFUSED])
        assert result.message.startswith("Nothing was changed.")
        assert fix.permissions[0] in result.message
        assert played.cloud.state.vaults["contoso-partner"].versions(SECRET_NAME) == []
        assert "recover-secret" in fixes(played), "it is offered to whoever may"


def test_a_secret_that_was_deleted_before_the_write_is_recovered_and_not_superseded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with stopped(in_azure(), monkeypatch) as played:
        vault = played.cloud.state.vaults["contoso-partner"]
        vault.delete(SECRET_NAME)
        vault._deleted[SECRET_NAME][0].tags = {}
        played.journey.onboarding.memory.storing.written = None
        played.journey.onboarding.memory.storing.write = None
        played.journey.run("store")
        fix = {each.name: each for each in played.journey.view().fixes("store")}["recover-secret"]

        result = played.journey.make_fix(fix)

        assert result.is_made, result.message
        assert len(vault.versions(SECRET_NAME)) == 1
        assert played.journey.findings["user.secret_name"].outcome is Outcome.FAILS
        assert played.journey.lock("store") is not None, "somebody else's secret is not written to"


def test_the_program_that_reads_the_token_gets_its_right_after_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped(in_azure(), monkeypatch) as played:
        assert played.journey.is_proven
        assert "store.reader" in played.journey.skipped
        played.journey.change("vault_reader", ADELE)
        played.run()
        assert played.journey.is_proven, "it is a warning, and no reason to stop"
        fix = {each.name: each for each in played.journey.view().fixes("store")}["add-reader-role"]
        result = played.journey.make_fix(fix)

        assert result.is_made, result.message
        (made,) = played.cloud.state.azure.assignments
        assert (made.principal_id, made.scope.rpartition("/")[2]) == (ADELE, SECRET_NAME)
        assert played.journey.findings["store.reader"].outcome is Outcome.HOLDS


def test_an_access_policy_lets_the_program_read_where_roles_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped(in_azure(uses_roles=False, policy=("get", "list", "set")), monkeypatch) as played:
        played.journey.change("vault_reader", ADELE)
        played.run()
        fix = {each.name: each for each in played.journey.view().fixes("store")}["add-reader-policy"]

        assert played.journey.make_fix(fix).is_made
        assert played.cloud.state.azure.policies == {"contoso-partner": {ADELE: {"get"}}}


READS: dict[str, dict[str, Any]] = {
    "add-reader-role": {},
    "add-reader-policy": {"uses_roles": False, "policy": ("get", "list", "set")},
}
"""The fixes of the program that reads the token, with what Azure has to be like for each."""


def reader_fix(played: Rehearsed, name: str) -> Fix:
    played.journey.change("vault_reader", ADELE)
    played.run()
    return {each.name: each for each in played.journey.view().fixes("store")}[name]


@pytest.mark.parametrize("name", READS)
def test_the_readers_right_made_again_changes_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped(in_azure(**READS[name]), monkeypatch) as played:
        fix = reader_fix(played, name)
        assert played.journey.make_fix(fix).is_made
        sent, azure = changes(played), played.cloud.state.azure
        held = (list(azure.assignments), {vault: dict(policies) for vault, policies in azure.policies.items()})

        again = played.journey.make_fix(fix)

        assert (again.is_made, states(again)) == (True, [ActionState.NOT_NEEDED])
        assert changes(played) == sent
        assert (list(azure.assignments), azure.policies) == held


@pytest.mark.parametrize("name", READS)
def test_whoever_may_not_give_the_readers_right_is_told_which_and_nothing_is_changed(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stopped(in_azure(may_assign_roles=False, may_create=False, **READS[name]), monkeypatch) as played:
        fix = reader_fix(played, name)
        result = played.journey.make_fix(fix)

        assert (result.is_made, states(result)) == (False, [ActionState.REFUSED])
        assert result.message.startswith("Nothing was changed.")
        assert fix.permissions[0] in result.message
        assert (played.cloud.state.azure.assignments, played.cloud.state.azure.policies) == ([], {})
        assert played.journey.is_proven, "the reader's right is a warning, made or not"


def test_an_application_id_becomes_the_object_id_that_graph_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = in_azure()
    operator = replace(scene.world.operator, reads_apps=True)
    with stopped(replace(scene, world=replace(scene.world, operator=operator)), monkeypatch) as played:
        played.journey.change("graph_identity", "environment")
        client_id = played.journey.onboarding.answers.client_id
        played.journey.change("vault_reader", client_id)
        played.run()
        fix = {each.name: each for each in played.journey.view().fixes("store")}["add-reader-role"]

        assert played.journey.make_fix(fix).is_made
        (made,) = played.cloud.state.azure.assignments
        assert made.principal_id == played.cloud.state.apps[client_id].principal_id


def test_a_fix_that_was_cut_off_after_the_end_has_the_stored_token_proven_again_without_a_sign_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stopped(in_azure(), monkeypatch, file=tmp_path / "state" / "journey.json") as played:
        played.journey.change("vault_reader", ADELE)
        played.run()
        fix = {each.name: each for each in played.journey.view().fixes("store")}["add-reader-role"]
        with monkeypatch.context() as patched:
            resumed = killed_at(played, fix, 0, patched)
        saved = played.session.saved()
        assert saved is not None
        assert played.session.last_sign_in(saved) is LastSignIn.NOTHING_LOST
        left = resumed.settle_interrupted_fix()
        assert left is not None
        assert left.check == "store.reader"
        assert not resumed.is_proven, "else nobody would ask the check again"
        events: list[Event] = []
        resumed.onboarding.emit = events.append

        for step in ("app", "user", "store"):
            resumed.run(step)

        assert resumed.is_proven, resumed.findings
        assert not [each for each in events if isinstance(each, DeviceCodePrompt)], "nobody signs in again"
