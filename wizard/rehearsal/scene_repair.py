"""The repair of a scene: who does what about its failure, the world after it, and the answers that go with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from wizard.rehearsal.choices import Ending, Fixer
from wizard.rehearsal.tables import SceneError, read_table
from wizard.rehearsal.world import World

Table = Mapping[str, object]
_CHANGES = ("world", "answers")


@dataclass(frozen=True, slots=True)
class _RepairTable:
    """What a `[repair]` table says, apart from what changes."""

    who: Fixer
    says: str
    ends: Ending
    sign_in_again: bool


@dataclass(frozen=True, slots=True)
class Repair:
    """What puts a scene's failure right.

    Args:
        who: who may do it.
        says: what this person did, as a sentence that begins with them.
        ends: how the journey ends after it.
        sign_in_again: whether the integration user, who has signed in before it, has to do so again.
        world: the whole world after it.
        answers: all answers after it.
    """

    who: Fixer
    says: str
    ends: Ending
    sign_in_again: bool
    world: World
    answers: Table


def read_repair(table: Table, before: World, world: World, answers: Table, where: str) -> Repair:
    """Return the repair of a scene.

    Args:
        table: its `[repair]` table.
        before: the scene's world.
        world: the world with what the table changes.
        answers: the answers with what the table corrects.
        where: the scene's name, for errors.

    Raises:
        SceneError: a key is unknown, missing or of a wrong type, or changes what stays as long as a cloud runs.
    """
    read = read_table(
        _RepairTable, {key: value for key, value in table.items() if key not in _CHANGES}, f"{where}: repair"
    )
    if _lasting(world) != _lasting(before):
        raise SceneError(f"{where}: repair.world changes a name, an id, or what a vault holds: that stays as it is")
    return Repair(read.who, read.says, read.ends, read.sign_in_again, world, answers)


def _lasting(world: World) -> tuple[object, ...]:
    """Return what of a world stays the same as long as its cloud runs."""
    app, vault = world.app, world.vault
    ids = tuple((person, each.object_id) for person, each in world.people.items())
    held = (vault.name, vault.secrets)
    in_place = replace(world.tenant, region_scope="", region_sub_scope="", cloud_instance_name="", age_hours=0)
    return in_place, app.client_id, app.object_id, app.certificate, world.operator, world.spare_vault, ids, held
