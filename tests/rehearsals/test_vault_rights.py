"""What Azure Resource Manager shows of the vault, before anything is written there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.rehearsals.scene_runs import SceneRun, run_scene
from wizard.core.answers import Answers
from wizard.core.events import DeviceCodePrompt, Event
from wizard.core.findings import Finding
from wizard.rehearsal import RehearsalCloud, Scene
from wizard.rehearsal.azure_facts import AssignedRole, Azure
from wizard.rehearsal.choices import Service

PROVEN = ("store.mfa_compliant", "holds", "", 0)
MANAGER = "management.rehearsal.test"


def shown(**azure: Any) -> Callable[[Scene], Scene]:
    """The happy scene, whose Resource Manager shows the vault like this."""
    return lambda scene: replace(scene, world=replace(scene.world, azure=Azure(answers=True, **azure)))


def rights(monkeypatch: pytest.MonkeyPatch, **azure: Any) -> Finding:
    played = run_scene("all-holds-public", monkeypatch, change=shown(**azure))
    assert played.ending == PROVEN, "it advises, and closes no gate"
    return played.finding("user.vault_rights")


@pytest.mark.parametrize(
    ("roles", "outcome", "words"),
    [
        ((AssignedRole(),), "holds", "by Key Vault Secrets Officer, assigned on "),
        ((AssignedRole(minutes_ago=2),), "warns", "by Key Vault Secrets Officer, assigned 2 minutes ago"),
        ((AssignedRole(minutes_ago=2), AssignedRole("own_writer")), "holds", "by Contoso Token Writer, assigned on "),
        ((AssignedRole(on_secret="partner-center-refresh-token"),), "holds", "by Key Vault Secrets Officer"),
        ((AssignedRole(on_secret="another-secret"),), "warns", "It has no role there."),
        ((AssignedRole("own_reader"), AssignedRole("secrets_user")), "warns",
         "by what it has: Contoso Token Reader, Key Vault Secrets User."),
        ((AssignedRole("owner"),), "warns", "by what it has: Owner."),
        ((), "warns", "It has no role there."),
    ],
    ids=["officer", "new", "older counts", "one secret", "another secret", "readers", "owner", "none"],
)  # fmt: skip
def test_the_role_by_which_it_may_write_is_named(
    roles: tuple[AssignedRole, ...], outcome: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = rights(monkeypatch, roles=roles)

    assert (found.outcome.value, words in found.message) == (outcome, True), found.message


def test_without_a_role_the_command_names_identity_and_vault(monkeypatch: pytest.MonkeyPatch) -> None:
    found = rights(monkeypatch, roles=())

    (command,) = (act for act in found.actions if "az role" in act)
    assert f"--assignee-object-id {found.evidence['object_id']} " in command
    assert command.endswith("/providers/Microsoft.KeyVault/vaults/contoso-partner`.")


@pytest.mark.parametrize(
    ("policy", "outcome"), [(("get", "list", "set"), "holds"), (("all",), "holds"), (("get", "list"), "warns")]
)
def test_access_policies_are_read_where_no_role_counts(
    policy: tuple[str, ...], outcome: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = rights(monkeypatch, uses_roles=False, policy=policy)

    assert (found.outcome.value, "access policy" in found.message.lower()) == (outcome, True)


def test_roles_that_may_not_be_read_are_looked_for_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    found = rights(monkeypatch, shows_roles=False)

    assert (found.outcome.value, "may not be read" in found.message) == ("unknown", True)
    assert "Check access" in found.remedy


@pytest.mark.parametrize(
    ("azure", "outcome", "words"),
    [
        ({}, "holds", "purge protection is on"),
        ({"purge_protection": False}, "holds", "purge protection is off"),
        ({"allowed_addresses": ("203.0.113.0/24",)}, "warns", "addresses: 203.0.113.0/24."),
        ({"public": False}, "warns", "private endpoint"),
        ({"shows_vault": False}, "unknown", "no vault of this name"),
    ],
    ids=["open", "purge", "firewall", "private", "unseen"],
)
def test_settings_in_the_way_are_said_beforehand(
    azure: dict[str, Any], outcome: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    played = run_scene("all-holds-public", monkeypatch, change=shown(**azure))
    found = played.finding("user.vault_settings")

    assert (found.outcome.value, words in found.message) == (outcome, True), found.message


def asked_of_manager(cloud: RehearsalCloud) -> list[tuple[str, str]]:
    return [(request.method, request.path) for request in cloud.log if request.host == MANAGER]


def played_with(
    monkeypatch: pytest.MonkeyPatch, identity: str, **options: Any
) -> tuple[SceneRun, list[tuple[str, str]]]:
    clouds: list[RehearsalCloud] = []

    def prepare(cloud: RehearsalCloud, answers: Answers) -> Answers:
        clouds.append(cloud)
        return replace(answers, vault_identity=identity)

    return run_scene("all-holds-public", monkeypatch, prepare=prepare, **options), asked_of_manager(clouds[0])


def test_each_resource_is_asked_for_once_and_only_read(monkeypatch: pytest.MonkeyPatch) -> None:
    roles = (AssignedRole("own_writer"), AssignedRole("own_reader"))
    played, asked = played_with(monkeypatch, "environment", change=shown(roles=roles))

    assert played.ending == PROVEN
    assert {method for method, _ in asked} == {"GET"}
    assert set(Counter(asked).values()) == {1}
    assert len(asked) == 6, "subscriptions, resources, the vault, its assignments, two roles of Contoso's own"


def test_a_person_who_opens_the_vault_is_asked_to_sign_in_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the sign-in Azure is not asked; nothing signs in a second time for it."""

    def hurry(cloud: RehearsalCloud, event: Event) -> None:
        if isinstance(event, DeviceCodePrompt):
            cloud.clock.advance(20)

    played, asked = played_with(monkeypatch, "device-code", change=shown(), on_event=hurry)

    assert played.ending == PROVEN, played.text
    assert [each.purpose for each in played.events if isinstance(each, DeviceCodePrompt)] == [
        "vault",
        "integration_user",
    ]
    assert "is not asked twice" in played.finding("user.vault_rights").message
    assert asked == []


