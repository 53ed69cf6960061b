"""Scenes, read from the files of assets/scenes: each says only what differs from the scene it is based on."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from wizard.rehearsal.scene_repair import Repair, Table, read_repair
from wizard.rehearsal.tables import SceneError, merged
from wizard.rehearsal.world import World, read_world

_BASE_WORLD = "world"
"""The file of the base world, which is no scene."""
_FIRST = "all-holds-public"
_KEYS = {"order", "title", "watch_for", "check", "base", "expected", "world", "answers", "repair"}
_EXPECTED: dict[str, type] = {
    "check": str, "outcome": str, "code": str, "exit_code": int, "other_findings": list, "output_contains": list,
}  # fmt: skip
_ANSWERS: dict[str, type] = {
    "tenant": str, "associated": bool, "account": str, "client_id": str, "credential": dict, "public_client": bool,
    "home_tenant": str, "integration_user": str, "account_progress": str, "consent": dict, "vault": dict,
    "profile": str, "sign_in": dict, "graph": dict, "stored_token": dict,
}  # fmt: skip
_ANSWER_TABLES: dict[str, dict[str, type]] = {
    "consent": {"wait": int, "redirect_uri": str, "granted": bool},
    "vault": {"url": str, "secret": str, "replace": bool, "identity": str},
    "sign_in": {"flow": str, "wait": int, "redirect_uri": str},
    "graph": {"identity": str},
    "stored_token": {"layout": str, "value": dict, "mark": bool},
}


@dataclass(frozen=True, slots=True)
class Expected:
    """How the unattended product ends in a scene.

    Args:
        check: id of the check that failed last, or of the last check if none failed.
        outcome: holds, fails, warns or unknown.
        code: the service's code, "" for none.
        exit_code: the exit code.
        other_findings: other findings worth testing, as (check, outcome).
        output_contains: texts of the plain lines, which show that what the scene is about has happened.
    """

    check: str
    outcome: str
    code: str
    exit_code: int
    other_findings: tuple[tuple[str, str], ...] = ()
    output_contains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """A rehearsal: a world, the operator's answers, and how it ends.

    Args:
        name: the name of its file.
        title: the question it answers.
        watch_for: what to look out for, and what to do about it in real life.
        check: id of the check it is about, "" if everything simply holds.
        base: name of the scene it differs from, "" for the first one.
        world: what its cloud is made of.
        answers: those of the operator, as in an answers file; file names are relative to the cloud's folder.
        expected: how the unattended product ends.
        repair: what puts its failure right, None if nothing fails.
    """

    name: str
    title: str
    watch_for: str
    check: str
    base: str
    world: World
    answers: Table
    expected: Expected
    repair: Repair | None = None


@cache
def scene_names() -> list[str]:
    """Return the names of all scenes in their order; raise `SceneError` if one has none."""
    tables = {name: _table(name) for name in _files() if name != _BASE_WORLD}
    return sorted(tables, key=lambda name: _integer(tables[name].get("order"), f"{name}: order"))


@cache
def load_scene(name: str) -> Scene:
    """Return the scene of that name; raise `SceneError` if there is none, or its file is wrong."""
    if name == _BASE_WORLD or name not in _files():
        raise SceneError(f"there is no scene {name!r}; there are: {', '.join(scene_names())}")
    return _read_scene(name, _table(name))


def _read_scene(name: str, table: Table) -> Scene:
    for key in table:
        if key not in _KEYS:
            raise SceneError(f"{name}: unknown key {key!r}; known are {', '.join(sorted(_KEYS))}")
    world, answers = _merged_tables(name, table)
    _check_answers(name, answers)
    base = table.get("base", "")
    if not isinstance(base, str):
        raise SceneError(f"{name}: base: expected the name of a scene")
    title, watch_for = table.get("title"), table.get("watch_for")
    if not isinstance(title, str) or not isinstance(watch_for, str):
        raise SceneError(f"{name}: title and watch_for: expected sentences")
    expected = _read_expected(name, table.get("expected"))
    check = table.get("check", expected.check if expected.exit_code else "")
    if not isinstance(check, str):
        raise SceneError(f"{name}: check: expected the id of a check")
    repair = _read_repair(name, table["repair"], world, answers) if "repair" in table else None
    return Scene(name, title, watch_for, check, base, read_world(world, name), answers, expected, repair)


def _read_repair(name: str, table: object, world: Table, answers: Table) -> Repair:
    if not isinstance(table, Mapping):
        raise SceneError(f"{name}: repair: expected a table")
    world_after = merged(world, table.get("world", {}), f"{name}: repair.world")
    answers_after = merged(answers, table.get("answers", {}), f"{name}: repair.answers")
    _check_answers(f"{name}: repair", answers_after)
    return read_repair(table, read_world(world, name), read_world(world_after, f"{name}: repair"), answers_after, name)


def _merged_tables(name: str, table: Table) -> tuple[Table, Table]:
    """Return the tables `world` and `answers` of a scene, laid over those of its base."""
    base = table.get("base", "")
    if name == _FIRST:
        below = _table(_BASE_WORLD)
        world, answers = below["world"], below["answers"]
    elif isinstance(base, str) and base in _files() and base not in (name, _BASE_WORLD):
        world, answers = _merged_tables(base, _table(base))
    else:
        raise SceneError(f"{name}: base: expected the name of another scene, not {base!r}")
    return merged(world, table.get("world", {}), name), merged(answers, table.get("answers", {}), name)


def _check_answers(name: str, answers: Table) -> None:
    for key, value in answers.items():
        _check_value(f"{name}: answers", key, value, _ANSWERS)
        if key in _ANSWER_TABLES and isinstance(value, Mapping):
            for inner_key, inner in value.items():
                _check_value(f"{name}: answers.{key}", inner_key, inner, _ANSWER_TABLES[key])


def _check_value(where: str, key: str, value: object, known: Mapping[str, type]) -> None:
    if key not in known:
        raise SceneError(f"{where}: unknown key {key!r}; known are {', '.join(known)}")
    if type(value) is not known[key]:
        raise SceneError(f"{where}.{key}: expected {known[key].__name__}, not {value!r}")


def _read_expected(name: str, table: object) -> Expected:
    if not isinstance(table, Mapping):
        raise SceneError(f"{name}: lacks [expected]")
    for key, value in table.items():
        _check_value(f"{name}: expected", key, value, _EXPECTED)
    for key in ("check", "outcome", "code", "exit_code"):
        if key not in table:
            raise SceneError(f"{name}: expected lacks {key!r}")
    return Expected(
        check=str(table["check"]),
        outcome=str(table["outcome"]),
        code=str(table["code"]),
        exit_code=int(table["exit_code"]),
        other_findings=tuple((str(check), str(outcome)) for check, outcome in table.get("other_findings", [])),
        output_contains=tuple(str(text) for text in table.get("output_contains", [])),
    )


def _integer(value: object, where: str) -> int:
    if not isinstance(value, int):
        raise SceneError(f"{where}: expected a number")
    return value


@cache
def _files() -> tuple[str, ...]:
    folder = resources.files("assets").joinpath("scenes")
    return tuple(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml"))


@cache
def _table(name: str) -> Table:
    text = resources.files("assets").joinpath("scenes", f"{name}.toml").read_text(encoding="utf-8")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SceneError(f"{name}: is not TOML: {error}") from None
