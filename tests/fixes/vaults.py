"""Scenes whose vault lacks something that the vault identity may put right, and what they were sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.harness import Rehearsed, in_world, rehearsed, with_faults
from wizard.core.fixes import Fix
from wizard.rehearsal import Scene, load_scene
from wizard.rehearsal.azure_facts import Azure
from wizard.rehearsal.world import Fault

MAY: dict[str, Any] = {"answers": True, "may_assign_roles": True, "may_create": True}
"""What the operator may in Azure who can make every fix."""


def in_azure(faults: tuple[Fault, ...] = (), *, vault: dict[str, Any] | None = None, **azure: Any) -> Scene:
    """Return the happy scene with another vault, another Azure, and faults."""
    known = load_scene("all-holds-public")
    scene = in_world(known, azure=Azure(**(MAY | azure)), vault=replace(known.world.vault, **(vault or {})))
    return with_faults(scene, *faults) if faults else scene


def without_role(*faults: Fault, delay: float = 0, **azure: Any) -> Scene:
    """Return a scene whose vault identity has no right on the vault."""
    given = {"roles": (), **azure}
    code = "ForbiddenByRbac" if given.get("uses_roles", True) else "ForbiddenByPolicy"
    return in_azure(faults, vault={"refusal_code": code, "role_delay": delay}, **given)


def without_vault(*faults: Fault, **azure: Any) -> Scene:
    """Return a scene whose vault is not there."""
    vault = {"exists": False, "refusal_code": "ForbiddenByRbac"}
    return in_azure(faults, vault=vault, **({"roles": (), "registered": False} | azure))


def deleted_vault(*faults: Fault, **azure: Any) -> Scene:
    """Return a scene whose vault lies deleted; whoever could use it can do so again after its recovery."""
    return in_azure(faults, vault={"exists": False}, **({"deleted": True} | azure))


@contextmanager
def stopped(scene: Scene, monkeypatch: Any, *, file: Path | None = None) -> Iterator[Rehearsed]:
    """Yield a journey that has run to what fails in its scene."""
    with rehearsed(scene, monkeypatch, file=file) as played:
        played.run()
        yield played


def fixes(played: Rehearsed) -> dict[str, Fix]:
    """Return the fixes that the open step offers, by their names."""
    return {each.name: each for each in played.journey.view().fixes(played.journey.open_step.id)}


def changes(played: Rehearsed) -> list[tuple[str, str]]:
    """Return the requests that changed something in Azure, or that would: method, and the end of the path."""
    host = played.cloud.names.resource_manager
    asked = [each for each in played.cloud.log if each.host == host and each.method != "GET"]
    return [(each.method, each.path.rpartition("/")[2]) for each in asked if "checkName" not in each.path]