def test_a_host_that_a_proxy_keeps_from_us_is_asked_once_and_is_no_success(monkeypatch: pytest.MonkeyPatch) -> None:
    def blocked(scene: Scene) -> Scene:
        world = shown()(scene).world
        return replace(scene, world=replace(world, network=replace(world.network, blocked=(Service.RESOURCE_MANAGER,))))

    played, asked = played_with(monkeypatch, "environment", change=blocked)

    assert played.ending == PROVEN, played.text
    outcomes = [played.finding(check).outcome.value for check in ("user.vault_rights", "user.vault_settings")]
    assert (outcomes, asked) == (["unknown", "unknown"], [])


def test_a_cloud_without_resource_manager_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    played, asked = played_with(monkeypatch, "environment")

    assert asked == []
    assert "user.vault_rights: not asked: this cloud names no Azure Resource Manager" in played.text


def test_once_somebody_has_signed_in_for_the_vault_azure_is_asked_with_that_sign_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def hurry(cloud: RehearsalCloud, event: Event) -> None:
        if isinstance(event, DeviceCodePrompt):
            cloud.clock.advance(20)

    played = run_scene(
        "vault-forbidden",
        monkeypatch,
        prepare=lambda _cloud, answers: replace(answers, vault_identity="device-code"),
        on_event=hurry,
        repaired=True,
    )

    assert played.exit == 0, played.text
    assert "minutes ago" in played.finding("user.vault_rights").message
    every = [*played.events_before_repair, *played.events]
    assert [each.purpose for each in every if isinstance(each, DeviceCodePrompt)] == ["vault", "integration_user"]
