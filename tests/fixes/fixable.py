"""Scenes with a Graph identity that may change what fails in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.harness import Rehearsed, in_world, rehearsed
from wizard.core.fixes import Fix
from wizard.rehearsal import Scene, load_scene

FIXABLE = {
    "browser-not-registered": "add-redirect-uri",
    "own-service-principal-missing": "add-app",
    "partner-center-not-provisioned": "add-partner-center",
    "no-consent": "grant-consent",
}
"""Scenes by name, with the fix that puts each right."""


def fixable(scene: str, *, may_change: bool = True, **world: Any) -> Scene:
    """Return a scene whose Graph identity may read the tenant, and change it."""
    known = load_scene(scene)
    operator = replace(known.world.operator, reads_policies=True, reads_apps=True, changes_apps=may_change)
    return in_world(known, operator=operator, **world)


@contextmanager
def stopped_at_its_failure(scene: Scene | str, monkeypatch: Any, *, file: Path | None = None) -> Iterator[Rehearsed]:
    """Yield a journey that has run to what fails in its scene, with the environment's identity for Graph."""
    scene = fixable(scene) if isinstance(scene, str) else scene
    with rehearsed(scene, monkeypatch, file=file) as played:
        played.journey.change("graph_identity", "environment")
        played.run()
        yield played


def offered(played: Rehearsed) -> Fix:
    """Return the one fix that the open step offers."""
    (fix,) = played.journey.view().fixes(played.journey.open_step.id)
    return fix


def writes(played: Rehearsed) -> list[tuple[str, str]]:
    """Return the requests to Graph that would change something: method and path."""
    graph = played.cloud.names.graph
    return [(each.method, each.path) for each in played.cloud.log if each.host == graph and each.method != "GET"]
